"""Which column of a source is the prompt, which the response."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from delift_core.data.mapping_guess import guessed_mapping
from pages.prepare.data_sources import read_arguments, start_reading
from pages.widgets.written_values import written_values

ROWS_SHOWN = 3
OPTIONAL_PARTS = {
    "response": "What the model should answer.",
    "system": "Optional.",
    "id": "Optional; unique in every row.",
}


def mapping_form(role: str, folder: Path, result: Mapping) -> None:
    """Raw rows to see what is there, a field for each part, and the button that reads again.

    result: what the job that reads returned of its source: its columns and first rows.
    """
    columns = result.get("columns") or []
    arguments = read_arguments(folder)
    rows = [row["fields"] for row in result.get("raw", [])]
    current_mapping = arguments.get("columns") or guessed_mapping(columns, rows)
    st.caption(
        "The source has these columns. Say which of them make the prompt and which is the response;"
        " a guess is filled in."
    )
    st.json(written_values(rows[:ROWS_SHOWN]), expanded=2)
    with st.form(f"{role} mapping", border=False):
        mapping = part_controls(columns, current_mapping)
        if st.form_submit_button("Import with this mapping", type="primary"):
            start_reading(role, {**arguments, "columns": mapping})
            st.rerun()


def part_controls(columns: list[str], current_mapping: Mapping) -> dict:
    """The columns picked for each part; a prompt of one column is named without a list."""
    prompt = current_mapping.get("prompt", [])
    mapping = {
        "prompt": st.multiselect(
            "Prompt (several are joined)",
            columns,
            default=[prompt] if isinstance(prompt, str) else prompt,
        )
    }
    for part, help in OPTIONAL_PARTS.items():
        column = current_mapping.get(part)
        mapping[part] = st.selectbox(
            part.capitalize(),
            columns,
            index=columns.index(column) if column in columns else None,
            placeholder="none",
            help=help,
        )
    picked = {part: value for part, value in mapping.items() if value}
    if len(picked.get("prompt", ())) == 1:
        picked["prompt"] = picked["prompt"][0]
    return picked
