"""Rows from public bug reports: each file of tests/data/cases, and its kind in other containers."""

import json
from pathlib import Path

import pytest

from delift_core.data.example import ProblemKind, Turn, refuse_empty
from delift_core.data.readers import read_dataset
from delift_core.errors import NoExamples, UnknownFormat
from tests.data.sources import example_of, lines, pairs, write

CASES = Path(__file__).parent / "cases"
ASKED = {"role": "user", "content": "Sea?"}
ANSWERED = {"role": "assistant", "content": "Salty."}
DOUBTED = {"role": "user", "content": "Sure?"}


def case(name, **options):
    """The dataset of a file of cases."""
    return read_dataset(CASES / name, **options)


def reasons(dataset):
    """(row, reason) of every problem."""
    return [(problem.row, problem.reason) for problem in dataset.problems]


def answered_with(message, *more):
    """The dataset of one conversation: a question, this message and more."""
    return read_dataset([{"messages": [ASKED, message, *more]}])


# weights and flags
def test_a_turn_of_weight_zero_is_not_the_response():
    dataset = case("03_weight_zero.jsonl")
    assert pairs(dataset) == [
        ("Capital of Peru?", "Lima."),
        ("Capital of Chile?", "Santiago is the capital."),
    ]
    assert reasons(dataset) == [
        (1, "2 turns after the last assistant turn that is to be learned are left out.")
    ]


@pytest.mark.parametrize(
    "flag",
    [
        {"weight": 0},
        {"weight": 0.0},
        {"weight": "0"},
        {"train": False},
        {"train": "false"},
        {"training": False},
        {"loss": 0},
        {"loss": False},
        {"loss_mask": 0},
        {"loss_weight": 0.0},
        {"mask": True},
        {"masked": 1},
    ],
    ids=str,
)
def test_a_flag_against_learning_counts_in_every_style(flag):
    wrong = {"role": "assistant", "content": "No idea."} | flag
    dataset = answered_with(ANSWERED, DOUBTED, wrong)
    assert pairs(dataset) == [("Sea?", "Salty.")]
    spoken = [
        {"from": "human", "value": "Sea?"},
        {"from": "gpt", "value": "Salty."},
        {"from": "human", "value": "Sure?"},
        {"from": "gpt", "value": "No idea."} | flag,
    ]
    assert pairs(read_dataset([{"conversations": spoken}])) == [("Sea?", "Salty.")]
    completion = [ANSWERED, DOUBTED, wrong]
    assert pairs(read_dataset([{"prompt": "Sea?", "completion": completion}])) == [
        ("Sea?", "Salty.")
    ]


@pytest.mark.parametrize(
    "flag", [{"weight": 1}, {"train": True}, {"weight": None}, {"mask": False}, {"loss": 0.5}]
)
def test_a_turn_that_no_flag_denies_is_the_response(flag):
    dataset = answered_with(ANSWERED, DOUBTED, {"role": "assistant", "content": "Yes."} | flag)
    assert dataset[0].response == "Yes."


def test_a_mask_that_is_zero_on_the_user_marks_what_is_learned():
    messages = [
        ASKED | {"mask": 0},
        ANSWERED | {"mask": 1},
        DOUBTED | {"mask": 0},
        {"role": "assistant", "content": "No idea.", "mask": 0},
    ]
    assert read_dataset([{"messages": messages}])[0].response == "Salty."


def test_an_earlier_turn_that_is_not_learned_stays_in_the_prompt():
    dataset = answered_with(ANSWERED | {"weight": 0}, DOUBTED, {**ANSWERED, "content": "Yes."})
    assert dataset[0].response == "Yes." and dataset.problems == ()
    assert dataset[0].turns == (
        Turn("user", "Sea?"),
        Turn("assistant", "Salty."),
        Turn("user", "Sure?"),
    )


