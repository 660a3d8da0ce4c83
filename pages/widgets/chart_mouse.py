"""The mouse on the charts of a page: a click reads what is nearest to it, a drag draws."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pages.session import widget_state
from pages.widgets.component import component
from pages.widgets.theme import palette

KEY = "chart mouse"
_mouse = component("chart_mouse", __file__)


@dataclass(frozen=True)
class Click:
    """Where a chart was clicked, in the units of its axes, and how far a click reaches there."""

    chart: str
    x: float
    y: float
    across: float
    down: float


def chart_mouse(
    places: Mapping[str, tuple[float, float] | None], on_click: Callable[[Click], None]
) -> None:
    """Tell of every click, and put a ring on what is open.

    places: (x, y) of the ring on each chart by its name; None where it is nowhere.
    """

    def tell() -> None:
        click = sent_click(widget_state.value(KEY).get("clicked"))
        if click is not None and click.chart in places:
            on_click(click)

    _mouse(key=KEY, data={"places": dict(places), "ink": palette().ink}, on_clicked_change=tell)


def sent_click(sent: object) -> Click | None:
    """A click as chart_mouse.js tells it; None for anything that it would not send."""
    if not isinstance(sent, Mapping) or not isinstance(sent.get("chart"), str):
        return None
    numbers = [sent.get(name) for name in ("x", "y", "across", "down")]
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in numbers):
        return None
    click = Click(sent["chart"], *numbers)
    return click if click.across > 0 and click.down > 0 else None
