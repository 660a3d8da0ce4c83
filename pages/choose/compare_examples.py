"""Two of the selections: what only the first holds, what only the second holds, what both hold."""

import numpy as np
import streamlit as st

from pages.choose.compare_view import CompareView
from pages.session import address, widget_state
from pages.widgets.example_acts import example_acts
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table

LEFT, RIGHT, BOTH = "left", "right", "both"
FILES = {LEFT: "only-in-first.jsonl", RIGHT: "only-in-second.jsonl", BOTH: "in-both.jsonl"}


def examples_part(view: CompareView) -> None:
    """The two, the three lists, and the open example beside them."""
    if len(view.looks) < 2:
        st.info("Pick a second selection to see what only one of the two holds.")
        return
    first, second = sides(view)
    lists = {
        LEFT: view.comparison.only_in(first, second),
        RIGHT: view.comparison.only_in(second, first),
        BOTH: view.comparison.in_both(first, second),
    }
    letters = view.looks[first].letter, view.looks[second].letter
    table, panel = st.columns([3, 2], gap="medium")
    with table:
        name = list_control(lists, *letters)
        indices = lists[name]
        if len(indices):
            with st.container(horizontal=True, gap="xsmall"):
                example_acts(view.run, indices, FILES[name])
        example_table(view.run, indices, f"{name} of two", view.field)
    with panel:
        example_panel(view.run)


def sides(view: CompareView) -> tuple[int, int]:
    """The positions of the two selections; two different ones."""
    letters = [look.letter for look in view.looks]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = side_control("First", "compare_left", letters, letters[0], view)
        others = [letter for letter in letters if letter != first]
        second = side_control("Second", "compare_right", others, others[0], view)
    return letters.index(first), letters.index(second)


def side_control(label: str, field: str, letters: list[str], usual: str, view: CompareView) -> str:
    """One of the two selections, by its letter."""
    if address.get(field) not in letters:
        address.put(**{field: usual})
    titles = {look.letter: f"{look.letter} · {look.title}" for look in view.looks}
    widget_state.bound(st.selectbox, label, field, letters, format_func=titles.get, width=300)
    return address.get(field)


def list_control(lists: dict[str, np.ndarray], first: str, second: str) -> str:
    """Which of the three lists is shown."""
    if address.get("compare_list") not in lists:
        address.forget("compare_list")
    titles = {LEFT: f"Only in {first}", RIGHT: f"Only in {second}", BOTH: "In both"}
    widget_state.bound(
        st.segmented_control,
        "Examples",
        "compare_list",
        list(lists),
        format_func=lambda name: f"{titles[name]} ({len(lists[name]):,})",
        required=True,
    )
    return address.get("compare_list")