def test_a_row_with_nothing_to_learn_is_reported():
    row = {"messages": [ASKED, ANSWERED | {"weight": 0}]}
    dataset = read_dataset([row, {"messages": [DOUBTED, ANSWERED]}])
    assert pairs(dataset) == [("Sure?", "Salty.")]
    [problem] = dataset.problems
    assert (problem.row, problem.kind) == (1, ProblemKind.BROKEN)
    assert problem.reason.startswith("no turn of the assistant is to be learned")


# tools and reasoning
def test_a_column_of_tools_is_noted_once():
    dataset = case("01_sharegpt_tools_and_system.jsonl")
    assert [example.response for example in dataset] == [
        "Yes, take an umbrella.",
        "No, it is dry in Rome.",
    ]
    assert all(
        example.turns[0] == Turn("system", "You are a weather helper.") for example in dataset
    )
    assert all("get_weather" in example.extra["tools"] for example in dataset)
    assert reasons(dataset) == [(1, "the column 'tools' is left out of the prompt (2 rows: 1, 2).")]
    assert dataset.altered == 2


@pytest.mark.parametrize("name", ["tools", "functions", "toolConfig", "tool_definitions"])
@pytest.mark.parametrize(
    "row", [{"messages": [ASKED, ANSWERED]}, {"prompt": "p", "response": "r"}], ids=str
)
def test_tools_of_any_name_and_layout_are_noted(name, row):
    dataset = read_dataset([row | {name: [{"name": "look"}]}])
    assert reasons(dataset) == [(1, f"the column {name!r} is left out of the prompt.")]
    for empty in (None, [], "", "[]"):
        assert read_dataset([row | {name: empty}]).problems == ()


def test_reasoning_beside_the_content_is_noted_once():
    dataset = case("10_reasoning_content.jsonl")
    assert [example.response for example in dataset] == [
        "144 is the square.",
        "169 is the square.",
        "196 is the square.",
    ]
    assert reasons(dataset) == [(1, "'reasoning_content' of a turn is left out (3 rows: 1, 2, 3).")]


def test_of_many_rows_a_note_names_the_first_and_counts_all():
    rows = [
        {"messages": [{**ASKED, "content": f"Sea {number}?"}, {**ANSWERED, "thinking": "hm"}]}
        for number in range(1200)
    ]
    [note] = read_dataset(rows, near_duplicates="keep").notes
    assert note.reason == "'thinking' of a turn is left out (1,200 rows: 1, 2, 3, 4, 5, ...)."
    assert note.count == 1200


@pytest.mark.parametrize("name", ["reasoning", "thinking", "reasoning_content"])
def test_a_column_of_reasoning_is_noted(name):
    dataset = read_dataset([{"prompt": "p", "response": "r", name: "because"}])
    assert reasons(dataset) == [(1, f"the column {name!r} is left out of the response.")]


def test_a_call_of_a_function_is_read_like_calls_of_tools():
    call = {"name": "look", "arguments": "{}"}
    dataset = answered_with({"role": "assistant", "content": None, "function_call": call})
    assert json.loads(dataset[0].response) == [call]
    assert reasons(dataset) == [(1, "the tool calls of turn 2 are written as JSON text.")]


def test_nulls_that_pad_the_arguments_of_calls_are_not_written():
    dataset = case("08_null_padded_arguments.jsonl")
    arguments = [json.loads(example.response)[0]["function"]["arguments"] for example in dataset]
    assert arguments == [{"town": "Oslo"}, {"query": "cheap hotels", "limit": 5}]
    assert (
        dataset[0].extra["messages"][1]["tool_calls"][0]["function"]["arguments"]["query"] is None
    )


def test_the_nulls_of_a_parquet_union_are_not_written(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    rows = [json.loads(line) for line in (CASES / "08_null_padded_arguments.jsonl").open()]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "pool.parquet")
    dataset = read_dataset(tmp_path / "pool.parquet")
    assert "null" not in dataset[0].response + dataset[1].response


