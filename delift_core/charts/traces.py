"""What a map is drawn of: circles of the pool, diamonds of the chosen.

Every mark carries its example's index.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.colouring import Colouring
from delift_core.charts.layout import spelt
from delift_core.charts.palette import Palette

SVG_MOST = 3_000  # marks up to which SVG is faster than WebGL
FAINT = 0.18  # opacity of what is not lit
FEW = 200  # diamonds up to which they are drawn large
REST = "the rest"  # what the pointer calls what is not lit
NUMBER = "%{marker.color:.4~g}"  # what the pointer shows of a number

Trace = go.Scatter | go.Scattergl


@dataclass(frozen=True, eq=False)
class Group:
    """Examples drawn alike."""

    rows: np.ndarray  # (rows,) indices
    name: str  # what the legend calls them
    marker: dict
    hover: str = "%{fullData.name}"  # what the pointer shows of one


def circles(
    points: np.ndarray,
    rows: np.ndarray,
    lit: np.ndarray,
    coloured: Colouring | None,
    palette: Palette,
    *,
    found: bool = False,
) -> list[Trace]:
    """The pool, small; what is not lit is faint and below the rest, what a search found is larger
    and outlined.
    """
    size = 7 if len(points) <= 1_000 else 5
    looks = (
        {"size": size + 3, "opacity": 1.0, "line": {"color": palette.ink, "width": 1.2}}
        if found
        else {"size": size, "opacity": 0.8}
    )
    faint = Group(
        rows[~lit[rows]],
        REST,
        {"size": size, "color": palette.pool, "opacity": FAINT, "line": {"width": 0}},
    )
    return marks(
        points, [faint, *groups(rows[lit[rows]], coloured, "pool", palette.pool, palette)], looks
    )


def diamonds(
    points: np.ndarray,
    rows: np.ndarray,
    lit: np.ndarray,
    coloured: Colouring | None,
    palette: Palette,
) -> list[Trace]:
    """The chosen, larger and outlined, in the colours of the pool where it has any."""
    looks = {
        "symbol": "diamond",
        "size": diamond_size(rows),
        "line": {"color": palette.ink, "width": 1.0 if len(rows) <= FEW else 0.6},
    }
    faint = Group(rows[~lit[rows]], REST, {"color": palette.chosen, "opacity": FAINT})
    return marks(
        points,
        [faint, *groups(rows[lit[rows]], coloured, "chosen", palette.chosen, palette)],
        looks,
    )


def diamond_size(rows: np.ndarray) -> int:
    """Pixels across the diamond of a chosen example."""
    return 11 if len(rows) <= FEW else 8


def groups(
    rows: np.ndarray, coloured: Colouring | None, name: str, colour: str, palette: Palette
) -> Iterator[Group]:
    """All in one colour, or one group per label, or those with a number on its scale above those
    without.
    """
    if coloured is None:
        yield Group(rows, name, {"color": colour})
        return
    values = coloured.values[rows]  # (rows,)
    if coloured.numeric:
        known = np.isfinite(values)  # (rows,)
        yield Group(rows[~known], "no value", {"color": palette.pool})
        yield Group(rows[known], name, {"color": values[known], "coloraxis": "coloraxis"}, NUMBER)
    else:
        yield from (
            Group(rows[values == place], label, {"color": shade})
            for place, (label, shade) in enumerate(label_colours(coloured, palette))
        )


def marks(points: np.ndarray, drawn: Iterable[Group], looks: dict) -> list[Trace]:
    """One trace per group that holds any example."""
    kind = kind_for(points)
    return [
        kind(
            x=points[group.rows, 0],
            y=points[group.rows, 1],
            customdata=group.rows.astype(smallest(len(points))),
            mode="markers",
            name=spelt(group.name),
            legendgroup=spelt(group.name),
            showlegend=False,
            marker={**looks, **group.marker},
            hovertemplate=f"#%{{customdata}}<br>{group.hover}<extra></extra>",
        )
        for group in drawn
        if len(group.rows)
    ]


def kind_for(points: np.ndarray) -> type[Trace]:
    """What everything on a map of so many is drawn with: Plotly lays all of WebGL over all of SVG,
    so that they do not mix.
    """
    return go.Scatter if len(points) <= SVG_MOST else go.Scattergl


def smallest(most: int) -> type:
    """What holds a whole number up to `most` in the fewest bytes that a map needs."""
    return np.uint16 if most < 2**16 else np.uint32


def silent(**more) -> go.Scatter:
    """A trace without a point: a legend's entry, or what makes a picture answer to box and lasso."""
    return go.Scatter(
        **{
            "x": [None],
            "y": [None],
            "mode": "markers",
            "hoverinfo": "skip",
            "showlegend": False,
            **more,
        }
    )


def label_colours(coloured: Colouring, palette: Palette) -> list[tuple[str, str]]:
    """Every label with its colour; what stands for all others is grey."""
    return list(zip(coloured.labels, (*palette.categories, palette.pool), strict=False))
