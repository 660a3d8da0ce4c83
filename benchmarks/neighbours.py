"""Measure how the nearest of many embeddings are found and print a table.

python -m benchmarks.neighbours [ROWS ...]. Exact blocked products, as a plan by number takes them,
beside pynndescent's approximate search, on clustered vectors of SmolLM2-135M's width. Time is that
of the processor; recall is the share of the exact neighbours that are found.
"""

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.rows import facts
from delift_core.scoring.neighbours import centred, nearest_rows

ROWS = (5_000, 20_000, 100_000)
WIDTH = 576
COUNT = 48  # neighbours: three quarters of 64 pairs
A_CLUSTER = 50  # rows, on average
COMPARED = 2_000  # rows whose neighbours are compared


def clustered(rows: int, seed: int = 0) -> np.ndarray:
    """(rows, WIDTH) float32 of length 1: noise around as many centres as there are clusters."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(rows // A_CLUSTER, WIDTH))  # (clusters, WIDTH)
    vectors = centres[rng.integers(len(centres), size=rows)] + rng.normal(size=(rows, WIDTH))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def exact(vectors: np.ndarray) -> np.ndarray:
    """(rows, COUNT) neighbours by blocked products."""
    return nearest_rows(vectors, vectors, True, COUNT)


def approximate(vectors: np.ndarray) -> np.ndarray:
    """(rows, COUNT) neighbours by pynndescent, each example itself left out."""
    from pynndescent import NNDescent

    rows = centred(vectors, vectors, True)[0].astype(np.float32)  # (rows, WIDTH)
    index = NNDescent(rows, n_neighbors=COUNT + 1, random_state=0, n_jobs=1)
    return index.neighbor_graph[0][:, 1:]


def timed(find: Callable[[np.ndarray], np.ndarray], vectors: np.ndarray) -> tuple:
    """(neighbours, seconds of the processor)."""
    begin = time.process_time()
    neighbours = find(vectors)
    return neighbours, time.process_time() - begin


def recall(found: np.ndarray, true: np.ndarray) -> float:
    """The share of the true neighbours that are found, of some rows."""
    rows = np.linspace(0, len(true) - 1, COMPARED).astype(int)
    return float(np.mean([np.isin(true[row], found[row]).mean() for row in rows]))


def lines(sizes: tuple[int, ...]) -> Iterator[str]:
    """The table, line by line as it is measured."""
    yield from (
        *facts()[:2],
        f"- {COUNT} neighbours of {WIDTH} numbers each, one core, without compiling pynndescent",
        "",
        "| rows | exact | pynndescent | recall |",
        "|---:|---:|---:|---:|",
    )
    approximate(clustered(2_000))  # compiles
    for size in sizes:
        vectors = clustered(size)
        true, exactly = timed(exact, vectors)
        found, roughly = timed(approximate, vectors)
        yield f"| {size:,} | {exactly:.1f} s | {roughly:.1f} s | {recall(found, true):.1%} |"


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or ROWS
    with threadpool_limits(1):
        for line in lines(sizes):
            print(line, flush=True)


if __name__ == "__main__":
    main()
