"""A folder becomes raw rows: one that `datasets` saved, or data files sorted into splits the way
`datasets` does.
"""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

from delift_core.data.foreign import refusing
from delift_core.data.rows import RawRows, joined, sort_rows
from delift_core.data.text import plain, walk
from delift_core.errors import MissingSplit, UnreadableFile

SAVED = ("state.json", "dataset_dict.json")  # what datasets.save_to_disk leaves behind


def read_folder(
    path: Path, read: Callable[[Path], RawRows], config: str | None, split: str | None
) -> RawRows:
    """Rows of a folder; `read` reads one of its files."""
    if any((path / name).exists() for name in SAVED):
        from datasets import load_from_disk

        with refusing(
            lambda reason: (
                f"{path}: what `datasets` saved in this folder cannot be read ({reason}). Save it"
                " again."
            )
        ):
            return from_loaded(load_from_disk(str(path)), str(path), split)
    files = _data_files(path, config)
    name = chosen_split(list(files), split, str(path))
    return joined(f"{path} ({name})", map(read, map(Path, files[name])))


def _data_files(path: Path, config: str | None) -> dict[str, list[str]]:
    """The files of each split; its card may sort the files of the folder, and never name others."""
    from datasets import load_dataset_builder

    with refusing(
        lambda reason: (
            f"{path}: no data files were found in this folder ({reason}). "
            "Name one JSONL, JSON, CSV, TSV or Parquet file instead."
        )
    ):
        _check_card(path)
        files = load_dataset_builder(str(path), config).config.data_files
        return {str(split): list(found) for split, found in files.items()}


def _check_card(path: Path) -> None:
    if not (path / "README.md").exists():
        return
    from huggingface_hub import DatasetCard

    configs = DatasetCard.load(path / "README.md").data.get("configs")
    outside = [
        name
        for name in walk(configs)
        if isinstance(name, str)
        and ("://" in name or PurePath(name).is_absolute() or ".." in PurePath(name).parts)
    ]
    if outside:
        raise UnreadableFile(
            f"{path}: its README.md names data outside this folder ({outside[0]}), which is never"
            " read. Name one file instead."
        )


def from_loaded(loaded: object, name: str, split: str | None) -> RawRows:
    """A data set of the `datasets` library, or the chosen one of its splits, as raw rows."""
    if isinstance(loaded, Mapping):
        split = chosen_split(list(loaded), split, name)
        loaded, name = loaded[split], f"{name} ({split})"
    return sort_rows(name, ((row, plain(fields)) for row, fields in enumerate(loaded, 1)))


def chosen_split(splits: list[str], wanted: str | None, name: str) -> str:
    """The split asked for; otherwise the only one, or train."""
    if not splits:
        raise MissingSplit(
            f"{name}: it holds no split, and so no rows. Choose a source that holds some."
        )
    choice = wanted or ("train" if "train" in splits else splits[0])
    if choice not in splits or (wanted is None and choice != "train" and len(splits) > 1):
        what = f"there is no split {wanted!r}" if wanted else "there are several splits"
        raise MissingSplit(f"{name}: {what}. Choose one of {', '.join(splits)} with split=...")
    return choice
