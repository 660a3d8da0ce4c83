"""The figures of the report, each once in the colours of a light page, with what differs on a dark
one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.analysis.owners import owner_order
from delift_core.charts.curves import curve_figure
from delift_core.charts.figure_layout import escaped
from delift_core.charts.kernels import heatmap_overview
from delift_core.charts.maps import map_figure
from delift_core.charts.palette import DARK, LIGHT
from delift_core.data.example import Dataset
from delift_core.report.texts import first_line, shared_out
from delift_core.scoring.kernel import Measure, UtilityKernel
from delift_core.selection.outcome import Outcome

# of what the pointer shows: of all examples together, and of one
HOVER_BYTES, HOVER_MOST = 500_000, 140
BLOCKS = 200  # a side, of the heatmap
FONT = "system-ui, sans-serif"


@dataclass(frozen=True)
class Chart:
    """A figure as Plotly reads it, and (place, value) of everything that a dark page shows
    otherwise.
    """

    name: str
    figure: dict
    dark: list[tuple[list, object]]

    @property
    def compiles(self) -> bool:
        """Whether Plotly writes programs for the graphics card while it draws, which a page has to
        allow.
        """
        return any(trace["type"].endswith("gl") for trace in self.figure["data"])


def map_chart(pool: Dataset, points: np.ndarray, outcome: Outcome) -> Chart:
    """The map with the chosen on top; the first line of an example under the pointer."""
    lines = shared_out(
        (f"{example.id}\n{first_line(example.prompt)}" for example in pool), HOVER_BYTES, HOVER_MOST
    )
    ranks = {index: rank for rank, index in enumerate(outcome.selection.indices.tolist(), 1)}
    figures = [map_figure(points, outcome.selection.indices, palette) for palette in (LIGHT, DARK)]
    for figure in figures:
        figure.layout.dragmode = "zoom"
        for trace in figure.data:
            if trace.customdata is not None:
                label(
                    trace,
                    [
                        told(lines[index], ranks.get(index))
                        for index in np.asarray(trace.customdata).tolist()
                    ],
                )
    return chart("map", *figures)


def told(lines: str, rank: int | None) -> str:
    """What the pointer shows of an example, its id and its first line."""
    id, _, line = escaped(lines).partition("\n")
    return f"{id}, chosen {rank}.<br>{line}" if rank else f"{id}<br>{line}"


def label(trace: go.Scatter | go.Scattergl, texts: list[str]) -> None:
    trace.hovertext, trace.hovertemplate = texts, "%{hovertext}<extra></extra>"


def curve_chart(outcome: Outcome) -> Chart:
    """Coverage example by example, beside random selections."""
    ranks, curve = outcome.ranks_drawn, outcome.curve
    figures = [
        curve_figure(
            ranks,
            curve.coverage[ranks],
            (curve.lowest[ranks], curve.highest[ranks]),
            budget=len(outcome.selection),
            knee=outcome.knee,
            palette=palette,
        )
        for palette in (LIGHT, DARK)
    ]
    return chart("curve", *figures)


def kernel_chart(kernel: UtilityKernel, outcome: Outcome) -> Chart:
    """Block means of the utilities, what is covered by the same chosen example side by side."""
    values = kernel.measured(Measure(outcome.choice.measure))  # (answered, shown)
    rows, columns = owner_order(outcome.objective, outcome.selection.indices, kernel.square)
    means = block_means(values[np.ix_(rows, columns)], BLOCKS)
    figures = [heatmap_overview(*means, robust_limit(values), palette) for palette in (LIGHT, DARK)]
    for figure in figures:
        figure.layout.dragmode = False
    return chart("kernel", *figures)


def chart(name: str, light: go.Figure, dark: go.Figure) -> Chart:
    """A chart of a figure drawn in both palettes."""
    for figure in (light, dark):
        figure.layout.font.family = FONT
    first, second = (json.loads(figure.to_json()) for figure in (light, dark))
    return Chart(name, first, list(differences(first, second)))


def differences(light: object, dark: object, place: tuple = ()) -> Iterator[tuple[list, object]]:
    """(place, value in the dark one) of everything in which two figures differ."""
    if isinstance(light, dict) and isinstance(dark, dict) and light.keys() == dark.keys():
        for key in light:
            yield from differences(light[key], dark[key], (*place, key))
    elif isinstance(light, list) and isinstance(dark, list) and len(light) == len(dark):
        for number, pair in enumerate(zip(light, dark, strict=True)):
            yield from differences(*pair, (*place, number))
    elif light != dark:
        yield list(place), dark
