"""The coverage curve of a selection, beside random selections."""

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, share_axis
from delift_core.charts.palette import Palette
from delift_core.selection.curves import RANDOM_SEEDS
from delift_core.selection.outcome import Curve
from delift_core.units import coverage_percent

BAND_OPACITY = 0.25
KNEE = "diminishing returns at"
SELECTION = "selection"


def curve_figure(curve: Curve, ranks: np.ndarray, budget: int, palette: Palette) -> go.Figure:
    """Coverage against examples chosen, with budget and point of diminishing returns marked.

    ranks: (points,) where the curve is drawn.
    """
    ranks = np.asarray(ranks, dtype=np.int32)  # (points,)
    traces = [
        *_random_band(curve, ranks, palette),
        _coverage_line(curve, ranks, palette),
        _mark(curve, budget, "chosen", "circle", palette),
    ]
    if curve.knee is not None:
        traces.append(_mark(curve, curve.knee, KNEE, "square-open", palette))
    return go.Figure(traces, _curve_layout(int(ranks[-1]), budget, palette))


def pick_points(figure: go.Figure) -> None:
    """Let a click anywhere above or below the curve pick its point: clicks need marks to hit."""
    figure.update_traces(
        mode="lines+markers",
        marker={"size": 12, "opacity": 0},
        selector={"name": SELECTION},
    )
    figure.update_layout(clickmode="event+select", hovermode="x")


def _coverage_line(curve: Curve, ranks: np.ndarray, palette: Palette) -> go.Scatter:
    """The coverage of the first examples of the selection."""
    coverage = curve.coverage[ranks]  # (points,)
    return go.Scatter(
        x=ranks,
        y=coverage.astype(np.float32),
        mode="lines",
        name=SELECTION,
        showlegend=False,
        line={"color": palette.chosen, "width": 3},
        text=[coverage_percent(share) for share in coverage.tolist()],
        hovertemplate="%{x} examples: %{text}<extra></extra>",
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
        name=f"random ({len(RANDOM_SEEDS)} runs)",
        **shared,
    )


def _mark(curve: Curve, rank: int, label: str, symbol: str, palette: Palette) -> go.Scatter:
    """One point of the curve, labelled with its examples and its coverage."""
    coverage = float(curve.coverage[rank])
    return go.Scatter(
        x=[int(rank)],
        y=[coverage],
        mode="markers",
        name=f"{label} {rank:,}: {coverage_percent(coverage)}",
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
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 11}},
        hoverlabel={"namelength": -1},
    )
    layout.margin.t = 8
    layout.xaxis = axis(palette, "examples chosen", range=[0, last])
    layout.yaxis = share_axis(palette, "coverage", range=[0, 1.02])
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
