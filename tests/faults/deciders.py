"""A process of its own that decides under keys which another process uses at the same time."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import orjson

from services.arrears.overrides.overriding import override
from services.settings import settings
from services.site import open_site
from tests.everyone import seen

UNTIL = date(2099, 12, 31)


def main(home: str, party: str, keys: int, start: float) -> None:
    """Override the party under each key as near to the same moment as two clocks allow; print what was repeated."""
    repeated = []
    with open_site(settings(Path(home))) as site:
        asker = seen(site)
        for key in range(keys):
            time.sleep(max(0.0, start + key / 4 - time.time()))
            words = {"reason": "seen", "author": "wang", "until": UNTIL, "idempotency_key": f"key {key}"}
            repeated.append(override(asker, party, 0.5, **words).repeated)  # type: ignore[arg-type]
    sys.stdout.write(orjson.dumps(repeated).decode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
