"""Files for trainers beside an exported file, where its rows are such that trainers read them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from delift_core.data.example import Example
from delift_core.errors import NoTrainer, UnwritableFile
from delift_core.export.formats import FORMATS
from delift_core.export.rows import rows_of
from delift_core.export.shapes import shape_named
from delift_core.export.trainers import TRAINERS
from delift_core.export.trainers.fields import Fields, fields_of
from delift_core.export.trainers.llama_factory import LLAMA_FACTORY, entry_of
from delift_core.export.trainers.trainer import TrainedFile, Trainer
from delift_core.files import read_json, replacing_file

# what an entry of a `dataset_info.json` of LLaMA-Factory names its data by
LOCATIONS = {
    "file_name",
    "hf_hub_url",
    "ms_hub_url",
    "om_hub_url",
    "script_url",
    "cloud_file_name",
}


def trained_file(
    name: str, examples: Sequence[Example], shape: str, model: str, longest: int
) -> TrainedFile:
    """What trainers are told about examples that are exported to a file of that name.

    Raises NoTrainer where none would find prompt and response in it.
    """
    suffix = Path(name).suffix.lower()
    format = FORMATS[suffix]
    rows = rows_of(examples, shape_named(format.only_shape or shape), None, name)
    fields = fields_of(rows, examples)
    if fields is None:
        raise NoTrainer(
            f"{name}: trainers do not find prompt and response in these rows. Export as Messages to"
            " have files for LLaMA-Factory, axolotl and TRL beside it."
        )
    refuse_json_text(name, fields, format.encode(rows).as_json)
    return TrainedFile(name, suffix, fields, model, longest)


def refuse_json_text(name: str, fields: Fields, as_json: Sequence[str]) -> None:
    """Raise NoTrainer where a field that a trainer reads is JSON text in this kind of file."""
    nested = [field for field in fields.names if field in as_json]
    if nested:
        raise NoTrainer(
            f"{name}: field {nested[0]} is JSON text in this kind of file, which trainers do not"
            " read. Export as JSONL to have files for LLaMA-Factory, axolotl and TRL beside it."
        )


def write_trainer_files(folder: Path, file: TrainedFile) -> list[Path]:
    """Write what every trainer is told about an exported file beside it; the paths written.

    A `dataset_info.json` that is there keeps its other entries. Raises UnwritableFile for one that
    is not LLaMA-Factory's; it is unchanged then.
    """
    paths = {trainer.title: folder / name_of(trainer, file) for trainer in TRAINERS}
    entries = entries_in(paths[LLAMA_FACTORY.title])
    texts = {trainer.title: trainer.text(file) for trainer in TRAINERS}
    merged = {**entries, file.name: entry_of(file)}
    texts[LLAMA_FACTORY.title] = json.dumps(merged, indent=2, ensure_ascii=False) + "\n"
    for title, path in paths.items():
        with replacing_file(path) as partial:
            partial.write_text(texts[title], encoding="utf-8")
    return list(paths.values())


def name_of(trainer: Trainer, file: TrainedFile) -> str:
    """The name of what a trainer is told about a file."""
    return trainer.file_name.format(name=file.name)


def entries_in(path: Path) -> Mapping[str, object]:
    """The entries of a `dataset_info.json`, none where it is not there."""
    if not path.exists():
        return {}
    entries = read_json(path)
    if entries is None or not all(map(is_entry, entries.values())):
        raise UnwritableFile(
            f"{path}: this file is not LLaMA-Factory's, and the exported file cannot be named in"
            " it. Export to another folder to have files for trainers beside it."
        )
    return entries


def is_entry(value: object) -> bool:
    """Whether a value is an entry of LLaMA-Factory."""
    return isinstance(value, dict) and bool(LOCATIONS & set(value))
