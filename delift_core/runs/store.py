"""The runs of a workspace: made, opened, listed; and the demo that is shipped.

WORKSPACE/runs/ADDRESS/     one run, see runs/run.py
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs

from delift_core.data import bundled
from delift_core.data.example import Dataset
from delift_core.errors import DamagedRun, NotARun
from delift_core.files import digest, stamp_last, write_json
from delift_core.runs.held_out import (
    attach_held_out,
    held_out_address,
    records_in,
    with_held_out,
)
from delift_core.runs.record import create_record, read_record
from delift_core.runs.reuse import adopt, copy_missing
from delift_core.runs.run import Run
from delift_core.runs.tables import write_dataset
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.scoring.plan import Plan

ALL = Plan()
OF_HELD_OUT = (HELD_OUT, "validations")  # folders of what is measured on held-out examples


def create_run(
    workspace: Path,
    data: Mapping[str, Dataset],
    model: Mapping[str, object],
    template: str,
    plan: Plan = ALL,
) -> Run:
    """The run of these roles, model, template and plan, made where it does not exist yet.

    data: pool and, where given, target, known and held_out, which is attached to the run. model:
    name, revision, dtype, context and fingerprint.
    """
    record = create_record(data, model, template, plan)
    folder = Path(workspace) / "runs" / digest(record)[:16]
    run = Run(folder, record)
    if not is_whole(run):
        for role in run.roles:
            write_dataset(data[role], folder / role)
        write_json(record, folder / "run.json")
        stamp_last(folder / "run.json", Path(workspace).glob("runs/*/run.json"))
    if HELD_OUT in data:
        run = attach_held_out(run, data[HELD_OUT])
    adopt(run, list_runs(workspace))
    return run


def is_whole(run: Run) -> bool:
    """Whether a run is in its folder with the record and the examples that it was made of."""
    try:
        return read_record(run.folder) == run.record and bool(run.datasets)
    except (NotARun, DamagedRun):
        return False


def open_run(folder: str | Path, held_out: str | None = None) -> Run:
    """The run in a folder, with held-out examples where some are attached.

    held_out: the address of those meant; the ones attached last where none is named. Raises NotARun
    where there is no run, its record is damaged or its layout is another version's.
    """
    return with_held_out(Run(Path(folder), read_record(Path(folder))), held_out)


def bundled_run() -> Run:
    """The demo: 160 examples of our own, a target, known examples, and their scored kernels."""
    return open_run(Path(bundled.__file__).parent / "run")


def demo_id() -> str:
    """The id of the demo in every workspace."""
    return digest(bundled_run().record)[:16]


def open_demo(workspace: str | Path) -> Run:
    """The demo as a run of the workspace.

    Files that the workspace lacks are copied from the package; those of the package stay as they
    are. Where a person attached held-out examples in place of the shipped ones, those count on.
    """
    shipped = bundled_run()
    folder = Path(workspace) / "runs" / demo_id()
    own_held_out = has_other_held_out(folder, shipped)
    # run.json last: it makes a run
    for file in sorted(shipped.folder.rglob("*"), key=lambda file: file.name == "run.json"):
        name = file.relative_to(shipped.folder)
        if not (own_held_out and name.parts[0] in OF_HELD_OUT):
            copy_missing(file, folder / name)
    return open_run(folder)


def has_other_held_out(folder: Path, shipped: Run) -> bool:
    """Whether the demo in a folder was given held-out examples, and never the shipped ones."""
    attached = {file.parent.name for file in records_in(folder)}
    return bool(attached) and held_out_address(shipped) not in attached


def list_runs(workspace: str | Path) -> Iterator[Run]:
    """Every run of a workspace, newest first; folders that are not runs are passed over."""
    files = sorted(
        (Path(workspace) / "runs").glob("*/run.json"), key=lambda file: -file.stat().st_mtime_ns
    )
    for file in files:
        try:
            yield open_run(file.parent)
        except NotARun:
            continue


def workspace_of(run: Run) -> Path:
    """The workspace that a run lies in; for one that was moved elsewhere, that of this machine."""
    runs = run.folder.resolve().parent
    if runs.name != "runs":
        return default_workspace()
    return runs.parent


def default_workspace() -> Path:
    """The workspace where none is named: $DELIFT_WORKSPACE, or the user's data folder."""
    return Path(os.environ.get("DELIFT_WORKSPACE") or platformdirs.user_data_path("delift"))
