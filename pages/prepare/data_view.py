"""What was read of a source: counts, the cap, the examples, and the list of notices."""

from pathlib import Path

import pandas as pd
import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.tally import DUPLICATES, tally
from delift_core.export.cells import guarded
from delift_core.jobs import jobs
from pages.prepare.data_charts import content_charts
from pages.prepare.data_mapping import mapping_form
from pages.prepare.data_sources import read_arguments, start_reading
from pages.prepare.data_table import example_browser
from pages.widgets.literal import literal

# how duplicates were read -> how else, and the label of the button that does
OTHER_WAY = {
    "collapse": ("keep", "Keep the duplicates"),
    "keep": ("collapse", "Merge the duplicates"),
}


def dataset_view(role: str, dataset: Dataset, folder: Path | None) -> None:
    """What was read, and what may be done about it.

    folder: of the job that read it, None for the examples of an opened run.
    """
    cap_warning(role, dataset, folder)
    dataset_metrics(dataset)
    if len(dataset):
        example_browser(role, dataset)
        content_charts(role, dataset)
    else:
        st.error(
            "None of the rows can be used. The list says why, row by row; mend them, or say which"
            " column is what.",
            icon=":material/error:",
        )
    notices(role, dataset, folder)
    if folder:
        column_expander(role, folder)


def cap_warning(role: str, dataset: Dataset, folder: Path | None) -> None:
    """How much of the source the row cap left out, and the button that takes all of it."""
    read = dataset.read_record
    if read is None or not read.is_sampled:
        return
    taken = [read.sample_sentence, *([read.hold_out.sentence] if read.hold_out else [])]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            f"**{len(dataset):,} of {read.usable:,} examples are used**:"
            f" {literal(', '.join(taken))}. The rest is left out.",
            icon=":material/content_cut:",
        )
        if folder and st.button(f"Use all {read.usable:,}", key=f"{role} all"):
            start_reading(role, {**read_arguments(folder), "limit": None})
            st.rerun()


def dataset_metrics(dataset: Dataset) -> None:
    """Counts of examples and of rows that there is something to know of, and the layout."""
    counts = tally(dataset)
    with st.container(horizontal=True):
        st.metric("Examples", f"{len(dataset):,}", help="A prompt and its response each.")
        st.metric(
            "Layout",
            literal(dataset.format.split(",")[0]),
            help="How prompt and response stand in a row, as it was recognised.",
        )
        st.metric(
            "Left out",
            f"{counts.left_out:,}",
            help="Rows that cannot be used: broken, without a response, or in the pool already.",
        )
        st.metric(
            "Merged duplicates",
            f"{counts.merged:,}",
            help="Rows that another example stands for, since it says the same or nearly.",
        )
        st.metric(
            "Notices",
            f"{counts.notices:,}",
            help="Rows that are used all the same, with something to know of. Nothing is lost.",
        )


def source_line(dataset: Dataset) -> str:
    """Source, layout and options of reading."""
    options = dataset.read_record
    options_text = f" · {literal(options.sentence)}" if options else ""
    return f"{literal(dataset.source)}: {literal(dataset.format)}{options_text}"


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


def notices(role: str, dataset: Dataset, folder: Path | None) -> None:
    """Every row that was left out, altered or repeated, by kind; and the list to download."""
    st.subheader("Notices", anchor=False)
    st.caption(
        source_line(dataset), help=f"Everything that was read has the digest {dataset.fingerprint}."
    )
    if not dataset.problems:
        st.caption("None: every row was read as it is.")
        return
    if dataset.read_record and dataset.read_record.is_sampled:
        st.caption(
            f"Of all rows of the source; {dataset.read_record.sample_sentence} was made after them."
        )
    counts = {str(kind): count for kind, count in dataset.counts.items()}
    kinds = kinds_control(role, counts)
    table = pd.DataFrame(
        [(problem.row, str(problem.kind), problem.reason) for problem in dataset.problems],
        columns=["row", "kind", "reason"],
    )
    st.dataframe(
        table[table["kind"].isin(kinds)],
        hide_index=True,
        height=min(38 + 35 * len(table), 280),
        alt="Notices by row",
        column_config={"row": "Row", "kind": "Kind", "reason": "What was noticed"},
    )
    with st.container(horizontal=True):
        notices_download(role, table)
        if folder and DUPLICATES & set(dataset.counts):
            duplicates_button(role, folder)


def kinds_control(role: str, counts: dict[str, int]) -> list[str]:
    """The kinds that are listed. counts: kind -> rows."""
    return st.pills(
        "Show",
        list(counts),
        selection_mode="multi",
        default=list(counts),
        key=f"{role} kinds",
        format_func=lambda kind: f"{kind}: {counts[kind]:,}",
    )


def notices_download(role: str, table: pd.DataFrame) -> None:
    """The list of notices as CSV, safe to open in a spreadsheet."""
    st.download_button(
        "Download the list",
        lambda: table.map(guarded).to_csv(index=False).encode(errors="backslashreplace"),
        f"{role}-notices.csv",
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
