"""One example in full, the same on every page that lists examples.

Its text, its rank in the choice and why, whom it helps and who helps it, its near duplicates.
"""

from collections.abc import Callable, Mapping

import streamlit as st

from delift_core.data.example import Example
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from delift_core.units import counted
from pages.server.navigation import go
from pages.session import address, current
from pages.widgets.conversation import conversation_view
from pages.widgets.example_duplicates import duplicates
from pages.widgets.example_helpers import helped_by, helps
from pages.widgets.example_why import why
from pages.widgets.literal import literal
from pages.widgets.written_values import written_values

ALIKE = "alike"  # the order of the Examples page by likeness


def text_tab(run: Run, index: int) -> None:
    """Every turn."""
    conversation_view(run.pool[index])


def reason_tab(run: Run, index: int) -> None:
    """Why it was chosen or not; nothing before the utilities are scored."""
    chosen = current.chosen()
    if chosen:
        why(run, chosen, index)


def row_tab(run: Run, index: int) -> None:
    """The original row."""
    st.json(written_values(run.pool[index].extra))


TABS: Mapping[str, Callable[[Run, int], None]] = {
    "Text": text_tab,
    "Why": reason_tab,
    "Helps": helps,
    "Helped by": helped_by,
    "Near duplicates": duplicates,
    "Row": row_tab,
}


def example_panel(run: Run, first: int | None = None) -> None:
    """The open example; nothing where nothing is chosen and none is named by the address.

    first: the one that is open while the address names none; by default the first chosen.
    """
    index = current.example(run, first)
    if index is None:
        return
    with st.container(border=True):
        st.markdown(f"#### Example {literal(run.pool[index].id)}")
        st.caption(rank_sentence(current.chosen(), index))
        example_buttons(run.pool[index])
        tabs = st.tabs(list(TABS), key="example tab", on_change="rerun")
        for tab, draw in zip(tabs, TABS.values(), strict=True):
            if tab.open:
                with tab:
                    draw(run, index)


def rank_sentence(chosen: Outcome | None, index: int) -> str:
    """The rank of an example in the choice, or the budget at which it would enter."""
    if chosen is None:
        return "The utilities are not scored yet."
    selection, order = chosen.selection, chosen.order
    rank = chosen.ranks[index]
    if rank:
        pinned = " It is pinned." if rank <= selection.pinned else ""
        return (
            f"Chosen at rank {rank} of {len(selection)}, marginal gain"
            f" {selection.gains[rank - 1]:.4f}.{pinned}"
        )
    entry = order.ranks[index]
    if entry:
        return (
            f"Not chosen. It would enter with a budget of {counted(int(entry), 'row')}, adding"
            f" {order.selection.gains[entry - 1]:.4f}."
        )
    return "Not chosen, and excluded or outside its group's quota whatever the budget."


def example_buttons(example: Example) -> None:
    """Pin or exclude the example, or take that back; find others like it."""
    is_pinned, is_excluded = (example.id in address.get(name) for name in ("pins", "excludes"))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Unpin" if is_pinned else "Pin",
            key="pin the example",
            icon=":material/keep:",
            disabled=is_excluded,
            on_click=toggle,
            args=("pins", example.id),
        )
        st.button(
            "Include again" if is_excluded else "Exclude",
            key="exclude the example",
            icon=":material/block:",
            disabled=is_pinned,
            on_click=toggle,
            args=("excludes", example.id),
        )
        if st.button(
            "Find similar",
            key="find similar",
            icon=":material/search:",
            help="Lists the examples whose stored embeddings are nearest to that of this one.",
        ):
            address.put(like=example.id, sort=ALIKE, list="all")
            go("inspect/examples")


def toggle(name: str, id: str) -> None:
    """Take an id off a list of the address, or put it there where it was absent."""
    ids = address.get(name)
    rest = tuple(other for other in ids if other != id)
    address.put(**{name: rest if id in ids else (*ids, id)})
