"""What the pages take and send, measured at a real server from the other end of its socket."""

import base64
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import plotly.express as px
import psutil

from benchmarks.rows import KILOBYTES, MILLISECONDS, SECONDS, Check, Row, load
from benchmarks.serving import Server, heavy_libraries, serving
from benchmarks.visitor import Rerun, Visitor, drawn_on, moved, visiting
from delift_core.runs.projections import read_projection
from delift_core.runs.run import Run

TIMES = 7
# seconds from letting go of the slider to chart and table
SLIDER_LIMITS = {2_000: 0.3, 10_000: 1.0}
IDLE_LIMIT = 5_000  # bytes


def cold_start() -> Iterator[Row | Check]:
    """From starting the process to the demo's overview, in a workspace without the demo."""
    load_before = load()
    answers: list[float] = []
    processor_times: list[float] = []
    totals: list[float] = []
    sent: list[float] = []
    for _ in range(TIMES):
        with (
            tempfile.TemporaryDirectory() as folder,
            serving(Path(folder)) as server,
            visiting(server.port, "overview", "run=demo&objective=flqmi") as visitor,
        ):
            answers.append(server.seconds)
            rerun = visitor.rerun()
            totals.append(rerun.ended - server.start)
            sent.append(rerun.sent)
            visitor.find("plotly_chart", "Mean utility of every group")
            processor_times.append(sum(psutil.Process(server.pid).cpu_times()[:2]))
            libraries = heavy_libraries(server.pid)
    comparison = (
        f"{np.median(answers):.2f} s until it answers; {np.median(processor_times):.2f} s of"
        " processor time in all"
    )
    name = "cold start: process to the demo's overview"
    yield Row(name, totals, SECONDS, 3.0, comparison, load_before)
    yield Row("overview of the demo: sent", sent, KILOBYTES, 500_000, load=load_before)
    yield Check(
        "opening the demo loads no torch, UMAP or Ray",
        not libraries,
        f"of them in the server's memory: {', '.join(libraries) or 'none'}",
    )


def empty_page(workspace: Path) -> list[Rerun]:
    """Reruns of a page that does nothing, at a server of its own."""
    with (
        serving(workspace, "benchmarks/empty.py") as server,
        visiting(server.port, "", "") as visitor,
    ):
        visitor.rerun()
        return [visitor.rerun() for _ in range(TIMES)]


def overview_page(server: Server, run: Run) -> Iterator[Row]:
    """The overview of a pool: the first time, then for other people."""
    size, load_before, query = len(run.pool), load(), f"run={run.id}&objective=facility_location"
    reruns = []
    for _ in range(TIMES + 1):
        with visiting(server.port, "overview", query) as visitor:
            reruns.append(visitor.rerun())
            visitor.find("plotly_chart", "map of the overview")
    name = f"overview of {size:,}"
    yield Row(f"{name}, first time", [reruns[0].seconds], SECONDS, load=load_before)
    yield Row(name, [rerun.seconds for rerun in reruns[1:]], SECONDS, 1.0, load=load_before)
    yield Row(f"{name}: sent", [rerun.sent for rerun in reruns[1:]], KILOBYTES, load=load_before)


def subset_page(server: Server, run: Run, empty: list[Rerun], orders: int) -> Iterator[Row]:
    """The budget slider of a pool: the first time, then warm.

    orders: how often the greedy order is worked out anew, the kernel being cached.
    """
    size, load_before = len(run.pool), load()
    with visiting(server.port, "subset", f"run={run.id}") as visitor:
        first = visitor.rerun()
        yield Row(
            f"subset page of {size:,}, first time: kernel read, order worked out",
            [first.seconds],
            SECONDS,
            load=load_before,
        )
        load_before = load()
        slides = [slide(visitor, 31 + step) for step in range(TIMES)]
        idle = [visitor.rerun() for _ in range(TIMES)]
    yield Row(
        f"budget slider to chart and table, {size:,}",
        [rerun.seconds for rerun in slides],
        MILLISECONDS,
        SLIDER_LIMITS[size],
        ratio(slides, empty),
        load_before,
    )
    sent = [rerun.sent for rerun in slides]
    yield Row(f"budget slider, {size:,}: sent", sent, KILOBYTES, load=load_before)
    yield idle_row(f"subset page of {size:,}", idle, empty, load_before)
    load_before = load()
    seconds = []
    for number in range(orders):  # facility location has no eta, but another eta is another request
        with visiting(server.port, "subset", f"run={run.id}&eta={2 + number}") as visitor:
            seconds.append(visitor.rerun().seconds)
    name = f"another choice of {size:,}: order worked out anew"
    yield Row(name, seconds, SECONDS, load=load_before)


def slide(visitor: Visitor, percent: int) -> Rerun:
    """Move the budget slider; both the chart and the rows must have been drawn."""
    slider = visitor.find("slider", "budget in fraction")
    rerun = visitor.rerun(moved(slider, percent))
    visitor.find("dataframe", "table of chosen")
    visitor.find("markdown", f"({percent}%)")
    return rerun


def idle_row(page: str, idle: list[Rerun], empty: list[Rerun], load_before: float) -> Row:
    """What a rerun sends that changes nothing."""
    comparison = (
        f"{idle[-1].messages} messages; an empty page {KILOBYTES(empty[-1].sent)} in"
        f" {empty[-1].messages}"
    )
    return Row(
        f"rerun that changes nothing, {page}: sent",
        [rerun.sent for rerun in idle],
        KILOBYTES,
        IDLE_LIMIT,
        comparison,
        load_before,
    )


