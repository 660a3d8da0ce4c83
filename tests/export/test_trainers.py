"""What trainers are told about an exported file: each finds prompt and response in it."""

import json
from dataclasses import replace

import pytest
import yaml

from delift_core.data.example import Example, Turn
from delift_core.errors import NoTrainer, UnwritableFile
from delift_core.export.subset import export_rows
from delift_core.export.trainers.axolotl import datasets_block
from delift_core.export.trainers.fields import PairFields, TurnsField
from delift_core.export.trainers.llama_factory import dataset_info
from delift_core.export.trainers.trl import script
from delift_core.export.trainers.writing import trained_file, write_trainer_files
from tests.export.conftest import ROWS, pool_of

SYSTEM, USER, EARLIER = Turn("system", "Be brief."), Turn("user", "Hi"), Turn("assistant", "Hello")
TALK = (SYSTEM, USER, EARLIER, Turn("user", "And now?"))
MODEL = "a/model"


def single(id="a", prompt="Name a colour.", response="Blue"):
    return Example(id, prompt, response, (Turn("user", prompt),))


def talk(id="b"):
    return Example(id, "", "Bye", TALK)


def told(name, examples, shape):
    return trained_file(name, examples, shape, MODEL, 512)


def test_turns_are_found_in_the_shapes_that_have_them():
    assert told("x.jsonl", [single(), talk()], "messages").fields.name == "messages"
    fields = told("x.jsonl", [single(), talk()], "sharegpt").fields
    assert isinstance(fields, TurnsField) and fields.roles["assistant"] == "gpt"


def test_fields_of_an_alpaca_row_are_named_only_where_some_row_has_them():
    assert told("x.jsonl", [single()], "alpaca").fields == PairFields("instruction", "output")
    assert told("x.jsonl", [single(), talk()], "alpaca").fields == PairFields(
        "instruction", "output", system="system", history="history"
    )


def test_rows_as_in_the_source_are_read_where_they_hold_what_a_trainer_looks_for():
    pool = pool_of(ROWS)
    assert told("x.jsonl", list(pool), "original").fields == PairFields("prompt", "response")
    alpaca = [
        {"instruction": "Add.", "input": "2 and 3", "output": "5"},
        {"instruction": "Say hello.", "input": "", "output": "Hello"},
    ]
    assert told("x.jsonl", list(pool_of(alpaca)), "original").fields == PairFields(
        "instruction", "output", query="input"
    )
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    messages = list(pool_of([{"messages": turns}]))
    assert told("x.jsonl", messages, "original").fields.name == "messages"


def test_what_no_trainer_reads_is_refused_with_what_to_export_instead():
    squad = [{"context": "Rome is in Italy.", "question": "Where?", "answer": "Italy"}]
    with pytest.raises(NoTrainer, match="^x.jsonl: trainers do not find.*Export as Messages"):
        told("x.jsonl", list(pool_of(squad)), "original")
    with pytest.raises(NoTrainer, match="do not find"):
        told("ids.txt", [single()], "ids")
    with pytest.raises(NoTrainer, match="^x.csv: field messages is JSON text.*Export as JSONL"):
        told("x.csv", [single()], "messages")
    assert told("x.csv", [single()], "alpaca").kind == "csv"


def test_llama_factory_finds_file_and_fields():
    info = json.loads(dataset_info(told("x.jsonl", [talk()], "messages")))
    assert info == {
        "x.jsonl": {
            "file_name": "x.jsonl",
            "formatting": "sharegpt",
            "columns": {"messages": "messages"},
            "tags": {
                "role_tag": "role",
                "content_tag": "content",
                "user_tag": "user",
                "assistant_tag": "assistant",
                "observation_tag": "tool",
                "system_tag": "system",
            },
        }
    }
    tags = json.loads(dataset_info(told("x.jsonl", [talk()], "sharegpt")))["x.jsonl"]["tags"]
    assert (tags["role_tag"], tags["user_tag"], tags["assistant_tag"]) == ("from", "human", "gpt")
    assert tags["observation_tag"] == "observation"
    entry = json.loads(dataset_info(told("x.parquet", [single(), talk()], "alpaca")))["x.parquet"]
    assert entry["columns"] == {
        "prompt": "instruction",
        "response": "output",
        "system": "system",
        "history": "history",
    }


