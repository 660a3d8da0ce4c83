"""Validations of a run: which are stored, what each lacks, what it found; each read once."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st

from delift_core.errors import DamagedRun, NotValidated
from delift_core.runs.held_out import attached_at
from delift_core.runs.run import Run
from delift_core.selection.methods import methods
from delift_core.validation.arms import TAKEN
from delift_core.validation.learned import Learned
from delift_core.validation.settings import ValidationSettings
from delift_core.validation.statistics import Difference
from delift_core.validation.validations import (
    RECEIPT,
    cell_store,
    is_finished,
    read_settings,
    settings_files,
)
from delift_core.workflow.findings import Findings, findings_of
from delift_core.workflow.receipt import read_receipt
from delift_core.workflow.validation import Validation, validation_of


class StoredValidations(NamedTuple):
    """All records of a run's validations."""

    sound: list[ValidationSettings]  # the one begun last comes first
    damaged: list[str]  # a sentence for each record that cannot be read


class ValidatedSelection(NamedTuple):
    """A selection that a finished validation tuned on."""

    title: str
    rows: tuple[int, ...]  # ascending
    sentence: str  # what was found
    model: str  # that was tuned


class Lack(NamedTuple):
    """What a validation lacks."""

    models: int  # that are not measured, or damaged
    rows: int  # that they read
    damaged: str  # a sentence on the first file that cannot be read; empty without any


@st.cache_resource(max_entries=32, show_spinner=False)
def _stored(_run: Run, folder: Path, stamps: str) -> StoredValidations:
    listed = StoredValidations([], [])
    for file in reversed(settings_files(_run)):
        try:
            listed.sound.append(read_settings(file))
        except DamagedRun as refusal:
            listed.damaged.append(str(refusal))
    return listed


def stored(run: Run) -> StoredValidations:
    """Every validation of a run, begun or finished."""
    stamps = [(file.parent.name, file.stat().st_mtime_ns) for file in settings_files(run)]
    return _stored(run, run.folder, str(stamps))


@st.cache_resource(max_entries=16, show_spinner=False)
def _opened(
    _run: Run, _settings: ValidationSettings, folder: Path, address: str, at: int
) -> Validation:
    return validation_of(_run, _settings)


def opened(run: Run, settings: ValidationSettings) -> Validation:
    """A validation with its arms. Raises NotValidated where its held-out examples are gone."""
    return _opened(run, settings, run.folder, settings.address, attached_at(run.folder))


def cells_stamp(run: Run) -> str:
    """What changes when a tuned model is stored, removed or written over."""
    files = sorted(cell_store(run).folder.glob("*.parquet"))
    stats = [file.stat() for file in files]
    stamps = [(file.name, stat.st_mtime_ns, stat.st_size) for file, stat in zip(files, stats)]
    return str(hash(tuple(stamps)))


@st.cache_resource(max_entries=64, show_spinner=False)
def _lack(_validation: Validation, folder: Path, address: str, stamp: str) -> Lack:
    store, unfinished = _validation.store, _validation.unfinished()
    damaged = next((cell for cell in unfinished if store.path(cell).exists()), None)
    sentence = ""
    if damaged is not None:
        try:
            store.read(damaged)
        except DamagedRun as refusal:
            sentence = str(refusal)
    return Lack(len(unfinished), _validation.rows_read(unfinished), sentence)


def lack(validation: Validation) -> Lack:
    """What is still to be tuned and measured of a validation."""
    run, address = validation.run, validation.settings.address
    return _lack(validation, run.folder, address, cells_stamp(run))


@st.cache_resource(max_entries=8, show_spinner="Working out intervals")
def _findings(_validation: Validation, folder: Path, address: str, stamp: str) -> Findings:
    return findings_of(_validation)


def findings(validation: Validation) -> Findings:
    """What a finished validation found. Raises NotValidated and DamagedRun."""
    run, address = validation.run, validation.settings.address
    return _findings(validation, run.folder, address, cells_stamp(run))


def finished(run: Run) -> list[Findings]:
    """What the finished validations of a run found, the one begun last first; none damaged."""
    listed = []
    for settings in stored(run).sound:
        if not is_finished(run, settings):
            continue
        with suppress(DamagedRun, NotValidated):
            listed.append(findings(opened(run, settings)))
    return listed


@st.cache_resource(max_entries=32, show_spinner=False)
def _validated(_run: Run, folder: Path, stamps: str) -> list[ValidatedSelection]:
    listed = []
    for settings in stored(_run).sound:
        if (receipt := read_receipt(_run, settings)) is not None:
            name = settings.selection
            rows = tuple(sorted(settings.chosen[name]))
            title, model = arm_title(name), settings.model["name"]
            listed.append(ValidatedSelection(title, rows, receipt["sentence"], model))
    return listed


def validated(run: Run) -> list[ValidatedSelection]:
    """What receipts say of the selections that were validated, the last one first."""
    files = sorted((run.folder / "validations").glob(f"*/{RECEIPT}"))
    stamps = [(file.parent.name, file.stat().st_mtime_ns) for file in files]
    return _validated(run, run.folder, str(stamps))


def arm_title(name: str) -> str:
    """What an arm is called on the pages."""
    if name in TAKEN:
        return name.capitalize()
    method = methods().get(name)
    return name if method is None else method.title


def learned(run: Run) -> Learned | None:
    """What tuning did to each example of the pool in the last finished validation."""
    return next((found.learned for found in finished(run)), None)


def validated_difference(run: Run, rows: np.ndarray) -> Difference | None:
    """How a selection differs from random ones in the last finished validation that holds it.

    rows: (chosen,) indices of its examples, in any order.
    """
    wanted = sorted(rows.tolist())
    for found in finished(run):
        for name, chosen in found.settings.chosen.items():
            if sorted(chosen) == wanted:
                return found.main.differences[name]
    return None
