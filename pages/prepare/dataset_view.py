"""How a source was understood: its layout, raw beside read, the mapping of columns, and the list of
problems.
"""

from collections import Counter
from pathlib import Path

import pandas as pd
import streamlit as st

from delift_core.data.example import Dataset, ProblemKind
from delift_core.export.cells import guarded
from delift_core.jobs import jobs
from pages.prepare.sources import asked_for, read
from pages.widgets.conversation import conversation
from pages.widgets.literal import literal

DUPLICATES = {ProblemKind.EXACT_DUPLICATE, ProblemKind.NEAR_DUPLICATE}


def dataset_view(role: str, dataset: Dataset, folder: Path | None) -> None:
    """What was read, and what may be done about it.

    folder: of the job that read it, None for the examples of an opened run.
    """
    told, asked = jobs.result(folder) or {} if folder else {}, dataset.read_record
    with st.container(horizontal=True):
        st.metric("Examples", f"{len(dataset):,}")
        st.metric("Layout", literal(dataset.format.split(",")[0]))
        st.metric("Problems", f"{len(dataset.problems) - dataset.altered:,}")
        st.metric("Collapsed duplicates", f"{sum(map(len, dataset.collapsed.values())):,}")
        if dataset.altered:
            st.metric(
                "Notes",
                f"{dataset.altered:,}",
                help="Rows that are used, and were read differently from how they stand.",
            )
    read_so = f" · {literal(asked.sentence)}" if asked else ""
    st.caption(
        f"{literal(dataset.source)}: {literal(dataset.format)}{read_so} · fingerprint"
        f" `{dataset.fingerprint[:16]}`"
    )
    if len(dataset):
        raw_beside_read(role, dataset)
    else:
        st.error(
            "None of the rows can be used. The list says why, row by row; mend them, or say which"
            " column is what.",
            icon=":material/error:",
        )
    problems(role, dataset, folder)
    if folder and told.get("columns"):
        expander = st.expander(
            "Which column is what", icon=":material/edit:", key=f"{role} columns", on_change="rerun"
        )
        if expander.open:
            with expander:
                mapping_form(role, folder, told)


def raw_beside_read(role: str, dataset: Dataset) -> None:
    """One example as it stood in the source, and as the model will read it."""
    st.subheader("As written, and as read")
    number = st.number_input(
        f"Example (1 to {len(dataset):,})", 1, len(dataset), 1, key=f"{role} looked at", width=200
    )
    example = dataset[number - 1]
    left, right = st.columns(2, border=True)
    with left:
        st.caption(f"Row {example.row} of the source, id {literal(example.id)}")
        st.json(dict(example.extra))
    with right:
        conversation(example)


def problems(role: str, dataset: Dataset, folder: Path | None) -> None:
    """Every row that was left out, altered or found twice, by kind; and the list to take away."""
    if not dataset.problems:
        st.caption("No problems: every row was read as it is.")
        return
    st.subheader("Problems and notes" if dataset.altered else "Problems")
    if dataset.read_record and dataset.read_record.is_sampled:
        st.caption(
            f"Of all rows of the source; {dataset.read_record.sample_sentence} was made after them."
        )
    counts = Counter(str(problem.kind) for problem in dataset.problems)
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
        st.download_button(
            "Download the list",
            lambda: table.map(guarded).to_csv(index=False).encode(errors="backslashreplace"),
            f"{role}-problems.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        if folder and DUPLICATES & set(counts):
            other = {"collapse": "keep", "keep": "collapse"}[
                asked_for(folder).get("near_duplicates", "collapse")
            ]
            if st.button(
                {"keep": "Keep the duplicates", "collapse": "Let one stand for all duplicates"}[
                    other
                ],
                icon=":material/content_copy:",
            ):
                read(role, {**asked_for(folder), "near_duplicates": other})
                st.rerun()


def mapping_form(role: str, folder: Path, told: dict) -> None:
    """Which column is the prompt, which the response; raw rows to see what is there."""
    columns, asked = told.get("columns") or [], asked_for(folder)
    given = asked.get("columns") or {}
    prompts = given.get("prompt", [])
    st.caption(
        "The source has these columns. Say which of them make the prompt and which is the response."
    )
    st.json([row["fields"] for row in told.get("raw", [])[:3]], expanded=2)
    with st.form(f"{role} mapping", border=False):
        prompt = st.multiselect(
            "Prompt (several are joined)",
            columns,
            default=[prompts] if isinstance(prompts, str) else prompts,
        )
        chosen = {"prompt": prompt}
        for part, help in (
            ("response", "What the model should answer."),
            ("system", "Optional."),
            ("id", "Optional; unique in every row."),
        ):
            current = given.get(part)
            chosen[part] = st.selectbox(
                part.capitalize(),
                columns,
                index=columns.index(current) if current in columns else None,
                placeholder="none",
                help=help,
            )
        if st.form_submit_button("Read with this mapping", type="primary"):
            mapping = {
                part: value[0] if part == "prompt" and len(value) == 1 else value
                for part, value in chosen.items()
                if value
            }
            read(role, {**asked, "columns": mapping})
            st.rerun()
