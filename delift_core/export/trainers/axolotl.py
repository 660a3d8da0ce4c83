"""axolotl: a `datasets:` block for its configuration.

https://github.com/axolotl-ai-cloud/axolotl, docs/dataset-formats: conversation.qmd ("Training on
last message") and inst_tune.qmd (a format of one's own).
"""

import json

from delift_core.export.trainers.fields import PairFields, TurnsField
from delift_core.export.trainers.trainer import TrainedFile, Trainer

OWN_TEMPLATE = """\
    type: chat_template # the model's own
    field_messages: {name}
    message_property_mappings:
      role: {role}
      content: {content}
    roles:
{roles}
    roles_to_train: # empty, as is the next one: the last turn alone carries labels
    train_on_eos:
"""
PLAIN_PROMPT = """\
    # axolotl writes pairs without the model's chat template; export as Messages to have it
    type:
      field_instruction: {prompt}
      field_output: {response}
      format: "{{instruction}}\\n{{input}}\\n"
      no_input_format: "{{instruction}}\\n"
"""
ROLES = ("system", "user", "assistant", "tool")


def datasets_block(file: TrainedFile) -> str:
    """The block, and the longest row."""
    lines = [f"  - path: {quoted(file.name)}\n"]
    if not file.is_folder:
        lines.append(f"    ds_type: {file.kind}\n")
    if isinstance(file.fields, TurnsField):
        lines.append(turns_lines(file.fields))
    else:
        lines.append(pair_lines(file.fields))
    return f"datasets:\n{''.join(lines)}sequence_len: {file.longest}\n"


def turns_lines(fields: TurnsField) -> str:
    """How turns are read under the model's own chat template."""
    roles = "\n".join(f"      {role}: [{fields.roles.get(role, role)}]" for role in ROLES)
    return OWN_TEMPLATE.format(
        name=quoted(fields.name),
        role=quoted(fields.role),
        content=quoted(fields.content),
        roles=roles,
    )


def pair_lines(fields: PairFields) -> str:
    """How prompt and response are read where there are no turns."""
    lines = PLAIN_PROMPT.format(prompt=quoted(fields.prompt), response=quoted(fields.response))
    if fields.query:
        lines += f"      field_input: {quoted(fields.query)}\n"
    if fields.system:
        lines += f"      field_system: {quoted(fields.system)}\n"
    return lines


def quoted(text: str) -> str:
    """A text as YAML reads it: JSON is part of YAML."""
    return json.dumps(text, ensure_ascii=False)


AXOLOTL = Trainer(
    "axolotl",
    "{name}.axolotl.yaml",
    "yaml",
    datasets_block,
    "Put the block into the configuration; the path is seen from where axolotl is started.",
)