# system turns
@pytest.mark.parametrize(
    "system",
    [
        "Be brief.",
        [{"text": "Be brief."}],
        [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        {"text": "Be brief."},
        {"role": "system", "content": "Be brief."},
        [{"role": "system", "content": [{"type": "text", "text": "Be brief."}]}],
        ["Be brief."],
        '[{"text": "Be brief."}]',
    ],
    ids=str,
)
def test_a_system_column_in_any_shape_is_the_system_turn(system):
    for row in ({"messages": [ASKED, ANSWERED]}, {"prompt": "Sea?", "response": "Salty."}):
        dataset = read_dataset([row | {"system": system}])
        assert dataset[0].turns == (Turn("system", "Be brief."), Turn("user", "Sea?"))
        assert dataset.problems == ()
    columns = {"prompt": "a", "response": "b", "system": "c"}
    example = example_of({"a": "Sea?", "b": "Salty.", "c": system}, columns=columns)
    assert example.turns[0] == Turn("system", "Be brief.")


def test_the_system_list_of_bedrock_is_the_system_turn():
    dataset = case("21b_bedrock.jsonl")
    assert dataset.problems == () and len(dataset) == 3
    assert dataset[1].turns == (Turn("system", "Be brief."), Turn("user", "Name hill 1"))
    assert dataset[1].response == "Hill 1 is called Fell."


def test_a_system_column_without_text_is_noted():
    dataset = read_dataset([{"messages": [ASKED, ANSWERED], "system": [{"image": 1}]}])
    assert reasons(dataset) == [(1, "'system' holds a list and is left out of the prompt.")]


def test_a_system_column_beside_another_system_turn_is_noted():
    messages = [{"role": "system", "content": "Be long."}, ASKED, ANSWERED]
    dataset = read_dataset([{"messages": messages, "system": "Be brief."}])
    assert dataset[0].turns[0] == Turn("system", "Be long.")
    assert reasons(dataset) == [
        (1, "'system' is left out: the conversation has a system turn of its own.")
    ]


def test_a_system_turn_in_the_middle_stays_there():
    dataset = case("28_system_middle.jsonl")
    roles = ["system", "user", "assistant", "system", "user"]
    assert [[turn.role for turn in example.turns] for example in dataset] == [roles, roles]
    assert dataset[0].prompt == (
        "Be formal.\n\nuser: Hello 0\nassistant: Good day.\nsystem: Now be rude.\nuser: Hello again"
    )
    assert dataset[0].response == "What do you want, 0?"


# nulls and parts
def test_turns_of_null_are_noted_by_row_or_cost_their_row():
    dataset = case("13_value_null.jsonl")
    assert [example.row for example in dataset] == [1, 4]
    assert dataset[0].response == "Yes, still here."
    found = reasons(dataset)
    assert found[:3] == [
        (1, "turn 2 holds null and is read as an empty one."),
        (2, "the response is empty."),
        (3, "the prompt is empty."),
    ]
    assert [row for row, _ in found[3:]] == [5, 6]


def test_parts_of_text_are_read_beside_nulls_and_a_picture_costs_its_row():
    dataset = case("15_parts_with_nulls.jsonl")
    assert pairs(dataset) == [
        (f"Just text {number}", f"Plain answer {number} of many.") for number in range(3)
    ]
    assert reasons(dataset) == [
        (row, "turn 1 holds 'image', and only text can be scored.") for row in (1, 2)
    ]
    padded = [{"type": "text", "text": "Hel", "image_url": None}, {"type": "text", "text": "lo"}]
    assert answered_with({"role": "assistant", "content": padded})[0].response == "Hello"


def test_thinking_parts_are_noted_and_the_text_is_read():
    dataset = case("21c_anthropic.jsonl")
    assert [example.response for example in dataset] == [
        f"Hill {number} is called Fell." for number in range(3)
    ]
    assert dataset[0].turns[0] == Turn("system", "Be brief.")
    assert reasons(dataset) == [(1, "the reasoning of a turn is left out (3 rows: 1, 2, 3).")]


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (
            {"type": "tool_use", "id": "t1", "name": "look", "input": {"at": "sea"}},
            {"type": "tool_result", "tool_use_id": "t1", "content": "blue"},
        ),
        (
            {"toolUse": {"toolUseId": "t1", "name": "look", "input": {"at": "sea"}}},
            {"toolResult": {"toolUseId": "t1", "content": [{"text": "blue"}]}},
        ),
    ],
    ids=["Anthropic", "Bedrock"],
)
def test_calls_and_results_in_parts_are_read(call, result):
    dataset = answered_with(
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
        {"role": "assistant", "content": [{"text": "It is blue."}]},
    )
    [example] = dataset
    assert json.loads(example.turns[1].content) == [call]
    assert example.turns[2] == Turn("tool", "blue") and example.response == "It is blue."
    assert reasons(dataset) == [(1, "the tool calls of turn 2 are written as JSON text.")]


