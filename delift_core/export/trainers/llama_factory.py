"""LLaMA-Factory: `dataset_info.json`, which names every file of a folder and its fields.

https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md
"""

import json

from delift_core.export.trainers.fields import PairFields, TurnsField
from delift_core.export.trainers.trainer import TrainedFile, Trainer

ARROW = "data-00000-of-00001.arrow"  # the rows in a folder of `datasets`


def dataset_info(file: TrainedFile) -> str:
    """The whole of a `dataset_info.json` that names this file alone."""
    return json.dumps({file.name: entry_of(file)}, indent=2, ensure_ascii=False) + "\n"


def entry_of(file: TrainedFile) -> dict:
    """What LLaMA-Factory is told about a file, under its name."""
    where = {"file_name": f"{file.name}/{ARROW}" if file.is_folder else file.name}
    if isinstance(file.fields, TurnsField):
        return where | turns_entry(file.fields)
    return where | pair_entry(file.fields)


def turns_entry(fields: TurnsField) -> dict:
    """The field of turns, and how roles are written in it."""
    roles = {"user": "user", "assistant": "assistant", "observation": "tool", "system": "system"}
    return {
        "formatting": "sharegpt",
        "columns": {"messages": fields.name},
        "tags": {
            "role_tag": fields.role,
            "content_tag": fields.content,
            **{f"{tag}_tag": fields.roles.get(role, role) for tag, role in roles.items()},
        },
    }


def pair_entry(fields: PairFields) -> dict:
    """The fields of prompt and response, of a system turn and of earlier exchanges."""
    columns = {
        "prompt": fields.prompt,
        "query": fields.query,
        "response": fields.response,
        "system": fields.system,
        "history": fields.history,
    }
    used = {column: name for column, name in columns.items() if name}
    return {"formatting": "alpaca", "columns": used}


LLAMA_FACTORY = Trainer(
    "LLaMA-Factory",
    "dataset_info.json",
    "json",
    dataset_info,
    "Set dataset_dir to the folder, dataset to the name in the file, and mask_history: true where"
    " conversations have several answers, so that the last one alone carries labels.",
)
