"""Small charts of what a pool holds: lengths, and how often each value comes."""

import itertools
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, short_label
from delift_core.charts.palette import Palette
from delift_core.units import value_text

BINS = 24
SHOWN_SHARE = 0.99  # of the values; longer ones are counted in the last bin
VALUES_MOST = 8  # of a field; the rest is one bar
REST = "all others"
GAP = 0.92  # of a bin that its bar fills
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def length_figure(lengths: np.ndarray, unit: str, palette: Palette) -> go.Figure:
    """How many examples have which length; the longest hundredth stands in the last bar.

    lengths: (examples,) whole numbers.
    """
    edges = bin_edges(lengths)  # (bins + 1,)
    counts, _ = np.histogram(np.minimum(lengths, edges[-1]), edges)  # (bins,)
    ranges = [f"{low:,} to {high - 1:,} {unit}" for low, high in itertools.pairwise(edges)]
    ranges[-1] = f"{edges[-2]:,} {unit} or more"
    bars = go.Bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges) * GAP,
        marker={"color": palette.pool},
        customdata=ranges,
        hovertemplate="%{customdata}: %{y:,} examples<extra></extra>",
    )
    layout = base_layout(palette, "lengths", showlegend=False, dragmode=False)
    layout.update(
        margin=MARGIN, xaxis=axis(palette, unit, showgrid=False), yaxis=axis(palette, "examples")
    )
    return go.Figure(bars, layout)


def bin_edges(lengths: np.ndarray) -> np.ndarray:
    """(bins + 1,) whole numbers, evenly spaced, from the shortest to beyond nearly all."""
    low, high = int(lengths.min()), int(np.quantile(lengths, SHOWN_SHARE))
    width = max(1, -(-(high - low + 1) // BINS))
    return np.arange(low, high + width + 1, width)


def value_figure(counts: Mapping[str, int], palette: Palette) -> go.Figure:
    """How many examples have each value, the most frequent on top."""
    shown = most_frequent(counts)
    names = [value_text(value) for value in shown]
    bars = go.Bar(
        x=list(shown.values()),
        y=list(range(len(shown))),
        orientation="h",
        marker={"color": palette.pool},
        customdata=[short_label(name, 60) for name in names],
        hovertemplate="%{customdata}: %{x:,} examples<extra></extra>",
    )
    layout = base_layout(palette, "values", showlegend=False, dragmode=False)
    ticks = {"tickvals": list(range(len(shown))), "ticktext": [*map(short_label, names)]}
    layout.update(
        margin=MARGIN,
        xaxis=axis(palette, "examples"),
        yaxis=axis(palette, "", autorange="reversed", showgrid=False, **ticks),
    )
    return go.Figure(bars, layout)


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent values, and the sum of the others where there are too many for bars."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    if len(ordered) <= VALUES_MOST:
        return dict(ordered)
    shown = dict(ordered[: VALUES_MOST - 1])
    return {**shown, REST: sum(count for _, count in ordered[VALUES_MOST - 1 :])}
