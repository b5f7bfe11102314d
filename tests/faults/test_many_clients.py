"""Many clients on one embedded store, any of them killed: the others go on, and nothing acknowledged is lost."""

from __future__ import annotations

import random
import secrets
import signal
from pathlib import Path

from graph.store import open_store
from tests.faults.workers import noted, start, wait_for
from tests.graph_store.test_embedded_life import servers

CLIENTS, WRITES = 5, 150


def test_clients_are_killed_and_the_others_lose_nothing(tmp_path: Path) -> None:
    seed = secrets.randbits(32)
    print("seed", seed)  # shown when it fails
    chance = random.Random(seed)
    home = tmp_path / "home"
    notes = [tmp_path / f"notes-{number}" for number in range(CLIENTS)]
    # The first one starts the server, so its death is the server's parent's.
    clients = [
        start("write", notes[number], home, number * WRITES, (number + 1) * WRITES)
        for number in range(CLIENTS)
    ]
    doomed = {0, *chance.sample(range(1, CLIENTS), 2)}
    for number in sorted(doomed):
        after = chance.randrange(1, WRITES // 2)
        wait_for(lambda: len(noted(notes[number])) >= after or clients[number].poll() is not None)  # noqa: B023
        clients[number].send_signal(signal.SIGKILL)
        assert clients[number].wait() == -signal.SIGKILL
    survivors = set(range(CLIENTS)) - doomed
    assert [clients[number].wait() for number in sorted(survivors)] == [0] * len(survivors)
    acknowledged = {n for note in notes for n in noted(note)}
    with open_store("embedded", home) as store:
        found = [row["id"] for row in store.read("MATCH (n:Trial) RETURN n.id AS id")]
        assert len(found) == len(set(found))
        assert acknowledged <= set(found)
        # A client that was killed may have written one more than it could note.
        assert len(set(found) - acknowledged) <= len(doomed)
        assert all(number * WRITES + WRITES - 1 in acknowledged for number in survivors)
    wait_for(lambda: not servers(home))
