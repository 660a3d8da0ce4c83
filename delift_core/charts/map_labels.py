"""The names of groups on a map, each above the middle of its group."""

import numpy as np

from delift_core.charts.figure_layout import short_label
from delift_core.charts.scene import Scene

COMPACT = 0.6  # of the spread of all examples, below which a group has a place of its own
NAME_LENGTH = 24  # characters
CORE = 98  # percent of a group that its name stands above


def are_compact(scene: Scene) -> bool:
    """Whether every group but the one of all others is in one place, so that a name fits it."""
    if scene.colouring is None or scene.colouring.numeric or not scene.placed.any():
        return False
    whole = _spread(scene.points[scene.placed])
    members = _members(scene)
    return all(_spread(scene.points[rows]) <= COMPACT * whole for _, _, rows in members)


def group_labels(scene: Scene) -> list[dict]:
    """An annotation for each group, in its colour on the map."""
    halo = scene.palette.diverging[len(scene.palette.diverging) // 2]  # as the page
    return [_label(name, shade, scene.points[rows], halo) for name, shade, rows in _members(scene)]


def _members(scene: Scene) -> list[tuple[str, str, np.ndarray]]:
    """The name, the colour and the indices of every group that has a colour of its own."""
    if scene.colouring is None:
        return []
    colours = scene.label_colours[: len(scene.palette.categories)]
    values = scene.colouring.values  # (n,)
    rows = [np.flatnonzero(scene.placed & (values == index)) for index in range(len(colours))]
    return [(*colour, each) for colour, each in zip(colours, rows, strict=True) if len(each)]


def _spread(points: np.ndarray) -> float:
    """The median distance from the median position. points: (n, 2)."""
    gaps = points - np.median(points, axis=0)  # (n, 2)
    return float(np.median(np.hypot(*gaps.T)))


def _label(name: str, shade: str, points: np.ndarray, halo: str) -> dict:
    """One name, in the middle of its group from left to right and above nearly all of it."""
    return {
        "text": f"<b>{short_label(name, NAME_LENGTH)}</b>",
        "x": float(np.median(points[:, 0])),
        "y": float(np.percentile(points[:, 1], CORE)),
        "yshift": 14,
        "showarrow": False,
        "font": {"color": shade, "size": 14, "shadow": ", ".join([f"0 0 3px {halo}"] * 3)},
    }
