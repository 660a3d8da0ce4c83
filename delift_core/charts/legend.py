"""The legend of a map: its colours, its marks, and how many examples a search matched."""

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.figure_layout import escaped
from delift_core.charts.scene import Scene
from delift_core.charts.traces import Trace, empty_trace


def colour_keys(scene: Scene) -> list[Trace]:
    """The scale of the numbers, or one entry per label."""
    if scene.colouring is None:
        return []
    if scene.colouring.numeric:
        lowest = np.array(scene.colouring.ends[:1])
        return [empty_trace(marker={"color": lowest, "coloraxis": "coloraxis"})]
    return [
        legend_key(label, {"color": shade, "size": 9}, label)
        for label, shade in scene.label_colours
    ]


def mark_keys(scene: Scene, matches: int | None) -> list[Trace]:
    """Circles where they have one colour, diamonds, and the number of matches of a search."""
    palette, keys = scene.palette, []
    diamond = {"symbol": "diamond-open", "color": palette.ink}
    if scene.colouring is None:
        circle = {"color": palette.pool, "size": 8}
        keys.append(legend_key("pool", circle, "pool", legend="legend2"))
        diamond = {"symbol": "diamond", "color": palette.chosen}
    keys.append(legend_key("chosen", {"size": 10, **diamond}, "chosen", legend="legend2"))
    if matches is not None:
        outlined = {"color": palette.pool, "size": 10, "line": {"color": palette.ink, "width": 1.5}}
        keys.append(legend_key(f"found ({matches:,})", outlined, "found", legend="legend2"))
    return keys


def legend_key(name: str, marker: dict, group: str, **settings) -> go.Scatter:
    """An entry of a legend; a click on it hides or shows its group."""
    return empty_trace(
        marker=marker,
        name=escaped(name),
        legendgroup=escaped(group),
        showlegend=True,
        **settings,
    )
