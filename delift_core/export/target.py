"""Where a subset is written to: what cannot be written is refused before anything is scored."""

import os
from collections.abc import Iterable
from pathlib import Path

from delift_core.errors import UnwritableFile
from delift_core.export.folders import refuse_foreign
from delift_core.export.formats import FILE_SUFFIXES, FILES, FORMATS, either
from delift_core.export.shapes import DEFAULT_SHAPE, Shape, shape_named
from delift_core.files import unwritable_error


def check_target(
    path: str | Path,
    shape: str = DEFAULT_SHAPE,
    *,
    added: bool = False,
    sources: Iterable[str] = (),
) -> None:
    """Refuse an unknown shape, a format that does not hold it, and a path that cannot be written.

    added: whether columns are added. sources: files and folders that the selection was made from,
    which a subset never replaces. Raises UnknownChoice or UnwritableFile.
    """
    path = Path(path).expanduser()
    _check_format(path, shape_named(shape), added)
    for source in sources:
        if _would_replace(path, Path(source).expanduser()):
            raise UnwritableFile(
                f"{path}: the data was read from here, and the rows not chosen would be lost."
                " Choose another name."
            )
    _check_writable(path)


def _check_format(path: Path, shape: Shape, added: bool) -> None:
    """Refuse an unknown suffix, a folder of ids, and more than ids in a .txt file."""
    format = FORMATS.get(path.suffix.lower())
    if format is None:
        raise UnwritableFile(
            f"{path}: {path.suffix.lower()} is not a kind of file written here."
            f" Choose {_choices(shape)}."
        )
    if format.is_folder and not shape.in_folders:
        raise UnwritableFile(
            f"{path}: {shape.name} are written to a file. Choose {_choices(shape)}."
        )
    if format.only_shape is None:
        return
    if added or shape.name not in (DEFAULT_SHAPE, format.only_shape):
        others = [format.suffix for format in FILES if format.only_shape is None]
        raise UnwritableFile(
            f"{path}: a {format.suffix} file holds {format.only_shape} and nothing else."
            f" Choose {either(others)} for the rest."
        )


def _choices(shape: Shape) -> str:
    """The suffixes that a shape can be written with."""
    suffixes = ", ".join(FILE_SUFFIXES)
    if shape.in_folders:
        return f"{suffixes}, or no suffix for a `datasets` folder"
    return suffixes


def _would_replace(path: Path, source: Path) -> bool:
    """Whether a path is a source or lies in one."""
    if not source.exists():
        return False
    if path.resolve().is_relative_to(source.resolve()):
        return True
    return path.exists() and os.path.samefile(path, source)


def _check_writable(path: Path) -> None:
    """Refuse where the nearest folder that exists takes no new files."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise unwritable_error(path, f"{folder.name} is a file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise unwritable_error(path, f"{folder.name} is not open for writing")
    if path.suffix and path.is_dir():
        raise unwritable_error(path, "it is a folder")
    if not path.suffix:
        refuse_foreign(path)
