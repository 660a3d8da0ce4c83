"""Where a refusal of the engine becomes a sentence on the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from delift_core.errors import DeliftError
from pages.widgets.literal import literal


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal ends what is inside and is said in its place; what comes after goes on."""
    try:
        yield
    except DeliftError as refusal:
        st.error(literal(str(refusal)), icon=":material/error:")


def fragment(every: float | None = None) -> Callable:
    """A part of a page that is drawn again by itself, every so many seconds.

    It tells its refusals: the frame does not hear of them.
    """
    return lambda part: st.fragment(refusals_told()(part), run_every=every)
