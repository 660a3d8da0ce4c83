"""The figures of the dashboard and the report: map, gain curve, kernel.

Arrays travel as typed bytes, never as lists. Text of the data is escaped, since Plotly reads
markup. Every figure is a function of its arguments alone and names its template: a chart whose
description changes by itself loses the selection made in it.
"""

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout
from delift_core.charts.palette import Palette
from delift_core.units import counted, coverage_percent


def curve_figure(
    ranks: np.ndarray,
    shares: np.ndarray,
    band: tuple[np.ndarray, np.ndarray] | None,
    *,
    budget: int,
    knee: int | None,
    palette: Palette,
) -> go.Figure:
    """Share of what the whole pool reaches against rows chosen; band: the lowest and highest random
    order at the same ranks.
    """
    ranks, shares = np.asarray(ranks, dtype=np.int32), np.asarray(shares, dtype=np.float64)
    line = go.Scatter(
        x=ranks,
        y=shares.astype(np.float32),
        mode="lines",
        name="selection",
        line={"color": palette.chosen, "width": 3},
        text=[coverage_percent(share) for share in shares.tolist()],
        hovertemplate="%{x} rows: %{text}<extra></extra>",
    )
    traces = [
        *(_band(ranks, *band, palette) if band else []),
        line,
        _mark(ranks, shares, budget, "budget", "circle", palette),
    ]
    if knee is not None:
        traces.append(_mark(ranks, shares, knee, "knee", "square-open", palette))
    layout = base_layout(
        palette,
        "curve",
        dragmode=False,
        hovermode="closest",
        legend={"x": 1, "xanchor": "right", "y": 0.03, "yanchor": "bottom"},
    )
    layout.xaxis = axis(palette, "rows chosen", range=[0, int(ranks[-1])])
    layout.yaxis = axis(palette, "share of the whole pool", range=[0, 1.02], tickformat=".0%")
    layout.shapes = [
        {
            "type": "line",
            "x0": int(budget),
            "x1": int(budget),
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": palette.ink, "width": 1, "dash": "dot"},
        }
    ]
    return go.Figure(traces, layout)


def _band(
    ranks: np.ndarray, lowest: np.ndarray, highest: np.ndarray, palette: Palette
) -> list[go.Scatter]:
    """The area between two curves: the second trace is filled down to the first."""
    red, green, blue = bytes.fromhex(palette.baseline.removeprefix("#"))
    shared = {
        "x": ranks,
        "mode": "lines",
        "line": {"width": 0.7, "color": palette.baseline},
        "hoverinfo": "skip",
        "legendgroup": "band",
    }
    return [
        go.Scatter(y=np.asarray(lowest, np.float32), showlegend=False, **shared),
        go.Scatter(
            y=np.asarray(highest, np.float32),
            fill="tonexty",
            fillcolor=f"rgba({red},{green},{blue},0.25)",
            name="random orders, lowest to highest",
            **shared,
        ),
    ]


def _mark(
    ranks: np.ndarray, shares: np.ndarray, rank: int, word: str, symbol: str, palette: Palette
) -> go.Scatter:
    """One place on the curve, named with its rows and its share."""
    share = float(np.interp(rank, ranks, shares))
    return go.Scatter(
        x=[int(rank)],
        y=[share],
        mode="markers",
        name=f"{word}: {counted(int(rank), 'row')}, {coverage_percent(share)}",
        hoverinfo="name",
        marker={
            "symbol": symbol,
            "size": 11,
            "color": palette.ink,
            "line": {"width": 2, "color": palette.ink},
        },
    )
