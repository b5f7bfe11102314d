"""Compiled: close groups taken apart into slots and blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import Bytes, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i4 f8 i8 i4 i4 i4 i4 i4 f8 i8 i8 i8 u1* i8* i8* f8*")
def slots_and_blocks(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    out_ptr: Ints,
    out_target: Ints32,
    out_link: Ints32,
    target: Ints32,
    order: Ints32,
    component: Ints32,
    least: Floats,
    root_key: Ints,
    behind_key: Ints,
    absent_key: Ints,
    kind: Bytes,
    message: Ints,
    party_slot: Ints,
    feedback: Floats,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]:  # pragma: no cover  # compiled
    """The lists of an ``Expansion`` in the order of its fields; the last four of the arguments are written too."""

    def place(keys: Ints, key: int) -> int:
        """Where a key is, or may be put, in the hash table."""
        mask = len(keys) - 1
        at = (key ^ (key >> 29) ^ (key >> 47)) & mask
        while keys[at] != 0 and keys[at] != key:
            at = (at + 1) & mask
        return at

    size = len(ptr) - 1
    zero: Any = np.int64(0)  # lists of it are lists of 64-bit numbers
    slot_party = [zero for _ in range(0)]
    slot_term = [zero]
    slot_child = [zero]
    term_link = [zero for _ in range(0)]
    child_block = [zero for _ in range(0)]
    block_first = [zero]
    block_slot = [zero for _ in range(0)]
    block_table = [zero for _ in range(0)]
    table_root = [zero for _ in range(0)]
    table_first = [zero]
    table_member = [zero for _ in range(0)]
    room = 1024
    while room < 4 * size:
        room *= 2
    known = np.zeros(room, dtype=np.int64)
    holds = np.zeros(room, dtype=np.int64)
    filled = 0
    mark = np.full(size, -1, dtype=np.int64)  # in the group of this step
    in_block = np.full(size, -1, dtype=np.int64)
    at_root = np.full(size, -1, dtype=np.int64)  # has a link to the group's party from outside
    deeper = np.full(size, -1, dtype=np.int64)  # has a link to another member from outside
    hit = np.full(size, -1, dtype=np.int64)  # is hit by the absent party
    number = np.zeros(size, dtype=np.int32)
    low = np.zeros(size, dtype=np.int32)
    edge = np.zeros(size, dtype=np.int64)
    behind = np.zeros(size, dtype=np.int64)
    touched = np.zeros(size, dtype=np.uint8)  # the absent party hits something behind
    first_block = np.full(size, -1, dtype=np.int64)
    members = np.empty(size, dtype=np.int32)
    path = np.empty(size + 1, dtype=np.int32)
    slot_at = np.zeros(size, dtype=np.int64)
    hung = [zero for _ in range(0)]  # blocks that hang at parties, as chains
    hung_next = [zero for _ in range(0)]
    blocks_seen = zero
    step = zero
    party = 0
    scan = 0
    while True:
        absent = -1
        link = -1
        if party < size:
            j = order[party]
            party += 1
        elif scan < len(term_link):
            link = term_link[scan]
            scan += 1
            if kind[link] != 2 or message[link] >= 0:
                continue
            j, absent = source[link], target[link]
        else:
            break
        step += 1
        # The group, in order of discovery.
        members[0] = j
        mark[j] = step
        count, done = 1, 0
        while done < count:
            u = members[done]
            done += 1
            for q in range(ptr[u], ptr[u + 1]):
                k = source[q]
                if weight[q] >= least[j] and mark[k] != step:
                    mark[k] = step
                    members[count] = k
                    count += 1
        if absent < 0:
            loops = 0.0
            for m in range(count):
                u = members[m]
                for q in range(ptr[u], ptr[u + 1]):
                    k = source[q]
                    if mark[k] != step:
                        if u == j:
                            at_root[k] = step
                        else:
                            deeper[k] = step
                        if component[k] == component[u]:
                            loops += weight[q]
            feedback[j] = loops
            for p in range(out_ptr[j], out_ptr[j + 1]):
                k = out_target[p]
                if mark[k] == step or deeper[k] == step:
                    kind[out_link[p]] = 2
                elif at_root[k] == step:
                    kind[out_link[p]] = 1
        else:
            mark[absent] = -1
            for p in range(out_ptr[absent], out_ptr[absent + 1]):
                hit[out_target[p]] = step
        if 2 * (filled + 3 * count + 8) > room:
            while 2 * (filled + 3 * count + 8) > room:
                room *= 4
            wider = np.zeros(room, dtype=np.int64)
            wider_holds = np.zeros(room, dtype=np.int64)
            for a in range(len(known)):
                if known[a] != 0:
                    b = place(wider, known[a])
                    wider[b] = known[a]
                    wider_holds[b] = holds[a]
            known, holds = wider, wider_holds
        # Depth-first through the links among the members, without direction: blocks close behind their cut vertex.
        for m in range(count):
            number[members[m]] = 0
        del hung[:]
        del hung_next[:]
        counter = np.int32(1)
        number[j] = low[j] = counter
        edge[j] = 0
        behind[j] = behind_key[j]
        touched[j] = hit[j] == step
        first_block[j] = -1
        path[0] = j
        depth = 1
        waiting = 0
        while depth > 0:
            v = path[depth - 1]
            at = edge[v]
            ins = ptr[v + 1] - ptr[v]
            outs = out_ptr[v + 1] - out_ptr[v]
            down = np.int64(-1)
            while at < ins + outs:
                k = source[ptr[v] + at] if at < ins else out_target[out_ptr[v] + at - ins]
                at += 1
                if mark[k] != step:
                    continue
                if number[k] == 0:
                    down = k
                    break
                low[v] = min(low[v], number[k])
            edge[v] = at
            if down >= 0:
                counter += np.int32(1)
                number[down] = low[down] = counter
                edge[down] = 0
                behind[down] = behind_key[down]
                touched[down] = hit[down] == step
                first_block[down] = -1
                members[waiting] = down
                waiting += 1
                path[depth] = down
                depth += 1
                continue
            depth -= 1
            closes = depth == 0
            above = v
            begin = 0
            end = 1
            if not closes:
                above = path[depth - 1]
                low[above] = min(low[above], low[v])
                if low[v] < number[above]:
                    continue
                end = waiting
                while members[waiting - 1] != v:
                    waiting -= 1
                waiting -= 1
                begin = waiting
                members[begin:end].sort()
                blocks_seen += 1
                in_block[above] = blocks_seen
                for m in range(begin, end):
                    in_block[members[m]] = blocks_seen
            table_key = root_key[above] * np.int64(-7046029254386353131)
            block_key = table_key
            for m in range(begin, end):
                u = j if closes else members[m]
                key = root_key[u] ^ behind[u]
                if not closes:
                    for q in range(ptr[u], ptr[u + 1]):
                        if in_block[source[q]] == blocks_seen:
                            key ^= absent_key[source[q]]
                    behind[above] ^= behind[u]
                    touched[above] |= touched[u]
                if touched[u] != 0:
                    key ^= absent_key[absent]
                key |= np.int64(key == 0)
                found = place(known, key)
                if known[found] == 0:
                    known[found] = key
                    holds[found] = len(slot_party)
                    filled += 1
                    slot_party.append(np.int64(u))
                    hanging = first_block[u]
                    while hanging >= 0:
                        child_block.append(hung[hanging])
                        hanging = hung_next[hanging]
                    for q in range(ptr[u], ptr[u + 1]):
                        if mark[source[q]] != step and source[q] != absent:
                            term_link.append(q)
                    slot_child.append(len(child_block))
                    slot_term.append(len(term_link))
                slot_at[u] = holds[found]
                block_key ^= key * np.int64(-4417276706812531889)
                table_key ^= behind_key[u] * np.int64(-7723592293110705685)
            if closes:
                if absent < 0:
                    party_slot[j] = slot_at[j]
                else:
                    message[link] = slot_at[j]
                continue
            table_key |= np.int64(table_key == 0)
            block_key |= np.int64(block_key == 0)
            found = place(known, block_key)
            if known[found] == 0:
                known[found] = block_key
                holds[found] = len(block_table)
                filled += 1
                for m in range(begin, end):
                    block_slot.append(slot_at[members[m]])
                block_first.append(len(block_slot))
                table = place(known, table_key)
                if known[table] == 0:
                    known[table] = table_key
                    holds[table] = len(table_root)
                    filled += 1
                    table_root.append(np.int64(above))
                    for m in range(begin, end):
                        table_member.append(np.int64(members[m]))
                    table_first.append(len(table_member))
                block_table.append(holds[table])
            hung.append(holds[found])
            hung_next.append(first_block[above])
            first_block[above] = len(hung) - 1
    return (
        np.array(slot_party), np.array(slot_term), np.array(slot_child), np.array(term_link), np.array(child_block),
        np.array(block_first), np.array(block_slot), np.array(block_table), np.array(table_root),
        np.array(table_first), np.array(table_member),
    )  # fmt: skip
