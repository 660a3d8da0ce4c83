"""Export: the chosen examples in the schema a trainer reads, and how they came about."""

from collections.abc import Sequence

import streamlit as st

from delift_core.audit.events import edits_of
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.runs.selections import save_selection
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent
from delift_core.workflow.export import edits_of_chosen
from delift_core.workflow.reselect import dropped
from pages.deliver.export_files import ExportFiles
from pages.deliver.export_options import edits_control, export_options, leave_out_control
from pages.deliver.export_trainers import trainer_files
from pages.deliver.export_training import training_view
from pages.server.navigation import go
from pages.session import address, cache, cached_choice
from pages.session.verdicts import agreed_verdicts, events
from pages.widgets.guards import need_choice
from pages.widgets.literal import literal
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import or_stop
from pages.widgets.report_file import report_button
from pages.widgets.written_values import written_values

TABS = {
    "First rows": "table_rows",
    "What the trainer will see": "model_training",
    "Files for trainers": "settings",
    "Commands": "terminal",
}


def introduction(run: Run) -> None:
    """Sources that changed since, and what the plan leaves out."""
    for sentence in cache.changed_sources(run):
        st.info(literal(sentence), icon=":material/edit_note:")
    plan_note(run)


def summary_card(files: ExportFiles) -> None:
    """What is exported in four numbers, and its download."""
    run, chosen = files.run, files.chosen
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.metric(
            "Examples",
            f"{len(files.indices):,} of {len(run.pool):,}",
            help="Chosen examples that are exported, in order of choice, of all in the pool.",
        )
        estimate = cached_choice.coverage_estimate(run, chosen)
        st.metric(
            "Coverage",
            coverage_percent(estimate.coverage if estimate else chosen.coverage),
            help="The share of the whole pool's objective value that the selection reaches, before"
            " any of it is left out.",
        )
        alone = run.alone("pool")
        if alone is not None and not files.edits:
            tokens = int(alone.response_tokens[files.indices].sum())
            st.metric("Response tokens", f"{tokens:,}", help="Of the exported responses.")
        left_out = len(files.without)
        st.metric("Dropped, left out", f"{left_out:,}", help="By reviewers on the Audit page.")
        st.download_button(
            "Download the subset",
            files.subset,
            files.options.file_name,
            type="primary",
            on_click="ignore",
            icon=":material/download:",
        )


def downloads(files: ExportFiles) -> None:
    """Every other file, and the button that stores the selection in the run."""
    options, chosen, pool = files.options, files.chosen, files.run.pool
    with st.container(horizontal=True):
        st.download_button(
            "Manifest",
            files.manifest,
            f"{options.file_name}.manifest.json",
            on_click="ignore",
            icon=":material/description:",
        )
        st.download_button(
            "Rejected examples",
            files.rejected,
            f"rejected{options.suffix}",
            on_click="ignore",
            disabled=len(chosen.selection) == len(pool),
            icon=":material/remove_done:",
        )
        if not report_button(files.run, chosen):
            map_for_report()
        if st.button("Save selection", icon=":material/bookmark:"):
            file = save_selection(files.run, chosen.choice, chosen.selection)
            st.toast(f"Saved as {file.stem}.")


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
    for row in rows:
        st.json(written_values(row))


def terminal_commands(files: ExportFiles) -> None:
    """The command lines that do the same."""
    st.caption("The same from a terminal.")
    commands = [*files.commands(), files.report_command()]
    st.code("\n".join(commands), language="bash", wrap_lines=True)


def edits_wanted(run: Run, chosen: Outcome, without: Sequence[str]) -> dict[str, str]:
    """Example id -> edited response, of those that are exported; none unless edits are taken."""
    edits = edits_of(events(run))
    own = edits_of_chosen(run.pool, chosen.selection.indices, edits, without)
    return own if own and edits_control(list(own)) else {}


def details(files: ExportFiles, rows: Sequence[dict]) -> None:
    """First rows, the trainer's view, files for trainers and commands, one at a time."""
    first, training, trainers, commands = st.tabs(
        [f":material/{icon}: {name}" for name, icon in TABS.items()],
        on_change="rerun",
        key="export tab",
    )
    with first:
        first_rows(rows)
    with training:
        if training.open:
            training_view(files.run, files.indices, files.edits)
    with trainers:
        if trainers.open:
            trainer_files(files)
    with commands:
        terminal_commands(files)


run, chosen = need_choice("Export")
st.title("Export")
introduction(run)
verdicts = {id: str(verdict) for id, verdict in agreed_verdicts(run).items()}
unwanted = dropped(run.pool, chosen.selection, verdicts)
summary = st.container()
leaves_out = bool(unwanted) and leave_out_control(unwanted, len(chosen.selection))
edits = edits_wanted(run, chosen, unwanted if leaves_out else ())
files = ExportFiles(run, chosen, export_options(verdicts), unwanted, leaves_out, edits)
rows = or_stop(files.preview)
with summary:
    summary_card(files)
downloads(files)
details(files, rows)
