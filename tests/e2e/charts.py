"""Charts under the mouse: where things are on them, drawing around, pointing and clicking."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from tests.e2e.driving import PATIENCE, Locator, Page, expect

CHARTS = {
    "curve": "Share of the whole pool",
    "map": "Map of",
    "overview": "Overview of the utility kernel",
    "exact": "Exact utilities",
    "kernel": "Utilities: Pool answered, pool shown",
    "said": "Map of what they say",
    "helped": "Map of whom they help",
}


def chart(page: Page, name: str) -> Locator:
    return page.get_by_role("figure", name=re.compile("^" + re.escape(CHARTS[name]))).locator(
        ".js-plotly-plot"
    )


def drawn(page: Page, name: str) -> Locator:
    """Wait until a chart is there and the browser, which draws in software here, has time for the
    mouse.
    """
    page.wait_for_function(
        """chart => { const g = document.querySelector(`[role=figure][aria-label^="${chart}"] .js-plotly-plot`);
        if (!(g && g._fullLayout && g._fullData && g._fullData.length && g.querySelector('.nsewdrag'))) { window.quiet = 0; return false; }
        const now = performance.now(); window.quiet = now - (window.last || 0) < 120 ? (window.quiet || 0) + 1 : 0; window.last = now;
        return window.quiet > 4; }""",
        arg=CHARTS[name],
        timeout=PATIENCE,
    )
    found = chart(page, name)
    found.scroll_into_view_if_needed()
    return found


def drag(page: Page, name: str, corners: Sequence[tuple[float, float]]) -> None:
    """Draw with the mouse, from corner to corner; (0, 0) is a chart's upper left end and (1, 1) its
    lower right one.
    """
    area = drawn(page, name).locator(".nsewdrag").first.bounding_box()
    places = [
        (area["x"] + 2 + x * (area["width"] - 4), area["y"] + 2 + y * (area["height"] - 4))
        for x, y in corners
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


EVERYTHING = [(0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5), (0, 0)]


def projection_of(
    page: Page, name: str, trace: str | None = None
) -> dict[int, tuple[float, float]]:
    """customdata of every point, of one trace or of all -> where it is on the screen."""
    found = drawn(page, name).evaluate(
        """(g, name) => { const box = g.getBoundingClientRect(), {xaxis, yaxis} = g._fullLayout;
        return g._fullData.filter(one => one.customdata && (name === null || one.name === name)).flatMap(one => Array.from(one.customdata, (id, k) =>
            [id, box.x + xaxis._offset + xaxis.d2p(one.x[k]), box.y + yaxis._offset + yaxis.d2p(one.y[k])])); }""",
        trace,
    )
    return {number: (x, y) for number, x, y in found}


def most_apart(among: Iterable[int], places: Mapping[int, tuple[float, float]]) -> int:
    """The point with the most room around it."""
    return max(
        among,
        key=lambda one: min(
            math.dist(places[one], place) for other, place in places.items() if other != one
        ),
    )


def cell_place(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where a cell of the exact heatmap is on the screen."""
    return tuple(
        drawn(page, "exact").evaluate(
            """(g, [row, column]) => { const box = g.getBoundingClientRect(), {xaxis, yaxis} = g._fullLayout;
        return [box.x + xaxis._offset + xaxis.d2p(column), box.y + yaxis._offset + yaxis.d2p(row)]; }""",
            [row, column],
        )
    )


def point_at(page: Page, name: str, place: tuple[float, float], label: str | re.Pattern) -> None:
    """Move the mouse onto a mark of a chart and wait until the chart says which it is."""
    page.mouse.move(place[0] - 6, place[1] - 6)
    page.mouse.move(*place, steps=3)
    expect(chart(page, name).locator(".hovertext")).to_have_text(label)


def click_point(page: Page, name: str, place: tuple[float, float], label: str | re.Pattern) -> None:
    """Click a mark of a chart: what a chart takes for clicked is what it last labelled."""
    point_at(page, name, place, label)
    page.mouse.click(*place)
