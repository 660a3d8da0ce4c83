"""The coverage curves of several selections on one chart, over the band of random ones."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, share_axis
from delift_core.charts.looks import Look
from delift_core.charts.palette import Palette
from delift_core.comparison.curves import ComparedCurves
from delift_core.selection.curves import RANDOM_SEEDS, downsample
from delift_core.units import coverage_percent

POINTS = 150  # of each line
BAND_OPACITY = 0.22


def coverage_lines_figure(
    curves: ComparedCurves, looks: Sequence[Look], palette: Palette
) -> go.Figure:
    """Coverage against what is spent, one line for each selection, its letter at its end."""
    lines = list(zip(curves.lines, looks, strict=True))
    traces = [
        *_band(curves, palette),
        *(_line(spent, coverage, look) for (spent, coverage), look in lines),
        *(_letter(spent, coverage, look) for (spent, coverage), look in lines),
    ]
    return go.Figure(traces, _layout(curves, palette))


def _line(spent: np.ndarray, coverage: np.ndarray, look: Look) -> go.Scatter:
    """One selection."""
    ranks = downsample(coverage, POINTS)  # (points,)
    return go.Scatter(
        x=spent[ranks].astype(np.int32),
        y=coverage[ranks].astype(np.float32),
        mode="lines",
        name=look.name,
        legendgroup=look.letter,
        line={"color": look.colour, "width": 2.5, "dash": look.dash},
        text=list(map(coverage_percent, coverage[ranks].tolist())),
        hovertemplate=f"{look.name}<br>%{{x:,}}: %{{text}}<extra></extra>",
    )


def _letter(spent: np.ndarray, coverage: np.ndarray, look: Look) -> go.Scatter:
    """The end of a line, with its letter."""
    return go.Scatter(
        x=[int(spent[-1])],
        y=[float(coverage[-1])],
        mode="markers+text",
        marker={"color": look.colour, "symbol": look.symbol, "size": 9},
        text=[f"<b>{look.letter}</b>"],
        textfont={"color": look.colour},
        textposition="middle right",
        legendgroup=look.letter,
        showlegend=False,
        hovertemplate=f"{look.name}: {coverage_percent(float(coverage[-1]))}<extra></extra>",
    )


def _band(curves: ComparedCurves, palette: Palette) -> Iterator[go.Scatter]:
    """Random selections, lowest to highest: the second trace is filled down to the first."""
    red, green, blue = bytes.fromhex(palette.pool.removeprefix("#"))
    ranks = downsample(curves.highest, POINTS)  # (points,)
    shared = {
        "x": curves.spent[ranks].astype(np.int32),
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "legendgroup": "random",
    }
    yield go.Scatter(y=curves.lowest[ranks].astype(np.float32), showlegend=False, **shared)
    yield go.Scatter(
        y=curves.highest[ranks].astype(np.float32),
        fill="tonexty",
        fillcolor=f"rgba({red},{green},{blue},{BAND_OPACITY})",
        name=f"random ({len(RANDOM_SEEDS)} runs)",
        **shared,
    )


def _layout(curves: ComparedCurves, palette: Palette) -> go.Layout:
    """Axes from 0 on; the legend below, where no curve is."""
    layout = base_layout(
        palette,
        "coverage lines",
        dragmode=False,
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
    )
    most = max(int(spent[-1]) for spent, _ in curves.lines)
    layout.margin.t = 8
    layout.xaxis = axis(palette, f"{curves.unit} chosen", range=[0, 1.06 * most])
    layout.yaxis = share_axis(palette, "coverage of the pool", range=[0, 1.02])
    return layout
