"""The record of a trainer, and of an exported file that it is told about."""

from collections.abc import Callable
from dataclasses import dataclass

from delift_core.export.trainers.fields import Fields


@dataclass(frozen=True)
class TrainedFile:
    """An exported file, and the model that is to be tuned on it."""

    name: str  # of the file, or of the folder that `datasets` wrote
    suffix: str  # empty for a folder
    fields: Fields
    model: str  # as the Hugging Face hub or a folder names it
    longest: int  # tokens of the longest row

    @property
    def kind(self) -> str:
        """What `datasets.load_dataset` calls a file of this suffix."""
        return {".csv": "csv", ".parquet": "parquet"}.get(self.suffix, "json")

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of the library `datasets`."""
        return not self.suffix


@dataclass(frozen=True)
class Trainer:
    """A program that tunes a model, and what it is told about an exported file."""

    title: str  # in the dashboard
    file_name: str  # of what it is told; "{name}" stands for the exported file
    language: str  # of that text
    text: Callable[[TrainedFile], str]
    advice: str  # what else to set, in one sentence
