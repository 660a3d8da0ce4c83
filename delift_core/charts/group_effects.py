"""What tuning on one group does to every group, as a matrix with a number in every cell."""

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import even_scale
from delift_core.charts.matrices import inks, matrix_layout
from delift_core.charts.palette import Palette
from delift_core.validation.group_matrix import GroupMatrix
from delift_core.validation.verdict import nats

ROW, AROUND = 34, 150  # pixels of a group; above and below all


def group_effects_height(matrix: GroupMatrix) -> int:
    """Pixels that the figure takes."""
    return ROW * len(matrix.tuned_on) + AROUND


def group_effects_figure(matrix: GroupMatrix, palette: Palette) -> go.Figure:
    """Differences from the untuned model: blue where the loss is lower, orange where higher.

    A number whose interval holds 0 stands in brackets.
    """
    effects = matrix.losses - matrix.untuned  # (tuned on, measured on)
    limit = float(np.abs(effects).max(initial=0.0)) or 1.0
    texts = [
        [number_text(matrix, tuned, measured) for measured in matrix.measured_on]
        for tuned in matrix.tuned_on
    ]
    cells = go.Heatmap(
        z=-effects.astype(np.float32),
        zmin=-limit,
        zmax=limit,
        colorscale=even_scale(palette.diverging),
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=texts,
        hovertemplate="tuned on %{y}<br>measured on %{x}<br>%{customdata} nats<extra></extra>",
    )
    rows, columns = ("tuned on", matrix.tuned_on), ("measured on", matrix.measured_on)
    layout = matrix_layout(rows, columns, palette)
    return go.Figure([cells, _numbers(texts, -effects / limit, palette)], layout)


def number_text(matrix: GroupMatrix, tuned: str, measured: str) -> str:
    """The difference of a cell, in brackets where none is detected."""
    difference = matrix.differences[tuned, measured]
    text = nats(difference.mean)
    return text if difference.is_detected else f"({text})"


def _numbers(texts: list[list[str]], strengths: np.ndarray, palette: Palette) -> go.Scatter:
    """The number of every cell, in the ink that is easier to read on its colour.

    strengths: (tuned on, measured on) from -1 to 1 along the colours.
    """
    y, x = np.indices(strengths.shape).reshape(2, -1)  # (cells,) both
    return go.Scatter(
        x=x.astype(np.int16),
        y=y.astype(np.int16),
        mode="text",
        text=[texts[row][column] for row, column in zip(y.tolist(), x.tolist())],
        textfont={"size": 11, "color": inks((strengths.ravel() + 1) / 2, palette.diverging)},
        hoverinfo="skip",
        showlegend=False,
    )
