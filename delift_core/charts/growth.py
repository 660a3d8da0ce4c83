"""How loss falls with the budget: a line for every arm over the band of its models."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, ends_around, escaped
from delift_core.charts.palette import Palette
from delift_core.validation.arms import RANDOM
from delift_core.validation.growth import Growth, GrowthPoint

BAND_OPACITY = 0.22


def growth_figure(
    growth: Growth, group: str | None, titles: Mapping[str, str], palette: Palette
) -> go.Figure:
    """Loss against examples, on a group; the untuned model is a line across where it is near.

    titles: how each arm that is drawn is called. group: None for all held-out examples.
    """
    traces: list[go.Scatter] = []
    ends = [end for name in titles for point in growth.curve(name, group) for end in point.band]
    for name, title in titles.items():
        points = growth.curve(name, group)
        colour = palette.pool if name == RANDOM else palette.chosen
        traces += [*_band(points, colour), _line(points, name, title, colour)]
    figure = go.Figure(traces, _layout(palette))
    figure.layout.yaxis.range = ends_around(np.array(ends), growth.untuned[group])
    figure.add_hline(
        growth.untuned[group],
        line={"color": palette.baseline, "dash": "dash", "width": 1.5},
        annotation={"text": "untuned", "font": {"color": palette.baseline}},
    )
    return figure


def _line(points: Sequence[GrowthPoint], name: str, title: str, colour: str) -> go.Scatter:
    """The mean of an arm at every budget."""
    return go.Scatter(
        x=np.array([point.rows for point in points], dtype=np.int32),
        y=np.array([point.loss for point in points], dtype=np.float32),
        mode="lines+markers",
        name=escaped(title),
        legendgroup=name,
        line={"color": colour, "width": 2.5, "dash": "dot" if name == RANDOM else "solid"},
        marker={"symbol": "circle-open" if name == RANDOM else "diamond", "size": 9},
        customdata=[point.budget for point in points],
        hovertemplate=(
            f"{escaped(title)}<br>%{{customdata}}, %{{x:,}} examples: %{{y:.4f}}<extra></extra>"
        ),
    )


def _band(points: Sequence[GrowthPoint], colour: str) -> Iterator[go.Scatter]:
    """The lowest to the highest run: the second trace is filled down to the first."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    rows = np.array([point.rows for point in points], dtype=np.int32)  # (budgets,)
    ends = np.array([point.band for point in points], dtype=np.float32)  # (budgets, 2)
    shared = {"x": rows, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    yield go.Scatter(y=ends[:, 0], showlegend=False, **shared)
    yield go.Scatter(
        y=ends[:, 1],
        fill="tonexty",
        fillcolor=f"rgba({red},{green},{blue},{BAND_OPACITY})",
        showlegend=False,
        **shared,
    )


def _layout(palette: Palette) -> go.Layout:
    """Examples to the right, loss upwards; the legend above."""
    layout = base_layout(palette, "growth", dragmode=False, hovermode="closest")
    layout.legend = {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"}
    layout.xaxis = axis(palette, "examples tuned on", rangemode="tozero")
    layout.yaxis = axis(palette, "loss on held-out examples")
    return layout
