"""The figures of the dashboard and the report: map, gain curve, kernel.

Arrays travel as typed bytes, never as lists. Text of the data is escaped, since Plotly reads markup. Every figure is a function of
its arguments alone and names its template: a chart whose description changes by itself loses the selection made in it.
"""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from delift_core.inspection.colouring import Colouring, colouring
from delift_core.inspection.painting import frame_of, painted
from delift_core.inspection.palette import DARK, LIGHT, Palette
from delift_core.inspection.traces import SVG_MOST, circles, diamonds, keys, label_colours, silent

__all__ = ["DARK", "LIGHT", "Palette", "curve_figure", "heatmap_exact", "heatmap_overview", "map_figure", "raster_map_figure"]

POINTS_MOST = 20_000                     # points up to which a browser should hold them at all
DIAMONDS_MOST = 3_000                    # chosen examples drawn one by one over a painted map
RAMP = 32                                # shades of numbers on a painted map
RING = 24                                # pixels across the ring around the selected example
FONT = "Source Sans, sans-serif"
CLEAR = "rgba(0,0,0,0)"


def map_figure(points: np.ndarray, chosen: np.ndarray, *, colours: Sequence | None = None, colour_title: str = "",
               matches: np.ndarray | None = None, selected: int | None = None, palette: Palette) -> go.Figure:
    """The pool as small circles, the chosen as diamonds on top; above 20 000 examples the painted map.

    points (n, 2), NaN where an example has no place; chosen: indices in order of choice; colours: a label or number per example;
    matches: indices a search found, the rest is dimmed; selected: the one index that wears a ring. customdata is the index.
    """
    if len(points) > POINTS_MOST:
        return raster_map_figure(points, chosen, colours=colours, colour_title=colour_title, matches=matches, selected=selected,
                                 palette=palette)
    coloured = None if colours is None else colouring(colours)
    pool, chosen, lit = _parts(points, chosen, matches)
    traces = [*keys(coloured, palette), *_ring(points, selected, palette), *circles(points, pool, lit, coloured, palette),
              *diamonds(points, chosen, lit, coloured, palette)]
    return go.Figure(traces, _map_layout(coloured, colour_title, palette))


def raster_map_figure(points: np.ndarray, chosen: np.ndarray, *, colours: Sequence | None = None, colour_title: str = "",
                      matches: np.ndarray | None = None, selected: int | None = None, palette: Palette) -> go.Figure:
    """The same map for a large pool: painted, with up to 3 000 chosen as diamonds too; box and lasso come back as outlines."""
    coloured = None if colours is None else colouring(colours)
    pool, chosen, lit = _parts(points, chosen, matches)
    few = chosen[lit[chosen]] if len(chosen) <= DIAMONDS_MOST else chosen[:0]
    traces = [*keys(coloured, palette), silent(), *_ring(points, selected, palette), *diamonds(points, few, lit, coloured, palette)]
    frame, scale = frame_of(points), _scale(coloured, palette)
    picture = painted(points, frame, pool[~lit[pool]], pool[lit[pool]], chosen, coloured, scale, palette)
    layout = _map_layout(coloured, colour_title, palette)
    layout.images = [{"source": picture, "xref": "x", "yref": "y", "x": frame.left, "y": frame.high, "sizex": frame.right - frame.left,
                      "sizey": frame.high - frame.low, "sizing": "stretch", "layer": "below"}]
    return go.Figure(traces, layout)


def curve_figure(ranks: np.ndarray, shares: np.ndarray, band: tuple[np.ndarray, np.ndarray] | None, *, budget: int, knee: int | None,
                 palette: Palette) -> go.Figure:
    """Share of what the whole pool reaches against rows chosen; band: the lowest and highest random order at the same ranks."""
    ranks, shares = np.asarray(ranks, dtype=np.int32), np.asarray(shares, dtype=np.float32)
    line = go.Scatter(x=ranks, y=shares, mode="lines", name="selection", line={"color": palette.chosen, "width": 3},
                      hovertemplate="%{x} rows: %{y:.1%}<extra></extra>")
    traces = [*(_band(ranks, *band, palette) if band else []), line, _mark(ranks, shares, budget, "budget", "circle", palette)]
    if knee is not None:
        traces.append(_mark(ranks, shares, knee, "knee", "square-open", palette))
    layout = _layout(palette, "curve", dragmode=False, hovermode="closest", legend={"x": 1, "xanchor": "right", "y": 0.03, "yanchor": "bottom"})
    layout.xaxis = _axis(palette, "rows chosen", range=[0, int(ranks[-1])])
    layout.yaxis = _axis(palette, "share of the whole pool", range=[0, 1.02], tickformat=".0%")
    layout.shapes = [{"type": "line", "x0": int(budget), "x1": int(budget), "y0": 0, "y1": 1, "yref": "paper",
                      "line": {"color": palette.ink, "width": 1, "dash": "dot"}}]
    return go.Figure(traces, layout)


