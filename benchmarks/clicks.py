"""What a click on the demo takes: at the server alone, and in Chromium until its result is seen.

python -m benchmarks.clicks, or make bench.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import DRAWN, SETTLED, chromium
from benchmarks.large_acts import ACTS
from benchmarks.rows import MILLISECONDS, Row, load, write_report
from benchmarks.serving import Server, serving
from benchmarks.visitor import visiting

Act = Callable[[Page, int], None]  # what is done, at which turn
REPORT = Path(__file__).with_name("CLICKS.md")
TIMES = 7
SERVER_LIMIT, SIGHT_LIMIT = 0.3, 1.0  # seconds
QUERY = "run=demo&objective=facility_location"
CLICKS: Mapping[str, tuple[str, ...]] = {
    "map": ("click on a point", "lasso"),
    "heatmap": ("cell of the groups",),
    "subset": ("row of the table",),
}
AREA = ".js-plotly-plot .nsewdrag"
TITLE = "[data-testid=stMain] h4"  # of the open example or pair
LISTED = "[role=region][aria-label='Examples: map selection']"
TABLE = "[role=region][aria-label='Examples: chosen'] canvas"
TEXT = "selector => document.querySelector(selector)?.innerText"
IN_SIGHT = """([selector, before]) => {
    const element = document.querySelector(selector);
    if (!element || element.innerText === before) return false;
    const {top, bottom} = element.getBoundingClientRect();
    return top >= 0 && top < innerHeight && bottom <= innerHeight;
}"""
PLACE = """([turn]) => {
    const map = document.querySelector(".js-plotly-plot");
    const {xaxis, yaxis} = map._fullLayout, box = map.getBoundingClientRect();
    const drawn = map._fullData.find(trace => trace.customdata && trace.x.length > turn);
    const x = xaxis.d2p(drawn.x[turn]), y = yaxis.d2p(drawn.y[turn]);
    return [box.x + xaxis._offset + x, box.y + yaxis._offset + y];
}"""
CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
ROW = 35  # pixels of a row of a table


def at_the_server(server: Server) -> Iterator[Row]:
    """From the click on the socket to the end of the page's script."""
    for page, names in CLICKS.items():
        acts = {act.name: act for act in ACTS[page]}
        with visiting(server.port, page, QUERY) as visitor:
            visitor.rerun()
            for name in names:
                before, act = load(), acts[name]
                reruns = [visitor.rerun(act.change(visitor, turn)) for turn in range(TIMES)]
                seconds = [rerun.seconds for rerun in reruns]
                title = f"{page} of the demo: {name}, server"
                yield Row(title, seconds, MILLISECONDS, SERVER_LIMIT, load=before)


def in_sight(server: Server) -> Iterator[Row]:
    """From letting go of the mouse to the result within the window of 1440 x 900."""
    with chromium() as page:
        if page is None:
            return
        for name, (path, act, result) in SEEN.items():
            before = load()
            seconds = [seen(page, server, path, act, result, turn) for turn in range(TIMES)]
            title = f"{path} of the demo: {name}, Chromium"
            note = "the browser draws on the same cores"
            yield Row(title, seconds, MILLISECONDS, SIGHT_LIMIT, note, before)


def seen(page: Page, server: Server, path: str, act: Act, result: str, turn: int) -> float:
    """Seconds until the result of one act is in sight."""
    page.goto(f"http://127.0.0.1:{server.port}/{path}?{QUERY}")
    page.wait_for_selector(AREA)
    page.wait_for_selector(SETTLED)
    page.wait_for_timeout(DRAWN)
    text = page.evaluate(TEXT, result)
    act(page, turn)
    start = time.perf_counter()
    page.wait_for_function(IN_SIGHT, arg=[result, text], polling="raf")
    return time.perf_counter() - start


# what is done, up to letting go of the mouse


def click_point(page: Page, turn: int) -> None:
    """Another example of the map at every turn."""
    page.mouse.click(*page.evaluate(PLACE, [turn]))


def draw_around(page: Page, turn: int) -> None:
    """A lasso around the whole map, from another corner at every turn."""
    box = page.locator(AREA).first.bounding_box()
    corners = [CORNERS[(turn + step) % 4] for step in range(5)]
    points = [
        (box["x"] + 2 + x * (box["width"] - 4), box["y"] + 2 + y * (box["height"] - 4))
        for x, y in corners
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def click_group(page: Page, turn: int) -> None:
    """Another cell of the groups at every turn."""
    box = page.locator(AREA).first.bounding_box()
    x, y = (turn + 0.5) / 8, 0.5 / 8
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def click_row(page: Page, turn: int) -> None:
    """Another row of the table of what is chosen at every turn."""
    table = page.locator(TABLE).first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + ROW * (2 + turn % 3) + ROW / 2)


SEEN: Mapping[str, tuple[str, Act, str]] = {
    "click on a point": ("map", click_point, TITLE),
    "lasso from a corner": ("map", draw_around, LISTED),
    "cell of the groups": ("heatmap", click_group, TITLE),
    "row of the table": ("subset", click_row, TITLE),
}


def main() -> None:
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="delift-bench-") as folder,
        serving(Path(folder)) as server,
    ):
        for row in chain(at_the_server(server), in_sight(server)):
            print(row, flush=True)
            rows.append(row)
    write_report(rows, REPORT, "Clicks on the demo, measured")


if __name__ == "__main__":
    main()
