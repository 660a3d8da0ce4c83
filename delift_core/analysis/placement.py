"""Where examples of another role belong on the pool's map, without drawing it again."""

import numpy as np

NEIGHBOURS = 5


def placed_among(embeddings: np.ndarray, pool: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(n, 2) the median position of the five most similar examples of the pool, by cosine.

    The median, since a mean falls into the void where one neighbour is in another part of the map.
    NaN for an example without an embedding.

    embeddings: (n, width), pool: (pool, width), both of length 1, NaN where there is none.
    points: (pool, 2) positions of the pool, NaN where there is none.
    """
    placed = np.isfinite(points).all(axis=1) & np.isfinite(pool).all(axis=1)  # (pool,)
    positions = np.full((len(embeddings), 2), np.nan, dtype=np.float32)  # (n, 2)
    known = np.isfinite(embeddings).all(axis=1)  # (n,)
    if not placed.any() or not known.any():
        return positions
    cosines = embeddings[known] @ pool[placed].T  # (known, placed)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]  # (known, five)
    positions[known] = np.median(points[placed][nearest], axis=1)  # (known, five, 2) -> (known, 2)
    return positions
