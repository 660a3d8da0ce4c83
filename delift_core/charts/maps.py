"""The map: the pool as points, the chosen on top; a large pool is painted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from delift_core.charts.colouring import Colouring, colouring
from delift_core.charts.layout import even, layout_of, spelt
from delift_core.charts.overlays import colour_keys, cover, lines, mark_keys, outlines, ring
from delift_core.charts.palette import Palette
from delift_core.charts.raster import frame_of, painted
from delift_core.charts.traces import Trace, circles, diamonds, label_colours, silent

POINTS_MOST = 20_000  # points up to which a browser should hold them at all
# examples drawn one by one over a painted map, and chosen ones that are played
DIAMONDS_MOST = 3_000
LINKS_MOST = 2_000  # near-duplicates that are linked
RAMP = 32  # shades of numbers on a painted map


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything a map shows, worked out once for either way to draw it."""

    points: np.ndarray  # (n, 2)
    pool: np.ndarray  # (pool,) indices beyond the chosen that have a place
    chosen: np.ndarray  # (chosen,) indices in order of choice that have a place
    lit: np.ndarray  # (n,) bool
    coloured: Colouring | None
    title: str  # of the colours
    found: int | None  # how many a search found
    under: list[Trace]  # the ring
    over: list[Trace]  # what play lifts, links, verdicts
    palette: Palette

    @property
    def keys(self) -> list[Trace]:
        return [
            *colour_keys(self.coloured, self.palette),
            *mark_keys(self.coloured, self.found, self.palette),
        ]


def map_figure(
    points: np.ndarray,
    chosen: np.ndarray,
    *,
    colours: Sequence | None = None,
    colour_title: str = "",
    matches: np.ndarray | None = None,
    enclosed: np.ndarray | None = None,
    selected: int | None = None,
    verdicts: Sequence[str | None] | None = None,
    links: np.ndarray | None = None,
    playable: bool = False,
    palette: Palette,
) -> go.Figure:
    """The pool as small circles, the chosen as diamonds on top; above 20 000 examples the painted
    map.

    points (n, 2), NaN where an example has no place; chosen: indices in order of choice; colours: a
    label or number per example; matches: indices a search found, enclosed: indices a lasso holds:
    the rest is dimmed; selected: the one index that wears a ring; verdicts: keep, drop, flag or
    None per example; links (pairs, 2): near-duplicates to join; playable: with what play uncovers,
    unless more than 3 000 are chosen. customdata is the index.
    """
    scene = _scene(
        points,
        chosen,
        colours,
        colour_title,
        matches,
        enclosed,
        selected,
        verdicts,
        links,
        playable,
        palette,
    )
    return _painted(scene) if len(points) > POINTS_MOST else _drawn(scene)


def raster_map_figure(
    points: np.ndarray,
    chosen: np.ndarray,
    *,
    colours: Sequence | None = None,
    colour_title: str = "",
    matches: np.ndarray | None = None,
    palette: Palette,
) -> go.Figure:
    """The same map for a large pool: painted, with up to 3 000 chosen as diamonds too; box and
    lasso come back as outlines.
    """
    return _painted(
        _scene(
            points, chosen, colours, colour_title, matches, None, None, None, None, False, palette
        )
    )


def can_be_played(chosen: np.ndarray) -> bool:
    """Whether so many can light up one after the other."""
    return 0 < len(chosen) <= DIAMONDS_MOST


