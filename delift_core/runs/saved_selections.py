"""The selections stored in a run as a list: found, named by their user, renamed and deleted.

Each is one file, whose stem is the digest of what it was chosen by. The name stands in the file.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from delift_core.errors import DamagedRun, InvalidName, UnknownChoice
from delift_core.files import refusing_unwritable
from delift_core.runs.names import plain_name, same_name
from delift_core.runs.run import Run
from delift_core.runs.tables import read_description, read_table, refusing_damage, write_table

CHOOSE_AGAIN = "Choose again with the same options: that writes the file anew."
DIGEST = re.compile("[0-9a-f]{12}")
RECORD_KEY = b"selection"  # in the metadata of a file


@dataclass(frozen=True)
class SavedSelection:
    """A stored selection, without its examples."""

    path: Path
    name: str  # of the user's; empty where none was given
    method: str
    objective: str
    budget: str
    size: int  # examples
    saved_at: datetime

    @property
    def digest(self) -> str:
        """What it was chosen by, as 12 hexadecimal digits."""
        return self.path.stem

    @property
    def label(self) -> str:
        """The name, or else the digest; either finds it."""
        return self.name or self.digest


class SavedSelections(NamedTuple):
    """All files of a run's selections."""

    sound: list[SavedSelection]  # the one stored last comes first
    damaged: list[DamagedRun]  # one refusal for each file that cannot be read


def selection_files(run: Run) -> list[Path]:
    """The files of a run's selections, the one stored last at the end."""
    files = (run.folder / "selections").glob("*.parquet")
    return sorted(files, key=lambda file: file.stat().st_mtime_ns)


def saved_selections(run: Run) -> SavedSelections:
    """Every stored selection of a run."""
    listed = SavedSelections([], [])
    for file in reversed(selection_files(run)):
        try:
            listed.sound.append(saved_selection(file))
        except DamagedRun as refusal:
            listed.damaged.append(refusal)
    return listed


def saved_selection(path: Path) -> SavedSelection:
    """What a file says of the selection in it. Raises DamagedRun."""
    metadata, size = read_description(path, CHOOSE_AGAIN)
    with refusing_damage(path, CHOOSE_AGAIN):
        record = record_in(metadata)
        return SavedSelection(
            path=path,
            name=record.get("name", ""),
            method=record.get("method", record["objective"]),
            objective=record["objective"],
            budget=record["budget"],
            size=size,
            saved_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )


def record_in(metadata: Mapping[bytes, bytes]) -> dict:
    """The record of a selection in the metadata of its file."""
    return json.loads(metadata[RECORD_KEY])


def find_saved(run: Run, name: str) -> SavedSelection:
    """The stored selection with that name or digest. Raises UnknownChoice."""
    sound = saved_selections(run).sound
    for saved in sound:
        if name == saved.digest or (saved.name and same_name(name, saved.name)):
            return saved
    labels = ", ".join(saved.label for saved in reversed(sound))
    raise UnknownChoice(f"{run.folder}: no selection {name!r}. There are {labels}.")


def rename_selection(run: Run, saved: SavedSelection, name: str) -> None:
    """Give a stored selection another name; when it was stored stays. Raises InvalidName."""
    name = checked_name(run, name, saved.path)
    table = read_table(saved.path, CHOOSE_AGAIN)
    record = {**record_in(table.schema.metadata), "name": name}
    times = saved.path.stat()
    write_table(table.replace_schema_metadata({RECORD_KEY: json.dumps(record)}), saved.path)
    os.utime(saved.path, ns=(times.st_atime_ns, times.st_mtime_ns))


def delete_selection(saved: SavedSelection) -> None:
    """Remove a stored selection; nothing else of the run changes."""
    with refusing_unwritable(saved.path):
        saved.path.unlink(missing_ok=True)


def checked_name(run: Run, name: str, path: Path) -> str:
    """A name for the selection in a file, its white space as single spaces. Raises InvalidName."""
    name = plain_name(name)
    if DIGEST.fullmatch(name):
        raise InvalidName(f"The name {name!r} reads like the digest of a selection. Give another.")
    for other in saved_selections(run).sound:
        if other.path != path and same_name(name, other.name):
            raise InvalidName(
                f"The name {other.name!r} is taken by another selection of this run"
                f" ({other.method}, {other.size:,} examples). Give another, or rename that one."
            )
    return name
