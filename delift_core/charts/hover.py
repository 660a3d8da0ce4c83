"""What the pointer shows of the points of a map."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import escaped


def label_points(figure: go.Figure, texts: Sequence[str]) -> None:
    """Show a text at every point that carries the index of an example. texts: (pool,)."""
    for trace in figure.data:
        if trace.customdata is not None:
            indices = np.asarray(trace.customdata).tolist()
            trace.hovertext = [texts[index] for index in indices]
            trace.hovertemplate = "%{hovertext}<extra></extra>"


def point_text(id: str, line: str, rank: int) -> str:
    """An id and an opening line, with the rank of a chosen example; rank 0 is not chosen."""
    name = f"{escaped(id)}, chosen {rank:,}." if rank else escaped(id)
    return f"{name}<br>{escaped(line)}"
