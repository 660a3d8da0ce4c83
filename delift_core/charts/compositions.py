"""What several selections are made of, beside the pool and beside random ones."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import axis, base_layout, share_axis, short_label
from delift_core.charts.looks import Look
from delift_core.charts.palette import Palette
from delift_core.comparison.composition import Composition
from delift_core.units import percent, value_text

VALUES_MOST = 14  # of a field, the most frequent in the pool; the rest is not drawn
ROW = 34  # pixels of a value
SHARES_ROW, SHARES_LEAST = 15, 180  # the same where only one selection stands beside the pool


def composition_height(composition: Composition) -> int:
    """Pixels that the figure takes."""
    return ROW * min(len(composition.values), VALUES_MOST) + 90


def composition_figure(
    composition: Composition, looks: Sequence[Look], palette: Palette
) -> go.Figure:
    """A bar for the share of each value in the pool, a mark for its share in each selection."""
    values = slice(0, VALUES_MOST)
    positions = np.arange(len(composition.values[values]), dtype=np.int16)  # (values,)
    traces = [
        _pool(composition, values, positions, palette),
        _random(composition, values, positions, palette),
    ]
    for entry, look in enumerate(looks):
        counts = composition.chosen[entry]  # (all values,)
        traces.append(
            go.Scatter(
                x=(counts[values] / max(counts.sum(), 1)).astype(np.float32),
                y=positions,
                mode="markers",
                name=look.name,
                marker={"color": look.colour, "symbol": look.symbol, "size": 11},
                hovertext=counted_shares(counts, values),
                hovertemplate=f"{look.name}: %{{hovertext}}<extra></extra>",
            )
        )
    return go.Figure(traces, _layout(composition, values, _highest(traces), palette))


def shares_height(composition: Composition) -> int:
    """Pixels that the figure of one selection takes, so that no name of a value covers another."""
    values = min(len(composition.values), VALUES_MOST)
    return max(SHARES_LEAST, SHARES_ROW * values + 60)


def shares_figure(composition: Composition, palette: Palette) -> go.Figure:
    """A bar for the share of each value in the pool, one for that in the first selection if any."""
    values = slice(0, VALUES_MOST)
    positions = np.arange(len(composition.values[values]), dtype=np.int16)  # (values,)
    traces = [_pool(composition, values, positions, palette)]
    for counts in composition.chosen[:1]:  # (all values,)
        bars = go.Bar(
            x=(counts / max(counts.sum(), 1))[values].astype(np.float32),
            y=positions,
            orientation="h",
            name="chosen",
            marker={"color": palette.chosen},
            hovertext=counted_shares(counts, values),
            hovertemplate="chosen: %{hovertext}<extra></extra>",
        )
        traces.append(bars)
    layout = _layout(composition, values, _highest(traces), palette)
    layout.barmode = "group"
    layout.legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"}
    layout.margin.t = 20
    layout.xaxis.title = None
    return go.Figure(traces, layout)


def _pool(
    composition: Composition, values: slice, positions: np.ndarray, palette: Palette
) -> go.Bar:
    """The shares in the pool."""
    share = composition.pool / composition.pool.sum()  # (all values,)
    return go.Bar(
        x=share[values].astype(np.float32),
        y=positions,
        orientation="h",
        name="pool",
        marker={"color": palette.gap},
        hovertext=counted_shares(composition.pool, values),
        hovertemplate="pool: %{hovertext}<extra></extra>",
    )


def counted_shares(counts: np.ndarray, values: slice) -> list[str]:
    """How many examples have each of some values, and their share of all: 12, 7.5 %.

    counts: (all values,).
    """
    whole = max(int(counts.sum()), 1)
    return [f"{count:,}, {percent(count / whole)}" for count in counts[values].tolist()]


def _random(
    composition: Composition, values: slice, positions: np.ndarray, palette: Palette
) -> go.Scatter:
    """A line from the lowest to the highest share in random selections beside the first entry."""
    drawn = max(int(composition.chance[0, 0].sum()), 1)
    low, high = composition.lowest[0] / drawn, composition.highest[0] / drawn  # (all values,)
    gaps = np.full(len(positions), np.nan)  # (values,)
    return go.Scatter(
        x=np.column_stack([low[values], high[values], gaps]).ravel().astype(np.float32),
        y=np.repeat(positions, 3),
        mode="lines",
        name="random, lowest to highest",
        line={"color": palette.pool, "width": 5},
        hoverinfo="skip",
    )


def _highest(traces: Sequence[go.Bar | go.Scatter]) -> float:
    """The largest share that is drawn."""
    return max(float(np.nanmax(trace.x, initial=0.0)) for trace in traces)


def _layout(composition: Composition, values: slice, highest: float, palette: Palette) -> go.Layout:
    """Shares from 0 on, the most frequent value on top."""
    layout = base_layout(palette, f"composition {composition.field}", dragmode=False, bargap=0.25)
    names = [short_label(value_text(value)) for value in composition.values[values]]
    layout.legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    layout.xaxis = share_axis(palette, "share", highest, rangemode="tozero")
    layout.yaxis = axis(
        palette,
        "",
        range=[len(names) - 0.5, -0.5],
        tickvals=np.arange(len(names), dtype=np.int16),
        ticktext=names,
        showgrid=False,
    )
    return layout
