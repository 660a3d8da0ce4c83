"""Refusals of the engine as sentences on the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from delift_core.errors import DeliftError
from pages.widgets.literal import literal

Result = TypeVar("Result")


def show_refusal(refusal: DeliftError) -> None:
    """The sentence of a refusal."""
    st.error(literal(str(refusal)), icon=":material/error:")


def or_stop(compute: Callable[[], Result]) -> Result:
    """What a function returns; where it refuses, the sentence, and the page ends."""
    try:
        return compute()
    except DeliftError as refusal:
        show_refusal(refusal)
        st.stop()


@contextmanager
def show_refusals() -> Iterator[None]:
    """Show a refusal in place of the rest of the block; what comes after the block goes on."""
    try:
        yield
    except DeliftError as refusal:
        show_refusal(refusal)


def fragment(every: float | None = None) -> Callable:
    """A part of a page that is drawn again by itself, every so many seconds.

    It shows its own refusals, which do not reach the frame.
    """
    return lambda part: st.fragment(show_refusals()(part), run_every=every)