def test_a_call_beside_text_is_noted():
    parts = [{"type": "text", "text": "Wait."}, {"type": "tool_use", "name": "look", "input": {}}]
    dataset = answered_with({"role": "assistant", "content": parts})
    assert dataset[0].response == "Wait."
    assert reasons(dataset) == [(1, "the tool calls of turn 2 are left out, its text is kept.")]


def test_every_further_field_of_a_turn_is_noted():
    dataset = read_dataset([{"messages": [ASKED | {"name": "Ann", "id": 7}, ANSWERED]}])
    assert reasons(dataset) == [(1, "'name' of turn 1 is left out.")]


# containers
def test_columns_of_turns_are_read():
    dataset = case("04_dict_of_lists.jsonl")
    assert pairs(dataset) == [
        (f"Name river {number}", f"River number {number} is long.") for number in range(3)
    ]
    messages = {"role": ["user", "assistant"], "content": ["Sea?", "Salty."]}
    assert pairs(read_dataset([{"messages": messages}])) == [("Sea?", "Salty.")]
    assert pairs(read_dataset([{"messages": json.dumps(messages)}])) == [("Sea?", "Salty.")]


def test_columns_of_turns_of_unequal_length_cost_their_row():
    messages = {"role": ["user"], "content": ["Sea?", "Salty."]}
    dataset = read_dataset([{"messages": messages}, {"messages": [ASKED, ANSWERED]}])
    assert reasons(dataset) == [
        (1, "turn 2 names no speaker; each turn needs 'role' and 'content'.")
    ]


def test_a_row_may_be_a_list_of_turns(tmp_path):
    dataset = case("05_list_of_lists.json")
    assert pairs(dataset) == [
        (f"Say {name}", f"{name}, as you wish.") for name in ("moon", "sun", "star")
    ]
    rows = json.loads((CASES / "05_list_of_lists.json").read_text())
    for content in (lines(rows), json.dumps({"train": rows}), json.dumps(rows, indent=1)):
        assert pairs(read_dataset(write(tmp_path, "pool.jsonl", content))) == pairs(dataset)
    assert pairs(read_dataset(rows)) == pairs(dataset)
    assert pairs(read_dataset(write(tmp_path, "pool.json", json.dumps(rows[0])))) == [
        ("Say moon", "moon, as you wish.")
    ]


def test_a_broken_line_among_lists_of_turns_costs_its_own_row(tmp_path):
    talk = json.dumps([ASKED, ANSWERED])
    dataset = read_dataset(write(tmp_path, "pool.jsonl", f"{talk}\n[1,\n[2]\n{talk}\n"))
    assert [(problem.row, problem.kind) for problem in dataset.problems][:2] == [
        (2, ProblemKind.BROKEN),
        (3, ProblemKind.BROKEN),
    ]
    assert pairs(dataset) == [("Sea?", "Salty.")]


