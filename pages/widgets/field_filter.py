"""A field of the original rows and the values of it that are wanted."""

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.choice import groups
from pages.session import cache


def filter_control(run: Run, name: str) -> tuple[np.ndarray, str | None]:
    """(pool,) bool, what the values leave, and the field. name: of this control among others."""
    keep, fields = np.ones(len(run.pool), dtype=bool), cache.group_fields(run)  # (pool,)
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
        return keep, None
    values = np.array(groups(run.pool, field))  # (pool,)
    wanted = st.multiselect(
        "Values",
        sorted(set(values)),
        key=f"{name} filter {field}",
        persist_state="session",
        width=320,
    )
    return (np.isin(values, wanted) if wanted else keep), field