def test_axolotl_reads_turns_under_the_models_own_template_and_trains_on_the_last():
    block = yaml.safe_load(datasets_block(told("x.jsonl", [talk()], "sharegpt")))
    (data,) = block["datasets"]
    assert block["sequence_len"] == 512
    assert data["path"] == "x.jsonl" and data["type"] == "chat_template"
    assert data["message_property_mappings"] == {"role": "from", "content": "value"}
    assert data["roles"]["assistant"] == ["gpt"] and data["roles"]["tool"] == ["observation"]
    assert data["roles_to_train"] is None and data["train_on_eos"] is None


def test_axolotl_reads_a_pair_by_its_fields_and_a_folder_without_a_kind():
    file = told("x.jsonl", list(pool_of(ROWS)), "original")
    (data,) = yaml.safe_load(datasets_block(file))["datasets"]
    assert data["type"]["field_instruction"] == "prompt"
    assert data["type"]["no_input_format"] == "{instruction}\n"
    folder = replace(file, name="x", suffix="")
    assert "ds_type" not in datasets_block(folder)


CASES = [
    ("x.jsonl", "messages"),
    ("x.json", "sharegpt"),
    ("x.parquet", "messages"),
    ("x.parquet", "alpaca"),
    ("x.jsonl", "alpaca"),
    ("x", "sharegpt"),
]


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_the_script_for_trl_reads_prompt_and_completion_back(name, shape, tmp_path):
    """It is run as it is written, but for the training itself."""
    pytest.importorskip("trl", reason='no trl: pip install -e ".[bench]"')
    examples = [single(), talk()]
    path = export_rows(examples, tmp_path / name, shape=shape)
    text = script(told(name, examples, shape))
    names = {"__file__": str(path.with_name("train.py")), "__name__": "tried"}
    exec(compile(text, "train.py", "exec"), names)
    for row, example in zip(names["rows"], examples, strict=True):
        assert [(turn["role"], turn["content"]) for turn in row["prompt"]] == [
            (turn.role, turn.content) for turn in example.turns
        ]
        assert row["completion"] == [{"role": "assistant", "content": example.response}]
    assert "max_length=512" in text and "model='a/model'" in text


def test_files_are_written_beside_the_export_and_other_entries_stay(tmp_path):
    mine = {"mine": {"file_name": "mine.json"}}
    (tmp_path / "dataset_info.json").write_text(json.dumps(mine))
    paths = write_trainer_files(tmp_path, told("x.jsonl", [single()], "messages"))
    assert [path.name for path in paths] == [
        "dataset_info.json",
        "x.jsonl.axolotl.yaml",
        "x.jsonl.trl.py",
    ]
    assert list(json.loads(paths[0].read_text())) == ["mine", "x.jsonl"]
    compile(paths[2].read_text(), "x.jsonl.trl.py", "exec")


@pytest.mark.parametrize("text", ['{"builder_name": "json"}', "[]", "{"])
def test_a_file_of_that_name_that_is_not_llama_factorys_stays_as_it_is(tmp_path, text):
    (tmp_path / "dataset_info.json").write_text(text)
    with pytest.raises(UnwritableFile, match="not LLaMA-Factory's.*Export to another folder"):
        write_trainer_files(tmp_path, told("x.jsonl", [single()], "messages"))
    assert [file.name for file in tmp_path.iterdir()] == ["dataset_info.json"]
    assert (tmp_path / "dataset_info.json").read_text() == text
