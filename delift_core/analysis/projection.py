"""Positions on a map: vectors laid out in the plane by UMAP, so that examples that are near in many
dimensions stay near in two.
"""

import warnings

import numpy as np

NEIGHBOURS = 15  # how many neighbours hold an example in its place
FEWEST = 5  # below this there is no neighbourhood to preserve, and UMAP's start fails
# marks of a tight group stay apart on the screen; UMAP's own 0.1 and 1 pile them up
APART, SPREAD = 1.0, 1.5
WIDEST, REDUCED = 2_048, 64  # wider vectors are reduced before neighbours are looked for


def project(vectors: np.ndarray, *, seed: int = 0, metric: str = "cosine") -> np.ndarray:
    """(n, 2) float32 places; the same vectors and seed give the same places on the same machine.

    metric: cosine or euclidean.

    A vector with a NaN has no place, (NaN, NaN), and no part in the places of the others. Fewer
    than five vectors are laid out by their two principal components. Of width 576 on one of two
    busy cores, 2 000 vectors take 10 to 30 s and 10 000 take 80 to 170 s, after 10 to 30 s for
    loading UMAP.
    """
    placed = np.isfinite(vectors).all(axis=1)  # (n,)
    places = np.full((len(vectors), 2), np.nan, dtype=np.float32)  # (n, 2)
    if placed.any():
        lay_out = _principal if placed.sum() < FEWEST else _umap
        places[placed] = lay_out(_narrow(vectors[placed], seed), seed, metric)
    return places


def utility_profiles(similarity: np.ndarray) -> np.ndarray:
    """(n, 2n): who helps an example (its row) and whom it helps (its column), each of length 1,
    side by side.

    Examples are near each other when the same examples help them and they help the same ones.
    similarity: square, (answered, shown).
    """
    return np.hstack([_unit(similarity), _unit(similarity.T)])  # (n, n), (n, n) -> (n, 2n)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """v / ||v||_2, row by row; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)  # (n, 1)
    return vectors / np.where(lengths > 0, lengths, 1.0)  # (n, width)


def _narrow(vectors: np.ndarray, seed: int) -> np.ndarray:
    """Wide vectors as their 64 strongest singular components."""
    if vectors.shape[1] <= WIDEST or len(vectors) <= REDUCED:
        return vectors
    from sklearn.decomposition import TruncatedSVD

    return TruncatedSVD(REDUCED, random_state=seed).fit_transform(vectors)  # (n, 64)


def _principal(vectors: np.ndarray, seed: int, metric: str) -> np.ndarray:
    """The two principal components of a handful of vectors, zero where there are fewer."""
    vectors = _unit(vectors) if metric == "cosine" else vectors
    left, strength, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    components = (left * strength)[:, :2]  # (n, at most 2)
    return np.pad(components, ((0, 0), (0, 2 - components.shape[1])))  # (n, 2)


def _umap(vectors: np.ndarray, seed: int, metric: str) -> np.ndarray:
    """UMAP on one thread, since several would make the places depend on their timing."""
    import umap

    neighbours = min(NEIGHBOURS, len(vectors) - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plane = umap.UMAP(
            n_neighbors=neighbours,
            min_dist=APART,
            spread=SPREAD,
            metric=metric,
            random_state=seed,
            n_jobs=1,
        )
        return plane.fit_transform(vectors)  # (n, 2)
