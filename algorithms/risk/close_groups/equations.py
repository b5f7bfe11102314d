"""The system that gives all chances: one value per slot, one per message that lacks a single link.

    x_k = own or the links into slot k (weight * value) or the blocks at it (sum of r(S) * (some slot of S fails))

"or" is noisy-or: a or b = a + b (1 - a). Everything is positive, so a seed of 1e-17 keeps its digits, and x = G(x)
rises in every value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws import Known, Tables
from algorithms.risk.close_groups.expansion import OWN, WITHOUT, Expansion, expand
from algorithms.risk.close_groups.groups import Groups
from algorithms.risk.close_groups.links import Ints32, Links
from algorithms.risk.close_groups.reach import Reach, reach
from algorithms.risk.network import Network
from algorithms.risk.region import region
from graph.arrays import Csr, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """s slots in the order of solving, then d values of messages that are a slot without one link.

    ``party``: s. ``parts``: c + 1 bounds of slots, one part for each strong component of parties; ``alone``: c, the
    part is of one party, so one pass solves it. Links into slot k: ``term[k]:term[k + 1]`` of ``operand`` (position of
    a value), ``weight`` and ``without`` (position of the value that lacks this link, -1 = none). Blocks at it:
    ``child[k]:child[k + 1]`` of ``block``. Block b reads ``block_first[b]:block_first[b + 1]`` of ``block_slot`` by the
    table ``block_table[b]``. ``party_slot``: n, the slot of P_j. ``message``: l, the position of P_i[u] for every link
    that is read, -1 where it is not. ``values``: s + d.
    ``drawn_number``: the number of each drawn table, by its root and the bytes of its other members.
    """

    groups: Groups
    party: Ints
    parts: Ints
    alone: Ints
    term: Ints
    operand: Ints
    weight: Floats
    without: Ints
    child: Ints
    block: Ints
    block_first: Ints
    block_slot: Ints
    block_table: Ints
    reach: Reach
    party_slot: Ints
    message: Ints
    values: int
    drawn_number: dict[tuple[int, bytes], int]

    @property
    def slots(self) -> int:
        """s."""
        return len(self.party)


def equations(
    groups: Groups, keys: Sequence[str] | None = None, known: Known | None = None
) -> tuple[Equations, Expansion]:
    """The system of all parties. It holds for any own distress: what a party's record says is no part of it.

    Args:
        groups: of n parties.
        keys: n names that never change, from which draws are made; positions when absent.
        known: drawn tables that need not be made again.
    """
    links = groups.links
    order, component, single = _order(links)
    parts = expand(groups, order, component)
    place = np.empty(links.size, dtype=np.int64)
    place[order] = np.arange(links.size)
    # A slot stands where its own party does: all that it reads reaches that party.
    arranged = np.argsort(place[parts.slot_party], kind="stable")
    new = np.empty(len(arranged), dtype=np.int64)
    new[arranged] = np.arange(len(arranged))
    term, chosen = _rows(parts.slot_term, arranged)
    child, chosen_child = _rows(parts.slot_child, arranged)
    link = parts.term_link[chosen]
    party_slot = new[parts.party_slot]
    message = np.full(len(links.weight), -1, dtype=np.int64)
    read = np.zeros(len(message), dtype=np.bool_)
    read[link] = True
    used = np.flatnonzero(read)
    kind = parts.message_kind[used]
    message[used] = party_slot[links.source[used]]
    own = used[kind == OWN]
    message[own] = new[parts.message_slot[own]]
    lacking = used[kind == WITHOUT]
    message[lacking] = len(arranged) + np.arange(len(lacking))
    without = np.full(len(link), -1, dtype=np.int64)
    if len(lacking):
        # The slot of P_i reads the link u -> i back; that term lacks in P_i[u].
        of_party = np.repeat(np.arange(len(arranged)), np.diff(term))
        plain = party_slot[parts_target(links, link)] == of_party
        term_of = np.full(len(links.weight), -1, dtype=np.int64)
        term_of[link[plain]] = np.flatnonzero(plain)
        without[term_of[_reverse(links, lacking)]] = message[lacking]
    part_of = component[parts.slot_party[arranged]]
    tables = Tables(parts.table_root, parts.table_first, parts.table_member)
    found = reach(tables, links, groups.limits.block, keys, known=known)
    bounds = np.searchsorted(part_of, np.arange(len(single) + 1))
    return Equations(
        groups=groups,
        party=parts.slot_party[arranged],
        parts=bounds,
        alone=single.astype(np.int64),
        term=term,
        operand=message[link],
        weight=links.weight[link],
        without=without,
        child=child,
        block=parts.child_block[chosen_child],
        block_first=parts.block_first,
        block_slot=new[parts.block_slot],
        block_table=parts.block_table,
        reach=found,
        party_slot=party_slot,
        message=message,
        values=len(arranged) + len(lacking),
        drawn_number={
            (int(tables.root[t]), tables.member[tables.first[t] : tables.first[t + 1]].tobytes()): number
            for number, t in enumerate(np.flatnonzero(found.drawn).tolist())
        },
    ), parts


def parts_target(links: Links, link: Ints) -> Ints:
    """The party that each link enters."""
    return np.searchsorted(links.ptr, link, side="right") - 1


def _order(links: Links) -> tuple[Ints32, Ints32, Ints]:
    """Parties in topological order of strong components, the component of each, and whether each is one party."""
    everyone = np.arange(links.size, dtype=np.int64)
    matrix = Csr(links.out_ptr, links.out_target.astype(np.int64), links.weight[links.out_link])
    into = Csr(links.ptr, links.source.astype(np.int64), links.weight)
    area = region(Network(matrix, into), everyone)
    component = np.empty(links.size, dtype=np.int32)
    sizes = np.diff(area.starts)
    component[area.parties] = np.repeat(np.arange(area.components, dtype=np.int32), sizes)
    return area.parties, component, sizes == 1


def _rows(ptr: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Bounds of rows in a new order, and which entries they hold."""
    length = np.diff(ptr)[chosen]
    bounds = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(length, out=bounds[1:])
    return bounds, np.arange(bounds[-1]) + np.repeat(ptr[chosen] - bounds[:-1], length)


def _reverse(links: Links, link: Ints) -> Ints:
    """For each link i -> u the position of the link u -> i, which is there."""
    source, target = links.source[link].astype(np.int64), parts_target(links, link)
    keyed = links.targets() * links.size + links.source
    return np.searchsorted(keyed, source * links.size + target)
