"""What a trainer reads of a run's pool: stored by a job, read once for all sessions."""

from pathlib import Path

import pyarrow as pa
import streamlit as st

from delift_core.runs.training_tables import read_training_rows


@st.cache_resource(max_entries=8, show_spinner=False)
def _rows(path: Path, stored_at: int) -> pa.Table:
    return read_training_rows(path)


def training_rows(path: Path) -> pa.Table:
    """The rows of a pool in a file. Raises DamagedRun."""
    return _rows(path, path.stat().st_mtime_ns)
