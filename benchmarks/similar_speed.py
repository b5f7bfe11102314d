"""What one exact answer of similar customers costs: ``python -m benchmarks.similar_speed [CUSTOMERS...]``.

Four blocks as in ``services/similar/blocks.py`` (an embedding of 128 numbers, three dimensions of 20) of random unit
vectors; the score of every customer, then the first two hundred. Names, traits and the sight of the asker come on top;
they are asked of the store for a page only.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from algorithms.embeddings.vectors import unit
from services.similar.similar import best

WIDTHS = (128, 20, 20, 20)
ANSWERS = 50
SEED = 20_261_201


def measured(customers: int) -> tuple[float, float]:
    """CPU and wall seconds of an answer, the mean of :data:`ANSWERS`."""
    draw = np.random.default_rng(SEED)
    blocks = [unit(draw.standard_normal((customers, width), dtype=np.float32)) for width in WIDTHS]
    asked = draw.integers(0, customers, ANSWERS).tolist()
    cpu, wall = time.process_time(), time.perf_counter()
    for one in asked:
        score = np.sum([(block @ block[one]).astype(np.float64) / len(blocks) for block in blocks], axis=0)
        best(score, 200)
    return (time.process_time() - cpu) / ANSWERS, (time.perf_counter() - wall) / ANSWERS


if __name__ == "__main__":
    for size in [int(one) for one in sys.argv[1:]] or [100_000, 200_000, 1_000_000]:
        cpu_seconds, seconds = measured(size)
        print(f"{size:>9,} customers: {1000 * cpu_seconds:.1f} CPU ms, {1000 * seconds:.1f} ms an answer")
