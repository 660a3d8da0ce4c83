"""Which examples of a pool are like some of them, by the cosine of their stored embeddings."""

import numpy as np


def likeness(embeddings: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """(n,) cosine of every embedding with the mean of some, e_i . m / ||m|| with m = mean_k e_k.

    -1 where an example has no embedding, and everywhere where none of these has one.

    embeddings: (n, width) of length 1, NaN where there is none. examples: (some,) indices.
    """
    known = np.isfinite(embeddings).all(axis=1)  # (n,)
    wanted = examples[known[examples]]  # (known of them,)
    if not len(wanted):
        return np.full(len(embeddings), -1.0, dtype=np.float32)
    mean = embeddings[wanted].mean(axis=0)  # (width,)
    length = np.linalg.norm(mean) or 1.0
    cosines = np.nan_to_num(embeddings) @ (mean / length)  # (n,)
    return np.where(known, cosines, -1.0)


def most_alike(embeddings: np.ndarray, examples: np.ndarray, most: int) -> np.ndarray:
    """(at most `most`,) indices of the other examples that are most like these, best first.

    Ties go to the lower index; what has no embedding is like nothing.
    """
    cosines = likeness(embeddings, examples)  # (n,)
    cosines[examples] = -1.0
    best = np.argsort(-cosines, kind="stable")[:most]  # (at most `most`,)
    return best[cosines[best] > -1.0]
