"""Small matrices as figures, every cell with its number."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from delift_core.analysis.groups import GroupMeans
from delift_core.charts.layout import axis, even, label, layout_of
from delift_core.charts.palette import Palette

FLAT = 4  # groups up to which their names stand upright
SLANT = 56  # pixels that the last of the slanted names needs
BLACK, WHITE = "#14171C", "#FFFFFF"
MIDDLE = 0.199  # luminance at which either is as easy to read


def group_figure(found: GroupMeans, palette: Palette) -> go.Figure:
    """Mean utilities between groups, zero in the middle of the colours, which end at the largest
    mean there is.
    """
    limit = strongest(found)
    cells = go.Heatmap(
        z=found.means.astype(np.float32),
        zmin=-limit,
        zmax=limit,
        customdata=found.counts.astype(np.int32),
        xgap=1,
        ygap=1,
        colorscale=even(palette.diverging),
        showscale=False,
        hoverongaps=False,
        hovertemplate=(
            "answered %{y}<br>shown %{x}<br>mean utility %{z:.4f}<br>%{customdata:,}"
            " pairs<extra></extra>"
        ),
    )
    layout = layout_of(palette, f"groups {found.means.shape}", dragmode=False)
    layout.plot_bgcolor = palette.gap
    rows, columns = found.means.shape
    layout.xaxis = axis(
        palette,
        "shown",
        side="top",
        tickangle=-45 if columns > FLAT else 0,
        showgrid=False,
        range=[-0.5, columns - 0.5],
        **_ticks(found.shown),
    )
    layout.yaxis = axis(
        palette, "answered", range=[rows - 0.5, -0.5], showgrid=False, **_ticks(found.answered)
    )
    if columns > FLAT:
        layout.margin.r = SLANT
    return go.Figure([cells, _numbers(found.means, limit, palette)], layout)


def _numbers(means: np.ndarray, limit: float, palette: Palette) -> go.Scatter:
    """The number of every cell, black or white, whichever is easier to read on its colour."""
    y, x = np.nonzero(np.isfinite(means))  # (cells,) both
    shades = (
        sample_colorscale(palette.diverging, (means[y, x] / limit + 1) / 2, colortype="tuple")
        if len(x)
        else []
    )
    return go.Scatter(
        x=x.astype(np.int16),
        y=y.astype(np.int16),
        mode="text",
        text=[f"{mean:.3f}" for mean in means[y, x].tolist()],
        textfont={
            "size": 11,
            "color": [BLACK if luminance(shade) > MIDDLE else WHITE for shade in shades],
        },
        hoverinfo="skip",
        showlegend=False,
    )


def luminance(shade: tuple[float, float, float]) -> float:
    """L = 0.2126 r + 0.7152 g + 0.0722 b of linear light, as WCAG has it.

    shade: red, green, blue from 0 to 1.
    """
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shade
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def strongest(found: GroupMeans) -> float:
    """The largest |mean|, 1 where nothing differs from zero."""
    return float(np.nanmax(np.abs(found.means), initial=0.0)) or 1.0


def _ticks(groups: Sequence[str]) -> dict:
    """A name for every row or column."""
    return {
        "tickvals": np.arange(len(groups), dtype=np.int32),
        "ticktext": [label(group) for group in groups],
    }
