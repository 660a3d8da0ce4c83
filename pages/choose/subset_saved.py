"""Save the current selection under a name, and the list of those that are saved."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.runs.saved_selections import SavedSelection, delete_selection, rename_selection
from delift_core.runs.selections import save_selection, selection_name
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.session import address, cached_selections, compared, widget_state
from pages.widgets.literal import literal
from pages.widgets.refusals import show_refusal

SAVE, LIST = "save selection", "saved selections"
NAME, NEW_NAME, TABLE = "name of the selection", "new name of a selection", "table of saved"
PROBLEM = "refused name"
COLUMNS = {
    "name": st.column_config.TextColumn("Name", width="medium"),
    "method": st.column_config.TextColumn("Method"),
    "budget": st.column_config.TextColumn("Budget", width="small"),
    "size": st.column_config.NumberColumn("Examples", width="small"),
    "saved_at": st.column_config.DatetimeColumn("Saved", format="localized"),
}


def saved_bar(run: Run, chosen: Outcome) -> None:
    """The two buttons: save this selection, and open the list."""
    saved = cached_selections.saved(run).sound
    with st.container(horizontal=True, gap="small", width="content"):
        save_popover(run, chosen, saved)
        list_popover(run, saved)


def save_popover(run: Run, chosen: Outcome, saved: Sequence[SavedSelection]) -> None:
    """A name for the selection; one that is saved already gets another name."""
    popover = st.popover(
        "Save selection as ...", icon=":material/bookmark_add:", key=SAVE, on_change="rerun"
    )
    if not popover.open:
        return
    digest = selection_name(chosen.choice)
    same = [stored for stored in saved if stored.digest == digest and stored.name]
    with popover, st.form("save the selection", border=False):
        st.text_input("Name", key=NAME, max_chars=200, placeholder="for example: first try")
        if same:
            st.caption(f"Saved as {literal(same[0].name)}; another name replaces that one.")
        st.form_submit_button("Save", type="primary", on_click=save, args=(run, chosen))
        name_problem()


def name_problem() -> None:
    """Why the last name was refused, once."""
    refusal = widget_state.take(PROBLEM)
    if isinstance(refusal, DeliftError):
        show_refusal(refusal)


def save(run: Run, chosen: Outcome) -> None:
    """Store the selection under the name typed, and fold the form."""
    name = widget_state.value(NAME)

    def store() -> None:
        save_selection(run, chosen.choice, chosen.selection, name)
        widget_state.put(SAVE, False)
        st.toast(f"Saved as {literal(name)}.", icon=":material/bookmark:")

    or_problem(store)


def or_problem(act: Callable[[], None]) -> None:
    """Do something, or keep the refusal for the next drawing."""
    try:
        act()
    except DeliftError as refusal:
        widget_state.put(PROBLEM, refusal)


def list_popover(run: Run, saved: Sequence[SavedSelection]) -> None:
    """The saved selections, and what can be done with those that are picked."""
    popover = st.popover(
        f"Saved selections ({len(saved)})",
        icon=":material/bookmarks:",
        key=LIST,
        on_change="rerun",
    )
    if not popover.open:
        return
    with popover:
        for refusal in cached_selections.saved(run).damaged:
            show_refusal(refusal)
        if not saved:
            st.caption("None yet. Save this selection, or store one with delift select.")
            return
        act_on(run, picked(saved))
        name_problem()


def picked(saved: Sequence[SavedSelection]) -> list[SavedSelection]:
    """The list; returns those that are picked in it."""
    rows = [{**asdict(stored), "name": stored.label} for stored in saved]
    state = st.dataframe(
        pd.DataFrame(rows)[list(COLUMNS)],
        key=TABLE,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=COLUMNS,
        height=min(35 * len(rows) + 38, 300),
        width=640,
        placeholder="",
        alt="Saved selections, the last one first",
    )
    return [saved[row] for row in state["selection"]["rows"] if row < len(saved)]


def act_on(run: Run, chosen: Sequence[SavedSelection]) -> None:
    """Reopen, compare, rename and delete."""
    one = chosen[0] if len(chosen) == 1 else None
    greedy = one is not None and one.method == one.objective
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Reopen",
            icon=":material/folder_open:",
            disabled=not greedy,
            help="Choose as it was chosen. What another method than an objective chose opens on the"
            " Compare page.",
            on_click=reopen,
            args=(one,),
        )
        if st.button("Compare", icon=":material/compare_arrows:", disabled=not chosen):
            compared.compare_saved(chosen)
            go("choose/compare")
        st.button(
            "Delete",
            icon=":material/delete:",
            disabled=not chosen,
            on_click=delete,
            args=(chosen,),
        )
        st.text_input("Another name", key=NEW_NAME, width=200, disabled=one is None)
        st.button("Rename", disabled=one is None, on_click=rename, args=(run, one))
    if not chosen:
        st.caption("Pick one to reopen or rename it, several to compare or delete them.")


def reopen(stored: SavedSelection) -> None:
    """Ask for what a stored selection was chosen by."""
    or_problem(lambda: address.put(**vars(cached_selections.selection(stored.path)[0])))
    widget_state.put(LIST, False)


def rename(run: Run, stored: SavedSelection) -> None:
    """Give a stored selection the name typed."""
    or_problem(lambda: rename_selection(run, stored, widget_state.value(NEW_NAME)))


def delete(chosen: Sequence[SavedSelection]) -> None:
    """Remove stored selections."""

    def remove() -> None:
        for stored in chosen:
            delete_selection(stored)
        st.toast(f"Deleted {literal(', '.join(stored.label for stored in chosen))}.")

    or_problem(remove)
    widget_state.take(TABLE)