def _scene(
    points: np.ndarray,
    chosen: np.ndarray,
    colours: Sequence | None,
    title: str,
    matches: np.ndarray | None,
    enclosed: np.ndarray | None,
    selected: int | None,
    verdicts: Sequence[str | None] | None,
    links: np.ndarray | None,
    playable: bool,
    palette: Palette,
) -> Scene:
    coloured = None if colours is None else colouring(colours)
    placed = np.isfinite(points).all(axis=1)  # (n,)
    chosen = np.asarray(chosen, dtype=np.int64)  # (chosen,)
    lit = _mask(matches, len(points)) & _mask(enclosed, len(points))  # (n,)
    turns = np.flatnonzero((placed & lit)[chosen])  # (played,) places in the order of choice
    over = [
        *(
            cover(points, chosen[turns], turns + 1, palette)
            if playable and can_be_played(chosen)
            else []
        ),
        *lines(points, None if links is None else links[:LINKS_MOST], lit, palette),
        *outlines(points, verdicts, lit, coloured, palette),
    ]
    return Scene(
        points,
        np.setdiff1d(np.flatnonzero(placed), chosen),
        chosen[placed[chosen]],
        lit,
        coloured,
        title,
        None if matches is None else len(matches),
        ring(points, selected, palette),
        over,
        palette,
    )


def _mask(indices: np.ndarray | None, size: int) -> np.ndarray:
    """(size,) True at these indices; everywhere without any asked for."""
    return np.ones(size, dtype=bool) if indices is None else np.isin(np.arange(size), indices)


def _drawn(scene: Scene) -> go.Figure:
    """Every example a mark of its own."""
    shown = scene.lit, scene.coloured, scene.palette
    traces = [
        *scene.keys,
        *scene.under,
        *circles(scene.points, scene.pool, *shown, found=scene.found is not None),
        *diamonds(scene.points, scene.chosen, *shown),
        *scene.over,
    ]
    return go.Figure(traces, _map_layout(scene))


def _painted(scene: Scene) -> go.Figure:
    """A picture of all; marks for the lit chosen and for what a search found, while they are few."""
    points, pool, chosen, lit, palette = (
        scene.points,
        scene.pool,
        scene.chosen,
        scene.lit,
        scene.palette,
    )
    found = pool[lit[pool]]  # (found,)
    found = found if scene.found is not None and len(found) <= DIAMONDS_MOST else found[:0]
    bright = chosen[lit[chosen]] if len(chosen) <= DIAMONDS_MOST else chosen[:0]  # (bright,)
    traces = [
        *scene.keys,
        silent(),
        *scene.under,
        *circles(points, found, lit, scene.coloured, palette, found=True),
        *diamonds(points, bright, lit, scene.coloured, palette),
        *scene.over,
    ]
    frame = frame_of(points)
    picture = painted(
        points,
        frame,
        pool[~lit[pool]],
        pool[lit[pool]],
        chosen,
        scene.coloured,
        _scale(scene.coloured, palette),
        palette,
    )
    layout = _map_layout(scene)
    layout.images = [
        {
            "source": picture,
            "xref": "x",
            "yref": "y",
            "x": frame.left,
            "y": frame.high,
            "sizex": frame.right - frame.left,
            "sizey": frame.high - frame.low,
            "sizing": "stretch",
            "layer": "below",
        }
    ]
    return go.Figure(traces, layout)


def _scale(coloured: Colouring | None, palette: Palette) -> list[str]:
    """The colours a painted map needs besides grey: one per label, or a ramp for numbers."""
    if coloured is None:
        return []
    return (
        sample_colorscale(palette.numbers, RAMP)
        if coloured.numeric
        else [shade for _, shade in label_colours(coloured, palette)]
    )


def _map_layout(scene: Scene) -> go.Layout:
    """No axes: the places on a map have no unit.

    The legend of the colours stands at the side, that of the marks below.
    """
    layout = layout_of(scene.palette, "map", dragmode="lasso", hovermode="closest")
    layout.xaxis = layout.yaxis = {"visible": False}
    layout.legend = {
        "title": {"text": spelt(scene.title)},
        "itemsizing": "constant",
        "tracegroupgap": 0,
    }
    layout.legend2 = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "tracegroupgap": 0}
    if scene.coloured is not None and scene.coloured.numeric:
        low, high = scene.coloured.ends
        bar = {
            "title": {"text": f"{spelt(scene.title)}<br>2 to 98 %"},
            "thickness": 12,
            "outlinewidth": 0,
        }
        layout.coloraxis = {
            "colorscale": even(scene.palette.numbers),
            "cmin": low,
            "cmax": high,
            "colorbar": bar,
        }
    return layout
