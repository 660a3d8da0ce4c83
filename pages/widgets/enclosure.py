"""The examples that were drawn around on a map: the Map page acts on them, Examples lists them."""

import numpy as np

from pages.session import current, widget_state

NOTHING = np.empty(0, dtype=np.int64)
LIST_TAB = "tab"  # the key of the Examples page's control that picks what it lists
ENCLOSED_TAB = "Enclosed"


def enclosed_examples() -> np.ndarray:
    """(examples,) indices of what was drawn around."""
    return current.recall("enclosed", NOTHING)


def enclose(indices: np.ndarray) -> None:
    """Remember what was drawn around. indices: (examples,)."""
    current.remember("enclosed", indices)


def release() -> None:
    """Enclose nothing any more, on both pages."""
    enclose(NOTHING)
    if widget_state.value(LIST_TAB) == ENCLOSED_TAB:
        widget_state.put(LIST_TAB, "All")
