"""A field of the original rows and the values of it that are wanted."""

import numpy as np
import streamlit as st

from delift_core.data.groups import groups
from delift_core.runs.run import Run
from pages.session import cached_fields


def values_key(name: str, field: str) -> str:
    """The key of the control that picks values of a field."""
    return f"{name} filter {field}"


def filter_control(run: Run, name: str) -> tuple[np.ndarray, str | None]:
    """(pool,) bool, what the picked values leave, and the field.

    name: of this control, among those of all pages.
    """
    everything = np.ones(len(run.pool), dtype=bool)  # (pool,)
    fields = cached_fields.group_fields(run)
    field = st.selectbox(
        "Filter by",
        fields,
        index=None,
        placeholder="no field",
        key=f"{name} filter field",
        persist_state="session",
        width=200,
    )
    if field not in fields:
        return everything, None
    values = np.array(groups(run.pool, field))  # (pool,)
    wanted = st.multiselect(
        "Values",
        sorted(set(values)),
        key=values_key(name, field),
        persist_state="session",
        width=320,
    )
    return (np.isin(values, wanted) if wanted else everything), field
