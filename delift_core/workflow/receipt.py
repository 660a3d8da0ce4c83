"""The receipt of a validation: what it was made of and with, so that anybody can check it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from delift_core.export.manifest import versions
from delift_core.files import digest_of, write_json
from delift_core.validation.validations import RECEIPT, SETTINGS

if TYPE_CHECKING:
    from delift_core.workflow.validation import Validation


TUNING_PACKAGES = ("peft", "rouge-score")


def write_receipt(validation: "Validation", scoring_seconds: float | None) -> None:
    """Record what a finished validation was made of: digests, seeds, versions, seconds.

    scoring_seconds: what the pairs that its method needs take here, where it needs any.
    """
    receipt = receipt_of(validation)
    work = {**work_of(validation), "scoring_seconds": scoring_seconds}
    write_json({**receipt, "work": work}, validation.folder / RECEIPT)


def receipt_of(validation: "Validation") -> dict:
    """What a finished validation was made of, the same whenever it is repeated."""
    run, settings, store = validation.run, validation.settings, validation.store
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
    }


def work_of(validation: "Validation") -> dict:
    """Seconds, devices and threads of the cells, as far as they are known, and the time."""
    times = [validation.store.read_time(cell) for cell in validation.cells]
    known = [time for time in times if time is not None]
    return {
        "models": len(times),
        "models_timed": len(known),
        "seconds": round(sum(time.seconds for time in known), 1),
        "devices": sorted({time.device for time in known}),
        "threads": sorted({time.threads for time in known}),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
