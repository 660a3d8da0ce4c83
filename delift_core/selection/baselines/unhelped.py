"""Examples that their nearest neighbour does not help: NLL shown it - NLL alone, descending."""

import numpy as np

from delift_core.selection.baselines.scores import descending
from delift_core.selection.embedding_kernels import linear, unit
from delift_core.selection.method import Method, MethodInputs, Need


def by_unhelped(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices, the least helped first; pairs not scored or truncated come last."""
    kernel = inputs.utilities()
    alone = inputs.negative_log_likelihood()  # (pool,)
    shown = alone[:, None] - kernel.pmi  # (answered, shown) NLL of the response
    return descending(
        unhelped_scores(alone, np.where(kernel.truncated, np.nan, shown), inputs.embeddings())
    )


def unhelped_scores(alone: np.ndarray, shown: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """(n,) NLL(y_i | nearest neighbour of i, x_i) - NLL(y_i | x_i), NaN where one is missing.

    alone: (n,); shown: (answered, shown), NaN where a pair does not count; embeddings: (n, width).
    """
    rows = np.arange(len(alone))
    return shown[rows, nearest_neighbours(embeddings)] - alone


def nearest_neighbours(embeddings: np.ndarray) -> np.ndarray:
    """(n,) the other point of highest cosine; ties go to the lower index.

    A single point is its own neighbour.
    """
    points = unit(embeddings)  # (n, width)
    cosines = linear(points, points)  # (n, n)
    np.fill_diagonal(cosines, -np.inf)
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
