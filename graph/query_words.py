"""Words of the named queries that stand for longer Cypher, which both stores answer alike.

``runs(r, $day)`` in a block: whether the relation ``r`` holds on a day (a parameter or a variable), as
``graph.validity`` defines it. An event, which has no bounds, always does.
"""

from __future__ import annotations

import re
from typing import Final

_RUNS: Final = re.compile(r"\bruns\((?P<relation>\w+), (?P<day>\$?\w+)\)")

_SPAN: Final = (
    "(coalesce({relation}.since, '') <= {day} AND coalesce({relation}.until, '9999-99') > {day}"
    " OR any(period IN coalesce({relation}.periods, []) WHERE"
    " split(period, '/')[0] <= {day} AND (period ENDS WITH '/' OR split(period, '/')[1] > {day})))"
)
"""With several spans ``since`` and ``until`` are one of them, so that either half may say yes."""


def expanded(text: str) -> str:
    """A line of a query with its words spelled out.

    >>> expanded("MATCH (a)-[r:IS]->(b)")
    'MATCH (a)-[r:IS]->(b)'
    """
    return _RUNS.sub(lambda match: _SPAN.format(**match.groupdict()), text)
