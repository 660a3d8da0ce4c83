"""Writing without half-written files: beside first, then renamed into place."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from delift_core.errors import UnwritableFile


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A path next to `path` to write to; it becomes `path` when the block ends well and vanishes
    when it does not.

    Raises UnwritableFile where the block or the renaming meets a full disk, a folder that is
    closed, or the like.
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what keeps a file from being written into the sentence that says so."""
    try:
        yield
    except OSError as reason:
        raise unwritable(
            path, os.strerror(reason.errno) if reason.errno else str(reason)
        ) from reason


def unwritable(path: Path, reason: str) -> UnwritableFile:
    """The refusal to write a file."""
    return UnwritableFile(
        f"{path}: it cannot be written ({reason}). What was there before is unchanged; make room,"
        " check the permissions, or choose another place."
    )


def stamp_last(path: Path, others: Iterable[Path]) -> None:
    """Make a file the newest of its kind even where the clock was set back since the others were
    written.
    """
    newest = max((other.stat().st_mtime_ns for other in others if other != path), default=0)
    if path.stat().st_mtime_ns <= newest:
        os.utime(path, ns=(newest + 1, newest + 1))


def write_json(record: object, path: Path) -> None:
    """A JSON document, written beside and renamed."""
    with beside(path) as partial:
        partial.write_text(spelt(record), encoding="utf-8")


def spelt(record: object) -> str:
    """A record as JSON files hold it."""
    return json.dumps(record, indent=2) + "\n"


def digest_of(file: Path) -> str:
    """sha256 of a file's bytes; empty where no file is."""
    if not file.is_file():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest(record: object) -> str:
    """sha256 of a record's JSON: the address of what it describes."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def read_json(path: Path) -> dict | None:
    """A JSON object; None when it is absent or damaged."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
