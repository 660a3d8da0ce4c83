"""The Vendi score of order 1: how many examples, all unlike each other, a set is worth."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit


def vendi(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) the Vendi score of the embeddings of each set."""
    return np.array([vendi_score(inputs.embeddings[chosen]) for chosen in rows])  # (sets,)


def vendi_score(points: np.ndarray) -> float:
    """exp(-sum_l l log l) over the eigenvalues l > 0 of the cosine kernel, X X' / n.

    points: (n, width), L2-normalised. X' X / n has the same positive eigenvalues, so the smaller
    of the two is taken. Friedman & Dieng 2023.
    """
    shorter = points if len(points) <= points.shape[1] else points.T
    # (n, n) or (width, width)
    eigenvalues = np.linalg.eigvalsh(shorter @ shorter.T / len(points))
    positive = eigenvalues[eigenvalues > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()))


VENDI = SetMeasure(
    name="vendi",
    title="Vendi score",
    sentence=(
        "How many examples, all unlike each other, the chosen ones are worth: the exponential of"
        " the entropy of the eigenvalues of their cosines."
    ),
    unit=Unit.NUMBER,
    better=Better.HIGHER,
    basis=(Basis.POOL_ALONE,),
    values=vendi,
)
