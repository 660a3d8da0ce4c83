"""Which examples a box or lasso on the map encloses, worked out here, so that points need not
travel to the browser and back.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike


def indices_in(selection: Mapping, points: np.ndarray) -> np.ndarray:
    """Indices of the points in any box or lasso of a chart's selection, ascending.

    selection: {"lasso": [{"x": [...], "y": [...]}], "box": [{"x": [x0, x1], "y": [y0, y1]}]}, as
    Streamlit returns it.
    """
    within = np.zeros(len(points), dtype=bool)  # (n,)
    for box in selection.get("box") or ():
        within |= inside_box(points, box["x"], box["y"])
    for lasso in selection.get("lasso") or ():
        within |= inside(points, lasso["x"], lasso["y"])
    return np.flatnonzero(within)  # (enclosed,)


def inside_box(points: np.ndarray, xs: ArrayLike, ys: ArrayLike) -> np.ndarray:
    """Whether each point is in a box, borders included; its corners come in any order."""
    low, high = np.sort(np.array([xs, ys], dtype=np.float64), axis=1).T  # (2,) both
    return ((points >= low) & (points <= high)).all(axis=1)  # (n, 2) -> (n,)


def inside(points: np.ndarray, xs: ArrayLike, ys: ArrayLike) -> np.ndarray:
    """Even-odd rule: a point is inside when a ray from it to the right crosses the outline an odd
    number of times.

    An edge is crossed where low <= y < high and x < x_a + (y - y_a) * (x_b - x_a) / (y_b - y_a).
    Sorted by y, the points beside one edge are one stretch, so an edge costs no more than the
    points it passes.
    """
    xs, ys = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)  # (corners,) both
    order = np.argsort(points[:, 1])  # (n,) NaN last: beside no edge
    x, y = points[order].astype(np.float64).T  # (n,) both
    odd = np.zeros(len(points), dtype=bool)  # (n,)
    for xa, ya, xb, yb in zip(xs, ys, np.roll(xs, -1), np.roll(ys, -1), strict=True):
        beside = slice(*np.searchsorted(y, sorted([ya, yb])))
        if ya != yb:
            odd[beside] ^= x[beside] < xa + (y[beside] - ya) * (xb - xa) / (yb - ya)
    within = np.empty_like(odd)
    within[order] = odd
    return within


def spans_in(selection: Mapping, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    """(rows, columns) of a kernel under the last box drawn on its heatmap, position k reaching from
    k - 1/2 to k + 1/2; None without one.
    """
    if not (boxes := selection.get("box")):
        return None
    spans = [
        slice(max(round(min(side)), 0), min(round(max(side)) + 1, length))
        for side, length in zip((boxes[-1]["y"], boxes[-1]["x"]), shape, strict=True)
    ]
    return (spans[0], spans[1]) if all(span.start < span.stop for span in spans) else None


def clicked_pair(point: Mapping) -> tuple[int, int]:
    """(answered, shown) of a cell that was clicked; a browser gives typed pairs back as a mapping
    of their places.
    """
    pair = point["customdata"]
    answered, shown = (pair["0"], pair["1"]) if isinstance(pair, Mapping) else pair
    return int(answered), int(shown)
