"""An order of a kernel's examples in which those with like utilities are adjacent."""

import numpy as np

OPTIMAL_MOST = 400  # examples up to which leaves are ordered optimally
CLUSTERED_MOST = 1_000  # examples up to which each is a leaf of the tree


def order_by_cluster(values: np.ndarray, square: bool) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices of a kernel.

    A square kernel has one order for both, by whom each example helps and who helps it.
    """
    answered, shown = profiles(values, square)
    rows = _order(answered)
    if square:
        return rows, rows
    return rows, _order(shown)


def profiles(values: np.ndarray, square: bool) -> tuple[np.ndarray, np.ndarray]:
    """(answered, features) and (shown, features): utilities with other examples, of length 1.

    The features are at most 1,000 evenly spaced examples. Pairs not scored, and those of an example
    with itself, count as 0.
    """
    rows, columns = (evenly_spaced(length) for length in values.shape)
    answered = np.nan_to_num(values[:, columns])  # (answered, features)
    shown = np.nan_to_num(values[rows]).T.copy()  # (shown, features)
    if square:
        answered[columns, np.arange(len(columns))] = 0
        shown[rows, np.arange(len(rows))] = 0
        answered = shown = np.hstack([answered, shown])
    return _unit(answered), _unit(shown)


def evenly_spaced(length: int) -> np.ndarray:
    """(at most 1,000,) all positions, or so many evenly spaced ones."""
    return np.linspace(0, length - 1, min(length, CLUSTERED_MOST)).round().astype(np.int64)


def _unit(lines: np.ndarray) -> np.ndarray:
    """u / ||u||_2, row by row; a row of zeros stays one."""
    length = np.linalg.norm(lines, axis=1, keepdims=True)  # (n, 1)
    return lines / np.where(length > 0, length, 1)


def _order(unit: np.ndarray) -> np.ndarray:
    """(n,) the leaves of a tree; every other example follows the leaf it resembles most.

    Of more than 1,000 examples the evenly spaced ones are leaves.
    """
    sample = evenly_spaced(len(unit))
    leaves = sample[_leaves(unit[sample])]  # (leaves,) in their order
    if len(sample) == len(unit):
        return leaves
    cosines = unit @ unit[leaves].T  # (n, leaves)
    cosines[leaves, np.arange(len(leaves))] = 2  # a leaf comes first in its own group
    return np.lexsort((-cosines.max(axis=1), cosines.argmax(axis=1)))


def _leaves(unit: np.ndarray) -> np.ndarray:
    """(n,) leaves of Ward's tree over ||u - v|| = sqrt(2 - 2 u.v), from end to end."""
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    if len(unit) < 3:
        return np.arange(len(unit))
    squares = (unit.astype(np.float64) ** 2).sum(axis=1)  # (n,) 1, or 0 of a line of zeros
    gaps = squares[:, None] + squares - 2 * (unit @ unit.T)  # (n, n) squared distances
    symmetric = np.maximum((gaps + gaps.T) / 2, 0)  # (n, n)
    distances = squareform(np.sqrt(symmetric), checks=False)  # (pairs,)
    tree = hierarchy.linkage(distances, "ward", optimal_ordering=len(unit) <= OPTIMAL_MOST)
    return hierarchy.leaves_list(tree).astype(np.int64)
