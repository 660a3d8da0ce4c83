"""The Vendi score of order 1: how many examples, all unlike each other, a set is worth."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit

ROUNDING = 2e-6  # most that may be lost of eigenvalues that add up to 1


def vendi(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) the Vendi score of the embeddings of each set, exact to 1 in 10,000.

    Eigenvalues are worked out in float32, which takes half as long, and again in float64 where
    rounding would show: in sets of few different embeddings.
    """
    embeddings = inputs.alone.embedding  # (pool, width) float32
    return np.array([vendi_score(embeddings[np.sort(chosen)]) for chosen in rows])  # (sets,)


def vendi_score(points: np.ndarray) -> float:
    """exp(-sum_l l log l) over the eigenvalues l > 0 of the cosine kernel, X X' / n.

    points: (n, width) of float32 or float64, L2-normalised. Friedman & Dieng 2023.
    """
    eigenvalues = cosine_eigenvalues(points)  # (n,) or (width,)
    # the kernel has none below 0: what lies there is rounding, and as much lies above
    if -eigenvalues.clip(max=0).sum() > ROUNDING:
        eigenvalues = cosine_eigenvalues(points.astype(np.float64))
    positive = eigenvalues[eigenvalues > 0].astype(np.float64)
    return float(np.exp(-(positive * np.log(positive)).sum()))


def cosine_eigenvalues(points: np.ndarray) -> np.ndarray:
    """(n,) or (width,) eigenvalues of X X' / n, all that are not 0, in the precision of X.

    X' X / n has the same positive ones, so the smaller of the two is taken. points: (n, width).
    """
    from scipy.linalg import eigvalsh

    shorter = points if len(points) <= points.shape[1] else points.T
    products = shorter @ shorter.T  # (n, n) or (width, width)
    # this driver and triangle take two thirds of the time of numpy's
    return eigvalsh(products, lower=False, driver="ev", check_finite=False) / len(points)


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
