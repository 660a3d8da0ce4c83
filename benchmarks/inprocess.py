"""What needs no page: the map of a pool too large to have a kernel here, and the end of a job in
the middle of a tile.
"""

import base64
import io
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from benchmarks.pages import TIMES, as_lists, ids_of
from benchmarks.rows import KILOBYTES, MILLISECONDS, SECONDS, Check, Row, load
from benchmarks.serving import mapped
from benchmarks.synthetic_runs import TOPICS, made_places, made_run
from delift_core.charts.lasso import indices_in
from delift_core.charts.maps import map_figure
from delift_core.charts.palette import LIGHT
from delift_core.charts.raster import frame_of, pixels, rgb
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest, score_folder
from delift_core.jobs.status import State, Status

# of the large map, of it chosen, of a lasso
POINTS, CHOSEN, CORNERS = 100_000, (2_000, 30_000), 200
EXAMPLES = 64  # tiles of 256 pairs, half a minute or more each for the bundled model
PATIENCE = 120.0  # seconds until a worker scores

T = TypeVar("T")


def large_map() -> Iterator[Row | Check]:
    """A hundred thousand places: figure, bytes, lasso; few enough chosen for diamonds, and more
    than that.
    """
    rng, before = np.random.default_rng(0), load()
    topic = rng.integers(TOPICS, size=POINTS)  # (points,)
    points = made_places(topic, rng)  # (points, 2)
    for count in CHOSEN:
        chosen = rng.choice(POINTS, count, replace=False)  # (chosen,)
        seconds, text = zip(
            *(timed(partial(large_figure, points, chosen)) for _ in range(TIMES)), strict=True
        )
        what = f"map of {POINTS:,}, {count:,} chosen"
        yield Row(
            f"{what}: the chart", [len(text[0])], KILOBYTES, beside=as_lists(points), load=before
        )
        yield Row(f"{what}: figure and its JSON", seconds, MILLISECONDS, load=before)
        yield every_chosen_drawn(what, json.loads(text[0]), points, chosen)
    angles = np.linspace(0, 2 * np.pi, CORNERS)
    lasso = {"lasso": [{"x": (6 * np.cos(angles)).tolist(), "y": (6 * np.sin(angles)).tolist()}]}
    seconds, found = zip(
        *(timed(partial(indices_in, lasso, points)) for _ in range(TIMES)), strict=True
    )
    yield Row(
        f"lasso of {CORNERS} corners on {POINTS:,}: which are inside",
        seconds,
        MILLISECONDS,
        1.0,
        f"{len(found[0]):,} are",
        before,
    )


def large_figure(points: np.ndarray, chosen: np.ndarray) -> str:
    """The map as it is sent."""
    return map_figure(points, chosen, LIGHT).to_json()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """(seconds, what came of it)"""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def every_chosen_drawn(what: str, figure: dict, points: np.ndarray, chosen: np.ndarray) -> Check:
    """Decode the picture that the browser gets: where a chosen example stands, it shows the colour
    of the chosen.
    """
    encoded = figure["layout"]["images"][0]["source"].partition(",")[2]
    # (pixels, 4)
    picture = np.array(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")).reshape(
        -1, 4
    )
    # (chosen,)
    seen = (picture[pixels(points[chosen], frame_of(points))] == [*rgb(LIGHT.chosen), 255]).all(
        axis=1
    )
    diamonds = ids_of(figure)["diamond"]
    right = seen.all() and (not len(diamonds) or np.array_equal(np.sort(diamonds), np.sort(chosen)))
    return Check(
        f"{what}: every chosen example is drawn",
        bool(right),
        f"{seen.sum():,} in the picture, {len(diamonds):,} diamonds",
    )


def cancel(workspace: Path) -> Iterator[Row | Check]:
    """A worker that scores with the bundled model, cancelled within its first tile."""
    run, before = made_run(workspace, EXAMPLES, scored=False), load()
    folder, tile, seconds, ends = (
        score_folder(run.folder),
        run.tiles("pool_pool")[0],
        [],
        set(),
    )
    for _ in range(TIMES):
        jobs.start(ScoreRequest(str(run.folder), ["pool_pool"], str(workspace), "cpu"))
        try:
            status = within_a_tile(folder)
            libraries, left = mapped(status.pid), (tile.pairs - status.done) / status.rate
        finally:
            took, status = timed(partial(jobs.cancel, folder))
        seconds.append(took)
        ends.add(status.state)
    stored = len(run.tiles("pool_pool")) - len(run.missing("pool_pool"))
    yield Row(
        f"cancel within a tile of {tile.pairs} pairs",
        seconds,
        SECONDS,
        2.0,
        f"the tile would have gone on for {left:.0f} s",
        before,
    )
    yield Check(
        "cancelled means cancelled, and no half tile is stored",
        ends == {State.CANCELLED} and not stored,
        f"{stored} tiles",
    )
    yield Check(
        "torch is seen where it is loaded: in that worker",
        "torch" in libraries,
        ", ".join(libraries),
    )


def within_a_tile(folder: Path) -> Status:
    """Wait until some pairs of the worker's first tile are done."""
    end = time.monotonic() + PATIENCE
    while not ((status := jobs.status(folder)).doing.startswith("scoring") and status.rate):
        if time.monotonic() > end or not status.active:
            raise TimeoutError(f"{folder}: the worker does not come to score; its log.txt says why")
        time.sleep(0.1)
    return status
