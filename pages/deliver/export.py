"""Export: the chosen examples in the shape a trainer reads, and how they came about."""

from collections.abc import Sequence

import streamlit as st

from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.runs.selections import save_selection
from delift_core.selection.outcome import Outcome
from delift_core.workflow.reselect import dropped
from pages.deliver.export_files import ExportFiles
from pages.deliver.export_options import export_options, leave_out_control
from pages.server.navigation import go
from pages.session import address, cache
from pages.session.verdicts import agreed_verdicts
from pages.widgets.guards import need_choice
from pages.widgets.literal import literal
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import or_stop
from pages.widgets.report_file import report_button
from pages.widgets.written_values import written_values


def introduction(run: Run, chosen: Outcome) -> None:
    """How many are exported, sources that changed since, and what the plan leaves out."""
    st.caption(f"{len(chosen.selection):,} of {len(run.pool):,} examples, in order of choice.")
    for sentence in cache.changed_sources(run):
        st.info(literal(sentence), icon=":material/edit_note:")
    plan_note(run)


def downloads(files: ExportFiles) -> None:
    """Every file, and the button that stores the selection in the run."""
    options, chosen, pool = files.options, files.chosen, files.run.pool
    with st.container(horizontal=True):
        st.download_button(
            "Download the subset",
            files.subset,
            options.file_name,
            type="primary",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Manifest",
            files.manifest,
            f"{options.file_name}.manifest.json",
            on_click="ignore",
            icon=":material/description:",
        )
        st.download_button(
            "The rejected",
            files.rejected,
            f"rejected{options.suffix}",
            on_click="ignore",
            disabled=len(chosen.selection) == len(pool),
            icon=":material/remove_done:",
        )
        if not report_button(files.run, chosen):
            map_for_report()
        if st.button("Keep this selection in the run", icon=":material/bookmark:"):
            file = save_selection(files.run, chosen.choice, chosen.selection)
            st.toast(f"Kept as {file.stem}.")


def map_for_report() -> None:
    """The way to the map that the report holds."""
    if st.button(
        "Draw the map for the report",
        icon=":material/scatter_plot:",
        help="The report holds a map, which has not been drawn yet.",
    ):
        address.put(place=str(Projection.EMBEDDING))
        go("inspect/map")


def first_rows(rows: Sequence[dict]) -> None:
    """The first rows exactly as they are written."""
    st.subheader("The first rows")
    for row in rows:
        st.json(written_values(row))


def terminal_commands(files: ExportFiles) -> None:
    """The command lines that do the same."""
    st.subheader("The same from a terminal")
    commands = [*files.commands(), files.report_command()]
    st.code("\n".join(commands), language="bash", wrap_lines=True)


run, chosen = need_choice("Export")
st.title("Export")
introduction(run, chosen)
verdicts = {id: str(verdict) for id, verdict in agreed_verdicts(run).items()}
unwanted = dropped(run.pool, chosen.selection, verdicts)
leaves_out = bool(unwanted) and leave_out_control(unwanted, len(chosen.selection))
files = ExportFiles(run, chosen, export_options(verdicts), unwanted, leaves_out)
rows = or_stop(files.preview)
downloads(files)
first_rows(rows)
terminal_commands(files)
