"""Makes ``docs/errors.md`` from the catalogue: ``python -m terms.document``."""

from __future__ import annotations

from pathlib import Path

from terms.errors import ErrorKind, catalogue
from terms.texts import in_the_plural

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"

EXITS = {
    0: "a notice; the command goes on",
    1: "the answer is negative, or one row was refused",
    2: "wrong use or bad input",
    3: "the store, or a process that the command needs, is unavailable; what was acknowledged is kept",
}

HEAD = """\
# Errors

<!-- Made from terms/errors.yaml by `make generate`. -->

Every message of Kehutu carries a stable code, the same word on the command line, in the API (`extensions.code`) and
in the quarantine. Look it up here to learn what happened and what you can do. Words in braces stand for the place,
the value found and the value expected.

Exit status of the command:

{exits}
- 130: Ctrl-C; what was acknowledged is kept. A script that starts commands in its background has them ignore Ctrl-C, \
as shells do: such a load goes on to its end and says 0

| code | exit | what happened |
| --- | --- | --- |
"""


def page() -> str:
    """The page: a table of all codes by name, then a section with both languages for each."""
    kinds = [kind for _, kind in sorted(catalogue().items())]
    exits = "\n".join(f"- {status}: {meaning}" for status, meaning in EXITS.items())
    rows = [
        f"| [{kind.code}](#{kind.code.lower()}) | {kind.exit} | {_cell(in_the_plural(kind.message['en']))} |"
        for kind in kinds
    ]
    return HEAD.replace("{exits}", exits) + "\n".join(rows) + "\n" + "".join(map(_section, kinds))


def _section(kind: ErrorKind) -> str:
    return (
        f"\n## {kind.code}\n\n"
        f"Exit {kind.exit}: {EXITS[kind.exit]}.\n\n"
        f"> {in_the_plural(kind.message['en'])}\n>\n> {kind.message['zh']}\n\n"
        f"Remedy: {kind.remedy['en']}\n\n"
        f"处理办法：{kind.remedy['zh']}\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
