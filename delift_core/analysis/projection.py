"""Positions on a map: vectors projected to the plane by UMAP, so that neighbours stay near."""

import warnings
from typing import Any

import numpy as np

from delift_core.scoring.sparse_similarity import SparseSimilarity

NEIGHBOURS = 15  # n_neighbors of UMAP
UMAP_LEAST = 5  # vectors: below this UMAP's initial layout fails
# marks of a tight group stay apart on the screen; UMAP's own 0.1 and 1 pile them up
MIN_DISTANCE, SPREAD = 1.0, 1.5
WIDTH_MOST, COMPONENTS = 2_048, 64  # wider vectors are reduced to so many components first


def project(vectors: Any, *, seed: int = 0, metric: str = "cosine") -> np.ndarray:
    """(n, 2) float32 positions, deterministic for vectors and seed on one machine.

    A vector with a NaN has no position, (NaN, NaN), and does not affect the others. Fewer than five
    vectors are projected to their two principal components. Of width 576 on one of two busy cores,
    2 000 vectors take 10 to 30 s and 10 000 take 80 to 170 s, after 10 to 30 s for loading UMAP.

    vectors: (n, width) array, or a SciPy sparse array without NaN.
    metric: cosine or euclidean.
    """
    if not isinstance(vectors, np.ndarray):
        vectors = _dense(vectors, seed)  # (n, at most 64)
    finite = np.isfinite(vectors).all(axis=1)  # (n,)
    positions = np.full((len(vectors), 2), np.nan, dtype=np.float32)  # (n, 2)
    if not finite.any():
        return positions
    narrow = _narrow(vectors[finite], seed)
    if len(narrow) < UMAP_LEAST:
        positions[finite] = _principal(narrow, metric)
    else:
        positions[finite] = _umap(narrow, seed, metric)
    return positions


def utility_profiles(similarity: np.ndarray | SparseSimilarity) -> Any:
    """(n, 2n): who helps an example (its row) and whom it helps (its column), each of length 1.

    Examples are near each other when the same examples help them and they help the same ones. Of a
    sparse similarity a SciPy array, in which pairs that were not scored count as 0.

    similarity: (n, n), answered by shown.
    """
    if isinstance(similarity, SparseSimilarity):
        from scipy.sparse import hstack
        from sklearn.preprocessing import normalize

        scored = similarity.scored.tocsr()  # (n, n)
        return hstack([normalize(scored), normalize(scored.T.tocsr())], format="csr")
    return np.hstack([_unit(similarity), _unit(similarity.T)])  # (n, n), (n, n) -> (n, 2n)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """v / ||v||_2, row by row; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)  # (n, 1)
    return vectors / np.where(lengths > 0, lengths, 1.0)  # (n, width)


def _narrow(vectors: np.ndarray, seed: int) -> np.ndarray:
    """(n, at most 2 048): wide vectors as their 64 strongest singular components."""
    if vectors.shape[1] <= WIDTH_MOST or len(vectors) <= COMPONENTS:
        return vectors
    from sklearn.decomposition import TruncatedSVD

    return TruncatedSVD(COMPONENTS, random_state=seed).fit_transform(vectors)  # (n, 64)


def _dense(vectors: Any, seed: int) -> np.ndarray:
    """(n, at most 64) the strongest singular components of sparse vectors, as they lie if few."""
    if vectors.shape[0] <= COMPONENTS:
        return vectors.toarray()
    from sklearn.decomposition import TruncatedSVD

    return TruncatedSVD(COMPONENTS, random_state=seed).fit_transform(vectors)  # (n, 64)


def _principal(vectors: np.ndarray, metric: str) -> np.ndarray:
    """(n, 2) principal components of a handful of vectors, zero where there are fewer."""
    if metric == "cosine":
        vectors = _unit(vectors)
    left, strength, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    components = (left * strength)[:, :2]  # (n, at most 2)
    return np.pad(components, ((0, 0), (0, 2 - components.shape[1])))


def _umap(vectors: np.ndarray, seed: int, metric: str) -> np.ndarray:
    """(n, 2) by UMAP on one thread, since several would make positions depend on their timing."""
    import umap

    neighbours = min(NEIGHBOURS, len(vectors) - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plane = umap.UMAP(
            n_neighbors=neighbours,
            min_dist=MIN_DISTANCE,
            spread=SPREAD,
            metric=metric,
            random_state=seed,
            n_jobs=1,
        )
        return plane.fit_transform(vectors)
