"""A zip archive whose own name does not say what is in it: the name of its one file does."""

from __future__ import annotations

from pathlib import PurePosixPath

from ingest.readers import ENDINGS, Opened, Request, reader
from ingest.readers.archives import member_of
from terms.errors import KehutuError


def read(request: Request) -> Opened:
    """The table in a zip archive.

    Raises:
        KehutuError: ``ARCHIVE_REFUSED``, ``READER_UNKNOWN`` and what the reader of the format raises.
    """
    if request.path is None:
        raise KehutuError("FILE_MISSING", file=request.name)
    try:
        with request.path.open("rb") as file:
            member = member_of(file, request.name)
    except FileNotFoundError:
        raise KehutuError("FILE_MISSING", file=request.name) from None
    except OSError as fault:
        raise KehutuError("FILE_UNREADABLE", file=request.name, reason=fault.strerror or fault) from fault
    ending = PurePosixPath(member).suffix.lower()
    return reader(ENDINGS.get(ending, ending or member[:40]))(request)
