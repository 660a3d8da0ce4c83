"""What a map is drawn of: circles of the pool, diamonds of the chosen, entries of the legend. Every mark carries its example's index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go

from delift_core.inspection.colouring import Colouring
from delift_core.inspection.palette import Palette

SVG_MOST = 3_000                         # marks up to which SVG is faster than WebGL
FAINT = 0.18                             # opacity of what a search did not find
NUMBER = "%{marker.color:.4~g}"          # what the pointer shows of a number

Trace = go.Scatter | go.Scattergl


@dataclass(frozen=True, eq=False)
class Group:
    """Examples drawn alike."""

    rows: np.ndarray                     # (rows,) indices
    name: str                            # what the legend calls them
    marker: dict
    hover: str = "%{fullData.name}"      # what the pointer shows of one


def circles(points: np.ndarray, rows: np.ndarray, lit: np.ndarray, coloured: Colouring | None, palette: Palette) -> list[Trace]:
    """The pool, small; what a search did not find is faint and below the rest."""
    looks = {"size": 7 if len(points) <= 1_000 else 5, "opacity": 0.8}
    faint = Group(rows[~lit[rows]], "not found", {"color": palette.pool, "opacity": FAINT})
    return marks(points, [faint, *groups(rows[lit[rows]], coloured, "pool", palette.pool, palette)], looks)


def diamonds(points: np.ndarray, rows: np.ndarray, lit: np.ndarray, coloured: Colouring | None, palette: Palette) -> list[Trace]:
    """The chosen, larger and outlined, in the colours of the pool where it has any."""
    size, outline = (11, 1.0) if len(rows) <= 200 else (8, 0.6)
    looks = {"symbol": "diamond", "size": size, "line": {"color": palette.ink, "width": outline}}
    faint = Group(rows[~lit[rows]], "not found", {"color": palette.chosen, "opacity": FAINT})
    return marks(points, [faint, *groups(rows[lit[rows]], coloured, "chosen", palette.chosen, palette)], looks)


def groups(rows: np.ndarray, coloured: Colouring | None, name: str, colour: str, palette: Palette) -> Iterator[Group]:
    """All in one colour, or one group per label, or those with a number on its scale above those without."""
    if coloured is None:
        yield Group(rows, name, {"color": colour})
        return
    values = coloured.values[rows]                                                # (rows,)
    if coloured.numeric:
        known = np.isfinite(values)                                               # (rows,)
        yield Group(rows[~known], "no value", {"color": palette.pool})
        yield Group(rows[known], name, {"color": values[known], "coloraxis": "coloraxis"}, NUMBER)
    else:
        yield from (Group(rows[values == place], label, {"color": shade})
                    for place, (label, shade) in enumerate(label_colours(coloured, palette)))


def marks(points: np.ndarray, drawn: Iterable[Group], looks: dict) -> list[Trace]:
    """One trace per group that holds any example; a map of few is drawn in SVG."""
    kind = go.Scatter if len(points) <= SVG_MOST else go.Scattergl
    return [kind(x=points[group.rows, 0], y=points[group.rows, 1], customdata=group.rows.astype(np.int32), mode="markers",
                 name=escape(group.name), legendgroup=escape(group.name), showlegend=False, marker={**looks, **group.marker},
                 hovertemplate=f"#%{{customdata}}<br>{group.hover}<extra></extra>")
            for group in drawn if len(group.rows)]


def keys(coloured: Colouring | None, palette: Palette) -> list[Trace]:
    """The legend: the scale of numbers, or one entry per label and the shape of the chosen."""
    if coloured is None:
        return []
    if coloured.numeric:
        return [silent(marker={"color": np.array(coloured.ends[:1]), "coloraxis": "coloraxis"})]
    entries = [(label, {"color": shade, "size": 9}) for label, shade in label_colours(coloured, palette)]
    entries.append(("chosen", {"symbol": "diamond-open", "size": 10, "color": palette.ink}))
    return [silent(marker=marker, name=escape(name), legendgroup=escape(name), showlegend=True) for name, marker in entries]


def silent(**more) -> go.Scatter:
    """A trace without a point: a legend's entry, or what makes a picture answer to box and lasso."""
    return go.Scatter(**{"x": [None], "y": [None], "mode": "markers", "hoverinfo": "skip", "showlegend": False, **more})


def label_colours(coloured: Colouring, palette: Palette) -> list[tuple[str, str]]:
    """Every label with its colour; what stands for all others is grey."""
    return list(zip(coloured.labels, (*palette.categories, palette.pool), strict=False))