def heatmap_overview(values: np.ndarray, row_edges: np.ndarray, column_edges: np.ndarray, limit: float, palette: Palette) -> go.Figure:
    """Block means of a kernel, zero in the middle of the colours; a box comes back in kernel positions."""
    cells = _cells(values, limit, palette, x=_edges(column_edges), y=_edges(row_edges),
                   hovertemplate="answered around %{y:.0f}<br>shown around %{x:.0f}<br>mean utility %{z:.4f}<extra></extra>")
    layout = _kernel_layout(palette, rows=int(row_edges[-1]), columns=int(column_edges[-1]), dragmode="select")
    return go.Figure([cells, silent()], layout)


def heatmap_exact(values: np.ndarray, row_ids: np.ndarray, column_ids: np.ndarray, limit: float, palette: Palette) -> go.Figure:
    """Every cell of a part of a kernel, at most about 150 x 150; a click returns customdata (answered index, shown index)."""
    rows, columns = values.shape
    cells = _cells(values, limit, palette, hoverinfo="skip")
    layout = _kernel_layout(palette, rows=rows, columns=columns, dragmode=False, hovermode="closest", hoverdistance=-1)
    layout.xaxis.update(_ticks(column_ids))
    layout.yaxis.update(_ticks(row_ids))
    return go.Figure([cells, _buttons(values, row_ids, column_ids)], layout)


