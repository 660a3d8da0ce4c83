"""TRL: a script that tunes a model with `SFTTrainer` on prompt and completion.

The completion alone carries labels then (`completion_only_loss`). The other way, messages with
`assistant_only_loss`, labels every earlier answer too, and needs a template that marks them.

https://huggingface.co/docs/trl/dataset_formats (conversational prompt-completion)
"""

from delift_core.export.trainers.fields import PairFields, TurnsField
from delift_core.export.trainers.trainer import TrainedFile, Trainer

SCRIPT = '''\
"""Tune a model on an exported file with TRL: each row's last response carries the labels."""

from pathlib import Path

from datasets import {load}
from trl import SFTConfig, SFTTrainer

FILE = str(Path(__file__).with_name({name!r}))


{function}

rows = {loading}
rows = rows.map(prompt_and_completion, remove_columns=rows.column_names)

if __name__ == "__main__":
    settings = SFTConfig(output_dir="tuned", max_length={longest}, completion_only_loss=True)
    trainer = SFTTrainer(model={model!r}, args=settings, train_dataset=rows)
    trainer.train()
    trainer.save_model()
'''
OF_TURNS = """\
ROLES = {roles!r}


def prompt_and_completion(row):
    turns = [
        {{"role": ROLES.get(turn[{role!r}], turn[{role!r}]), "content": turn[{content!r}]}}
        for turn in row[{name!r}]
    ]
    return {{"prompt": turns[:-1], "completion": turns[-1:]}}
"""
OF_PAIR = """\
def prompt_and_completion(row):
    turns = []
{earlier}    turns.append({{"role": "user", "content": {content}}})
    answer = {{"role": "assistant", "content": row[{response!r}]}}
    return {{"prompt": turns, "completion": [answer]}}
"""
SYSTEM = """\
    if row[{system!r}]:
        turns.append({{"role": "system", "content": row[{system!r}]}})
"""
HISTORY = """\
    for asked, answered in row[{history!r}] or []:
        turns.append({{"role": "user", "content": asked}})
        turns.append({{"role": "assistant", "content": answered}})
"""


def script(file: TrainedFile) -> str:
    """The script, to be started beside the exported file."""
    load, loading = "load_dataset", f'load_dataset("{file.kind}", data_files=FILE, split="train")'
    if file.is_folder:
        load, loading = "load_from_disk", "load_from_disk(FILE)"
    if isinstance(file.fields, TurnsField):
        function = turns_function(file.fields)
    else:
        function = pair_function(file.fields)
    return SCRIPT.format(
        model=file.model,
        name=file.name,
        load=load,
        function=function,
        loading=loading,
        longest=file.longest,
    )


def turns_function(fields: TurnsField) -> str:
    """What makes prompt and completion of a row of turns."""
    roles = {written: role for role, written in fields.roles.items()}
    return OF_TURNS.format(roles=roles, role=fields.role, content=fields.content, name=fields.name)


def pair_function(fields: PairFields) -> str:
    """What makes prompt and completion of a row that holds both as texts."""
    earlier, content = "", f"row[{fields.prompt!r}]"
    if fields.query:
        content = f'"\\n".join(filter(None, [{content}, row[{fields.query!r}]]))'
    if fields.system:
        earlier += SYSTEM.format(system=fields.system)
    if fields.history:
        earlier += HISTORY.format(history=fields.history)
    return OF_PAIR.format(earlier=earlier, content=content, response=fields.response)


TRL = Trainer(
    "TRL",
    "{name}.trl.py",
    "python",
    script,
    "Start the script beside the exported file, with trl installed.",
)
