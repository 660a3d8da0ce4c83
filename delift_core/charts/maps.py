"""The map: the pool as points, the chosen on top; a large pool is one picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from delift_core.charts.colouring import colouring
from delift_core.charts.figure_layout import base_layout, escaped, even_scale
from delift_core.charts.layers import Layer, layer_marks
from delift_core.charts.legend import colour_keys, mark_keys
from delift_core.charts.map_labels import are_compact, group_labels
from delift_core.charts.overlays import link_lines, play_cover, verdict_outlines
from delift_core.charts.palette import Palette
from delift_core.charts.raster import Frame, frame_of, painted
from delift_core.charts.scene import Scene
from delift_core.charts.traces import Trace, circles, diamonds, empty_trace

POINTS_MOST = 20_000  # examples up to which a browser should hold every point
DIAMONDS_MOST = 3_000  # marks over a picture, and chosen examples that play reaches
LINKS_MOST = 2_000  # near-duplicates that are linked
SHADES = 32  # of numbers in a picture


@dataclass(frozen=True, eq=False)
class MapContent:
    """What a map shows besides the pool and the chosen; by default nothing."""

    colours: Sequence | None = None  # a label or number per example
    colour_title: str = ""
    matches: np.ndarray | None = None  # indices that a search matched; the others are dimmed
    enclosed: np.ndarray | None = None  # indices inside a lasso; the others are dimmed
    verdicts: Sequence[str | None] | None = None  # keep, drop, flag or None per example
    links: np.ndarray | None = None  # (pairs, 2) near-duplicates to join
    labelled: bool = False  # the names of the groups stand on the map
    layers: Sequence[Layer] = ()  # examples of other roles
    playable: bool = False  # with the cover that play lifts, unless more than 3 000 are chosen


PLAIN = MapContent()


def map_figure(
    points: np.ndarray, chosen: np.ndarray, palette: Palette, content: MapContent = PLAIN
) -> go.Figure:
    """The pool as small circles, the chosen as diamonds on top; customdata is the index.

    Above 20 000 examples it is the `raster_map_figure`.

    points: (n, 2), NaN where an example has no position.
    chosen: indices in order of choice.
    """
    if len(points) > POINTS_MOST:
        return raster_map_figure(points, chosen, palette, content)
    chosen = np.asarray(chosen, dtype=np.int64)  # (chosen,)
    scene = _scene(points, palette, content)
    traces = [
        *_legend(scene, content),
        *circles(scene, _rest_of_pool(scene, chosen), outlined=content.matches is not None),
        *diamonds(scene, chosen[scene.placed[chosen]]),
        *_overlays(scene, chosen, content),
    ]
    return go.Figure(traces, _map_layout(scene, content))


def raster_map_figure(
    points: np.ndarray, chosen: np.ndarray, palette: Palette, content: MapContent = PLAIN
) -> go.Figure:
    """The map of a large pool: one picture, with up to 3 000 chosen and 3 000 matches as marks.

    Box and lasso come back as outlines; the arguments are those of `map_figure`.
    """
    chosen = np.asarray(chosen, dtype=np.int64)  # (chosen,)
    scene = _scene(points, palette, content)
    pool, placed = _rest_of_pool(scene, chosen), chosen[scene.placed[chosen]]
    matches = pool[scene.lit[pool]]  # (matches,)
    if content.matches is None or len(matches) > DIAMONDS_MOST:
        matches = matches[:0]
    bright = placed[scene.lit[placed]]  # (bright,)
    if len(placed) > DIAMONDS_MOST:
        bright = bright[:0]
    traces = [
        *_legend(scene, content),
        empty_trace(),
        *circles(scene, matches, outlined=True),
        *diamonds(scene, bright),
        *_overlays(scene, chosen, content),
    ]
    layout = _map_layout(scene, content)
    frame = frame_of(points)
    picture = painted(scene, frame, pool, placed, _picture_colours(scene))
    layout.images = [_image(picture, frame)]
    layout.xaxis.range = [frame.left, frame.right]  # marks alone would leave some of it outside
    layout.yaxis.range = [frame.bottom, frame.top]
    return go.Figure(traces, layout)


def can_be_played(chosen: np.ndarray) -> bool:
    """Whether play can light up so many, one after the other."""
    return 0 < len(chosen) <= DIAMONDS_MOST


def _scene(points: np.ndarray, palette: Palette, content: MapContent) -> Scene:
    """Positions, which examples are lit, and their colours."""
    lit = np.ones(len(points), dtype=bool)  # (n,)
    for indices in (content.matches, content.enclosed):
        if indices is not None:
            inside = np.zeros(len(points), dtype=bool)  # (n,)
            inside[indices] = True
            lit &= inside
    colours = None if content.colours is None else colouring(content.colours)
    return Scene(points, lit, colours, palette)


def _rest_of_pool(scene: Scene, chosen: np.ndarray) -> np.ndarray:
    """(rest,) indices beyond the chosen that have a position."""
    is_rest = scene.placed.copy()  # (n,)
    is_rest[chosen] = False
    return np.flatnonzero(is_rest)


def _legend(scene: Scene, content: MapContent) -> list[Trace]:
    """The keys of colours and marks."""
    matches = None if content.matches is None else len(content.matches)
    colours = [] if _is_labelled(scene, content) else colour_keys(scene)
    return [*colours, *mark_keys(scene, matches)]


def _is_labelled(scene: Scene, content: MapContent) -> bool:
    """Whether names on the map say what the colours are."""
    return content.labelled and are_compact(scene)


def _overlays(scene: Scene, chosen: np.ndarray, content: MapContent) -> list[Trace]:
    """The cover that play lifts, links and verdicts."""
    traces: list[Trace] = []
    if content.playable and can_be_played(chosen):
        turns = np.flatnonzero((scene.placed & scene.lit)[chosen])  # (played,)
        traces += play_cover(scene, chosen[turns], turns + 1)
    links = None if content.links is None else content.links[:LINKS_MOST]
    traces += [*link_lines(scene, links), *verdict_outlines(scene, content.verdicts)]
    return [*traces, *layer_marks(scene, content.layers)]


def _picture_colours(scene: Scene) -> list[str]:
    """The colours of a picture besides grey: one per label, or shades for numbers."""
    if scene.colouring is None:
        return []
    if scene.colouring.numeric:
        return sample_colorscale(scene.palette.numbers, SHADES)
    return [shade for _, shade in scene.label_colours]


def _image(picture: str, frame: Frame) -> dict:
    """A picture that is stretched over its part of the plane, below all marks."""
    return {
        "source": picture,
        "xref": "x",
        "yref": "y",
        "x": frame.left,
        "y": frame.top,
        "sizex": frame.right - frame.left,
        "sizey": frame.top - frame.bottom,
        "sizing": "stretch",
        "layer": "below",
    }


def _map_layout(scene: Scene, content: MapContent) -> go.Layout:
    """No axes, for positions on a map have no unit.

    The legend of the colours stands at the side, that of the marks below.
    """
    title = escaped(content.colour_title)
    layout = base_layout(scene.palette, "map", dragmode="lasso", hovermode="closest")
    layout.xaxis = layout.yaxis = {"visible": False}
    layout.legend = {"title": {"text": title}, "itemsizing": "constant", "tracegroupgap": 0}
    layout.legend2 = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "tracegroupgap": 0}
    if _is_labelled(scene, content):
        layout.annotations = group_labels(scene)
    if scene.colouring is not None and scene.colouring.numeric:
        low, high = scene.colouring.ends
        bar = {"title": {"text": f"{title}<br>2 to 98 %"}, "thickness": 12, "outlinewidth": 0}
        layout.coloraxis = {
            "colorscale": even_scale(scene.palette.numbers),
            "cmin": low,
            "cmax": high,
            "colorbar": bar,
        }
    return layout
