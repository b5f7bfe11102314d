"""GraphiQL for trying out the API, with one query for each kind of user ready in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import orjson
from strawberry.http.ides import get_graphql_ide_html

READY_QUERIES: Final = Path(__file__).with_name("ready_queries.graphql")
_FIRST_SHOWN: Final = "parameters.q || EXAMPLE_QUERY"
"""What Strawberry's page shows where its address names no query."""


@cache
def page() -> str:
    """The HTML page."""
    queries = orjson.dumps(READY_QUERIES.read_text(encoding="utf-8")).decode()
    # As a text of a script, in a page of HTML: no `<` of it may end the script.
    shown = "parameters.q || " + queries.replace("<", "\\u003c")
    return get_graphql_ide_html(graphql_ide="graphiql").replace(_FIRST_SHOWN, shown)
