"""A request that starts a job: a record of one task's arguments.

A job folder's spec.json holds {"task", "arguments", "cwd"}. Equal requests have equal folders.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar, Self


@dataclass(frozen=True)
class Request:
    """A task and its arguments, which are the fields of the record."""

    task: ClassVar[str]
    unstored: ClassVar[frozenset[str]] = frozenset()  # fields that are no arguments

    @property
    def folder(self) -> Path:
        """Where the job works."""
        raise NotImplementedError

    @property
    def arguments(self) -> dict[str, object]:
        """The arguments as spec.json holds them."""
        names = [part.name for part in fields(self) if part.name not in self.unstored]
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_arguments(cls, arguments: Mapping) -> Self:
        """The request of the arguments of a spec.json."""
        names = {part.name for part in fields(cls)} - cls.unstored
        return cls(**{name: value for name, value in arguments.items() if name in names})
