"""A click on a map reads the example nearest to it, and the open example wears a ring."""

from collections.abc import Mapping

import numpy as np

from delift_core.charts.lasso import nearest_in_reach
from delift_core.runs.run import Run
from pages.session import address, current
from pages.widgets.chart_mouse import Click

Place = tuple[float, float]


def ring_places(run: Run, points: Mapping[str, np.ndarray]) -> dict[str, Place | None]:
    """Where the open example is on each map; None where it is nowhere. points: (pool, 2) each."""
    index = current.example(run)
    return {name: place_of(each, index) for name, each in points.items()}


def place_of(points: np.ndarray, index: int | None) -> Place | None:
    """The position of an example. points: (pool, 2)."""
    if index is None or not np.isfinite(points[index]).all():
        return None
    x, y = points[index].tolist()
    return x, y


def read_click(run: Run, points: Mapping[str, np.ndarray], click: Click) -> None:
    """Open the example nearest to a click, where one is in reach. points: (pool, 2) each."""
    place, reach = (click.x, click.y), (click.across, click.down)
    index = nearest_in_reach(points[click.chart], place, reach)
    if index is not None:
        address.put(example=run.pool[index].id)
