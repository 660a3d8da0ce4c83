"""Edited responses: in every shape, in rows as they were read, or refused by row."""

import pytest

from delift_core.errors import UnfitExample
from delift_core.export.edits import with_edits
from delift_core.export.subset import export_rows
from tests.export.conftest import ROWS, fields_in, pool_of


def test_an_edit_takes_the_place_of_the_response_in_example_and_row():
    pool = pool_of(ROWS)
    edited = with_edits(pool, {"b": "Green"})
    assert edited[1].response == edited[1].extra["response"] == "Green"
    assert edited[0] == pool[0] and pool[1].response == "Blue"


def test_the_last_turn_of_a_row_of_turns_is_edited_and_no_earlier_one(tmp_path):
    turns = [
        {"role": role, "content": text}
        for role, text in (
            ("user", "Hi"),
            ("assistant", "Yes"),
            ("user", "So?"),
            ("assistant", "Yes"),
        )
    ]
    pool = pool_of([{"id": "a", "messages": turns}])
    for shape in ("original", "messages"):
        path = export_rows(with_edits(pool, {"a": "No"}), tmp_path / "x.jsonl", shape=shape)
        (row,) = fields_in(path)
        assert [turn["content"] for turn in row["messages"]] == ["Hi", "Yes", "So?", "No"]


def test_a_response_that_is_no_value_of_its_row_is_refused_as_in_the_source_alone():
    pool = pool_of([{"instruction": "Say", "output": "Yes"}])
    example = pool[0]
    object.__setattr__(example, "extra", {"other": "fields"})
    with pytest.raises(UnfitExample, match="row 1.*its edited response has no field.*as Messages"):
        with_edits(pool, {example.id: "No"})
    assert with_edits(pool, {example.id: "No"}, "messages")[0].response == "No"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"instruction": "Judge", "output": "good", "label": "good"},
            {"instruction": "Judge", "output": "better", "label": "good"},
        ),
        (
            {"label": "good", "prompt": "good", "response": "good"},
            {"label": "good", "prompt": "good", "response": "better"},
        ),
        (
            {
                "messages": [
                    {"role": "user", "content": "?"},
                    {"role": "assistant", "content": "user"},
                ]
            },
            {
                "messages": [
                    {"role": "user", "content": "?"},
                    {"role": "assistant", "content": "better"},
                ]
            },
        ),
    ],
)
def test_only_the_field_that_the_response_is_read_from_is_edited(row, expected):
    edited = with_edits(pool_of([row]), {"1": "better"})
    assert edited[0].extra == expected and edited[0].response == "better"


def test_of_two_instances_with_one_output_the_one_that_was_edited_changes():
    instances = [{"input": "a", "output": "Yes"}, {"input": "b", "output": "Yes"}]
    pool = pool_of([{"instruction": "Say", "instances": instances}])
    edited = with_edits(pool, {pool[0].id: "No"})
    assert [example.extra["output"] for example in edited] == ["No", "Yes"]
