"""The record of a kind of file, and of rows encoded for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from delift_core.export.rows import ExportRow


@dataclass(frozen=True)
class Encoded:
    """Rows ready to be saved, and what of them is not written as it was."""

    save: Callable[[Path], object]
    guarded: int = 0  # CSV cells with an apostrophe before them
    as_json: tuple[str, ...] = ()  # columns that hold JSON text in some of their rows


@dataclass(frozen=True)
class Format:
    """A kind of file that rows are written to."""

    suffix: str  # of the path, in lower case; empty for a folder
    title: str  # in the dashboard
    encode: Callable[[Sequence[ExportRow]], Encoded]
    only_shape: str | None = None  # the one shape that it holds, whatever shape is requested
    is_folder: bool = False

    @property
    def allows_extra_columns(self) -> bool:
        """Whether rank, gain and verdict can be added."""
        return self.only_shape is None


def encoded_text(text: str, guarded: int = 0, as_json: tuple[str, ...] = ()) -> Encoded:
    """Text to be saved in UTF-8."""
    content = text.encode()
    return Encoded(lambda partial: partial.write_bytes(content), guarded, as_json)
