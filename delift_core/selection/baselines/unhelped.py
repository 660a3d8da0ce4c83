"""Examples that their nearest neighbour does not help: NLL shown it - NLL alone, descending."""

import numpy as np

from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.baselines.scores import descending
from delift_core.selection.embedding_kernels import linear, unit
from delift_core.selection.method import Method, MethodInputs, Need

BLOCK = 512  # points that all others are looked at for together


def by_unhelped(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices, the least helped first; pairs not scored or truncated come last."""
    nearest = nearest_neighbours(inputs.embeddings())  # (pool,)
    return descending(unhelped_scores(inputs.utilities(), nearest))


def unhelped_scores(kernel: UtilityKernel, nearest: np.ndarray) -> np.ndarray:
    """(n,) NLL(y_i | nearest neighbour of i, x_i) - NLL(y_i | x_i), NaN where one is missing.

    That is the information of the pair with its sign turned; a truncated one does not count.
    nearest: (n,) positions.
    """
    return -whole_information(kernel, np.arange(len(nearest)), nearest)


def whole_information(kernel: UtilityKernel, answered: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """(pairs,) information of some pairs, NaN where one was truncated or not scored."""
    information = kernel.at(kernel.pmi, answered, shown)  # (pairs,)
    return np.where(kernel.at(kernel.truncated, answered, shown), np.nan, information)


def nearest_neighbours(embeddings: np.ndarray) -> np.ndarray:
    """(n,) the other point of highest cosine; ties go to the lower index.

    A single point is its own neighbour.
    """
    points = unit(embeddings)  # (n, width)
    nearest = [_nearest(points, start) for start in range(0, len(points), BLOCK)]
    return np.concatenate(nearest)


def _nearest(points: np.ndarray, start: int) -> np.ndarray:
    """(block,) the nearest other point of some points. points: (n, width)"""
    cosines = linear(points[start : start + BLOCK], points)  # (block, n)
    rows = np.arange(len(cosines))
    cosines[rows, start + rows] = -np.inf
    return cosines.argmax(axis=1)


UNHELPED = Method(
    name="unhelped",
    title="Not helped by the nearest",
    sentence="The examples that their most similar one helps least; the opposite of a utility.",
    needs=(Need.KERNEL, Need.ALONE),
    cost="one forward pass for every pair of pool_pool",
    source="MIWV, arXiv 2511.07074",
    order=by_unhelped,
)
