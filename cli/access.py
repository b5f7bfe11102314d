"""``kehutu access``: take rights back."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json
from services.operation.access import revoke_token

TEXT = {
    "en": "Taken back: the token {word}, or every token that the subject {word} has got so far.",
    "zh": "已收回：编号为 {word} 的令牌，或主体 {word} 至今获得的全部令牌。",
}


@click.group()
def access() -> None:
    """Take rights back from who has a token."""


@access.command()
@click.argument("word", metavar="SUBJECT|JTI")
@command
def revoke(call: Call, word: str) -> int:
    """Take back one token by its number (jti), or all that a subject (sub) has got so far.

    Every process of the site refuses them within five seconds. A token that is issued later counts again: to lock
    somebody out, take the role away at the issuer first.
    """
    at = revoke_token(call.settings, word)
    if call.json:
        print_json({"revoked": word, "at": at})
    else:
        click.echo(TEXT[call.lang].format(word=word))
    return 0
