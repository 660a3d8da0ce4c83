"""Coverage of the pool by similar embeddings."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit
from delift_core.selection.outcome import coverage_of_examples


def embedding_coverage(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) sum_i max_{j in A} (1 + cos) / 2 as a share of the whole pool's."""
    objective = inputs.embedding_objective
    return np.array([coverage_of_examples(chosen, objective) for chosen in rows])  # (sets,)


EMBEDDING_COVERAGE = SetMeasure(
    name="embedding_coverage",
    title="Embedding coverage",
    sentence=(
        "How similar each example of the pool is to the most similar chosen one: facility location"
        " on (1 + cosine) / 2 of the embeddings."
    ),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    basis=(Basis.POOL_ALONE, Basis.POOL_PAIRS),
    values=embedding_coverage,
    optimised_by=("embedding_coverage",),
)
