"""What lies over or under the marks of a map.

Verdicts, links between near-duplicates, and the cover that play lifts.
"""

from collections.abc import Sequence

import numpy as np

from delift_core.charts.figure_layout import CLEAR
from delift_core.charts.legend import legend_key
from delift_core.charts.scene import Scene
from delift_core.charts.traces import SVG_MOST, Trace, diamond_size, smallest_type, trace_type

OUTLINES = {  # verdict -> symbol, pixels across it: its shape says as much as its colour
    "keep": ("circle-open", 15),
    "flag": ("triangle-up-open", 18),
    "drop": ("x-thin-open", 12),
}
WEBGL_SHRINK = 3  # pixels by which outlines on a large map are smaller
LINKS = "near-duplicates"
ORDER = "order of choice"  # the browser finds the cover by this name
NEWEST_SHARE = 60  # one chosen example in so many, at least one, wears the outline of the newest


def verdict_outlines(scene: Scene, verdicts: Sequence[str | None] | None) -> list[Trace]:
    """A ring around what was kept, a triangle around flagged, a cross through dropped examples.

    The legend counts them. A chart holds three meanings of colour at most: where colour
    distinguishes chosen from pool, verdicts have colours of their own; where it shows a column,
    they are in ink and told apart by shape alone.
    """
    if verdicts is None:
        return []
    labels = np.array([verdict or "" for verdict in verdicts])  # (n,)
    drawn = scene.lit & scene.placed  # (n,)
    traces = []
    for verdict in OUTLINES:
        rows = np.flatnonzero(drawn & (labels == verdict))  # (rows,)
        if len(rows):
            traces += _outlines_of(scene, rows, verdict)
    return traces


def _outlines_of(scene: Scene, rows: np.ndarray, verdict: str) -> list[Trace]:
    """One verdict: its entry in the legend and its marks."""
    symbol, size = OUTLINES[verdict]
    if len(scene.points) > SVG_MOST:
        size -= WEBGL_SHRINK
    colour = getattr(scene.palette, verdict) if scene.colouring is None else scene.palette.ink
    line = {"color": colour, "width": 1.8}
    marker = {"symbol": symbol, "size": size, "color": colour, "line": line}
    name = f"{verdict} ({len(rows):,})"
    return [
        legend_key(name, marker | {"size": 11}, verdict, legend="legend2"),
        trace_type(scene.points)(
            x=scene.points[rows, 0],
            y=scene.points[rows, 1],
            mode="markers",
            name=verdict,
            legendgroup=verdict,
            showlegend=False,
            hoverinfo="skip",
            marker=marker,
        ),
    ]


def link_lines(scene: Scene, links: np.ndarray | None) -> list[Trace]:
    """A thin line between the two examples of every pair of which one is lit, ended by a gap.

    links: (pairs, 2) indices.
    """
    if links is None or not len(links):
        return []
    drawn = scene.placed[links].all(axis=1) & scene.lit[links].any(axis=1)  # (pairs,)
    shown = links[drawn]  # (shown, 2)
    ends = np.full((len(shown), 3, 2), np.nan, dtype=np.float32)  # (shown, from to gap, x y)
    ends[:, :2] = scene.points[shown]
    x, y = ends.reshape(-1, 2).T  # (3 * shown,) both
    return [
        trace_type(scene.points)(
            x=x,
            y=y,
            mode="lines",
            name=f"{LINKS} ({len(shown):,})",
            legend="legend2",
            showlegend=True,
            hoverinfo="skip",
            line={"color": scene.palette.ink, "width": 1.5},
        )
    ]


def play_cover(scene: Scene, rows: np.ndarray, ranks: np.ndarray) -> list[Trace]:
    """A diamond in the grey of the pool over every chosen example, out of sight until play begins.

    Its colour is its rank. With cmin = p + 1/2 - h and cmax = p + 1/2 + h, h = highest rank + 1,
    ranks up to p are clear, so that what lies below shows, and the later ones grey; the newest wear
    an outline. A step of play changes these two numbers and nothing else.

    rows, ranks: (rows,) index and rank of each example that play reaches.
    """
    if not len(rows):
        return []
    half = int(ranks.max()) + 1
    return [
        trace_type(scene.points)(
            x=scene.points[rows, 0],
            y=scene.points[rows, 1],
            mode="markers",
            name=ORDER,
            meta=half - 1,
            visible=False,
            showlegend=False,
            hoverinfo="skip",
            unselected={"marker": {"opacity": 1}},
            marker=_cover_marker(scene, ranks.astype(smallest_type(half)), half),
        )
    ]


def _cover_marker(scene: Scene, ranks: np.ndarray, half: int) -> dict:
    """Fill and outline of the cover, before the first step of play."""
    grey, ink = scene.palette.pool, scene.palette.ink
    newest = 0.5 - max(half // NEWEST_SHARE, 1) / (2 * half)
    fill_scale = [[0, CLEAR], [0.5, CLEAR], [0.5, grey], [1, grey]]
    line_scale = [[0, CLEAR], [newest, CLEAR], [newest, ink], [0.5, ink], [0.5, grey], [1, grey]]
    start = {"color": ranks, "cmin": 0.5 - half, "cmax": 0.5 + half}
    return {
        "symbol": "diamond",
        "size": diamond_size(ranks) - 1,
        "opacity": 1,
        "colorscale": fill_scale,
        "showscale": False,
        **start,
        "line": {"colorscale": line_scale, "width": 2, **start},
    }
