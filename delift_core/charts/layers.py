"""Examples of other roles on the pool's map: the target, known and held-out ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.charts.figure_layout import escaped
from delift_core.charts.legend import legend_key
from delift_core.charts.scene import Scene
from delift_core.charts.traces import Trace, trace_type

SYMBOLS = ("star", "square", "triangle-down")  # of the layers in turn
SIZE = 11  # pixels


@dataclass(frozen=True, eq=False)
class Layer:
    """The examples of one role on the map."""

    name: str
    points: np.ndarray  # (examples, 2), NaN where an example has no position
    texts: Sequence[str]  # (examples,) what the pointer says


def layer_marks(scene: Scene, layers: Sequence[Layer]) -> Iterator[Trace]:
    """Open marks in ink, a symbol for each role, and its entry of the legend."""
    for layer, symbol in zip(layers, SYMBOLS, strict=False):
        placed = np.flatnonzero(np.isfinite(layer.points).all(axis=1))  # (placed,)
        marker = {
            "symbol": f"{symbol}-open",
            "size": SIZE,
            "color": scene.palette.ink,
            "line": {"width": 1.8},
        }
        title = f"{layer.name} ({len(placed):,})"
        yield legend_key(title, marker, layer.name, legend="legend2")
        yield trace_type(scene.points)(
            x=layer.points[placed, 0],
            y=layer.points[placed, 1],
            text=[escaped(layer.texts[index]) for index in placed.tolist()],
            mode="markers",
            name=escaped(layer.name),
            legendgroup=escaped(layer.name),
            showlegend=False,
            marker=marker,
            hovertemplate="%{text}<extra></extra>",
        )
