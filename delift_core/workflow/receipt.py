"""The receipt of a validation: what it was made of and with, so that anybody can check it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime

from delift_core.errors import DamagedRun, NotValidated
from delift_core.export.manifest import versions
from delift_core.files import digest_of, read_json, write_json
from delift_core.runs.run import Run
from delift_core.validation.record import evidence_record
from delift_core.validation.settings import ValidationSettings
from delift_core.validation.validations import (
    RECEIPT,
    SETTINGS,
    stored_validations,
    validation_folder,
)
from delift_core.workflow.findings import main_evidence
from delift_core.workflow.validation import Validation, validation_of

TUNING_PACKAGES = ("peft", "rouge-score")
STATISTICS = 2  # raised when something else would be said of the same cells


def write_receipt(validation: Validation, scoring_seconds: float | None) -> None:
    """Record what a finished validation was made of: digests, seeds, versions, seconds.

    scoring_seconds: what the pairs that its method needs take here, where it needs any.
    """
    receipt = receipt_of(validation)
    work = {**work_of(validation), "scoring_seconds": scoring_seconds}
    write_json({**receipt, "work": work}, validation.folder / RECEIPT)


def has_receipt(validation: Validation) -> bool:
    """Whether the receipt of a validation is written: a process may end just before."""
    return read_json(validation.folder / RECEIPT) is not None


def receipt_of(validation: Validation) -> dict:
    """What a finished validation was made of, the same whenever it is repeated."""
    run, settings, store = validation.run, validation.settings, validation.store
    evidence = main_evidence(validation)
    return {
        "validation": settings.address,
        "settings": digest_of(validation.folder / SETTINGS),
        "run": run.id,
        "pool": run.pool.fingerprint,
        "held_out": validation.held_out.fingerprint,
        "selection": settings.selection,
        "model": dict(settings.model),
        "design": asdict(settings.design),
        "cells": {cell.address: digest_of(store.path(cell)) for cell in validation.cells},
        "versions": versions(TUNING_PACKAGES),
        "statistics": STATISTICS,
        "sentence": evidence.sentence,
        "learning_rate": validation.rate,
        "evidence": evidence_record(evidence),
    }


def read_receipt(run: Run, settings: ValidationSettings) -> dict | None:
    """The receipt of a finished validation; None where none is written.

    What earlier statistics said of the cells is said anew, as far as they are all there.
    """
    receipt = read_json(validation_folder(run, settings) / RECEIPT)
    if receipt is None or receipt.get("statistics") == STATISTICS:
        return receipt
    with suppress(DamagedRun, NotValidated):
        receipt.update(
            {**receipt_of(validation_of(run, settings)), "versions": receipt["versions"]}
        )
    return receipt


def receipt_for(run: Run, rows: Iterable[int]) -> dict | None:
    """The receipt of the last finished validation of a selection, without what it took; or None.

    rows: of the pool, in any order.
    """
    chosen = sorted(rows)
    for settings in stored_validations(run):
        if sorted(settings.chosen[settings.selection]) != chosen:
            continue
        if (receipt := read_receipt(run, settings)) is not None:
            receipt.pop("work", None)
            return receipt
    return None


def work_of(validation: Validation) -> dict:
    """Seconds, devices and threads of the cells, as far as they are known, and the time."""
    times = [validation.store.read_time(cell) for cell in validation.cells]
    known = [time for time in times if time is not None]
    return {
        "models": len(times),
        "models_timed": len(known),
        "seconds": round(sum(time.seconds for time in known), 1)
        if len(known) == len(times)
        else None,
        "devices": sorted({time.device for time in known}),
        "threads": sorted({time.threads for time in known}),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
