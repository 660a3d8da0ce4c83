"""The near duplicates of an example, side by side with it, word by word."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from delift_core.analysis.diff import Side, Span, word_diff
from delift_core.charts.palette import Palette
from delift_core.data.example import Example
from delift_core.runs.run import Run
from pages.session import address, cached_analysis
from pages.widgets.literal import literal
from pages.widgets.theme import palette

TEXT_STYLE = "line-height:1.6;white-space:pre-wrap;overflow-wrap:anywhere"


def duplicates(run: Run, index: int) -> None:
    """Each near duplicate of an example of the pool, beside it."""
    example = run.pool[index]
    in_pool = pool_duplicates(run, index)
    collapsed = run.pool.collapsed.get(example.id, ())
    if not in_pool and not collapsed:
        st.caption("No other example of the pool says nearly the same.")
        return
    st.caption(
        "Struck through and orange: only this example says it. Underlined and blue: only the other"
        " one."
    )
    for other in in_pool:
        with st.container(border=True):
            pool_header(other)
            comparison(example, other)
    for other in collapsed:
        with st.container(border=True):
            collapsed_header(other)
            comparison(example, other)


def pool_duplicates(run: Run, index: int) -> list[Example]:
    """The other examples of the pool in the same group of near duplicates."""
    if not len(cached_analysis.duplicate_links(run)):
        return []
    first_of = cached_analysis.near_duplicates(run)
    first = first_of.get(index, index)
    repeats = {other for other, its_first in first_of.items() if its_first == first}
    group = sorted({first, *repeats} - {index})
    return [run.pool[other] for other in group]


def header_line():
    """A line with its elements at both ends."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )


def pool_header(other: Example) -> None:
    """The name of an example of the pool, and the button that opens it."""
    with header_line():
        st.markdown(f"**{literal(other.id)}**", width="content")
        st.button(
            "Open it",
            key=f"open duplicate {other.id}",
            icon=":material/arrow_forward:",
            type="tertiary",
            on_click=address.put,
            kwargs={"example": other.id},
        )


def collapsed_header(other: Example) -> None:
    """The name of an example that is not in the pool."""
    with header_line():
        st.markdown(
            f"**{literal(other.id)}**, row {other.row}, left out at reading: this example stands"
            " for both",
            width="content",
        )


def comparison(example: Example, other: Example) -> None:
    """Prompts and responses of two examples, with what only one of them says marked."""
    text_comparison("Prompt", prompt_text(example), prompt_text(other))
    text_comparison("Response", example.response, other.response)


def text_comparison(title: str, mine: str, other: str) -> None:
    """Two texts in two columns."""
    st.caption(title if mine != other else f"{title}, the same in both")
    spans = word_diff(mine, other)
    for column, side in zip(st.columns(2), (Side.LEFT, Side.RIGHT)):
        column.html(marked_text(spans, side, palette()))


def prompt_text(example: Example) -> str:
    """Every turn before the response."""
    return "\n\n".join(turn.content for turn in example.turns)


def marked_text(spans: Iterable[Span], side: Side, colours: Palette) -> str:
    """One of two texts as HTML; all of the data is escaped.

    What only this text says is struck through on the left and underlined on the right.
    """
    tag, line, hue = "ins", "underline", colours.diverging[-1]
    if side is Side.LEFT:
        tag, line, hue = "del", "line-through", colours.diverging[0]
    style = f"background:{hue}40;text-decoration:{line} {hue} 2px;border-radius:3px"
    parts = []
    for span in spans:
        text = escape(span.text)
        if span.side is Side.BOTH:
            parts.append(text)
        elif span.side is side:
            parts.append(f"<{tag} style='{style}'>{text}</{tag}>")
    return f"<div style='{TEXT_STYLE}'>{''.join(parts)}</div>"
