"""Small matrices as figures, every cell with its number."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from delift_core.analysis.groups import GroupMeans
from delift_core.charts.figure_layout import axis, base_layout, even_scale, short_label
from delift_core.charts.kernels import UTILITY
from delift_core.charts.palette import Palette
from delift_core.units import number

UPRIGHT_MOST = 4  # columns up to which their names stand upright
SLANT = 56  # pixels that the last of the slanted names needs
BLACK, WHITE = "#14171C", "#FFFFFF"
MIDDLE = 0.199  # luminance at which either is as easy to read


def group_figure(groups: GroupMeans, palette: Palette, *, numbered: bool = True) -> go.Figure:
    """Mean utilities between groups; the colours part at zero and end at the largest |mean|.

    numbered: whether every cell holds its number.
    """
    limit = strongest(groups)
    hover = (
        "answered %{y}<br>shown %{x}<br>mean utility %{z}<br>%{customdata:,} pairs<extra></extra>"
    )
    cells = go.Heatmap(
        z=groups.means.astype(np.float32),
        zmin=-limit,
        zmax=limit,
        customdata=groups.counts.astype(np.int32),
        xgap=1,
        ygap=1,
        colorscale=even_scale(palette.diverging),
        showscale=False,
        hoverongaps=False,
        zhoverformat=UTILITY,
        hovertemplate=hover,
    )
    numbers = [_numbers(groups.means, limit, palette)] if numbered else []
    answered, shown = ("answered", groups.answered), ("shown", groups.shown)
    return go.Figure([cells, *numbers], matrix_layout(answered, shown, palette))


def matrix_layout(
    rows: tuple[str, Sequence[str]], columns: tuple[str, Sequence[str]], palette: Palette
) -> go.Layout:
    """The first row on top, a name for every row and column.

    rows, columns: a title, and the names.
    """
    height, width = len(rows[1]), len(columns[1])
    layout = base_layout(palette, f"groups {(height, width)}", dragmode=False)
    layout.plot_bgcolor = palette.gap
    slanted = width > UPRIGHT_MOST
    layout.xaxis = axis(
        palette,
        columns[0],
        side="top",
        tickangle=-45 if slanted else 0,
        showgrid=False,
        range=[-0.5, width - 0.5],
        **_ticks(columns[1]),
    )
    layout.yaxis = axis(
        palette, rows[0], range=[height - 0.5, -0.5], showgrid=False, **_ticks(rows[1])
    )
    if slanted:
        layout.margin.r = SLANT
    return layout


def _numbers(means: np.ndarray, limit: float, palette: Palette) -> go.Scatter:
    """The number of every cell, black or white, whichever is easier to read on its colour."""
    y, x = np.nonzero(np.isfinite(means))  # (cells,) both
    scored = means[y, x]  # (cells,)
    return go.Scatter(
        x=x.astype(np.int16),
        y=y.astype(np.int16),
        mode="text",
        text=[number(mean, ".3f") for mean in scored.tolist()],
        textfont={"size": 11, "color": inks((scored / limit + 1) / 2, palette.diverging)},
        hoverinfo="skip",
        showlegend=False,
    )


def inks(shares: np.ndarray, scale: Sequence[str]) -> list[str]:
    """Black or white for each cell; shares: (cells,) from 0 to 1 along the scale of colours."""
    if not len(shares):
        return []
    shades = sample_colorscale(scale, shares, colortype="tuple")
    return [BLACK if luminance(shade) > MIDDLE else WHITE for shade in shades]


def luminance(shade: tuple[float, float, float]) -> float:
    """L = 0.2126 r + 0.7152 g + 0.0722 b of linear light (WCAG 2.1, relative luminance).

    shade: red, green, blue from 0 to 1.
    """
    red, green, blue = (_linear(part) for part in shade)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    """Linear light of one component of sRGB."""
    if part <= 0.04045:
        return part / 12.92
    return ((part + 0.055) / 1.055) ** 2.4


def strongest(groups: GroupMeans) -> float:
    """The largest |mean|, 1 where nothing differs from zero."""
    return float(np.nanmax(np.abs(groups.means), initial=0.0)) or 1.0


def _ticks(groups: Sequence[str]) -> dict:
    """A name for every row or column."""
    positions = np.arange(len(groups), dtype=np.int32)
    return {"tickvals": positions, "ticktext": [short_label(group) for group in groups]}
