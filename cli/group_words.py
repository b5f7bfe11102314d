"""Parties that fail together, as text at a terminal and as JSON."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from cli.connections import connection, with_connections
from services.arrears import pages
from services.arrears.answer.groups import RiskGroup
from services.arrears.answer.sentences import group_text, mover_text, release_text, sampling_text
from services.seen import Seen
from terms.errors import Lang

LISTED = 100
RELEASES_PRINTED = 3


def group_document(seen: Seen, group: RiskGroup) -> dict[str, object]:
    """A group in the shape of GraphQL."""
    return with_connections(
        group,
        members=connection(pages.group_members(seen, group, LISTED)),
        firstMovers=connection(pages.first_movers(seen, group, LISTED)),
        releases=connection(pages.releases(seen, group, LISTED)),
    )


def group_lines(group: RiskGroup, lang: Lang) -> list[str]:
    """What a group does together, then who starts it and what releasing a guarantee would change."""
    told = [group_text(group, lang)]
    if drawn := sampling_text(group.sampling, lang):
        told.append(drawn)
    if group.any_fails > 0:
        told.append(mover_text(group, lang))
        told += [release_text(one, group, lang) for one in group.releases[:RELEASES_PRINTED]]
    return told


def add_group(tree: Tree, group: RiskGroup, lang: Lang) -> None:
    """A group as a branch."""
    first, *others = group_lines(group, lang)
    branch = tree.add(Text(first))
    for line in others:
        branch.add(Text(line))
