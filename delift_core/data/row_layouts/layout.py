"""What a layout is, and what it makes of a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from delift_core.data.example import Turn
from delift_core.data.notes import Note


@dataclass(frozen=True, slots=True)
class Reading:
    """One example as its row says it, before anything is checked."""

    turns: tuple[Turn, ...]  # everything before the response
    response: str | None  # None where the row holds none
    fields: Mapping[str, object]  # the original row
    notes: tuple[Note, ...] = ()  # what had to be read differently
    part: int = 0  # 1, 2, ... where one row holds several examples


@dataclass(frozen=True, eq=False)
class Layout:
    """A way of writing examples down.

    fits: whether the fields of a row have this layout.
    read: the examples of a row that fits; raises RowError where it cannot be used.
    """

    name: str
    needs: str  # "instruction and output"
    fits: Callable[[Mapping], bool]
    read: Callable[[Mapping], list[Reading]]
