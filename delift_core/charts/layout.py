"""What all figures share: the page shows through, text in its ink, colours that part evenly."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from delift_core.charts.palette import Palette

LONGEST = 18  # characters of a label
FONT = "Source Sans, sans-serif"
CLEAR = "rgba(0,0,0,0)"


def layout_of(palette: Palette, revision: str, **more) -> go.Layout:
    """The page shows through, text in its ink, the viewer's zoom outlives a new drawing."""
    return go.Layout(
        template="none",
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font={"color": palette.ink, "size": 13, "family": FONT},
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        uirevision=revision,
        modebar={"bgcolor": CLEAR, "color": palette.pool, "activecolor": palette.ink},
        **more,
    )


def even(colours: Sequence[str]) -> list[list]:
    """A scale that runs through these colours at even steps from 0 to 1."""
    return [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]


def axis(palette: Palette, title: str, **more) -> dict:
    return {
        "title": {"text": title, "standoff": 8},
        "gridcolor": palette.rule,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


def spelt(text: str) -> str:
    """A text of the data on a figure, character by character: Plotly reads markup in it and, where
    a figure has meta, %{names} of that.
    """
    return escape(text, quote=False).replace("%{", "&#37;{")


def label(text: str) -> str:
    """A text of the data on a figure: on one line, cut with an ellipsis, and no markup."""
    line = " ".join(text.split())
    return spelt(line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…")
