"""A folder becomes raw rows: one that `datasets` saved, or data files in the splits it sees."""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from delift_core.data.flaws import walk
from delift_core.data.library_errors import refusing
from delift_core.data.rows import RawRows, concatenated, raw_rows
from delift_core.data.text import plain
from delift_core.errors import MissingSplit, UnreadableFile

SAVED = ("state.json", "dataset_dict.json")  # what datasets.save_to_disk leaves behind


def read_folder(
    path: Path, read: Callable[[Path], RawRows], config: str | None, split: str | None
) -> RawRows:
    """Rows of a folder; `read` reads one of its files."""
    if any((path / name).exists() for name in SAVED):
        return _read_saved(path, split)
    files = _data_files(path, config)
    name = chosen_split(list(files), split, str(path))
    return concatenated(f"{path} ({name})", map(read, map(Path, files[name])))


def _read_saved(path: Path, split: str | None) -> RawRows:
    from datasets import load_from_disk

    with refusing(
        lambda reason: (
            f"{path}: what `datasets` saved in this folder cannot be read ({reason})."
            " Save it again."
        )
    ):
        return rows_of_loaded(load_from_disk(str(path)), str(path), split)


def _data_files(path: Path, config: str | None) -> dict[str, list[str]]:
    """The files of each split; its card may sort the files of the folder, and never name others."""
    from datasets import load_dataset_builder

    with refusing(
        lambda reason: (
            f"{path}: no data files were found in this folder ({reason}). "
            "Name one JSONL, JSON, CSV, TSV or Parquet file instead."
        )
    ):
        _refuse_card_naming_others(path)
        files = load_dataset_builder(str(path), config).config.data_files
        return {str(split): list(names) for split, names in files.items()}


def _refuse_card_naming_others(path: Path) -> None:
    """Raise UnreadableFile where README.md names data outside the folder."""
    if not (path / "README.md").exists():
        return
    from huggingface_hub import DatasetCard

    configs = DatasetCard.load(path / "README.md").data.get("configs")
    outside = [name for name in walk(configs) if isinstance(name, str) and _is_outside(name)]
    if outside:
        raise UnreadableFile(
            f"{path}: its README.md names data outside this folder ({outside[0]}), which is never"
            " read. Name one file instead."
        )


def _is_outside(name: str) -> bool:
    pure = PurePath(name)
    return "://" in name or pure.is_absolute() or ".." in pure.parts


def rows_of_loaded(loaded: Any, name: str, split: str | None) -> RawRows:
    """Rows of a Dataset of the `datasets` library, or of the chosen split of a DatasetDict."""
    if isinstance(loaded, Mapping):
        split = chosen_split(list(loaded), split, name)
        loaded, name = loaded[split], f"{name} ({split})"
    return raw_rows(name, enumerate(map(plain, loaded), 1))


def chosen_split(splits: list[str], requested: str | None, name: str) -> str:
    """The requested split; without one the only split, or train.

    Raises MissingSplit where there is no such split, or several and none is requested.
    """
    if not splits:
        raise MissingSplit(
            f"{name}: it holds no split, and so no rows. Choose a source that holds some."
        )
    choices = f"Choose one of {', '.join(splits)} with split=..."
    if requested:
        if requested not in splits:
            raise MissingSplit(f"{name}: there is no split {requested!r}. {choices}")
        return requested
    if "train" in splits:
        return "train"
    if len(splits) > 1 and requested is None:
        raise MissingSplit(f"{name}: there are several splits. {choices}")
    return splits[0]
