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
from benchmarks.serving import Server, mapped, serving
from benchmarks.visitor import Rerun, Visitor, drawn, moved, visiting
from delift_core.runs.projections import read_projection
from delift_core.runs.run import Run

TIMES = 7
# seconds from letting go of the slider to chart and table
SLIDER_LIMITS = {2_000: 0.3, 10_000: 1.0}
IDLE_LIMIT = 5_000  # bytes


def cold_start() -> Iterator[Row | Check]:
    """From starting the process to the demo's subset page, the demo being unpacked into an empty
    workspace on the way.
    """
    before, answers, worked, totals = load(), [], [], []
    for _ in range(TIMES):
        with (
            tempfile.TemporaryDirectory() as folder,
            serving(Path(folder)) as server,
            visiting(server.port, "subset", "run=demo") as visitor,
        ):
            answers.append(server.seconds)
            totals.append(visitor.rerun().ended - server.began)
            visitor.find("dataframe", "table of chosen")
            worked.append(sum(psutil.Process(server.pid).cpu_times()[:2]))
            libraries = mapped(server.pid)
    beside = (
        f"{np.median(answers):.2f} s until it answers; {np.median(worked):.2f} s of processor time"
        " in all"
    )
    yield Row("cold start: process to the demo's subset page", totals, SECONDS, 3.0, beside, before)
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


def subset(server: Server, run: Run, empty: list[Rerun], anew: int) -> Iterator[Row]:
    """The budget slider of a pool: the first time, then warm; the greedy order worked out `anew`
    times with the kernel at hand.
    """
    size, before = len(run.pool), load()
    with visiting(server.port, "subset", f"run={run.id}") as visitor:
        first = visitor.rerun()
        yield Row(
            f"subset page of {size:,}, first time: kernel read, order worked out",
            [first.seconds],
            SECONDS,
            load=before,
        )
        before, slid = load(), [slide(visitor, 31 + place) for place in range(TIMES)]
        idle = [visitor.rerun() for _ in range(TIMES)]
    beside = ratio(slid, empty)
    yield Row(
        f"budget slider to chart and table, {size:,}",
        [rerun.seconds for rerun in slid],
        MILLISECONDS,
        SLIDER_LIMITS[size],
        beside,
        before,
    )
    yield Row(
        f"budget slider, {size:,}: sent", [rerun.sent for rerun in slid], KILOBYTES, load=before
    )
    yield nothing_new(f"subset page of {size:,}", idle, empty, before)
    before, ordered = load(), []
    for place in range(anew):  # facility location has no eta, but another eta is another request
        with visiting(server.port, "subset", f"run={run.id}&eta={2 + place}") as visitor:
            ordered.append(visitor.rerun().seconds)
    yield Row(f"another choice of {size:,}: order worked out anew", ordered, SECONDS, load=before)


def slide(visitor: Visitor, percent: int) -> Rerun:
    """Let the budget slider go somewhere else; both the chart and the rows must have been drawn."""
    told = visitor.find("slider", "budget in fraction")
    rerun = visitor.rerun(moved(told, percent))
    visitor.find("dataframe", "table of chosen")
    visitor.find("markdown", f"({percent}%)")
    return rerun


def nothing_new(what: str, idle: list[Rerun], empty: list[Rerun], before: float) -> Row:
    """What a rerun sends that changes nothing."""
    beside = (
        f"{idle[-1].messages} messages; an empty page {KILOBYTES(empty[-1].sent)} in"
        f" {empty[-1].messages}"
    )
    return Row(
        f"rerun that changes nothing, {what}: sent",
        [rerun.sent for rerun in idle],
        KILOBYTES,
        IDLE_LIMIT,
        beside,
        before,
    )


def ratio(reruns: list[Rerun], empty: list[Rerun]) -> str:
    """How much longer than a page that does nothing."""
    own, least = (float(np.median([rerun.seconds for rerun in these])) for these in (reruns, empty))
    return f"an empty page takes {MILLISECONDS(least)}: {own / least:.0f} times as long"


