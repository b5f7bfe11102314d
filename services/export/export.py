"""Write the graph, or a part of it, to a file that other programs read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.files import draft_of
from services.assumption import Assumption
from services.export import node_link, tables, xml_files
from services.export.reading import content_of
from services.export.selection import EVERYTHING, Selection, size_of
from services.seen import Seen
from terms.errors import KehutuError

FORMATS: Final = ("graphml", "gexf", "node-link", "parquet", "csv")
MOST_NODES: Final = 50_000
"""Above it networkx takes 54 to 85 s and 1.5 GB to read a graph of 100,000 nodes and 500,000 edges."""
_TEXTS: Final = {**xml_files.WRITERS, "node-link": node_link.write_node_link}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    files: list[str]
    """Names of the files."""
    nodes: int
    """Number of nodes."""
    edges: int
    """Number of relations."""
    replaced: int
    """Characters that XML has no place for and that became U+FFFD."""
    run: str | None
    """Id of the run whose results are in it; absent without a run."""
    cut_off: str
    """The day of the data, an ISO date."""
    origins: list[str]
    """real, benchmark or synthetic: where what is in it comes from."""
    policy: str
    """Who asked: the role, and what narrows it; the file holds what that asker sees."""
    cautions: list[Assumption]
    """What was left out."""


def export(seen: Seen, chosen: str, out: Path, selection: Selection = EVERYTHING) -> Exported:
    """Write what the asker sees of the selection, with results of the current run.

    The files appear once they are whole; what stood there before is replaced then.

    Args:
        chosen: one of :data:`FORMATS`.

    Raises:
        KehutuError: ``EXPORT_TOO_LARGE``, ``EXPORT_EMPTY``, ``EXPORT_FILE``, ``STORE_UNAVAILABLE``,
            ``AUDIT_UNWRITABLE``.
    """
    size = size_of(seen, selection)
    if not size:
        raise KehutuError("EXPORT_EMPTY")
    if chosen not in tables.WRITERS and size > MOST_NODES:
        raise KehutuError("EXPORT_TOO_LARGE", format=chosen, nodes=size, most=MOST_NODES)
    content = content_of(seen, selection)
    part = out.with_name(draft_of(out).name + out.suffix)
    parts, files = tables.files_of(part, chosen), tables.files_of(out, chosen)
    try:
        if chosen in tables.WRITERS:
            nodes, edges = tables.WRITERS[chosen](part, content)
        else:
            with part.open("w", encoding="utf-8", newline="\n") as file:
                nodes, edges = _TEXTS[chosen](file, content)
        seen.reads.settle()
        for made, path in zip(parts, files, strict=True):
            made.replace(path)
    except OSError as fault:
        raise KehutuError("EXPORT_FILE", file=out, reason=fault.strerror or str(fault)) from fault
    finally:
        tables.removed(parts)
    header = content.header()
    cautions = [*selection.cautions]
    if not header.run:
        cautions.append(Assumption("EXPORT_WITHOUT_RUN", ""))
    if content.cleaning.replaced:
        cautions.append(Assumption("EXPORT_REPLACED", str(content.cleaning.replaced)))
    return Exported(
        files=[path.name for path in files],
        nodes=nodes,
        edges=edges,
        replaced=content.cleaning.replaced,
        run=header.run or None,
        cut_off=header.cut_off,
        origins=[*header.origins],
        policy=header.policy,
        cautions=cautions,
    )
