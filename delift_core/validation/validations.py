"""The validations of a run: what each measures; the cells of all of them lie in one folder.

RUN/validations/cells/      a file for every tuned model, see cells.py
RUN/validations/ADDRESS/    settings.json; receipt.json once every cell is measured
"""

import json
from collections.abc import Iterable
from pathlib import Path

from delift_core.errors import DamagedRun, NotValidated
from delift_core.files import read_json, stamp_last, write_json
from delift_core.runs.run import Run
from delift_core.runs.tables import refusing_damage
from delift_core.selection.baselines.longest import LONGEST
from delift_core.validation.cells import VALIDATE_AGAIN, CellStore
from delift_core.validation.settings import ValidationSettings, settings_of

SETTINGS = "settings.json"
RECEIPT = "receipt.json"


def validation_folder(run: Run, settings: ValidationSettings) -> Path:
    """Where a validation is recorded."""
    return run.folder / "validations" / settings.address


def cell_store(run: Run) -> CellStore:
    """The tuned models of a run."""
    return CellStore(run.folder / "validations" / "cells")


def write_settings(run: Run, settings: ValidationSettings) -> Path:
    """Record what a validation measures; it becomes the last one of its run."""
    file = validation_folder(run, settings) / SETTINGS
    if read_json(file) != json.loads(json.dumps(settings.record)):
        write_json(settings.record, file)
    stamp_last(file, settings_files(run))
    return file


def read_settings(file: Path) -> ValidationSettings:
    """What a validation measures. Raises DamagedRun."""
    with refusing_damage(file, VALIDATE_AGAIN):
        settings = settings_of(json.loads(file.read_text(encoding="utf-8")))
        if settings.address != file.parent.name:
            raise ValueError("it is of another validation")
        return settings


def settings_files(run: Run) -> list[Path]:
    """The records of a run's validations, the one begun last at the end."""
    files = (run.folder / "validations").glob(f"*/{SETTINGS}")
    return sorted(files, key=lambda file: file.stat().st_mtime_ns)


def stored_validations(run: Run) -> list[ValidationSettings]:
    """The validations of a run, the one begun last first; damaged records are passed over."""
    found = []
    for file in reversed(settings_files(run)):
        try:
            found.append(read_settings(file))
        except DamagedRun:
            continue
    return found


def is_finished(run: Run, settings: ValidationSettings) -> bool:
    """Whether every model of a validation is measured, and its receipt written."""
    return (validation_folder(run, settings) / RECEIPT).exists()


def selections_tried(run: Run, validations: Iterable[ValidationSettings]) -> int:
    """How many different selections the finished ones of a run's validations measured.

    The longest responses count only where a validation is about them.
    """
    tried = set()
    for settings in validations:
        if not is_finished(run, settings):
            continue
        for name, rows in settings.chosen.items():
            if name != LONGEST.name or name == settings.selection:
                tried.add(tuple(sorted(rows)))
    return len(tried)


def find_validation(run: Run, address: str | None = None) -> ValidationSettings:
    """The validation of an address, or the one begun last. Raises NotValidated."""
    for settings in stored_validations(run):
        if address in (None, settings.address):
            return settings
    missing = "no validation" if address is None else f"no validation {address!r}"
    raise NotValidated(f"{run.folder}: {missing}. Run: delift validate {run.folder}")
