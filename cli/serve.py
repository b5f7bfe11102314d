"""``kehutu serve``: serve the GraphQL API on this machine."""

from __future__ import annotations

import click

from api.app import LOOPBACK, listen
from api.app import serve as serve_site
from cli.options import Call, command, port_option
from cli.output import print_error
from services.serving import serving_site
from terms.errors import KehutuError

SERVING = {
    "en": "Kehutu serves {url}/graphql  (Ctrl-C stops it)",
    "zh": "Kehutu 正在提供服务：{url}/graphql  （按 Ctrl-C 停止）",
}


@click.command()
@port_option
@command
def serve(call: Call, *, port: int) -> int:
    """Serve GraphQL at /graphql, credit reports at /reports, and /metrics, /livez and /readyz, in the foreground.

    The server binds loopback only, because not every rule of the access policy acts yet. With the setting `container`
    it binds all interfaces of its container; publish them on loopback only.
    """

    def tell(fault: KehutuError) -> None:
        print_error(fault, call.lang, as_json=False)

    with listen(port, container=call.settings.container) as bound, serving_site(call.settings, tell) as site:
        url = f"http://{LOOPBACK}:{bound.getsockname()[1]}"
        click.echo(SERVING[call.lang].format(url=url), err=True)
        serve_site(site, bound)
    return 0
