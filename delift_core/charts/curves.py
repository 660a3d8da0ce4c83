"""The coverage curve of a selection, beside random selections."""

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout
from delift_core.charts.palette import Palette
from delift_core.selection.outcome import Curve
from delift_core.units import counted, coverage_percent

BAND_OPACITY = 0.25


def curve_figure(curve: Curve, ranks: np.ndarray, budget: int, palette: Palette) -> go.Figure:
    """Coverage against rows chosen, with budget and knee marked.

    ranks: (points,) where the curve is drawn.
    """
    ranks = np.asarray(ranks, dtype=np.int32)  # (points,)
    traces = [
        *_random_band(curve, ranks, palette),
        _coverage_line(curve, ranks, palette),
        _mark(curve, budget, "budget", "circle", palette),
    ]
    if curve.knee is not None:
        traces.append(_mark(curve, curve.knee, "knee", "square-open", palette))
    return go.Figure(traces, _curve_layout(int(ranks[-1]), budget, palette))


def _coverage_line(curve: Curve, ranks: np.ndarray, palette: Palette) -> go.Scatter:
    """The coverage of the first examples of the selection."""
    coverage = curve.coverage[ranks]  # (points,)
    return go.Scatter(
        x=ranks,
        y=coverage.astype(np.float32),
        mode="lines",
        name="selection",
        line={"color": palette.chosen, "width": 3},
        text=[coverage_percent(share) for share in coverage.tolist()],
        hovertemplate="%{x} rows: %{text}<extra></extra>",
    )


def _random_band(curve: Curve, ranks: np.ndarray, palette: Palette) -> Iterator[go.Scatter]:
    """The area between two curves: the second trace is filled down to the first."""
    red, green, blue = bytes.fromhex(palette.baseline.removeprefix("#"))
    shared = {
        "x": ranks,
        "mode": "lines",
        "line": {"width": 0.7, "color": palette.baseline},
        "hoverinfo": "skip",
        "legendgroup": "band",
    }
    yield go.Scatter(y=np.asarray(curve.lowest[ranks], np.float32), showlegend=False, **shared)
    yield go.Scatter(
        y=np.asarray(curve.highest[ranks], np.float32),
        fill="tonexty",
        fillcolor=f"rgba({red},{green},{blue},{BAND_OPACITY})",
        name="random orders, lowest to highest",
        **shared,
    )


def _mark(curve: Curve, rank: int, label: str, symbol: str, palette: Palette) -> go.Scatter:
    """One point of the curve, labelled with its rows and its coverage."""
    coverage = float(curve.coverage[rank])
    return go.Scatter(
        x=[int(rank)],
        y=[coverage],
        mode="markers",
        name=f"{label}: {counted(int(rank), 'row')}, {coverage_percent(coverage)}",
        hoverinfo="name",
        marker={
            "symbol": symbol,
            "size": 11,
            "color": palette.ink,
            "line": {"width": 2, "color": palette.ink},
        },
    )


def _curve_layout(last: int, budget: int, palette: Palette) -> go.Layout:
    """Axes from 0 on, and a dotted line at the budget."""
    layout = base_layout(
        palette,
        "curve",
        dragmode=False,
        hovermode="closest",
        legend={"x": 1, "xanchor": "right", "y": 0.03, "yanchor": "bottom"},
    )
    layout.xaxis = axis(palette, "rows chosen", range=[0, last])
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
    return layout
