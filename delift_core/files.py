"""Files that are never half written (written beside, then renamed), JSON and digests."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from delift_core.errors import UnwritableFile


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """A path to write to, which replaces `path` when the block ends well and is removed otherwise.

    Raises UnwritableFile where the block or the renaming meets a full disk, a closed folder or the
    like.
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    with refusing_unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def refusing_unwritable(path: Path) -> Iterator[None]:
    """Raise UnwritableFile for whatever keeps a file from being written."""
    try:
        yield
    except OSError as reason:
        cause = str(reason)
        if reason.errno:
            cause = os.strerror(reason.errno)
        raise unwritable_error(path, cause) from reason


def unwritable_error(path: Path, reason: str) -> UnwritableFile:
    """The refusal to write a file."""
    return UnwritableFile(
        f"{path}: it cannot be written ({reason}). What was there before is unchanged; make room,"
        " check the permissions, or choose another place."
    )


def stamp_last(path: Path, others: Iterable[Path]) -> None:
    """Make a file the newest of its kind, even where the clock was set back meanwhile."""
    newest = max((other.stat().st_mtime_ns for other in others if other != path), default=0)
    if path.stat().st_mtime_ns <= newest:
        os.utime(path, ns=(newest + 1, newest + 1))


def write_json(record: object, path: Path) -> None:
    """Replace a file by a JSON document."""
    with replacing_file(path) as partial:
        partial.write_text(json_document(record), encoding="utf-8")


def json_document(record: object) -> str:
    """The text of a JSON file."""
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
    if not isinstance(record, dict):
        return None
    return record