def test_json_in_the_only_column_of_a_table_is_read_as_in_parquet(tmp_path):
    dataset = case("07c_json_one_column.csv")
    assert pairs(dataset) == [
        ("What's 1+1?", "It is 2, sure."),
        ("What's 2+1?", "It is 3, sure."),
    ]
    talk = json.dumps([ASKED, ANSWERED])
    quoted = talk.replace('"', '""')
    for content in (f'my chat\n"{quoted}"\n', f"messages\n{talk}\n"):
        assert pairs(read_dataset(write(tmp_path, "pool.csv", content))) == [("Sea?", "Salty.")]


def test_one_column_of_plain_text_is_no_table(tmp_path):
    with pytest.raises(UnknownFormat, match="a table whose rows have at least two cells"):
        read_dataset(write(tmp_path, "pool.csv", "messages\nhello\nbye\n"))


@pytest.mark.parametrize("name", ["messages", "id,messages"])
def test_cells_in_python_s_repr_are_refused_with_the_cause(tmp_path, name):
    content = (CASES / "07_python_repr_cells.csv").read_text()
    if name != "messages":
        cells = content.splitlines()[1:]
        rows = [f"{number},{cell}" for number, cell in enumerate(cells)]
        content = "\n".join([name, *rows]) + "\n"
    with pytest.raises(UnknownFormat, match=r"'messages' holds Python's repr .* json\.dumps"):
        read_dataset(write(tmp_path, "pool.csv", content))


def test_one_cell_in_python_s_repr_costs_its_row():
    rows = [{"messages": json.dumps([ASKED, ANSWERED])}, {"messages": str([ASKED, ANSWERED])}]
    dataset = read_dataset(rows)
    [(row, reason)] = reasons(dataset)
    assert row == 2 and "holds Python's repr" in reason


def test_messages_in_python_s_repr_are_no_response():
    rows = [{"prompt": "Sea?", "chosen": str([ASKED, ANSWERED])}]
    with pytest.raises(NoExamples, match="Python's repr"):
        refuse_empty(read_dataset(rows, columns={"prompt": "prompt", "response": "chosen"}))


# preferences
def test_the_question_stands_once_where_the_chosen_conversation_repeats_it():
    columns = {"prompt": "prompt", "response": "chosen"}
    dataset = case("19b_ultrafeedback_binarized.jsonl", columns=columns)
    assert [example.turns for example in dataset] == [
        (Turn("user", f"Greet person {number}"),) for number in range(3)
    ]
    assert dataset[2].response == "Good day, person 2."


@pytest.mark.parametrize(
    "prompt", ["Sea?", " Sea?\n", [ASKED], [{"role": "system", "content": "Be brief."}, ASKED]]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_repeated_prompt_of_any_shape_stands_once(prompt, as_json):
    chosen = [ASKED, ANSWERED]
    row = {"prompt": prompt, "chosen": json.dumps(chosen) if as_json else chosen}
    example = example_of(row, columns={"prompt": "prompt", "response": "chosen"})
    assert [turn.content for turn in example.turns if turn.role == "user"] == ["Sea?"]
    assert len(example.turns) == (2 if isinstance(prompt, list) and len(prompt) == 2 else 1)
    assert example.response == "Salty."


def test_a_prompt_that_the_answer_does_not_repeat_is_kept():
    row = {"prompt": [ASKED], "completion": [ANSWERED, DOUBTED, {**ANSWERED, "content": "Yes."}]}
    assert [turn.content for turn in example_of(row).turns] == ["Sea?", "Salty.", "Sure?"]


# others
def test_a_conversation_that_opens_with_the_assistant_is_read():
    dataset = case("12_assistant_first.jsonl")
    assert [example.id for example in dataset] == ["x2", "x3", "ok"]
    assert [turn.role for turn in dataset[0].turns] == ["assistant", "user"]


def test_large_ids_are_read_to_the_digit():
    assert [example.id for example in case("26_big_ids.jsonl")] == [
        "1009513310189256287",
        "1009513310189256288",
        "1009513310189256289",
    ]


def test_a_long_prompt_is_read_whole():
    dataset = case("29_long_prompt.jsonl")
    assert len(dataset[0].prompt) > 14_000 and dataset.problems == ()
