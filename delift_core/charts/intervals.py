"""Differences of losses with their intervals, a row each, beside a line at no difference."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, short_label
from delift_core.charts.palette import Palette
from delift_core.units import number
from delift_core.validation.statistics import Difference

LABEL_LENGTH = 28  # characters of a row
ROW = 34  # pixels of a row
AROUND = 90  # pixels above and below all rows


def intervals_height(differences: Mapping[str, Difference]) -> int:
    """Pixels that the figure takes."""
    return ROW * len(differences) + AROUND


def intervals_figure(
    differences: Mapping[str, Difference], title: str, palette: Palette
) -> go.Figure:
    """A mark for each difference, with a line over its interval.

    Below 0 is better. title: of the axis.
    """
    rows = list(differences.items())
    traces = [_mark(each, row, palette) for row, (_, each) in enumerate(rows)]
    figure = go.Figure(traces, _layout([name for name, _ in rows], title, palette))
    figure.add_vline(0, line_color=palette.ink, line_width=1)
    return figure


def _mark(difference: Difference, row: int, palette: Palette) -> go.Scatter:
    """Filled where the interval leaves 0 out: blue and pointing left where better."""
    mean, colour, symbol = difference.mean, palette.pool, "circle-open"
    if difference.is_detected:
        colour = palette.chosen if mean < 0 else palette.baseline
        symbol = "triangle-left" if mean < 0 else "triangle-right"
    return go.Scatter(
        x=[mean],
        y=[row],
        mode="markers",
        showlegend=False,
        marker={"color": colour, "symbol": symbol, "size": 12},
        error_x={
            "symmetric": False,
            "array": np.array([difference.high - mean]),
            "arrayminus": np.array([mean - difference.low]),
            "color": colour,
            "thickness": 2,
            "width": 5,
        },
        hovertemplate=(
            f"{number(mean, '+.4f')} [{number(difference.low, '+.4f')},"
            f" {number(difference.high, '+.4f')}]<extra></extra>"
        ),
    )


def _layout(names: list[str], title: str, palette: Palette) -> go.Layout:
    """The first row on top."""
    layout = base_layout(palette, f"intervals {title}", dragmode=False, hovermode="closest")
    layout.margin.t = 8
    layout.xaxis = axis(palette, title)
    layout.yaxis = axis(
        palette,
        "",
        range=[len(names) - 0.5, -0.5],
        tickvals=list(range(len(names))),
        ticktext=[short_label(name, LABEL_LENGTH) for name in names],
        showgrid=False,
    )
    return layout
