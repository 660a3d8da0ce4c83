"""What the pointer shows of the points of a map."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import escaped


def label_points(figure: go.Figure, text_of: Callable[[int], str]) -> None:
    """Show a text at every point that carries the index of an example."""
    for trace in figure.data:
        if trace.customdata is not None:
            indices = np.asarray(trace.customdata).tolist()
            trace.hovertext = [text_of(index) for index in indices]
            trace.hovertemplate = "%{hovertext}<extra></extra>"


def point_text(id: str, lines: str, rank: int) -> str:
    """An id and its lines, with the rank of a chosen example; rank 0 is not chosen."""
    name = f"{escaped(id)}, chosen {rank:,}." if rank else escaped(id)
    return "<br>".join([name, *map(escaped, lines.split("\n"))])
