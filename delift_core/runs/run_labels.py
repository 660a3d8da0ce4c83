"""What a person calls a run, and when it was opened last; no part of what the run is made of.

RUN/name.json     the name
RUN/opened        an empty file: its time is that of the last opening
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from delift_core.errors import InvalidName, UnwritableFile
from delift_core.files import read_json, refusing_unwritable, write_json
from delift_core.runs.lock import naming_lock
from delift_core.runs.names import name_with, plain_name, same_name
from delift_core.runs.record import require_record
from delift_core.runs.run import Run

NAME_FILE, OPENED_FILE = "name.json", "opened"


def run_name(folder: Path) -> str:
    """The name of the run in a folder; empty where nobody gave one."""
    name = (read_json(folder / NAME_FILE) or {}).get("name", "")
    return name if isinstance(name, str) else ""


def rename_run(run: Run, name: str) -> None:
    """Give a run a name that no other run beside it has. Raises InvalidName, NotARun."""
    name = plain_name(name)
    with naming_lock(run.folder.parent):
        require_record(run.folder)
        require_free(name, run.folder)
        write_name(name, run.folder)


def require_free(name: str, own: Path) -> None:
    """Raise InvalidName where a run beside the one in a folder has that name."""
    for folder, other in names_in(own.parent).items():
        if folder != own and same_name(name, other):
            raise InvalidName(
                f"The name {name!r} is taken by the run in {folder}. Give another, or rename that"
                " one."
            )


def write_name(name: str, folder: Path) -> None:
    """Store the name of the run in a folder."""
    write_json({"name": name}, folder / NAME_FILE)


def names_in(runs: Path) -> dict[Path, str]:
    """Folder -> the name of the run in it, empty where nobody gave one."""
    folders = [file.parent for file in runs.glob("*/run.json")]
    return {folder: run_name(folder) for folder in folders}


def free_name(name: str, runs: Path) -> str:
    """A name, with a number behind it where one of the runs has that name."""
    return first_free(chain([name], (name_with(name, f"({number})") for number in count(2))), runs)


def copy_name(title: str, runs: Path) -> str:
    """A name for a copy of a run with that title, which none of the runs has."""
    return first_free((name_with(title, f"(copy {number})") for number in count(1)), runs)


def first_free(names: Iterable[str], runs: Path) -> str:
    """The first of some names that none of the runs has."""
    taken = [name for name in names_in(runs).values() if name]
    return next(name for name in names if not any(same_name(name, other) for other in taken))


def stamp_opened(run: Run) -> None:
    """Keep that a run is opened now; nothing where its folder cannot be written."""
    with suppress(UnwritableFile), refusing_unwritable(run.folder):
        (run.folder / OPENED_FILE).touch()


def opened_at(run: Run) -> datetime:
    """When a run was opened last on the dashboard, or else when it was made; UTC."""
    file = run.folder / OPENED_FILE
    if not file.exists():
        file = run.folder / "run.json"
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
