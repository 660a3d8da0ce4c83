"""Small maps of the same pool side by side, one for each selection, that zoom together.

The pool is grey below the marks of the chosen: points, or one picture where it is large. A mark is
strong where no other selection holds its example, faint where one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import base_layout, escaped
from delift_core.charts.looks import Look
from delift_core.charts.palette import Palette
from delift_core.charts.raster import Frame, frame_of, painted
from delift_core.charts.scene import Scene

ACROSS = 3  # maps in a row
GAP = 0.02  # between two maps, as a share of the figure
TITLE = 0.06  # above a map
POINTS_MOST = 3_000  # examples of the pool up to which each map draws them all
LARGE_MARKS = 200  # chosen examples up to which they are drawn larger
SHARED = 0.35  # opacity of what another selection holds too
NAMED_MOST = 6_000  # chosen examples of all maps up to which the pointer names them
NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class SmallMaps:
    """The pool on the plane, and the selections that have a map each."""

    points: np.ndarray  # (n, 2), NaN where an example has no position
    chosen: Sequence[np.ndarray]  # (chosen,) indices of each selection
    looks: Sequence[Look]
    names: Sequence[str]  # (n,) what the pointer says
    picture: str | None = None  # of `pool_picture`, in place of the pool's points
    selected: int | None = None  # index of the example with the ring


def needs_picture(points: np.ndarray) -> bool:
    """Whether the pool is too large to be drawn as points so many times."""
    return len(points) > POINTS_MOST


def pool_picture(points: np.ndarray, palette: Palette) -> str:
    """The pool in grey, as the text a figure carries. points: (n, 2)."""
    lit = np.ones(len(points), dtype=bool)  # (n,)
    scene = Scene(points, lit, None, palette)
    return painted(scene, frame_of(points), np.flatnonzero(scene.placed), NOBODY, [])


def small_maps_figure(maps: SmallMaps, palette: Palette) -> go.Figure:
    """One map for each selection; `example_of` says which example a mark stands for."""
    count = len(maps.chosen)
    layout = _layout(count, maps.looks, palette)
    traces = [_marks(maps, position) for position in range(count)]
    if maps.picture is None:
        traces = [*(_pool(maps, position, palette) for position in range(count)), *traces]
    else:
        frame = frame_of(maps.points)
        layout.images = [_picture(maps.picture, frame, position) for position in range(count)]
    if maps.selected is not None:
        traces += [
            _ring(maps.points[maps.selected], position, palette) for position in range(count)
        ]
    return go.Figure(traces, layout)


def example_of(maps: SmallMaps, curve: int, number: int) -> int | None:
    """The index in the pool of a mark, by the number of its trace and its own there."""
    layers: list[np.ndarray] = list(maps.chosen)
    if maps.picture is None:
        layers = [*(np.arange(len(maps.points)) for _ in maps.chosen), *layers]
    return int(layers[curve][number]) if curve < len(layers) else None


def _pool(maps: SmallMaps, position: int, palette: Palette) -> go.Scattergl:
    """The whole pool on one map."""
    return _on(
        position,
        maps.points,
        hoverinfo="skip",
        marker={"color": palette.pool, "size": 3, "opacity": 0.5},
    )


def _marks(maps: SmallMaps, position: int) -> go.Scattergl:
    """The chosen of one selection, strong where no other one holds them."""
    rows, look = maps.chosen[position], maps.looks[position]
    held = np.bincount(np.concatenate(maps.chosen), minlength=len(maps.points))  # (n,)
    texts = None
    if sum(map(len, maps.chosen)) <= NAMED_MOST:
        texts = [escaped(maps.names[index]) for index in rows.tolist()]
    return _on(
        position,
        maps.points[rows],
        name=look.name,
        text=texts,
        hovertemplate="%{text}<extra></extra>" if texts else "<extra></extra>",
        marker={
            "color": look.colour,
            "symbol": look.symbol,
            "size": 8 if len(rows) <= LARGE_MARKS else 6,
            "opacity": np.where(held[rows] == 1, 1.0, SHARED).astype(np.float32),  # (chosen,)
        },
    )


def _ring(place: np.ndarray, position: int, palette: Palette) -> go.Scattergl:
    """Around the open example on one map. place: (2,)."""
    line = {"width": 2.5, "color": palette.ink}
    marker = {"symbol": "circle-open", "size": 18, "color": palette.ink, "line": line}
    return _on(position, place[None, :], hoverinfo="skip", marker=marker)


def _on(position: int, places: np.ndarray, **settings) -> go.Scattergl:
    """Marks on one of the maps. places: (marks, 2)."""
    return go.Scattergl(
        x=places[:, 0].astype(np.float32),
        y=places[:, 1].astype(np.float32),
        xaxis=_axis("x", position),
        yaxis=_axis("y", position),
        mode="markers",
        showlegend=False,
        **settings,
    )


def _picture(picture: str, frame: Frame, position: int) -> dict:
    """The pool below the marks of one map."""
    return {
        "source": picture,
        "xref": _axis("x", position),
        "yref": _axis("y", position),
        "x": frame.left,
        "y": frame.top,
        "sizex": frame.right - frame.left,
        "sizey": frame.top - frame.bottom,
        "sizing": "stretch",
        "layer": "below",
    }


def _axis(letter: str, position: int) -> str:
    """x, x2, x3, ..."""
    return letter if position == 0 else f"{letter}{position + 1}"


def _layout(maps: int, looks: Sequence[Look], palette: Palette) -> go.Layout:
    """A grid of maps whose axes move together, the title of each above it."""
    layout = base_layout(palette, f"{maps} maps", dragmode="pan", hovermode="closest")
    layout.margin.t = 4
    titles = []
    for position, look in enumerate(looks):
        (left, right), (bottom, top) = _place(position, maps)
        for letter, domain in (("x", (left, right)), ("y", (bottom, top))):
            settings = {"visible": False, "domain": domain, "anchor": _other(letter, position)}
            if position:
                settings["matches"] = letter
            layout[_axis(f"{letter}axis", position)] = settings
        titles.append(_title(look, left, top))
    layout.annotations = titles
    return layout


def _other(letter: str, position: int) -> str:
    """The axis that one axis of a map stands at."""
    return _axis("y" if letter == "x" else "x", position)


def _place(position: int, maps: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The shares of the figure that a map takes: (left, right), (bottom, top)."""
    across = 2 if maps in (2, 4) else min(maps, ACROSS)
    down = ceil(maps / across)
    row, column = divmod(position, across)
    width, height = 1 / across, 1 / down
    left, top = column * width, 1 - row * height
    return (left, left + width - GAP), (top - height + GAP, top - TITLE)


def _title(look: Look, left: float, top: float) -> dict:
    """The name of a selection above its map."""
    return {
        "text": f"<b>{look.name}</b>",
        "font": {"color": look.colour, "size": 14},
        "x": left,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }
