"""An order of a kernel's examples in which those that help, or are helped by, the same others stand
side by side.
"""

import numpy as np

OPTIMAL_MOST = 400  # examples up to which neighbours are made as alike as a tree allows
CLUSTERED_MOST = 1_000  # examples up to which each is a leaf of the tree


def order_by_cluster(values: np.ndarray, square: bool) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices of a kernel; a square one has one order for both, by whom
    each helps and who helps it.
    """
    answered, shown = profiles(values, square)
    rows = _order(answered)
    return rows, rows if square else _order(shown)


def profiles(values: np.ndarray, square: bool) -> tuple[np.ndarray, np.ndarray]:
    """(answered, features) and (shown, features): utilities with, at most 1,000 evenly spaced,
    others, each line brought to length one.

    Pairs not scored, and those of an example with itself, count as no help.
    """
    rows, columns = (spaced(length) for length in values.shape)
    answered = np.nan_to_num(values[:, columns])  # (answered, features)
    shown = np.nan_to_num(values[rows]).T.copy()  # (shown, features)
    if square:
        answered[columns, np.arange(len(columns))] = shown[rows, np.arange(len(rows))] = 0
        answered = shown = np.hstack([answered, shown])
    return _unit(answered), _unit(shown)


def spaced(length: int) -> np.ndarray:
    """All places, or so many of them evenly spaced."""
    # (some,)
    return np.linspace(0, length - 1, min(length, CLUSTERED_MOST)).round().astype(np.int64)


def _unit(lines: np.ndarray) -> np.ndarray:
    """u / |u|, zeros staying zeros."""
    length = np.linalg.norm(lines, axis=1, keepdims=True)  # (n, 1)
    return lines / np.where(length > 0, length, 1)


def _order(unit: np.ndarray) -> np.ndarray:
    """The leaves of a tree; of many examples those evenly spaced are leaves, each other one follows
    the leaf it resembles most.
    """
    some = spaced(len(unit))
    leaves = some[_leaves(unit[some])]  # (leaves,) in their order
    if len(some) == len(unit):
        return leaves
    alike = unit @ unit[leaves].T  # (n, leaves) cosines
    alike[leaves, np.arange(len(leaves))] = 2  # a leaf stands first at its own place
    return np.lexsort((-alike.max(axis=1), alike.argmax(axis=1)))  # (n,)


def _leaves(unit: np.ndarray) -> np.ndarray:
    """Ward's tree over the distances |u - v| = sqrt(2 - 2 u.v) of lines of length one, and its
    leaves from end to end.
    """
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    if len(unit) < 3:
        return np.arange(len(unit))
    squares = (unit.astype(np.float64) ** 2).sum(axis=1)  # (n,) 1, or 0 of a line of zeros
    apart = squares[:, None] + squares - 2 * (unit @ unit.T)  # (n, n)
    distances = squareform(np.sqrt(np.maximum((apart + apart.T) / 2, 0)), checks=False)  # (pairs,)
    tree = hierarchy.linkage(distances, "ward", optimal_ordering=len(unit) <= OPTIMAL_MOST)
    return hierarchy.leaves_list(tree).astype(np.int64)
