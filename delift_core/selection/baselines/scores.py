"""Orders by one number an example."""

import numpy as np


def descending(scores: np.ndarray) -> np.ndarray:
    """(pool,) indices, highest score first; ties go to the lower index, NaN comes last."""
    return np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")


def ascending(scores: np.ndarray) -> np.ndarray:
    """(pool,) indices, lowest score first; ties go to the lower index, NaN comes last."""
    return np.argsort(np.asarray(scores, dtype=np.float64), kind="stable")
