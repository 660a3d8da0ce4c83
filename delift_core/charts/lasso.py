"""Which examples or cells a chart's selection encloses, and what a click is nearest to.

Streamlit returns the outline; what lies inside is worked out here, so that points need not travel
to the browser and back.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike


def indices_in(selection: Mapping, points: np.ndarray) -> np.ndarray:
    """(enclosed,) indices of the points in any box or lasso of a chart's selection, ascending.

    selection: {"lasso": [{"x": [...], "y": [...]}], "box": [{"x": [x0, x1], "y": [y0, y1]}]}, as
    Streamlit returns it.
    """
    within = np.zeros(len(points), dtype=bool)  # (n,)
    for box in selection.get("box") or ():
        within |= inside_box(points, box["x"], box["y"])
    for lasso in selection.get("lasso") or ():
        within |= inside_lasso(points, lasso["x"], lasso["y"])
    return np.flatnonzero(within)


def inside_box(points: np.ndarray, xs: ArrayLike, ys: ArrayLike) -> np.ndarray:
    """(n,) whether each point is in a box, borders included; its corners come in any order."""
    low, high = np.sort(np.array([xs, ys], dtype=np.float64), axis=1).T  # (2,) both
    return ((points >= low) & (points <= high)).all(axis=1)  # (n, 2) -> (n,)


def inside_lasso(points: np.ndarray, xs: ArrayLike, ys: ArrayLike) -> np.ndarray:
    """(n,) whether each point is inside, by the even-odd rule.

    A point is inside when a ray from it to the right crosses the outline an odd number of times. An
    edge is crossed where low <= y < high and x < x_a + (y - y_a) * (x_b - x_a) / (y_b - y_a).
    Sorted by y, the points level with one edge are one slice, so an edge costs no more than the
    points level with it.
    """
    xs = np.asarray(xs, dtype=np.float64)  # (corners,)
    ys = np.asarray(ys, dtype=np.float64)  # (corners,)
    order = np.argsort(points[:, 1])  # (n,) NaN last: level with no edge
    x, y = points[order].astype(np.float64).T  # (n,) both
    odd = np.zeros(len(points), dtype=bool)  # (n,)
    for xa, ya, xb, yb in zip(xs, ys, np.roll(xs, -1), np.roll(ys, -1), strict=True):
        if ya != yb:
            level = slice(*np.searchsorted(y, sorted([ya, yb])))
            odd[level] ^= x[level] < xa + (y[level] - ya) * (xb - xa) / (yb - ya)
    within = np.empty_like(odd)
    within[order] = odd
    return within


def spans_in(selection: Mapping, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    """(rows, columns) of a kernel under the last box drawn on its heatmap; None without one.

    Position k reaches from k - 1/2 to k + 1/2.
    """
    boxes = selection.get("box")
    if not boxes:
        return None
    rows, columns = _span(boxes[-1]["y"], shape[0]), _span(boxes[-1]["x"], shape[1])
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    return rows, columns


def _span(side: list[float], length: int) -> slice:
    """The positions that one side of a box touches."""
    return slice(max(round(min(side)), 0), min(round(max(side)) + 1, length))


def nearest_in_reach(points: np.ndarray, place: ArrayLike, reach: ArrayLike) -> int | None:
    """The index of the point nearest to a place; None where none is in reach.

    Distances are measured in reaches, ((x - x0) / r_x, (y - y0) / r_y), since the two axes of a
    map have scales of their own. Ties go to the lower index.

    points: (n, 2), NaN where there is none. place, reach: (2,) horizontal and vertical.
    """
    gaps = (points - np.asarray(place, np.float64)) / np.asarray(reach, np.float64)  # (n, 2)
    distances = np.nan_to_num(np.hypot(*gaps.T), nan=np.inf)  # (n,)
    if not len(distances) or distances.min() > 1:
        return None
    return int(distances.argmin())
