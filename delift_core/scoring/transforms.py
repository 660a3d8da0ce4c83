"""How utilities become similarities: a transform of every pair, and a rule for the diagonal."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from delift_core.errors import UnknownChoice


class Transform(StrEnum):
    """How a utility becomes a similarity."""

    CLIP = "clip"  # max(U, 0)
    RAW = "raw"  # U
    MINMAX = "minmax"  # (U - low) / (high - low), one scale for all kernels of a run


class Diagonal(StrEnum):
    """What an example shown to itself is worth in a square kernel (it leaks its own answer)."""

    CAPPED = "capped"  # as much as its best other helper
    MASKED = "masked"  # nothing
    KEPT = "kept"  # as scored: the authors' choice


def transform_values(
    values: np.ndarray, transform: Transform, scale: tuple[float, float]
) -> np.ndarray:
    """(answered, shown) similarities without NaN. scale: (low, high) utilities, used by minmax."""
    return TRANSFORM_FUNCTIONS[transform](values, *scale)


def apply_diagonal(similarity: np.ndarray, diagonal: Diagonal) -> None:
    """Set the diagonal of a square similarity, in place."""
    DIAGONAL_FUNCTIONS[diagonal](similarity)


def refuse_unscored_diagonal(imputes: bool, diagonal: str) -> None:
    """Raise UnknownChoice where a diagonal is to be kept that was not scored.

    imputes: whether pairs that a plan left out count as imputed.
    """
    if imputes and diagonal == Diagonal.KEPT:
        raise UnknownChoice(
            "diagonal 'kept' needs examples scored behind themselves, which this plan left out."
            " Choose capped or masked."
        )


def clip(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """s = max(U, 0)"""
    return np.fmax(values, 0.0)


def raw(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """s = U"""
    return np.nan_to_num(values, nan=0.0)


def minmax(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """s = (U - low) / (high - low), within [0, 1]; a constant kernel is all zeros."""
    span = high - low
    if span > 0:
        scaled = np.clip((values - low) / span, 0, 1)  # (answered, shown)
        return np.nan_to_num(scaled, nan=0.0).astype(np.float32)
    return np.zeros_like(values)


def cap(similarity: np.ndarray) -> None:
    """s_ii = max over j != i of s_ij, in place; 0 where there is no other example.

    An example covers itself as well as its best helper does.
    """
    np.fill_diagonal(similarity, -np.inf)
    best: np.ndarray | float = 0.0
    if len(similarity) > 1:
        best = similarity.max(axis=1)  # (answered,)
    np.fill_diagonal(similarity, best)


def mask(similarity: np.ndarray) -> None:
    """s_ii = 0, in place."""
    np.fill_diagonal(similarity, 0.0)


def keep(similarity: np.ndarray) -> None:
    """s_ii as scored."""


TRANSFORM_FUNCTIONS: Mapping[Transform, Callable[[np.ndarray, float, float], np.ndarray]] = {
    Transform.CLIP: clip,
    Transform.RAW: raw,
    Transform.MINMAX: minmax,
}
DIAGONAL_FUNCTIONS: Mapping[Diagonal, Callable[[np.ndarray], None]] = {
    Diagonal.CAPPED: cap,
    Diagonal.MASKED: mask,
    Diagonal.KEPT: keep,
}
