"""Runs, datasets, kernels and maps, read once for all sessions and never changed.

A cached function takes only paths, names and requests: Streamlit hashes big arrays and tables by a
sample, and would return another's result. Objects are passed with a leading underscore.
"""

from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.hold_out import hold_out, without_repeats
from delift_core.errors import NotScored
from delift_core.runs import sources, store
from delift_core.runs.held_out import attached_at, held_out_address
from delift_core.runs.projections import read_projection
from delift_core.runs.run import Run
from delift_core.runs.run_copies import DeletedRun, own_bytes
from delift_core.runs.tables import read_dataset_folder, read_source
from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.choice import Choice, objective_for
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES


@st.cache_resource(max_entries=32, show_spinner=False)
def _opened_run(folder: Path, is_there: bool, held_out_at: int) -> Run:
    return store.open_run(folder)


def opened_run(workspace: Path, id: str) -> Run:
    """A run of the workspace; opened anew where held-out examples were attached. Raises NotARun."""
    folder = workspace / "runs" / id
    return _opened_run(folder, (folder / "run.json").exists(), attached_at(folder))


@st.cache_resource(show_spinner=False)
def demo_id() -> str:
    """The id of the demo."""
    return store.demo_id()


@st.cache_resource(max_entries=16, show_spinner="Reading the examples")
def _read_dataset(folder: Path, stored_at: int) -> Dataset:
    return read_dataset_folder(folder)


def read_dataset(folder: Path) -> Dataset:
    """Examples that were read and are no run yet; read again where they are stored anew."""
    return _read_dataset(folder, (folder / "examples.parquet").stat().st_mtime_ns)


@st.cache_resource(max_entries=256, show_spinner=False)
def _pool_source(folder: Path, stored_at: int) -> str:
    return read_source(folder)


def pool_source(run: Run) -> str:
    """The file or data set that the pool of a run was read from. Raises DamagedRun."""
    folder = run.role_folder("pool")
    file = folder / "examples.parquet"
    return _pool_source(folder, file.stat().st_mtime_ns if file.exists() else 0)


@st.cache_resource(max_entries=256, show_spinner=False)
def _own_bytes(folder: Path, deleted_at: str, beside: tuple[str, ...]) -> int:
    return own_bytes(folder)


def deleted_bytes(deleted: DeletedRun) -> int:
    """What the disk gains when a deleted run is removed for good.

    It shares files with copies, which come and go.
    """
    folder = deleted.run.folder
    beside = (*folder.parent.iterdir(), *(folder.parents[1] / "runs").glob("*"))
    return _own_bytes(folder, str(deleted.deleted_at), tuple(sorted(map(str, beside))))


@st.cache_resource(max_entries=8, show_spinner="Setting examples aside")
def _held_out_share(
    _pool: Dataset, _target: Dataset | None, fingerprints: str, share: str, group_by: str
) -> tuple[Dataset, Dataset]:
    seed = _pool.read_record.options.seed if _pool.read_record else 0
    return hold_out(_pool, share, group_by or None, seed, _target)


def held_out_share(
    pool: Dataset, target: Dataset | None, share: str, group_by: str | None
) -> tuple[Dataset, Dataset]:
    """The rest of a pool and the examples set aside, with the seed that the pool was read with."""
    return _held_out_share(pool, target, fingerprints_of(pool, target), share, group_by or "")


@st.cache_resource(max_entries=8, show_spinner="Looking for repeats of pool and target")
def _held_out_apart(
    _held_out: Dataset, _pool: Dataset, _target: Dataset | None, fingerprints: str
) -> Dataset:
    return without_repeats(_held_out, _pool, _target)


def held_out_apart(held_out: Dataset, pool: Dataset, target: Dataset | None) -> Dataset:
    """The held-out examples that repeat nothing of pool and target."""
    return _held_out_apart(held_out, pool, target, fingerprints_of(held_out, pool, target))


def fingerprints_of(*datasets: Dataset | None) -> str:
    """What names datasets in order, those that are not there as well."""
    return " ".join("none" if data is None else data.fingerprint for data in datasets)


@st.cache_resource(max_entries=4, show_spinner="Reading the utilities")
def _kernel(_run: Run, folder: Path, name: str) -> UtilityKernel:
    return store.open_run(_run.folder, held_out_address(_run)).kernel(name)


def kernel(run: Run, name: str) -> UtilityKernel:
    """A complete kernel of a run."""
    return _kernel(run, run.kernel_folder(name), name)


def position(run: Run, id: str | None) -> int | None:
    """The index of an example in the pool; None for an id it does not have."""
    return run.pool.index_of.get(id)


def is_scored(run: Run, choice: Choice) -> bool:
    """Whether every kernel that a choice needs is complete."""
    try:
        needed = OBJECTIVES[objective_for(choice.objective, run.roles)].kernels
    except NotScored:
        return False
    return all(is_complete(run, name) for name in needed)


def scored_objectives(run: Run) -> list[ObjectiveName]:
    """The objectives whose kernels are complete."""
    return [
        name
        for name, spec in OBJECTIVES.items()
        if all(kernel in run.possible and is_complete(run, kernel) for kernel in spec.kernels)
    ]


def is_complete(run: Run, name: str) -> bool:
    """Whether a kernel lacks nothing."""
    try:
        _check_complete(run, run.kernel_folder(name), name)
    except NotScored:
        return False
    return True


@st.cache_resource(show_spinner=False)
def _check_complete(_run: Run, folder: Path, name: str) -> None:
    """Remembered, since a complete kernel stays so. Raises NotScored, which is not remembered."""
    if _run.missing(name):
        raise NotScored(f"{folder}: kernel {name} is not finished.")


@st.cache_resource(max_entries=8, show_spinner=False)
def _changed_sources(_run: Run, folder: Path, stamps: str) -> list[str]:
    return list(sources.changed_sources(_run))


def changed_sources(run: Run) -> list[str]:
    """A sentence for every file of a run that holds something else by now."""
    return _changed_sources(run, run.folder, str(sources.stamps(run)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _projection(_run: Run, folder: Path, name: str, stored_at: int) -> np.ndarray:
    return read_projection(_run, name)


def projection(run: Run, name: str) -> np.ndarray | None:
    """(pool, 2) positions of the examples on a map, or None before they were worked out."""
    stored_at = projected_at(run, name)
    return None if stored_at is None else _projection(run, run.folder, name, stored_at)


def projected_at(run: Run, name: str) -> int | None:
    """When the positions on a map were stored; None before they were worked out."""
    file = run.folder / "projections" / f"{name}-0.parquet"
    return file.stat().st_mtime_ns if file.exists() else None
