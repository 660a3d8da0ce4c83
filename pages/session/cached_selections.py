"""The selections stored in a run, listed and read again only when something of them changed."""

from pathlib import Path

import streamlit as st

from delift_core.runs.run import Run
from delift_core.runs.saved_selections import (
    SavedSelections,
    saved_selections,
    selection_files,
)
from delift_core.runs.selections import read_selection
from delift_core.selection.choice import Choice
from delift_core.selection.greedy import Selection


@st.cache_resource(max_entries=32, show_spinner=False)
def _saved(_run: Run, folder: Path, stamps: str) -> SavedSelections:
    return saved_selections(_run)


def saved(run: Run) -> SavedSelections:
    """Every stored selection of a run, the one stored last first."""
    files = selection_files(run)
    return _saved(run, run.folder, str([(file.name, file.stat().st_mtime_ns) for file in files]))


@st.cache_resource(max_entries=64, show_spinner=False)
def _selection(path: Path, stored_at: int) -> tuple[Choice, Selection]:
    return read_selection(path)


def selection(path: Path) -> tuple[Choice, Selection]:
    """A stored selection and its choice. Raises DamagedRun."""
    return _selection(path, path.stat().st_mtime_ns)