def _parts(points: np.ndarray, chosen: np.ndarray, matches: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices of the pool beyond the chosen, of the chosen, both with a place on the map, and which examples are lit."""
    placed = np.isfinite(points).all(axis=1)                                      # (n,)
    chosen = np.asarray(chosen, dtype=np.int64)                                   # (chosen,)
    lit = np.ones(len(points), dtype=bool) if matches is None else np.isin(np.arange(len(points)), matches)   # (n,)
    return np.setdiff1d(np.flatnonzero(placed), chosen), chosen[placed[chosen]], lit


def _scale(coloured: Colouring | None, palette: Palette) -> list[str]:
    """The colours a painted map needs besides grey: one per label, or a ramp for numbers."""
    if coloured is None:
        return []
    return sample_colorscale(palette.numbers, RAMP) if coloured.numeric else [shade for _, shade in label_colours(coloured, palette)]


def _layout(palette: Palette, revision: str, **more) -> go.Layout:
    """What all figures share: the page shows through, text in its ink, the viewer's zoom outlives a new drawing."""
    return go.Layout(template="none", paper_bgcolor=CLEAR, plot_bgcolor=CLEAR, font={"color": palette.ink, "size": 13, "family": FONT},
                     margin={"l": 8, "r": 8, "t": 32, "b": 8}, uirevision=revision, **more)


def _ring(points: np.ndarray, selected: int | None, palette: Palette) -> list[go.Scatter]:
    """What the selected example wears. No shape of the layout: beside one in pixels, Plotly tells the outline of a lasso in pixels too."""
    if selected is None or not np.isfinite(points[selected]).all():
        return []
    x, y = points[selected].tolist()
    return [go.Scatter(x=[x], y=[y], mode="markers", name="selected", showlegend=False, hoverinfo="skip",
                       marker={"symbol": "circle-open", "size": RING, "color": palette.ink, "line": {"width": 2.5}})]


def _map_layout(coloured: Colouring | None, title: str, palette: Palette) -> go.Layout:
    """No axes: the places on a map have no unit."""
    layout = _layout(palette, "map", dragmode="lasso", hovermode="closest")
    layout.xaxis = layout.yaxis = {"visible": False}
    layout.showlegend = coloured is not None and not coloured.numeric
    layout.legend = {"title": {"text": escape(title)}, "itemsizing": "constant", "tracegroupgap": 0}
    if coloured is not None and coloured.numeric:
        low, high = coloured.ends
        bar = {"title": {"text": f"{escape(title)}<br>2 to 98 %"}, "thickness": 12, "outlinewidth": 0}
        layout.coloraxis = {"colorscale": _even(palette.numbers), "cmin": low, "cmax": high, "colorbar": bar}
    return layout


def _even(colours: Sequence[str]) -> list[list]:
    """A scale that runs through these colours at even steps from 0 to 1."""
    return [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]


def _axis(palette: Palette, title: str, **more) -> dict:
    return {"title": {"text": title, "standoff": 8}, "gridcolor": palette.rule, "zeroline": False, "automargin": True, "fixedrange": True, **more}


def _band(ranks: np.ndarray, lowest: np.ndarray, highest: np.ndarray, palette: Palette) -> list[go.Scatter]:
    """The area between two curves: the second trace is filled down to the first."""
    red, green, blue = bytes.fromhex(palette.baseline.removeprefix("#"))
    shared = {"x": ranks, "mode": "lines", "line": {"width": 0.7, "color": palette.baseline}, "hoverinfo": "skip", "legendgroup": "band"}
    return [go.Scatter(y=np.asarray(lowest, np.float32), showlegend=False, **shared),
            go.Scatter(y=np.asarray(highest, np.float32), fill="tonexty", fillcolor=f"rgba({red},{green},{blue},0.25)",
                       name="random orders, lowest to highest", **shared)]


def _mark(ranks: np.ndarray, shares: np.ndarray, rank: int, word: str, symbol: str, palette: Palette) -> go.Scatter:
    """One place on the curve, named with its rows and its share."""
    share = float(np.interp(rank, ranks, shares))
    return go.Scatter(x=[int(rank)], y=[share], mode="markers", name=f"{word}: {rank} rows, {share:.1%}", hoverinfo="name",
                      marker={"symbol": symbol, "size": 11, "color": palette.ink, "line": {"width": 2, "color": palette.ink}})


def _cells(values: np.ndarray, limit: float, palette: Palette, **more) -> go.Heatmap:
    """Utilities in two colours that part at zero; cells without a value stay open."""
    bar = {"title": {"text": f"utility<br>(colours end<br>at \u00b1{limit:.3g})"}, "thickness": 12, "outlinewidth": 0}
    return go.Heatmap(z=np.asarray(values, np.float32), zmin=-limit, zmax=limit, colorscale=_even(palette.diverging), colorbar=bar,
                      hoverongaps=False, **more)


def _kernel_layout(palette: Palette, *, rows: int, columns: int, **more) -> go.Layout:
    """Row 0 on top, one unit per position, so that a box in the figure is a box in the kernel."""
    layout = _layout(palette, f"kernel {rows} x {columns}", **more)
    layout.plot_bgcolor = palette.gap
    layout.xaxis = _axis(palette, "shown (columns)", range=[-0.5, columns - 0.5], showgrid=False)
    layout.yaxis = _axis(palette, "answered (rows)", range=[rows - 0.5, -0.5], showgrid=False)
    return layout


def _edges(edges: np.ndarray) -> np.ndarray:
    """Block borders between positions: block [a, b) reaches from a - 1/2 to b - 1/2."""
    return np.asarray(edges, np.float32) - 0.5                                    # (blocks + 1,)


def _ticks(ids: np.ndarray, most: int = 12) -> dict:
    """At most a dozen positions, evenly spaced, named by the example that stands there."""
    places = np.arange(0, len(ids), -(-len(ids) // most), dtype=np.int32)         # (ticks,)
    return {"tickvals": places, "ticktext": [f"#{ids[place]}" for place in places]}


def _buttons(values: np.ndarray, row_ids: np.ndarray, column_ids: np.ndarray) -> go.Scatter | go.Scattergl:
    """An unseen marker on every cell: a heatmap alone reports no clicks. What a click brings back is read by `clicked_pair`."""
    y, x = np.indices(values.shape, dtype=np.int16).reshape(2, -1)                # (cells,) both
    ids = np.column_stack([np.asarray(row_ids)[y], np.asarray(column_ids)[x]]).astype(np.int32)   # (cells, 2)
    kind = go.Scatter if values.size <= SVG_MOST else go.Scattergl
    return kind(x=x, y=y, customdata=ids, mode="markers", showlegend=False,
                marker={"size": 8, "opacity": 0, "color": np.asarray(values, np.float32).ravel()},
                hovertemplate="answered #%{customdata[0]}<br>shown #%{customdata[1]}<br>utility %{marker.color:.4f}<extra></extra>")
