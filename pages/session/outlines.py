"""What was drawn around on a map: outlines in the address, and the examples inside them.

An outline is written as the name of its map and the corners: embedding_1.25_-3_4.5_6 and so on, a
horizontal and a vertical position for each. What lies inside follows from what is written, so a
link shows the same examples.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.charts.lasso import indices_in
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from pages.session import address, cache

CORNERS_MOST = 100  # of one outline in the address
NUMBER = r"_-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
OUTLINE = re.compile(rf"({'|'.join(Projection)})((?:{NUMBER}{NUMBER}){{3,}})")


def draw_around(name: str, selection: Mapping) -> None:
    """Keep the boxes and lassos of a chart's selection, in place of those there were."""
    boxes = [box_corners(box) for box in selection["box"]]
    outlines = [written(name, each["x"], each["y"]) for each in (*selection["lasso"], *boxes)]
    address.put(around=tuple(outlines))


def box_corners(box: Mapping) -> dict[str, list[float]]:
    """The outline of a box."""
    (left, right), (low, high) = box["x"], box["y"]
    return {"x": [left, right, right, left], "y": [low, low, high, high]}


def written(name: str, xs: list[float], ys: list[float]) -> str:
    """An outline as the address holds it, with at most so many of its corners."""
    corners = np.column_stack([xs, ys])  # (corners, 2)
    kept = np.linspace(0, len(corners) - 1, min(len(corners), CORNERS_MOST)).round().astype(int)
    numbers = "_".join(f"{value:.5g}" for value in corners[kept].ravel().tolist())
    return f"{name}_{numbers}"


def read(text: str) -> tuple[str, dict[str, list[float]]] | None:
    """The map and the corners of an outline; None for what is none."""
    match = OUTLINE.fullmatch(text)
    if match is None:
        return None
    numbers = [float(number) for number in match[2].split("_")[1:]]
    return match[1], {"x": numbers[::2], "y": numbers[1::2]}


@st.cache_resource(max_entries=32, show_spinner=False)
def _inside(_run: Run, folder: Path, outline: str, stored_at: int) -> np.ndarray:
    name, corners = read(outline)
    return indices_in({"lasso": [corners]}, cache.projection(_run, name))


def drawn_around(run: Run) -> np.ndarray | None:
    """(examples,) indices of what any outline holds; None while nothing is drawn around.

    An outline on a map that this run does not have holds nothing.
    """
    outlines = {text: outline for text in address.get("around") if (outline := read(text))}
    if not outlines:
        return None
    inside = np.zeros(len(run.pool), dtype=bool)  # (pool,)
    for text, (name, _) in outlines.items():
        stored_at = cache.projected_at(run, name)
        if stored_at is not None:
            inside[_inside(run, run.folder, text, stored_at)] = True
    return np.flatnonzero(inside)
