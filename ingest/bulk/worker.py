"""A worker of a bulk projection: ``python -m ingest.bulk.worker HOME FOLDER UNTIL [named]``."""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path

from ingest.bulk.cautions import caution
from ingest.bulk.context import Context
from ingest.bulk.emit import emit
from ingest.bulk.ends import Ends
from ingest.bulk.jobs import Answer, Doing, work
from ingest.bulk.merged import merge
from ingest.bulk.rivals import rival
from ingest.bulk.survey import judgement_links, survey
from ledger.database import Ledger


class Worker:
    """What one can be asked to do, by name."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @cached_property
    def ends(self) -> Ends:
        """Ready when all entities have their places."""
        return Ends(self.context)

    def doing(self) -> Doing:
        """Functions that take plain JSON and answer with it."""
        context = self.context

        def emitted(task: int, after: int, until: int) -> Answer:
            return emit(context, self.ends, task, after, until)

        return {
            "judgements": lambda: judgement_links(context),
            "survey": lambda task, after, until: survey(context, task, after, until),
            "merge": lambda file: merge(context, file),
            "emit": emitted,
            "caution": lambda kind: caution(context, self.ends, kind),
            "rival": lambda file: rival(context, self.ends, file),
        }


def main(home: str, folder: str, until: str, *flags: str) -> None:
    """Work until nobody asks any more."""
    with Ledger.open(Path(home), create=False) as ledger:
        context = Context(ledger, Path(folder), int(until), named="named" in flags)
        work(Worker(context).doing())


if __name__ == "__main__":
    main(*sys.argv[1:])
