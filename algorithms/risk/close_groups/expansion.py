"""Every close group taken apart into slots and blocks that all parties share.

A *slot* is a party u with a set D of parties behind it (u among them) and a set E of parties that are absent: its value
is the chance that u fails through itself, D, and what enters D from outside other than E. P_j is the slot (j, A_j,
nobody), P_j[x] is (j, A_j without x, x), and the party u of a block has the slot of what hangs behind it. A slot is
made once, however many groups it is part of, so a tree costs its links and not the sum of its ancestors. Slots are
known by 64-bit keys; two of a million share a key by accident with a chance of 3e-8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.expansion_kernel import slots_and_blocks
from algorithms.risk.close_groups.groups import Groups
from algorithms.risk.close_groups.links import SLACK, Bytes, Ints32
from graph.arrays import Floats, Ints

SAME, WITHOUT, OWN = 0, 1, 2
"""How P_i[u] is had: it is P_i; it is P_i without one link; it has a slot of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Expansion:
    """s slots, b rooted blocks, r reach tables, as flat lists. Slots stand behind those that they read, but for links.

    ``slot_party``: s. Links that enter slot k are ``slot_term[k]:slot_term[k + 1]`` of ``term_link``, blocks at it
    ``slot_child[k]:slot_child[k + 1]`` of ``child_block``. Block b reads the slots
    ``block_first[b]:block_first[b + 1]`` of ``block_slot`` and the table ``block_table[b]``; these are the members of
    the table but for its root. Table t is of ``table_root[t]`` and, ascending, of
    ``table_first[t]:table_first[t + 1]`` of ``table_member``.
    ``party_slot``: n, the slot of P_j. ``message_kind``: l, how P_i[u] is had for each link i -> u.
    ``message_slot``: l, its slot where it has one of its own, else -1. ``feedback``: n, sum of weights into the group
    from outside within one strong component.
    """

    slot_party: Ints
    slot_term: Ints
    slot_child: Ints
    term_link: Ints
    child_block: Ints
    block_first: Ints
    block_slot: Ints
    block_table: Ints
    table_root: Ints
    table_first: Ints
    table_member: Ints
    party_slot: Ints
    message_kind: Bytes
    message_slot: Ints
    feedback: Floats


def expand(groups: Groups, order: Ints32, component: Ints32) -> Expansion:
    """Take the groups of all parties apart.

    Args:
        groups: of n parties.
        order: the n parties, those that harm before those harmed where that can be.
        component: n, strong component of each party over all links.
    """
    links = groups.links
    generator = np.random.default_rng(20261130)  # keys only; any other seed gives the same slots
    keys = generator.integers(-(2**63), 2**63 - 1, (3, links.size), dtype=np.int64)
    kind = np.zeros(len(links.weight), dtype=np.uint8)
    message = np.full(len(links.weight), -1, dtype=np.int64)
    party_slot = np.full(links.size, -1, dtype=np.int64)
    feedback = np.zeros(links.size)
    lists = slots_and_blocks(
        links.ptr, links.source, links.weight, links.out_ptr, links.out_target, links.out_link,
        links.targets().astype(np.int32), np.asarray(order, dtype=np.int32), component,
        np.where(np.isfinite(groups.rung), groups.rung - SLACK, 2.0), keys[0], keys[1], keys[2],
        kind, message, party_slot, feedback,
    )  # fmt: skip
    return Expansion(*lists, party_slot, kind, message, feedback)
