"""What a person calls a run, and when it was opened last; no part of what the run is made of.

RUN/name.json     the name
RUN/opened        an empty file: its time is that of the last opening
"""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from delift_core.errors import InvalidName, UnwritableFile
from delift_core.files import read_json, refusing_unwritable, write_json
from delift_core.runs.names import plain_name, same_name
from delift_core.runs.run import Run

NAME_FILE, OPENED_FILE = "name.json", "opened"


def run_name(folder: Path) -> str:
    """The name of the run in a folder; empty where nobody gave one."""
    name = (read_json(folder / NAME_FILE) or {}).get("name", "")
    return name if isinstance(name, str) else ""


def rename_run(run: Run, name: str) -> None:
    """Give a run a name that no other run beside it has. Raises InvalidName."""
    name = plain_name(name)
    for other in run.folder.parent.glob(f"*/{NAME_FILE}"):
        if other.parent != run.folder and same_name(name, run_name(other.parent)):
            raise InvalidName(
                f"The name {name!r} is taken by the run in {other.parent}. Give another, or rename"
                " that one."
            )
    write_json({"name": name}, run.folder / NAME_FILE)


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