def map_page(server: Server, run: Run, empty: list[Rerun]) -> Iterator[Row | Check]:
    """The map of a pool: what it sends, what a lasso takes, and whether the chosen are on it."""
    size, before = len(run.pool), load()
    with visiting(server.port, "map", f"run={run.id}") as visitor:
        sizes = [visitor.rerun().sizes["plotly_chart:map embedding"]]
        ids = ids_of(json.loads(visitor.find("plotly_chart", "map").spec))
        idle = [visitor.rerun() for _ in range(TIMES)]
        enclosed = [enclose(visitor, 4 + place / 10) for place in range(TIMES)]
    places = read_projection(run)
    yield Row(f"map of {size:,}: the chart", sizes, KILOBYTES, 300_000, as_lists(places), before)
    yield Row(
        f"lasso on {size:,} to the table",
        [rerun.seconds for rerun in enclosed],
        MILLISECONDS,
        1.0,
        ratio(enclosed, empty),
        before,
    )
    yield nothing_new(f"map of {size:,}", idle, empty, before)
    told = int(
        re.search(r"([\d,]+) rows \(", visitor.find("markdown", "**Objective**").body)[1].replace(
            ",", ""
        )
    )
    right = (
        np.array_equal(np.sort(np.concatenate(list(ids.values()))), np.arange(size))
        and len(ids["diamond"]) == told
    )
    yield Check(
        f"the map of {size:,} draws every example once and all {told:,} chosen as diamonds",
        right,
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
    rerun = visitor.rerun(drawn(visitor.find("plotly_chart", "map"), lasso=[square]))
    visitor.find("dataframe", "table of enclosed")
    return rerun


def as_lists(places: np.ndarray) -> str:
    """What the same points would be without typed arrays or a picture."""
    figure = px.scatter(
        x=places[:, 0].tolist(), y=places[:, 1].tolist(), custom_data=[list(range(len(places)))]
    )
    return f"plain lists in px.scatter: {KILOBYTES(len(figure.to_json()))}"


def ids_of(figure: dict) -> dict[str, np.ndarray]:
    """The indices that the marks of a map carry, decoded from what the browser gets, by the marks'
    shape.
    """
    found = {shape: [np.empty(0, np.int32)] for shape in ("circle", "diamond")}
    for trace in figure["data"]:
        if "customdata" in trace:
            found[trace["marker"].get("symbol", "circle")].append(decoded(trace["customdata"]))
    return {shape: np.concatenate(parts) for shape, parts in found.items()}


def decoded(array: dict) -> np.ndarray:
    """An array of a figure from its typed bytes."""
    return np.frombuffer(base64.b64decode(array["bdata"]), np.dtype(array["dtype"]))


def heatmap_page(server: Server, run: Run, empty: list[Rerun]) -> Iterator[Row]:
    """The heatmap of a pool: both charts, and a box on the first to the second."""
    size, before = len(run.pool), load()
    with visiting(server.port, "heatmap", f"run={run.id}") as visitor:
        first = visitor.rerun()
        idle = [visitor.rerun() for _ in range(TIMES)]
        boxes = [box(visitor, size // 3 + place) for place in range(TIMES)]
    what = f"heatmap page of {size:,}, first time: kernel read, order worked out, blocks averaged"
    yield Row(what, [first.seconds], SECONDS, load=before)
    full = f"the kernel itself: {size * size * 4 / 1e6:,.0f} MB"
    yield Row(
        f"heatmap of {size:,}: the overview",
        [first.sizes["plotly_chart:overview"]],
        KILOBYTES,
        1_000_000,
        full,
        before,
    )
    yield Row(
        "heatmap: the exact part",
        [rerun.sizes["plotly_chart:exact"] for rerun in boxes],
        KILOBYTES,
        1_000_000,
        load=before,
    )
    yield Row(
        "box on the overview to the exact part",
        [rerun.seconds for rerun in boxes],
        MILLISECONDS,
        1.0,
        ratio(boxes, empty),
        before,
    )
    yield nothing_new(f"heatmap of {size:,}", idle, empty, before)


def box(visitor: Visitor, corner: int) -> Rerun:
    """Draw a box of a hundred and fifty pairs a side."""
    sides = {"xref": "x", "yref": "y", "x": [corner, corner + 149.4], "y": [corner, corner + 149.4]}
    rerun = visitor.rerun(drawn(visitor.find("plotly_chart", "overview"), box=[sides]))
    visitor.find("markdown", f"rows {corner + 1:,} to {corner + 150:,}")
    return rerun
