"""Embeddings laid out on a plane at once, where no map has been worked out."""

import numpy as np


def principal_plane(embeddings: np.ndarray) -> np.ndarray:
    """(n, 2) positions on the two directions in which the embeddings differ most.

    embeddings: (n, width).
    """
    centred = embeddings - embeddings.mean(axis=0)  # (n, width)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)  # (n, r), (r,)
    plane = np.zeros((len(embeddings), 2), np.float32)
    kept = min(2, len(scale))
    plane[:, :kept] = left[:, :kept] * scale[:kept]
    return plane