def ratio(reruns: list[Rerun], empty: list[Rerun]) -> str:
    """How much longer than a page that does nothing."""
    own = float(np.median([rerun.seconds for rerun in reruns]))
    least = float(np.median([rerun.seconds for rerun in empty]))
    return f"an empty page takes {MILLISECONDS(least)}: {own / least:.0f} times as long"


def map_page(server: Server, run: Run, empty: list[Rerun]) -> Iterator[Row | Check]:
    """The map of a pool: what it sends, what a lasso takes, and whether the chosen are on it."""
    size, load_before = len(run.pool), load()
    with visiting(server.port, "map", f"run={run.id}") as visitor:
        sizes = [visitor.rerun().sizes["plotly_chart:map embedding"]]
        ids = ids_of(json.loads(visitor.find("plotly_chart", "map").spec))
        idle = [visitor.rerun() for _ in range(TIMES)]
        enclosed = [enclose(visitor, 4 + step / 10) for step in range(TIMES)]
        objective = visitor.find("markdown", "**Objective**").body
    lists = as_lists(read_projection(run))
    yield Row(f"map of {size:,}: the chart", sizes, KILOBYTES, 300_000, lists, load_before)
    yield Row(
        f"lasso on {size:,} to the table",
        [rerun.seconds for rerun in enclosed],
        MILLISECONDS,
        1.0,
        ratio(enclosed, empty),
        load_before,
    )
    yield idle_row(f"map of {size:,}", idle, empty, load_before)
    chosen = int(re.search(r"([\d,]+) rows \(", objective)[1].replace(",", ""))
    drawn = np.sort(np.concatenate(list(ids.values())))  # (drawn,)
    yield Check(
        f"the map of {size:,} draws every example once and all {chosen:,} chosen as diamonds",
        np.array_equal(drawn, np.arange(size)) and len(ids["diamond"]) == chosen,
        f"{len(ids['diamond']):,} diamonds, {len(ids['circle']):,} circles",
    )


def enclose(visitor: Visitor, half: float) -> Rerun:
    """Draw a square lasso around the middle of the map; the table must list what it holds."""
    square = {
        "xref": "x",
        "yref": "y",
        "x": [-half, half, half, -half],
        "y": [-half, -half, half, half],
    }
    rerun = visitor.rerun(drawn_on(visitor.find("plotly_chart", "map"), lasso=[square]))
    visitor.find("dataframe", "table of map selection")
    return rerun


def as_lists(points: np.ndarray) -> str:
    """What the same points would be without typed arrays or a picture."""
    figure = px.scatter(
        x=points[:, 0].tolist(), y=points[:, 1].tolist(), custom_data=[list(range(len(points)))]
    )
    return f"plain lists in px.scatter: {KILOBYTES(len(figure.to_json()))}"


def ids_of(figure: dict) -> dict[str, np.ndarray]:
    """Shape of a mark -> the indices that its marks carry, decoded from what the browser gets."""
    arrays = {shape: [np.empty(0, np.int32)] for shape in ("circle", "diamond")}
    for trace in figure["data"]:
        if "customdata" in trace:
            arrays[trace["marker"].get("symbol", "circle")].append(decoded(trace["customdata"]))
    return {shape: np.concatenate(parts) for shape, parts in arrays.items()}


def decoded(array: dict) -> np.ndarray:
    """An array of a figure from its typed bytes."""
    return np.frombuffer(base64.b64decode(array["bdata"]), np.dtype(array["dtype"]))


def heatmap_page(server: Server, run: Run, empty: list[Rerun]) -> Iterator[Row]:
    """The heatmap of a pool: both charts, and a box on the first to the second."""
    size, load_before = len(run.pool), load()
    with visiting(server.port, "heatmap", f"run={run.id}") as visitor:
        first = visitor.rerun()
        idle = [visitor.rerun() for _ in range(TIMES)]
        boxes = [box(visitor, size // 3 + step) for step in range(TIMES)]
    name = f"heatmap page of {size:,}, first time: kernel read, order worked out, blocks averaged"
    yield Row(name, [first.seconds], SECONDS, load=load_before)
    full = f"the kernel itself: {size * size * 4 / 1e6:,.0f} MB"
    yield Row(
        f"heatmap of {size:,}: the overview",
        [first.sizes["plotly_chart:overview"]],
        KILOBYTES,
        1_000_000,
        full,
        load_before,
    )
    yield Row(
        "heatmap: the exact part",
        [rerun.sizes["plotly_chart:exact"] for rerun in boxes],
        KILOBYTES,
        1_000_000,
        load=load_before,
    )
    yield Row(
        "box on the overview to the exact part",
        [rerun.seconds for rerun in boxes],
        MILLISECONDS,
        1.0,
        ratio(boxes, empty),
        load_before,
    )
    yield idle_row(f"heatmap of {size:,}", idle, empty, load_before)


def box(visitor: Visitor, corner: int) -> Rerun:
    """Draw a box of a hundred and fifty pairs a side."""
    sides = {"xref": "x", "yref": "y", "x": [corner, corner + 149.4], "y": [corner, corner + 149.4]}
    rerun = visitor.rerun(drawn_on(visitor.find("plotly_chart", "overview"), box=[sides]))
    visitor.find("markdown", f"rows {corner + 1:,} to {corner + 150:,}")
    return rerun
