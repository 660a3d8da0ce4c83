"""The figures of the report: each once in light colours, with what differs in dark ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.analysis.owners import owner_order
from delift_core.charts.curves import curve_figure
from delift_core.charts.hover import label_points, point_text
from delift_core.charts.kernels import heatmap_overview
from delift_core.charts.maps import map_figure
from delift_core.charts.palette import DARK, LIGHT, Palette
from delift_core.data.example import Dataset
from delift_core.report.texts import cut_to_share, opening_line
from delift_core.scoring.kernel import Measure, UtilityKernel
from delift_core.selection.outcome import Outcome

HOVER_BYTES, HOVER_MOST = 500_000, 140  # under the pointer: of all examples together, of each
BLOCKS = 200  # a side, of the heatmap
FONT = "system-ui, sans-serif"

FigurePath = list[str | int]  # keys and positions that lead to a value in a figure


@dataclass(frozen=True)
class Chart:
    """A figure as Plotly reads it, and every value that differs in the dark one."""

    name: str
    figure: dict
    dark: list[tuple[FigurePath, object]]

    @property
    def compiles(self) -> bool:
        """Whether Plotly compiles shaders while it draws, which the policy of a page must allow."""
        return any(trace["type"].endswith("gl") for trace in self.figure["data"])


def map_chart(pool: Dataset, points: np.ndarray, outcome: Outcome) -> Chart:
    """The map with the chosen on top; id and opening of an example under the pointer."""
    texts = hover_texts(pool, outcome)
    light, dark = (_report_map(points, outcome, texts, palette) for palette in (LIGHT, DARK))
    return chart("map", light, dark)


def _report_map(
    points: np.ndarray, outcome: Outcome, texts: list[str], palette: Palette
) -> go.Figure:
    """The map in one palette. texts: (pool,) what the pointer shows."""
    figure = map_figure(points, outcome.selection.indices, palette)
    figure.layout.dragmode = "zoom"
    label_points(figure, texts.__getitem__)
    return figure


def hover_texts(pool: Dataset, outcome: Outcome) -> list[str]:
    """(pool,) what the pointer shows of each example."""
    openings = (f"{example.id}\n{opening_line(example.prompt)}" for example in pool)
    ranks = outcome.ranks.tolist()
    texts = cut_to_share(openings, HOVER_BYTES, HOVER_MOST)
    return [labelled(text, rank) for text, rank in zip(texts, ranks, strict=True)]


def labelled(text: str, rank: int) -> str:
    """The id and the line that a cut text holds, with the rank."""
    id, _, line = text.partition("\n")
    return point_text(id, line, rank)


def curve_chart(outcome: Outcome) -> Chart:
    """Coverage example by example, beside random selections."""
    budget = len(outcome.selection)
    light, dark = (
        curve_figure(outcome.curve, outcome.ranks_drawn, budget, palette)
        for palette in (LIGHT, DARK)
    )
    return chart("curve", light, dark)


def kernel_chart(kernel: UtilityKernel, outcome: Outcome) -> Chart:
    """Block means of the utilities, examples with the same owner side by side."""
    values = kernel.measured(Measure(outcome.choice.measure))  # (answered, shown)
    order = owner_order(outcome.objective, outcome.selection.indices, kernel.square)
    blocks = block_means(values, BLOCKS, order)
    limit = robust_limit(values)
    light, dark = (heatmap_overview(*blocks, limit, palette) for palette in (LIGHT, DARK))
    for figure in (light, dark):
        figure.layout.dragmode = False
    return chart("kernel", light, dark)


def chart(name: str, light: go.Figure, dark: go.Figure) -> Chart:
    """A chart of a figure drawn in both palettes."""
    for figure in (light, dark):
        figure.layout.font.family = FONT
    first, second = (json.loads(figure.to_json()) for figure in (light, dark))
    return Chart(name, first, list(differences(first, second)))


def differences(
    light: object, dark: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[FigurePath, object]]:
    """(path, value in the dark one) of everything in which two figures differ."""
    if isinstance(light, dict) and isinstance(dark, dict) and light.keys() == dark.keys():
        for key in light:
            yield from differences(light[key], dark[key], (*path, key))
    elif isinstance(light, list) and isinstance(dark, list) and len(light) == len(dark):
        for position, (first, second) in enumerate(zip(light, dark, strict=True)):
            yield from differences(first, second, (*path, position))
    elif light != dark:
        yield list(path), dark
