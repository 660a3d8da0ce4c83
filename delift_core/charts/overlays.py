"""What lies over or under the marks of a map: its legend, the ring, verdicts, near-duplicates, and
what play uncovers.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.colouring import Colouring
from delift_core.charts.layout import CLEAR, spelt
from delift_core.charts.palette import Palette
from delift_core.charts.traces import (
    SVG_MOST,
    Trace,
    diamond_size,
    kind_for,
    label_colours,
    silent,
    smallest,
)

RING = 24  # pixels across the ring around the selected example
OUTLINES = {  # verdict -> symbol, pixels across it: its shape says as much as its colour
    "keep": ("circle-open", 15),
    "flag": ("triangle-up-open", 18),
    "drop": ("x-thin-open", 12),
}
LINKS = "near-duplicates"
ORDER = "order of choice"  # by this name the browser finds what play uncovers
GLOWS = 60  # one part in so many of the chosen, at least one, glows as the newest


def colour_keys(coloured: Colouring | None, palette: Palette) -> list[Trace]:
    """The legend of the colours: the scale of numbers, or one entry per label."""
    if coloured is None:
        return []
    if coloured.numeric:
        return [silent(marker={"color": np.array(coloured.ends[:1]), "coloraxis": "coloraxis"})]
    return [
        key(label, {"color": shade, "size": 9}, label)
        for label, shade in label_colours(coloured, palette)
    ]


def mark_keys(coloured: Colouring | None, found: int | None, palette: Palette) -> list[Trace]:
    """The legend of the marks: circles where they have one colour, diamonds, and how many a search
    found.
    """
    pool = key("pool", {"color": palette.pool, "size": 8}, "pool", legend="legend2")
    diamond = (
        {"symbol": "diamond-open", "color": palette.ink}
        if coloured
        else {"symbol": "diamond", "color": palette.chosen}
    )
    chosen = key("chosen", {"size": 10, **diamond}, "chosen", legend="legend2")
    lit = {"color": palette.pool, "size": 10, "line": {"color": palette.ink, "width": 1.5}}
    return [
        *([] if coloured else [pool]),
        chosen,
        *([] if found is None else [key(f"found ({found:,})", lit, "found", legend="legend2")]),
    ]


def key(name: str, marker: dict, group: str, **more) -> go.Scatter:
    """An entry of a legend; a click on it hides or shows its group."""
    return silent(
        marker=marker, name=spelt(name), legendgroup=spelt(group), showlegend=True, **more
    )


def ring(points: np.ndarray, selected: int | None, palette: Palette) -> list[Trace]:
    """What the selected example wears.

    No shape of the layout: beside one in pixels, Plotly tells the outline of a lasso in pixels too.
    """
    if selected is None or not np.isfinite(points[selected]).all():
        return []
    x, y = points[selected].tolist()
    return [
        go.Scatter(
            x=[x],
            y=[y],
            mode="markers",
            name="selected",
            showlegend=False,
            hoverinfo="skip",
            marker={
                "symbol": "circle-open",
                "size": RING,
                "color": palette.ink,
                "line": {"width": 2.5},
            },
        )
    ]


def outlines(
    points: np.ndarray,
    verdicts: Sequence[str | None] | None,
    lit: np.ndarray,
    coloured: Colouring | None,
    palette: Palette,
) -> list[Trace]:
    """Every verdict around its mark: a ring for keep, a triangle for flag, a cross through it for
    drop; the legend counts them.

    A chart holds three meanings of colour at most. Where colour tells chosen from pool, the
    verdicts have theirs; where it tells a column, the verdicts are of ink and their shape alone
    says which.
    """
    if verdicts is None:
        return []
    # (n,) both
    said, drawn = np.array([one or "" for one in verdicts]), lit & np.isfinite(points).all(axis=1)
    kind, smaller = kind_for(points), 0 if len(points) <= SVG_MOST else 3
    traces = []
    for verdict, (symbol, size) in OUTLINES.items():
        rows = np.flatnonzero(drawn & (said == verdict))  # (rows,)
        shade = palette.ink if coloured else getattr(palette, verdict)
        marker = {
            "symbol": symbol,
            "size": size - smaller,
            "color": shade,
            "line": {"color": shade, "width": 1.8},
        }
        if len(rows):
            traces += [
                key(f"{verdict} ({len(rows):,})", marker | {"size": 11}, verdict, legend="legend2"),
                kind(
                    x=points[rows, 0],
                    y=points[rows, 1],
                    mode="markers",
                    name=verdict,
                    legendgroup=verdict,
                    showlegend=False,
                    hoverinfo="skip",
                    marker=marker,
                ),
            ]
    return traces


def lines(
    points: np.ndarray, links: np.ndarray | None, lit: np.ndarray, palette: Palette
) -> list[Trace]:
    """A thin line between the two places of every pair, each with a lit end, ended by a gap; links
    (pairs, 2).
    """
    if links is None or not len(links):
        return []
    # (shown, 2)
    shown = links[np.isfinite(points[links]).all(axis=(1, 2)) & lit[links].any(axis=1)]
    ends = np.full((len(shown), 3, 2), np.nan, dtype=np.float32)  # (shown, from to gap, x y)
    ends[:, :2] = points[shown]
    x, y = ends.reshape(-1, 2).T  # (3 * shown,) both
    return [
        kind_for(points)(
            x=x,
            y=y,
            mode="lines",
            name=f"{LINKS} ({len(shown):,})",
            legend="legend2",
            showlegend=True,
            hoverinfo="skip",
            line={"color": palette.ink, "width": 1.5},
        )
    ]


def cover(points: np.ndarray, rows: np.ndarray, ranks: np.ndarray, palette: Palette) -> list[Trace]:
    """What play lifts: over every chosen example a diamond in the grey of the pool, kept out of
    sight until play begins.

    Its colour is its rank. With cmin = p + 1/2 - h and cmax = p + 1/2 + h, h = highest rank + 1,
    ranks up to p are clear, so that what lies below shines, and the later ones grey; the newest
    wear an outline. A step of play changes these two numbers and nothing else.
    """
    if not len(rows):
        return []
    half = int(ranks.max()) + 1
    newest = 0.5 - max(half // GLOWS, 1) / (2 * half)
    ranks = ranks.astype(smallest(half))  # (rows,)
    start = {"color": ranks, "cmin": 0.5 - half, "cmax": 0.5 + half}
    scale = [[0, CLEAR], [0.5, CLEAR], [0.5, palette.pool], [1, palette.pool]]
    glow = [
        [0, CLEAR],
        [newest, CLEAR],
        [newest, palette.ink],
        [0.5, palette.ink],
        [0.5, palette.pool],
        [1, palette.pool],
    ]
    marker = {
        "symbol": "diamond",
        "size": diamond_size(rows) - 1,
        "opacity": 1,
        "colorscale": scale,
        "showscale": False,
        **start,
        "line": {"colorscale": glow, "width": 2, **start},
    }
    return [
        kind_for(points)(
            x=points[rows, 0],
            y=points[rows, 1],
            mode="markers",
            name=ORDER,
            meta=half - 1,
            visible=False,
            showlegend=False,
            hoverinfo="skip",
            unselected={"marker": {"opacity": 1}},
            marker=marker,
        )
    ]
