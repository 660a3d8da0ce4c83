"""A click on a map opens the example nearest to it, and the open example wears a ring."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from delift_core.charts.lasso import nearest_in_reach
from delift_core.runs.run import Run
from pages.widgets.chart_mouse import Click, chart_mouse

Open = Callable[[str], None]  # opens the example of an id


def map_mouse(
    run: Run, points: Mapping[str, np.ndarray], index: int | None, open_example: Open
) -> None:
    """The mouse on maps by their names; a ring on the example of an index. points: (pool, 2)."""
    rings = {name: place_of(each, index) for name, each in points.items()}
    chart_mouse(rings, partial(open_nearest, run, points, open_example))


def place_of(points: np.ndarray, index: int | None) -> tuple[float, float] | None:
    """The position of an example; None where it has none. points: (pool, 2)."""
    if index is None or not np.isfinite(points[index]).all():
        return None
    x, y = points[index].tolist()
    return x, y


def open_nearest(
    run: Run, points: Mapping[str, np.ndarray], open_example: Open, click: Click
) -> None:
    """Open the example nearest to a click, where one is in reach. points: (pool, 2) each."""
    place, reach = (click.x, click.y), (click.across, click.down)
    index = nearest_in_reach(points[click.chart], place, reach)
    if index is not None:
        open_example(run.pool[index].id)
