"""The near duplicates of an example, side by side with it, word by word."""

from collections.abc import Iterable, Iterator
from html import escape

import streamlit as st

from delift_core.analysis.diff import Side, Span, word_diff
from delift_core.charts.palette import Palette
from delift_core.data.example import Example
from delift_core.runs.run import Run
from pages.session import cached_analysis, state
from pages.widgets.literal import literal
from pages.widgets.theme import palette


def duplicates(index: int) -> None:
    """Each near duplicate of an example of the pool, beside it."""
    run = state.run()
    found = [
        *in_pool(run, index),
        *((example, False) for example in run.pool.collapsed.get(run.pool[index].id, ())),
    ]
    if not found:
        st.caption("No other example of the pool says nearly the same.")
        return
    st.caption(
        "Struck through and orange: only this example says it. Underlined and blue: only the other"
        " one."
    )
    for other, kept in found:
        with st.container(border=True):
            beside(run.pool[index], other, kept)


def in_pool(run: Run, index: int) -> Iterator[tuple[Example, bool]]:
    """The other examples of the pool in the same group of near duplicates."""
    if not len(cached_analysis.links(run)):
        return
    first_of = cached_analysis.near_duplicates(run)
    first = first_of.get(index, index)
    group = sorted({first, *(place for place, its in first_of.items() if its == first)} - {index})
    yield from ((run.pool[place], True) for place in group)


def beside(example: Example, other: Example, kept: bool) -> None:
    """Two examples next to each other, and the way to the other one; what was collapsed at reading
    is not in the pool.
    """
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(
            f"**{literal(other.id)}**"
            + (
                ""
                if kept
                else f", row {other.row}, left out at reading: this example stands for both"
            ),
            width="content",
        )
        if kept and st.button(
            "Open it",
            key=f"open duplicate {other.id}",
            icon=":material/arrow_forward:",
            type="tertiary",
        ):
            state.put(example=other.id)
            st.rerun()
    for title, (mine, yours) in {
        "Prompt": (said(example), said(other)),
        "Response": (example.response, other.response),
    }.items():
        spans = word_diff(mine, yours)
        st.caption(title if mine != yours else f"{title}, the same in both")
        for column, side in zip(st.columns(2), (Side.LEFT, Side.RIGHT)):
            column.html(shaded(spans, side, palette()))


def said(example: Example) -> str:
    """Every turn before the response."""
    return "\n\n".join(turn.content for turn in example.turns)


def shaded(spans: Iterable[Span], side: Side, colours: Palette) -> str:
    """One of two texts with what only it says marked: struck through on the left, underlined on the
    right. All of the data is escaped.
    """
    tag, line, hue = (
        ("del", "line-through", colours.diverging[0])
        if side is Side.LEFT
        else ("ins", "underline", colours.diverging[-1])
    )
    style = f"background:{hue}40;text-decoration:{line} {hue} 2px;border-radius:3px"
    parts = [
        (
            escape(span.text)
            if span.side is Side.BOTH
            else f"<{tag} style='{style}'>{escape(span.text)}</{tag}>"
        )
        for span in spans
        if span.side in (Side.BOTH, side)
    ]
    return (
        "<div"
        f" style='line-height:1.6;white-space:pre-wrap;overflow-wrap:anywhere'>{''.join(parts)}</div>"
    )
