"""The marks of a map: circles of the pool, diamonds of the chosen.

Every mark carries the index of its example.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import escaped
from delift_core.charts.scene import Scene

SVG_MOST = 3_000  # marks up to which SVG is faster than WebGL
SMALL_MAP = 1_000  # examples up to which circles are drawn larger
DIMMED = 0.18  # opacity of what is not lit
LARGE_DIAMONDS = 200  # diamonds up to which they are drawn larger
REST = "the rest"  # what the pointer calls what is not lit
NUMBER = "%{marker.color:.4~g}"  # what the pointer shows of a number

Trace: TypeAlias = go.Scatter | go.Scattergl


@dataclass(frozen=True, eq=False)
class Group:
    """Examples drawn alike."""

    rows: np.ndarray  # (rows,) indices
    name: str  # in the legend
    marker: dict
    hover: str = "%{fullData.name}"  # what the pointer shows of an example


def circles(scene: Scene, rows: np.ndarray, *, outlined: bool = False) -> list[Trace]:
    """The pool as circles; what is not lit is faint and below the rest.

    outlined: whether those lit are larger and outlined, as the matches of a search.
    """
    size = 7 if len(scene.points) <= SMALL_MAP else 5
    look: dict = {"size": size, "opacity": 0.8}
    if outlined:
        look = {
            "size": size + 3,
            "opacity": 1.0,
            "line": {"color": scene.palette.ink, "width": 1.2},
        }
    colour = scene.palette.pool
    faint = {"size": size, "color": colour, "opacity": DIMMED, "line": {"width": 0}}
    dimmed = Group(rows[~scene.lit[rows]], REST, faint)
    return marks(scene, [dimmed, *groups(scene, rows[scene.lit[rows]], "pool", colour)], look)


def diamonds(scene: Scene, rows: np.ndarray) -> list[Trace]:
    """The chosen as diamonds, larger and outlined, in the colours of the pool where it has any."""
    width = 1.0 if len(rows) <= LARGE_DIAMONDS else 0.6
    look = {
        "symbol": "diamond",
        "size": diamond_size(rows),
        "line": {"color": scene.palette.ink, "width": width},
    }
    colour = scene.palette.chosen
    dimmed = Group(rows[~scene.lit[rows]], REST, {"color": colour, "opacity": DIMMED})
    return marks(scene, [dimmed, *groups(scene, rows[scene.lit[rows]], "chosen", colour)], look)


def diamond_size(rows: np.ndarray) -> int:
    """Pixels across the diamond of a chosen example."""
    return 11 if len(rows) <= LARGE_DIAMONDS else 8


def groups(scene: Scene, rows: np.ndarray, name: str, colour: str) -> Iterator[Group]:
    """All in one colour, or one group per label, or those with a number above those without."""
    if scene.colouring is None:
        yield Group(rows, name, {"color": colour})
        return
    values = scene.colouring.values[rows]  # (rows,)
    if scene.colouring.numeric:
        known = np.isfinite(values)  # (rows,)
        yield Group(rows[~known], "no value", {"color": scene.palette.pool})
        yield Group(rows[known], name, {"color": values[known], "coloraxis": "coloraxis"}, NUMBER)
        return
    for index, (label, shade) in enumerate(scene.label_colours):
        yield Group(rows[values == index], label, {"color": shade})


def marks(scene: Scene, drawn: Iterable[Group], look: dict) -> list[Trace]:
    """One trace per group that holds any example."""
    return [_trace(scene, group, look) for group in drawn if len(group.rows)]


def _trace(scene: Scene, group: Group, look: dict) -> Trace:
    """One group; customdata is the index of the example."""
    return trace_type(scene.points)(
        x=scene.points[group.rows, 0],
        y=scene.points[group.rows, 1],
        customdata=group.rows.astype(smallest_type(len(scene.points))),
        mode="markers",
        name=escaped(group.name),
        legendgroup=escaped(group.name),
        showlegend=False,
        marker={**look, **group.marker},
        hovertemplate=f"#%{{customdata}}<br>{group.hover}<extra></extra>",
    )


def trace_type(points: np.ndarray) -> type[Trace]:
    """SVG for few points, WebGL for many, for everything on a map.

    Plotly lays all of WebGL over all of SVG, so the two do not mix.
    """
    return go.Scatter if len(points) <= SVG_MOST else go.Scattergl


def smallest_type(highest: int) -> type:
    """The narrower of the two unsigned types that holds a whole number."""
    return np.uint16 if highest < 2**16 else np.uint32


def empty_trace(**settings) -> go.Scatter:
    """A trace without a point: an entry of the legend, or what lets a picture answer to a lasso."""
    defaults = {
        "x": [None],
        "y": [None],
        "mode": "markers",
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return go.Scatter(**(defaults | settings))
