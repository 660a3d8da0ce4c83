"""What every two selections share, as a matrix; the colours part at what chance has."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import base_layout, even_scale
from delift_core.charts.looks import Look
from delift_core.charts.matrices import inks
from delift_core.charts.palette import Palette
from delift_core.selection.rank_correlation import correlation_text
from delift_core.units import percent, whole_percent

LEAST = 0.1  # of what is shared, at which colours end at the earliest


def overlap_figure(
    shares: np.ndarray,
    expected: np.ndarray,
    ranks: np.ndarray,
    looks: Sequence[Look],
    palette: Palette,
) -> go.Figure:
    """Shares of what two selections hold together, the number expected by chance below.

    shares, expected: (entries, entries) |A and B| / |A or B|. ranks: (entries, entries)
    correlation of the ranks of what both hold. What a selection shares with itself is left out.
    """
    itself = np.eye(len(shares), dtype=bool)  # (entries, entries)
    beyond = np.where(itself, np.nan, shares - expected)  # (entries, entries) more than by chance
    limit = max(float(np.nanmax(np.abs(beyond), initial=0.0)), LEAST)
    cells = go.Heatmap(
        z=beyond.astype(np.float32),
        zmin=-limit,
        zmax=limit,
        colorscale=even_scale(palette.diverging),
        xgap=2,
        ygap=2,
        showscale=False,
        hoverongaps=False,
        text=_sentences(shares, expected, ranks, looks),
        hovertemplate="%{text}<extra></extra>",
    )
    return go.Figure(
        [cells, _numbers(shares, expected, beyond / limit, palette)], _layout(looks, palette)
    )


def _numbers(
    shares: np.ndarray, expected: np.ndarray, strengths: np.ndarray, palette: Palette
) -> go.Scatter:
    """Both numbers of every cell, in the ink that is easier to read on its colour.

    strengths: (entries, entries) from -1 to 1 along the colours, NaN where there is no cell.
    """
    y, x = np.nonzero(np.isfinite(strengths))  # (cells,) both
    pairs = zip(shares[y, x].tolist(), expected[y, x].tolist())
    return go.Scatter(
        x=x.astype(np.int16),
        y=y.astype(np.int16),
        mode="text",
        text=[
            f"{whole_percent(share)}<br><i>({whole_percent(chance)})</i>" for share, chance in pairs
        ],
        textfont={"size": 12, "color": inks((strengths[y, x] + 1) / 2, palette.diverging)},
        hoverinfo="skip",
        showlegend=False,
    )


def _sentences(
    shares: np.ndarray, expected: np.ndarray, ranks: np.ndarray, looks: Sequence[Look]
) -> list[list[str]]:
    """What the pointer says of every cell."""
    return [
        [
            f"{row.name}<br>{column.name}<br>{percent(shares[y, x])} of what either holds is in"
            f" both, {percent(expected[y, x])} by chance<br>rank correlation"
            f" {correlation_text(ranks[y, x])}"
            for x, column in enumerate(looks)
        ]
        for y, row in enumerate(looks)
    ]


def _layout(looks: Sequence[Look], palette: Palette) -> go.Layout:
    """Letters on both sides, the first row on top."""
    layout = base_layout(palette, f"overlap {len(looks)}", dragmode=False)
    layout.margin.t = 4
    ticks = {
        "tickvals": list(range(len(looks))),
        "ticktext": [f"<b>{look.letter}</b>" for look in looks],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }
    layout.xaxis = {**ticks, "side": "top", "range": [-0.5, len(looks) - 0.5]}
    layout.yaxis = {**ticks, "range": [len(looks) - 0.5, -0.5]}
    return layout
