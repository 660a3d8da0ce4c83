"""Writing without half-written files: beside first, then renamed into place."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A path next to `path` to write to; it becomes `path` when the block ends well and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_json(record: object, path: Path) -> None:
    """A JSON document, written beside and renamed."""
    with beside(path) as partial:
        partial.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def digest(record: object) -> str:
    """sha256 of a record's JSON: the address of what it describes."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
