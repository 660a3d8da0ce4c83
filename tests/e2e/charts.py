"""Charts under the mouse: where things are on them, drawing around, pointing and clicking."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from tests.e2e.driving import PATIENCE, Locator, Page, expect

CHARTS = {
    "curve": "Coverage against examples",
    "shares": "Shares in the pool",
    "groups": "Mean utility of every group",
    "lines": "Coverage of the pool against what is chosen",
    "small maps": "The pool",
    "map": "Map by",
    "arms": "Loss of every tuned model",
    "pairs": "All pairs",
    "kernel": "Scores: Pool helped by pool",
    "said": "Map by text similarity",
    "helped": "Map by helpfulness",
}


def chart(page: Page, name: str) -> Locator:
    return page.get_by_role("figure", name=re.compile("^" + re.escape(CHARTS[name]))).locator(
        ".js-plotly-plot"
    )


def drawn(page: Page, name: str) -> Locator:
    """Wait until a chart is there and the browser has time for the mouse.

    The browser draws in software here.
    """
    page.wait_for_function(
        """chart => {
            const figure = `[role=figure][aria-label^="${chart}"]`;
            const g = document.querySelector(`${figure} .js-plotly-plot`);
            if (!(g?._fullLayout && g._fullData?.length && g.querySelector(".nsewdrag"))) {
                window.quiet = 0;
                return false;
            }
            const now = performance.now();
            window.quiet = now - (window.last || 0) < 120 ? (window.quiet || 0) + 1 : 0;
            window.last = now;
            return window.quiet > 4;
        }""",
        arg=CHARTS[name],
        timeout=PATIENCE,
    )
    figure = chart(page, name)
    figure.scroll_into_view_if_needed()
    return figure


def charts_drawn(page: Page) -> None:
    """Wait until every chart is there, and the browser is at rest for some frames."""
    page.wait_for_function(
        """() => {
            const charts = [...document.querySelectorAll(".js-plotly-plot")];
            const now = performance.now(), quiet = now - (window.last || 0) < 120;
            const done = charts.every(chart => chart._fullLayout && chart._fullData?.length);
            window.quiet = quiet && done ? (window.quiet || 0) + 1 : 0;
            window.last = now;
            return window.quiet > 9;
        }""",
        timeout=PATIENCE,
    )


def drag(page: Page, name: str, corners: Sequence[tuple[float, float]]) -> None:
    """Draw with the mouse, from corner to corner.

    (0, 0) is a chart's upper left end and (1, 1) its lower right one.
    """
    area = drawn(page, name).locator(".nsewdrag").first.bounding_box()
    corner_points = [
        (area["x"] + 2 + x * (area["width"] - 4), area["y"] + 2 + y * (area["height"] - 4))
        for x, y in corners
    ]
    page.mouse.move(*corner_points[0])
    page.mouse.down()
    for corner_point in corner_points[1:]:
        page.mouse.move(*corner_point, steps=4)
    page.mouse.up()


EVERYTHING = [(0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5), (0, 0)]


def projection_of(
    page: Page, name: str, trace: str | None = None
) -> dict[int, tuple[float, float]]:
    """customdata of every point, of one trace or of all -> where it is on the screen."""
    points = drawn(page, name).evaluate(
        """(g, name) => {
            const box = g.getBoundingClientRect(), {xaxis, yaxis} = g._fullLayout;
            const x = value => box.x + xaxis._offset + xaxis.d2p(value);
            const y = value => box.y + yaxis._offset + yaxis.d2p(value);
            return g._fullData
                .filter(trace => trace.customdata && (name === null || trace.name === name))
                .flatMap(trace => Array.from(trace.customdata, (id, k) =>
                    [id, x(trace.x[k]), y(trace.y[k])]));
        }""",
        trace,
    )
    return {number: (x, y) for number, x, y in points}


def most_apart(among: Iterable[int], positions: Mapping[int, tuple[float, float]]) -> int:
    """The point with the most room around it."""
    return max(
        among,
        key=lambda index: min(
            math.dist(positions[index], position)
            for other, position in positions.items()
            if other != index
        ),
    )


def cell_position(page: Page, name: str, row: int, column: int) -> tuple[float, float]:
    """Where a cell of a heatmap is on the screen."""
    return tuple(
        drawn(page, name).evaluate(
            """(g, [row, column]) => {
                const box = g.getBoundingClientRect(), {xaxis, yaxis} = g._fullLayout;
                const x = box.x + xaxis._offset + xaxis.d2p(column);
                return [x, box.y + yaxis._offset + yaxis.d2p(row)];
            }""",
            [row, column],
        )
    )


def point_at(page: Page, name: str, position: tuple[float, float], label: str | re.Pattern) -> None:
    """Move the mouse onto a mark of a chart and wait until the chart says which it is."""
    page.mouse.move(position[0] - 6, position[1] - 6)
    page.mouse.move(*position, steps=3)
    expect(chart(page, name).locator(".hovertext")).to_have_text(label)


def click_point(
    page: Page, name: str, position: tuple[float, float], label: str | re.Pattern
) -> None:
    """Click a mark of a chart: what a chart takes for clicked is what it last labelled."""
    point_at(page, name, position, label)
    page.mouse.click(*position)
