"""Shapes: examples as original rows, Alpaca, ShareGPT, messages or ids."""

import pytest

from delift_core.data.example import Dataset, Example, Turn
from delift_core.data.readers import read_dataset
from delift_core.errors import UnfitExample, UnknownChoice
from delift_core.export.subset import export_subset, preview
from tests.export.conftest import ROWS, pool_of, selection_of

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")
TALK = Example(
    "talk",
    "all of it",
    "It is 4.",
    (
        Turn("system", "Be brief."),
        Turn("user", "Hi"),
        Turn("assistant", "Hello."),
        Turn("user", "2 + 2?"),
    ),
)
TOOLS = Example(
    "tools",
    "all of it",
    "Sunny.",
    (Turn("user", "Weather?"), Turn("assistant", "{call}"), Turn("tool", "{sun}")),
    row=7,
)


def test_alpaca_of_one_turn_is_instruction_input_and_output(tmp_path):
    assert preview(pool_of(ROWS), selection_of(1), "alpaca") == [
        {"id": "b", "instruction": "Name a colour.", "input": "", "output": "Blue"}
    ]


def test_alpaca_keeps_the_system_turn_and_earlier_turns_apart():
    assert preview(Dataset((TALK,)), selection_of(0), "alpaca") == [
        {
            "id": "talk",
            "instruction": "2 + 2?",
            "input": "",
            "output": "It is 4.",
            "system": "Be brief.",
            "history": [["Hi", "Hello."]],
        }
    ]


def test_sharegpt_names_the_speakers_its_own_way():
    assert preview(Dataset((TOOLS,)), selection_of(0), "sharegpt") == [
        {
            "id": "tools",
            "conversations": [
                {"from": "human", "value": "Weather?"},
                {"from": "gpt", "value": "{call}"},
                {"from": "observation", "value": "{sun}"},
                {"from": "gpt", "value": "Sunny."},
            ],
        }
    ]


def test_messages_are_all_turns_and_the_response():
    assert preview(Dataset((TALK,)), selection_of(0), "messages") == [
        {
            "id": "talk",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "content": "It is 4."},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("shape", "suffix"),
    [
        (shape, suffix)
        for shape in ("alpaca", "sharegpt", "messages")
        for suffix in SUFFIXES
        if (shape, suffix) != ("alpaca", ".csv")
    ],
)
def test_every_shape_is_read_again_as_the_same_turns(tmp_path, shape, suffix):
    single = Example("one", "Name a colour.", "Blue", (Turn("user", "Name a colour."),))
    path = export_subset(
        Dataset((single, TALK)), selection_of(1, 0), tmp_path / f"out{suffix}", shape=shape
    )
    assert [(example.id, example.turns, example.response) for example in read_dataset(path)] == [
        (example.id, example.turns, example.response) for example in (TALK, single)
    ]


def test_an_example_without_an_original_row_is_prompt_and_response():
    assert preview(Dataset((Example("x", "Hi", "Hello", ()),)), selection_of(0)) == [
        {"prompt": "Hi", "response": "Hello"}
    ]
    assert (
        preview(Dataset((Example("x", "Hi", "Hello", ()),)), selection_of(0), "alpaca")[0][
            "instruction"
        ]
        == "Hi"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ids.txt", "c\na\n"),
        ("ids.jsonl", '{"id": "c"}\n{"id": "a"}\n'),
        ("ids.csv", '"id"\n"c"\n"a"\n'),
        ("ids.json", '[\n{"id": "c"},\n{"id": "a"}\n]\n'),
    ],
)
def test_ids_alone_go_to_any_file(tmp_path, name, content):
    assert (
        export_subset(pool_of(ROWS), selection_of(2, 0), tmp_path / name, shape="ids").read_text()
        == content
    )


def test_an_unknown_shape_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(
        UnknownChoice,
        match="no shape 'vicuna'. Choose one of original, alpaca, sharegpt, messages, ids.",
    ):
        export_subset(pool_of(ROWS), selection_of(0), tmp_path / "out.jsonl", shape="vicuna")


def test_a_conversation_alpaca_cannot_hold_is_refused_by_row():
    with pytest.raises(
        UnfitExample,
        match=r"tools\.json, row 7 .id 'tools'.: Alpaca holds .* Export as sharegpt or messages\.",
    ):
        preview(Dataset((TOOLS,), source="tools.json"), selection_of(0), "alpaca")
