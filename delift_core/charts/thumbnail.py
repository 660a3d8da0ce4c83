"""A map as a small picture without words: an SVG that opens at once, whatever the pool's size."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

WIDTH, HEIGHT = 320, 130  # units of the picture; the browser stretches it
MARGIN = 8
DOTS_MOST = 600  # of a larger pool an even part is drawn


class Dot(NamedTuple):
    """How an example is drawn."""

    colour: str
    radius: float
    opacity: float


def dots_shown(examples: int) -> np.ndarray:
    """(shown,) indices of the examples that are drawn, evenly spread over the pool."""
    return np.unique(np.linspace(0, examples - 1, min(examples, DOTS_MOST)).astype(int))


def thumbnail(positions: np.ndarray, dots: Sequence[Dot], height: int = HEIGHT) -> str:
    """The picture of some examples, each drawn over those before it.

    positions: (dots, 2), NaN where an example has no position.
    """
    points = in_picture(positions, height)  # (dots, 2)
    circles = [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{dot.radius:g}" fill="{dot.colour}"'
        f' fill-opacity="{dot.opacity:g}"/>'
        for (x, y), dot in zip(points.tolist(), dots, strict=True)
        if np.isfinite(x + y)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}">{"".join(circles)}</svg>'
    )


def in_picture(positions: np.ndarray, height: int) -> np.ndarray:
    """(dots, 2) positions within the margins, x to the right and y down."""
    if not np.isfinite(positions).any():
        return positions
    low, high = np.nanmin(positions, axis=0), np.nanmax(positions, axis=0)  # (2,)
    share = (positions - low) / np.where(high > low, high - low, 1)  # (dots, 2) in [0, 1]
    room = np.array([WIDTH, height]) - 2 * MARGIN
    return MARGIN + np.column_stack([share[:, 0], 1 - share[:, 1]]) * room
