"""Kernel herding: examples whose mean embedding, in the space of an RBF kernel, is the pool's."""

from collections.abc import Callable
from functools import partial

import numpy as np

from delift_core.selection.embedding_kernels import median_distance, rbf
from delift_core.selection.method import Method, MethodInputs, Need

BLOCK = 512  # rows of the kernel worked out at a time
PointKernel = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (n, width), (m, width) -> (n, m)


def by_herding(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices in the order of herding under an RBF kernel of the embeddings.

    Its width is the median distance of two examples.
    """
    embeddings = inputs.embeddings()  # (pool, width)
    return herding(embeddings, partial(rbf, sigma=median_distance(embeddings)))


def herding(points: np.ndarray, kernel: PointKernel, count: int | None = None) -> np.ndarray:
    """argmax_x mean_i k(x, x_i) - 1/(t + 1) sum_{j chosen} k(x, x_j), t chosen before, in turn.

    points: (n, width). count: how many to choose, all by default. Returns (count,) indices.
    """
    if count is None:
        count = len(points)
    blocks = range(0, len(points), BLOCK)
    means = [kernel(points[start : start + BLOCK], points).mean(axis=1) for start in blocks]
    attraction = np.concatenate(means)  # (n,) mean_i k(x, x_i)
    repulsion = np.zeros(len(points))  # (n,) sum over the chosen
    chosen: list[int] = []
    while len(chosen) < count:
        scores = attraction - repulsion / (len(chosen) + 1)  # (n,)
        scores[chosen] = -np.inf
        best = int(scores.argmax())
        chosen.append(best)
        repulsion += kernel(points, points[[best]])[:, 0]
    return np.array(chosen, dtype=np.int64)


HERDING = Method(
    name="herding",
    title="Herding",
    sentence="Examples that together are distributed as the pool is.",
    needs=(Need.ALONE, Need.EVERY_TWO),
    cost="one forward pass for every example",
    source="Chen, Welling & Smola 2010; argmin where DeepCore takes argmax",
    order=by_herding,
)
