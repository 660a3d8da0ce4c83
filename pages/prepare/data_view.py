"""How a source was understood: its layout, raw beside read, and the list of problems."""

from pathlib import Path

import pandas as pd
import streamlit as st

from delift_core.data.example import Dataset, ProblemKind
from delift_core.export.cells import guarded
from delift_core.jobs import jobs
from pages.prepare.data_mapping import mapping_form
from pages.prepare.data_sources import read_arguments, start_reading
from pages.widgets.conversation import conversation_view
from pages.widgets.literal import literal
from pages.widgets.written_values import written_values

DUPLICATES = {ProblemKind.EXACT_DUPLICATE, ProblemKind.NEAR_DUPLICATE}
# how duplicates were read -> how else, and the label of the button that does
OTHER_WAY = {
    "collapse": ("keep", "Keep the duplicates"),
    "keep": ("collapse", "Let one stand for all duplicates"),
}


def dataset_view(role: str, dataset: Dataset, folder: Path | None) -> None:
    """What was read, and what may be done about it.

    folder: of the job that read it, None for the examples of an opened run.
    """
    dataset_metrics(dataset)
    st.caption(source_line(dataset))
    if len(dataset):
        raw_beside_read(role, dataset)
    else:
        st.error(
            "None of the rows can be used. The list says why, row by row; mend them, or say which"
            " column is what.",
            icon=":material/error:",
        )
    problems(role, dataset, folder)
    if folder:
        column_expander(role, folder)


def dataset_metrics(dataset: Dataset) -> None:
    """Counts, and the layout that was recognised."""
    with st.container(horizontal=True):
        st.metric("Examples", f"{len(dataset):,}")
        st.metric("Layout", literal(dataset.format.split(",")[0]))
        st.metric("Problems", f"{dataset.problem_rows:,}")
        st.metric("Collapsed duplicates", f"{sum(map(len, dataset.collapsed.values())):,}")
        if dataset.altered:
            st.metric(
                "Notes",
                f"{dataset.altered:,}",
                help="Rows that are used, and were read differently from how they stand.",
            )


def source_line(dataset: Dataset) -> str:
    """Source, layout, options of reading and fingerprint."""
    options = dataset.read_record
    options_text = f" · {literal(options.sentence)}" if options else ""
    return (
        f"{literal(dataset.source)}: {literal(dataset.format)}{options_text} · fingerprint"
        f" `{dataset.fingerprint[:16]}`"
    )


def column_expander(role: str, folder: Path) -> None:
    """The form that maps columns, for a source that has some."""
    result = jobs.result(folder) or {}
    if not result.get("columns"):
        return
    expander = st.expander(
        "Which column is what", icon=":material/edit:", key=f"{role} columns", on_change="rerun"
    )
    if expander.open:
        with expander:
            mapping_form(role, folder, result)


def raw_beside_read(role: str, dataset: Dataset) -> None:
    """One example as it stood in the source, and as the model will read it."""
    st.subheader("As written, and as read")
    number = st.number_input(
        f"Example (1 to {len(dataset):,})", 1, len(dataset), 1, key=f"{role} looked at", width=200
    )
    example = dataset[number - 1]
    raw, read = st.columns(2, border=True)
    with raw:
        st.caption(f"Row {example.row} of the source, id {literal(example.id)}")
        st.json(written_values(example.extra))
    with read:
        conversation_view(example)


def problems(role: str, dataset: Dataset, folder: Path | None) -> None:
    """Every row that was left out, altered or repeated, by kind; and the list to take away."""
    if not dataset.problems:
        st.caption("No problems: every row was read as it is.")
        return
    st.subheader("Problems and notes" if dataset.altered else "Problems")
    if dataset.read_record and dataset.read_record.is_sampled:
        st.caption(
            f"Of all rows of the source; {dataset.read_record.sample_sentence} was made after them."
        )
    counts = {str(kind): count for kind, count in dataset.counts.items()}
    kinds = st.pills(
        "Show",
        list(counts),
        selection_mode="multi",
        default=list(counts),
        key=f"{role} kinds",
        format_func=lambda kind: f"{kind}: {counts[kind]}",
    )
    table = pd.DataFrame(
        [(problem.row, str(problem.kind), problem.reason) for problem in dataset.problems],
        columns=["row", "kind", "reason"],
    )
    st.dataframe(
        table[table["kind"].isin(kinds)],
        hide_index=True,
        height=min(38 + 35 * len(table), 280),
        alt="Problems by row",
    )
    with st.container(horizontal=True):
        problems_download(role, table)
        if folder and DUPLICATES & set(counts):
            duplicates_button(role, folder)


def problems_download(role: str, table: pd.DataFrame) -> None:
    """The list of problems as CSV, safe to open in a spreadsheet."""
    st.download_button(
        "Download the list",
        lambda: table.map(guarded).to_csv(index=False).encode(errors="backslashreplace"),
        f"{role}-problems.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def duplicates_button(role: str, folder: Path) -> None:
    """Read the source again with duplicates treated the other way."""
    arguments = read_arguments(folder)
    other, label = OTHER_WAY[arguments.get("near_duplicates", "collapse")]
    if st.button(label, icon=":material/content_copy:"):
        start_reading(role, {**arguments, "near_duplicates": other})
        st.rerun()
