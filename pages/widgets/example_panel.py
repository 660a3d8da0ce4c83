"""One example in full: its text, its place in the choice, whom it helps and who helps it, and who
says the same. The same panel on every page.
"""

from collections.abc import Callable, Mapping

import streamlit as st

from delift_core.data.example import Example
from delift_core.units import counted
from pages.session import cache, state
from pages.widgets.conversation import conversation
from pages.widgets.duplicates import duplicates
from pages.widgets.helpers import helped_by, helps
from pages.widgets.literal import literal
from pages.widgets.why import why

TABS: Mapping[str, Callable[[int], None]] = {
    "Text": lambda index: conversation(state.run().pool[index]),
    "Why": lambda index: why(state.run(), chosen, index) if (chosen := state.chosen()) else None,
    "Helps": helps,
    "Helped by": helped_by,
    "Near duplicates": duplicates,
    "Row": lambda index: st.json(dict(state.run().pool[index].extra)),
}


def example_panel() -> None:
    """The example the address names; an invitation while it names none."""
    run = state.run()
    index = cache.position(run, state.get("example"))
    if index is None:
        st.caption("Click an example to read it here.")
        return
    with st.container(border=True):
        st.markdown(f"#### Example {literal(run.pool[index].id)}")
        st.caption(standing(index))
        pin_buttons(run.pool[index])
        for tab, draw in zip(
            st.tabs(list(TABS), key="example tab", on_change="rerun"), TABS.values(), strict=True
        ):
            if tab.open:
                with tab:
                    draw(index)


def standing(index: int) -> str:
    """Where an example stands in the choice, in a sentence."""
    chosen = state.chosen()
    if chosen is None:
        return "The utilities are not scored yet."
    if rank := chosen.ranks[index]:
        pinned = " It is pinned." if rank <= chosen.selection.pinned else ""
        return (
            f"Chosen at rank {rank} of {len(chosen.selection)}, marginal gain"
            f" {chosen.selection.gains[rank - 1]:.4f}.{pinned}"
        )
    if entry := chosen.order.ranks[index]:
        return (
            f"Not chosen. It would enter with a budget of {counted(int(entry), 'row')}, adding"
            f" {chosen.order.selection.gains[entry - 1]:.4f}."
        )
    return "Not chosen, and excluded or outside its group's quota whatever the budget."


def pin_buttons(example: Example) -> None:
    """Pin or exclude the example, or take that back."""
    pins, excludes = state.get("pins"), state.get("excludes")
    with st.container(horizontal=True):
        for word, icon, mine, other in (
            ("pin", "keep", pins, excludes),
            ("exclude", "block", excludes, pins),
        ):
            there = example.id in mine
            label = (
                f"Un{word}"
                if word == "pin" and there
                else "Include again"
                if there
                else word.capitalize()
            )
            if st.button(
                label,
                key=f"{word} the example",
                icon=f":material/{icon}:",
                disabled=example.id in other,
            ):
                rest = tuple(id for id in mine if id != example.id)
                state.put(**{f"{word}s": rest if there else (*mine, example.id)})
                st.rerun()
