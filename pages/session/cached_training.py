"""What trainers read of a run's pool, and are told of an export: read once for all sessions."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import streamlit as st

from delift_core.data.example import Example
from delift_core.export.trainers.trainer import TrainedFile
from delift_core.export.trainers.writing import trained_file as trained_file_of
from delift_core.runs.training_tables import read_training_rows


@st.cache_resource(max_entries=8, show_spinner=False)
def _rows(path: Path, stored_at: int) -> pa.Table:
    return read_training_rows(path)


def training_rows(path: Path) -> pa.Table:
    """The rows of a pool in a file. Raises DamagedRun."""
    return _rows(path, path.stat().st_mtime_ns)


@st.cache_resource(max_entries=16, show_spinner="Reading the rows as trainers do")
def _trained_file(
    _examples: Sequence[Example], key: str, name: str, shape: str, model: str, longest: int
) -> TrainedFile:
    return trained_file_of(name, _examples, shape, model, longest)


def trained_file(
    examples: Sequence[Example], key: str, name: str, shape: str, model: str, longest: int
) -> TrainedFile:
    """What trainers are told about examples exported to a file of that name. Raises NoTrainer.

    key: of the examples.
    """
    return _trained_file(examples, key, name, shape, model, longest)
