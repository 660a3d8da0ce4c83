"""A ranking by a number that every row brings along, with a filter of similar examples."""

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.selection.baselines.scores import ascending, descending
from delift_core.selection.embedding_kernels import unit
from delift_core.selection.method import Method, MethodInputs, Need, missing_sentence


def by_column(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by score; examples without one come last. Raises MethodUnavailable.

    With a highest cosine, examples more similar to one kept before follow behind all kept ones.
    """
    if inputs.scores is None:
        raise MethodUnavailable(missing_sentence(Need.SCORES))
    order = descending(inputs.scores)
    if inputs.options.ascending:
        order = ascending(inputs.scores)
    if inputs.options.max_cosine is None:
        return order
    kept = without_similar(order, inputs.embeddings(), inputs.options.max_cosine)
    return np.concatenate([kept, order[~np.isin(order, kept)]])


def without_similar(order: np.ndarray, embeddings: np.ndarray, max_cosine: float) -> np.ndarray:
    """(kept,) of an order, those with no cosine above `max_cosine` to one kept before.

    embeddings: (pool, width), of any length.
    """
    points = unit(embeddings)  # (pool, width)
    similar = np.zeros(len(points), dtype=bool)  # (pool,)
    kept = []
    for index in order.tolist():
        if not similar[index]:
            kept.append(index)
            similar |= points @ points[index] > max_cosine
    return np.array(kept, dtype=np.int64)


COLUMN = Method(
    name="column",
    title="A column of numbers",
    sentence="The examples with the highest, or lowest, number in a column of yours.",
    needs=(Need.SCORES,),
    cost="nothing; with the filter, one forward pass for every example",
    source="any published score; the filter of DEITA, arXiv 2312.15685",
    reads=("field", "ascending", "max_cosine", "table", "table_digest"),
    order=by_column,
)
