"""Without a page: the map of a hundred thousand examples, and a job cancelled within a tile."""

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
from benchmarks.serving import heavy_libraries
from benchmarks.synthetic_runs import TOPICS, synthetic_points, synthetic_run
from delift_core.charts.lasso import indices_in
from delift_core.charts.maps import map_figure
from delift_core.charts.palette import LIGHT
from delift_core.charts.raster import frame_of, pixels, rgb
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest, score_folder
from delift_core.jobs.status import State, Status

POINTS = 100_000  # of the large map
CHOSEN = (2_000, 30_000)  # of its points: few enough for diamonds, and more than that
CORNERS = 200  # of a lasso
EXAMPLES = 64  # tiles of 256 pairs, half a minute or more each for the bundled model
PATIENCE = 120.0  # seconds until a worker scores

Result = TypeVar("Result")


def large_map() -> Iterator[Row | Check]:
    """The figure, its bytes and a lasso on it."""
    load_before = load()
    rng = np.random.default_rng(0)
    topic = rng.integers(TOPICS, size=POINTS)  # (points,)
    points = synthetic_points(topic, rng)  # (points, 2)
    for count in CHOSEN:
        chosen = rng.choice(POINTS, count, replace=False)  # (chosen,)
        draws = [timed(partial(large_figure, points, chosen)) for _ in range(TIMES)]
        seconds = [duration for duration, _ in draws]
        text = draws[0][1]
        name = f"map of {POINTS:,}, {count:,} chosen"
        yield Row(
            f"{name}: the chart",
            [len(text)],
            KILOBYTES,
            comparison=as_lists(points),
            load=load_before,
        )
        yield Row(f"{name}: figure and its JSON", seconds, MILLISECONDS, load=load_before)
        yield every_chosen_drawn(name, json.loads(text), points, chosen)
    angles = np.linspace(0, 2 * np.pi, CORNERS)
    lasso = {"lasso": [{"x": (6 * np.cos(angles)).tolist(), "y": (6 * np.sin(angles)).tolist()}]}
    lassos = [timed(partial(indices_in, lasso, points)) for _ in range(TIMES)]
    yield Row(
        f"lasso of {CORNERS} corners on {POINTS:,}: which are inside",
        [duration for duration, _ in lassos],
        MILLISECONDS,
        1.0,
        f"{len(lassos[0][1]):,} are",
        load_before,
    )


def large_figure(points: np.ndarray, chosen: np.ndarray) -> str:
    """The map as it is sent."""
    return map_figure(points, chosen, LIGHT).to_json()


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds that a call takes, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def every_chosen_drawn(name: str, figure: dict, points: np.ndarray, chosen: np.ndarray) -> Check:
    """Whether the decoded picture has the colour of the chosen at every chosen example."""
    encoded = figure["layout"]["images"][0]["source"].partition(",")[2]
    image = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")
    picture = np.array(image).reshape(-1, 4)  # (pixels, 4)
    colours = picture[pixels(points[chosen], frame_of(points))]  # (chosen, 4)
    seen = (colours == [*rgb(LIGHT.chosen), 255]).all(axis=1)  # (chosen,)
    diamonds = ids_of(figure)["diamond"]
    right = seen.all() and (not len(diamonds) or np.array_equal(np.sort(diamonds), np.sort(chosen)))
    return Check(
        f"{name}: every chosen example is drawn",
        bool(right),
        f"{seen.sum():,} in the picture, {len(diamonds):,} diamonds",
    )


def cancel(workspace: Path) -> Iterator[Row | Check]:
    """A worker that scores with the bundled model, cancelled within its first tile."""
    run, load_before = synthetic_run(workspace, EXAMPLES, scored=False), load()
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
            libraries = heavy_libraries(status.pid)
            remaining = (tile.pairs - status.done) / status.rate
        finally:
            duration, status = timed(partial(jobs.cancel, folder))
        seconds.append(duration)
        ends.add(status.state)
    stored = len(run.tiles("pool_pool")) - len(run.missing("pool_pool"))
    yield Row(
        f"cancel within a tile of {tile.pairs} pairs",
        seconds,
        SECONDS,
        2.0,
        f"the tile would have gone on for {remaining:.0f} s",
        load_before,
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
