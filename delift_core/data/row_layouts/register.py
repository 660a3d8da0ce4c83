"""Every known layout, in the order in which they are tried on a row.

To add a layout: a module in this folder that makes a `Layout`, and its place in LAYOUTS.
"""

from collections.abc import Mapping

from delift_core.data.row_layouts.conversations import CONVERSATIONS
from delift_core.data.row_layouts.layout import Layout
from delift_core.data.row_layouts.prompt_response import (
    ALPACA,
    OTHER_PAIRS,
    TWO_COLUMNS,
    USUAL_PAIRS,
)
from delift_core.data.row_layouts.self_instruct import NESTED_INSTANCES
from delift_core.data.row_layouts.squad import SQUAD
from delift_core.errors import UnknownChoice

LAYOUTS = (
    NESTED_INSTANCES,
    *CONVERSATIONS,  # ShareGPT, OpenAI messages
    SQUAD,
    ALPACA,
    *USUAL_PAIRS,
    *OTHER_PAIRS,
    TWO_COLUMNS,
)


def layout_named(name: str) -> Layout:
    """The layout of this name, in any case; raises UnknownChoice with the names there are."""
    for layout in LAYOUTS:
        if layout.name.casefold() == name.casefold():
            return layout
    names = ", ".join(layout.name for layout in LAYOUTS)
    raise UnknownChoice(f"There is no format {name!r}. Choose one of {names}.")


def fits_a_layout(fields: Mapping) -> bool:
    """Whether the fields are a row of any known layout."""
    return any(layout.fits(fields) for layout in LAYOUTS)
