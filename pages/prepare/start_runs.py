"""The runs of the workspace as cards: opened, renamed, duplicated, deleted, brought back."""

from collections.abc import Callable, Sequence

import streamlit as st

from delift_core.errors import DamagedRun
from delift_core.jobs import jobs
from delift_core.runs.run import Run
from delift_core.runs.run_copies import (
    DeletedRun,
    delete_run,
    duplicate_run,
    remove_run,
    restore_run,
)
from delift_core.runs.run_labels import opened_at, rename_run, run_name
from delift_core.scoring.kernel_names import role_name
from delift_core.units import counted, size, whole_percent
from pages.server.navigation import go
from pages.session import cache, current, thumbnails, widget_state
from pages.widgets.literal import literal
from pages.widgets.local_time import local_time
from pages.widgets.refusals import fragment, show_refusals
from pages.widgets.theme import is_dark, palette

CARDS_A_ROW = 3
MOST_CARDS = 12  # until more are asked for
MORE_KEY = "more runs"
DELETED_KEY = "run deleted last"
NOTE_KEY = "note on the run brought back"
EVERY = 2.0  # seconds between two looks at a job


def run_cards(runs: Sequence[Run]) -> None:
    """A card for each run, the one opened last first; the first dozen until more are asked for."""
    if not runs:
        st.caption("No runs yet. Each scored pool becomes one, and stays here.")
        return
    runs = sorted(runs, key=opened_at, reverse=True)
    most = widget_state.value(MORE_KEY, MOST_CARDS)
    for start in range(0, min(len(runs), most), CARDS_A_ROW):
        columns = st.columns(CARDS_A_ROW)
        for column, run in zip(columns, runs[start : start + CARDS_A_ROW], strict=False):
            with column.container(border=True, height="stretch"):
                run_card(run)
    if len(runs) > most:
        st.button(
            f"Show more of the {len(runs):,} runs",
            on_click=widget_state.put,
            args=(MORE_KEY, most + MOST_CARDS),
        )


def run_card(run: Run) -> None:
    """A run: its picture, what it holds, how far it is; one click opens it."""
    title = current.run_title(run)
    picture(run)
    st.markdown(f"**{literal(title)}**")
    is_active = jobs.active_job(run.folder) is not None
    fragment(EVERY if is_active else None)(facts)(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Open", key=f"open {run.id}", icon=":material/folder_open:"):
            open_run(run)
        acts_menu(run, title)
        st.caption(f"Last used {local_time(opened_at(run))}", width="content")


def picture(run: Run) -> None:
    """The map of a run's pool, or what is broken of the run."""
    try:
        st.image(thumbnails.run_picture(run, palette(), is_dark()), width="stretch")
    except DamagedRun as refusal:
        st.warning(literal(f"Damaged. {refusal}"), icon=":material/healing:")


def facts(run: Run) -> None:
    """What a run holds, and how far it is."""
    st.caption(f"{sizes_line(run)}  \n{literal(run.record['model']['name'])} · {state_line(run)}")


def sizes_line(run: Run) -> str:
    """160 examples · target 20 · known 20."""
    others = [
        f"{role_name(role)} {run.data[role]['examples']:,}" for role in run.roles if role != "pool"
    ]
    return " · ".join([counted(run.data["pool"]["examples"], "example"), *others])


def state_line(run: Run) -> str:
    """What a job of the run is doing, or else how far it is scored."""
    job = jobs.active_job(run.folder)
    if job is not None:
        share = f", {whole_percent(job.done / job.total)}" if job.total else ""
        return f":blue[:material/progress_activity: {job.state}{share}]"
    complete = sum(cache.is_complete(run, name) for name in run.possible)
    if complete == len(run.possible):
        return "scored"
    return f"{complete} of {len(run.possible)} score matrices"


def open_run(run: Run) -> None:
    """Open a run on the page where it can be gone on with."""
    current.open_run(run.id)
    go("overview/overview" if cache.is_scored(run, current.choice()) else "prepare/scoring")


def acts_menu(run: Run, title: str) -> None:
    """Rename, duplicate or delete a run."""
    with st.popover("", icon=":material/more_horiz:", key=f"acts {run.id}", type="tertiary"):
        name = st.text_input("Name", title, key=f"name of {run.id}", max_chars=60)
        act_button(run, "Rename", ":material/edit:", lambda: rename_run(run, name))
        act_button(
            run,
            "Duplicate",
            ":material/content_copy:",
            lambda: duplicate_run(run, title),
            "The same data, scores and selections as another run, without verdicts.",
        )
        act_button(
            run,
            "Delete",
            ":material/delete:",
            lambda: delete(run, title),
            "Moves the run to the trash of the workspace; it can be brought back.",
        )


def act_button(
    run: Run, label: str, icon: str, act: Callable[[], object], help: str | None = None
) -> None:
    """A button that does something to a run, or says why it is refused."""
    if st.button(label, key=f"{label} {run.id}", icon=icon, help=help, width="stretch"):
        with show_refusals():
            act()
            st.rerun()


def delete(run: Run, title: str) -> None:
    """Move a run to the trash; the way back is in sight from then on."""
    widget_state.put(DELETED_KEY, delete_run(run, title).run.folder)


def undo_line(deleted: Sequence[DeletedRun]) -> None:
    """The run deleted last in this session, with the button that brings it back."""
    folder = widget_state.value(DELETED_KEY)
    for one in deleted:
        if one.run.folder == folder:
            deleted_row(one, "Undo")


def deleted_list(deleted: Sequence[DeletedRun]) -> None:
    """Every deleted run of the workspace."""
    if not deleted:
        return
    with st.expander(f"Deleted runs ({len(deleted)})", icon=":material/delete:"):
        for one in deleted:
            with st.container(horizontal=True, vertical_alignment="center"):
                deleted_row(one, "Bring back")
                removal(one)


def deleted_row(deleted: DeletedRun, label: str) -> None:
    """A deleted run and the button that brings it back."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        st.write(f"**{literal(deleted.title)}** was deleted {local_time(deleted.deleted_at)}.")
        key = f"{label} {deleted.run.folder.name}"
        if st.button(label, key=key, icon=":material/undo:"):
            with show_refusals():
                bring_back(deleted)
                st.rerun()


def removal(deleted: DeletedRun) -> None:
    """What a deleted run takes on the disk; a second click removes it for good."""
    freed = size(cache.deleted_bytes(deleted))
    name = deleted.run.folder.name
    with st.popover(f"Delete for good ({freed})", key=f"removal {name}", type="tertiary"):
        st.write(
            f"**{literal(deleted.title)}** and its verdicts are removed from the disk, which gains"
            f" {freed}. Nothing brings them back."
        )
        if st.button("Delete for good", key=f"Remove {name}", icon=":material/delete_forever:"):
            with show_refusals():
                remove_run(deleted)
                st.rerun()


def bring_back(deleted: DeletedRun) -> None:
    """Restore a run; where its name was given to another meanwhile, the next drawing says so."""
    name = run_name(deleted.run.folder)
    new = run_name(restore_run(deleted).folder)
    if new != name:
        widget_state.put(NOTE_KEY, f"Another run is called {name} by now. This one is {new}.")


def note_line() -> None:
    """What is to be known of the run that was just brought back."""
    note = widget_state.take(NOTE_KEY)
    if note:
        st.info(literal(note))
