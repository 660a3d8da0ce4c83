"""A folder is written beside its place and swapped in; only earlier exports are replaced."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from delift_core.errors import UnwritableFile
from delift_core.export.formats import FILE_SUFFIXES, either
from delift_core.files import digest_of, refusing_unwritable

EXPORTED_FILES = ("state.json", "dataset_info.json", "data-*.arrow")


@contextmanager
def beside_folder(path: Path) -> Iterator[Path]:
    """A folder next to `path` to write to; it replaces `path` when the block ends without error.

    Raises UnwritableFile; what was at `path` is then unchanged, and the new folder is removed.
    """
    refuse_foreign(path)
    name = f".{path.name}.{uuid.uuid4().hex}"
    partial, former = path.with_name(f"{name}.partial"), path.with_name(f"{name}.former")
    with refusing_unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            _swap(partial, path, former)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)


def _swap(partial: Path, path: Path, former: Path) -> None:
    """Rename a finished folder to `path`; what was there comes back if that fails."""
    if path.exists():
        os.replace(path, former)
    try:
        os.replace(partial, path)
    except OSError:
        if former.exists():
            os.replace(former, path)
        raise


def refuse_foreign(path: Path) -> None:
    """Raise UnwritableFile for a file, and for a folder that holds more than an export wrote."""
    if not path.exists():
        return
    if not path.is_dir():
        raise UnwritableFile(
            f"{path}: this is a file, and a path without a suffix is written as a `datasets`"
            " folder. Choose another name."
        )
    for file in sorted(path.iterdir()):
        if not _is_exported(file.name):
            raise UnwritableFile(
                f"{path}: the folder holds other files ({file.name}) and would be replaced whole."
                f" Choose a new folder, or a file that ends in {either(FILE_SUFFIXES)}."
            )


def _is_exported(name: str) -> bool:
    """Whether a file of this name is one that an export writes."""
    return any(fnmatch(name, pattern) for pattern in EXPORTED_FILES)


def content_digest(path: Path) -> str | dict[str, str]:
    """sha256 of a file's bytes; of a folder, that of every file in it."""
    if not path.is_dir():
        return digest_of(path)
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): digest_of(file) for file in files}
