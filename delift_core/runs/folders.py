"""Where a run folder keeps what is not its data: background work, and pairs token by token."""

from pathlib import Path


def job_folder(run_folder: str | Path, name: str) -> Path:
    """The folder of a job of a run."""
    return Path(run_folder) / "jobs" / name


def pair_folder(run_folder: str | Path, kernel: str, answered: int, shown: int) -> Path:
    """The folder of one pair explained token by token: its result.json stays and is used again."""
    return Path(run_folder) / "pairs" / kernel / f"{answered}-{shown}"
