"""What all figures share: transparent layout, axes, colour scales, and escaped text."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from delift_core.charts.palette import Palette
from delift_core.units import percent

LABEL_LENGTH = 18  # characters
FONT = "Source Sans, sans-serif"
FAR = 1.5  # widths of all values beyond which another one is far away
STEPS = (0.2, 0.1, 0.05, 0.02, 0.01)  # between the marks of an axis of shares
MARGIN = 0.06  # of the width of an axis, at either end
CLEAR = "rgba(0,0,0,0)"


def base_layout(palette: Palette, revision: str, **settings) -> go.Layout:
    """A transparent layout with text in the ink of the palette.

    revision: the viewer's zoom outlives a new drawing of the same revision.
    """
    return go.Layout(
        template="none",
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font={"color": palette.ink, "size": 13, "family": FONT},
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        uirevision=revision,
        modebar={"bgcolor": CLEAR, "color": palette.pool, "activecolor": palette.ink},
        **settings,
    )


def axis(palette: Palette, title: str, **settings) -> dict:
    """An axis that neither zooms nor marks zero."""
    return {
        "title": {"text": title, "standoff": 8},
        "gridcolor": palette.rule,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        **settings,
    }


def share_axis(palette: Palette, title: str, highest: float = 1.0, **settings) -> dict:
    """An axis of shares from 0 on, marked in steps of 20 %, of less where it ends before 40 %.

    highest: share that is drawn.
    """
    step = next((step for step in STEPS if 2 * step <= highest), STEPS[-1])
    marks = [round(step * mark, 2) for mark in range(int(highest / step + 1e-9) + 1)]
    return axis(palette, title, tickvals=marks, ticktext=list(map(percent, marks)), **settings)


def even_scale(colours: Sequence[str]) -> list[list]:
    """A Plotly colour scale through these colours at even steps from 0 to 1."""
    return [[step / (len(colours) - 1), colour] for step, colour in enumerate(colours)]


def ends_around(values: np.ndarray, other: float) -> tuple[float, float]:
    """The ends of an axis of all values, and of another one where that is not far away."""
    low, high = float(values.min()), float(values.max())
    reach = FAR * (high - low)
    if low - reach <= other <= high + reach:
        low, high = min(low, other), max(high, other)
    margin = MARGIN * (high - low) or MARGIN
    return low - margin, high + margin


def escaped(text: str) -> str:
    """A text of the data, shown character by character.

    Plotly reads markup in a text and, where a figure has meta, %{names} of that.
    """
    return escape(text, quote=False).replace("%{", "&#37;{")


def short_label(text: str, most: int = LABEL_LENGTH) -> str:
    """A text of the data on one line of at most so many characters, escaped."""
    line = " ".join(text.split())
    if len(line) > most:
        line = f"{line[: most - 1]}…"
    return escaped(line)
