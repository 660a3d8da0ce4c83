"""Where a run folder keeps what is not its data: background work, and pairs token by token."""

from collections.abc import Mapping
from pathlib import Path

from delift_core.files import digest


def job_folder(run_folder: str | Path, name: str) -> Path:
    """The folder of a job of a run."""
    return Path(run_folder) / "jobs" / name


def training_folder(
    run_folder: str | Path, model: str, revision: str | None, edits: Mapping[str, str]
) -> Path:
    """The folder of what a trainer reads of a pool under a model, with edited responses."""
    address = digest([model, revision, dict(sorted(edits.items()))])[:16]
    return job_folder(run_folder, f"training-{address}")


def pair_folder(run_folder: str | Path, kernel: str, answered: int, shown: int) -> Path:
    """The folder of one pair explained token by token: its result.json stays and is used again."""
    return Path(run_folder) / "pairs" / kernel / f"{answered}-{shown}"
