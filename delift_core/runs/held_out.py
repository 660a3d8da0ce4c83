"""Held-out examples of a run: attached to it after it was made, and no part of its address.

RUN/held_out/ADDRESS/     examples.parquet, problems.parquet, alone.parquet, held_out_pool.zarr,
                          and held_out.json, which is written last; ADDRESS follows from them

Utilities of the pool and what is chosen from them never depend on them. A run may have been given
several; those attached last are the ones that count.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from delift_core.data.example import Dataset
from delift_core.errors import DamagedRun
from delift_core.files import read_json, stamp_last, write_json
from delift_core.runs.record import DATA, describe
from delift_core.runs.run import Run
from delift_core.runs.tables import read_sound, write_dataset
from delift_core.scoring.kernel_names import HELD_OUT

RECORD = "held_out.json"


def attach_held_out(run: Run, held_out: Dataset) -> Run:
    """The run with held-out examples, stored in its folder where they are not there yet."""
    attached = replace(run, held_out=describe(held_out))
    folder = attached.role_folder(HELD_OUT)
    if not is_stored(attached):
        write_dataset(held_out, folder)
        write_json(attached.held_out, folder / RECORD)
    stamp_last(folder / RECORD, records_in(run.folder))
    return attached


def is_stored(run: Run) -> bool:
    """Whether the held-out examples of a run are whole in its folder."""
    folder = run.role_folder(HELD_OUT)
    if read_json(folder / RECORD) != run.held_out:
        return False
    try:
        return bool(read_sound(folder, run.data[HELD_OUT]))
    except DamagedRun:
        return False


def with_held_out(run: Run, address: str | None = None) -> Run:
    """The run with the held-out examples of an address, or those attached last.

    Without any, or with none of that address, the run as it is.
    """
    for file in sorted(records_in(run.folder), key=lambda file: -file.stat().st_mtime_ns):
        record = read_json(file)
        if is_record(record, file.parent.name) and address in (None, file.parent.name):
            return replace(run, held_out=record)
    return run


def held_out_address(run: Run) -> str | None:
    """The address of the held-out examples of a run, None without any."""
    return run.role_folder(HELD_OUT).name if run.held_out else None


def attached_at(run_folder: Path) -> int:
    """A value that changes when held-out examples are attached to the run in a folder."""
    return max((file.stat().st_mtime_ns for file in records_in(run_folder)), default=0)


def records_in(run_folder: Path) -> list[Path]:
    """The records of all held-out examples that a run was given."""
    return list(run_folder.glob(f"{HELD_OUT}/*/{RECORD}"))


def is_record(record: Mapping | None, address: str) -> bool:
    """Whether a record is whole and describes the examples of an address."""
    return (
        record is not None
        and set(DATA) <= set(record)
        and str(record["fingerprint"])[:16] == address
    )
