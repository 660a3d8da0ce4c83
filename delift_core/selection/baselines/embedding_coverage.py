"""Facility location on the embeddings, s = (1 + cos) / 2: similar examples cover each other."""

import numpy as np

from delift_core.selection.greedy import maximise
from delift_core.selection.method import Method, MethodInputs, Need
from delift_core.selection.objectives import facility_location


def by_embedding_coverage(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices in the greedy order of facility location on (1 + cos) / 2."""
    objective = facility_location(cosine_similarity(inputs.embeddings()))
    return maximise(objective, inputs.size).indices


def cosine_similarity(embeddings: np.ndarray) -> np.ndarray:
    """(n, n) float32, (1 + cos) / 2, in [0, 1]. embeddings: (n, width), L2-normalised."""
    return ((1 + embeddings @ embeddings.T) / 2).clip(0, 1).astype(np.float32)


EMBEDDING_COVERAGE = Method(
    name="embedding_coverage",
    title="Embedding coverage",
    sentence="A few examples that are similar to all the others.",
    needs=(Need.ALONE, Need.EVERY_TWO),
    cost="one forward pass for every example",
    source="DELIFT(SE), arXiv 2411.04425",
    order=by_embedding_coverage,
)
