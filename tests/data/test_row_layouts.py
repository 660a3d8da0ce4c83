"""Layouts: what each makes of a row, to the letter."""

import json

import pytest

from delift_core.data.example import ProblemKind, Turn
from delift_core.data.readers import read_dataset
from tests.data.sources import example_of


@pytest.mark.parametrize(
    ("row", "prompt", "response", "name"),
    [
        ({"instruction": "Add.", "input": "1 2", "output": "3"}, "Add.\n1 2", "3", "Alpaca"),
        ({"instruction": "Add. ", "input": "", "output": "3"}, "Add. ", "3", "Alpaca"),
        ({"instruction": "Add.", "input": None, "output": "3"}, "Add.", "3", "Alpaca"),
        ({"Instruction": "Add.", "OUTPUT": "3"}, "Add.", "3", "Alpaca"),
        ({"instruction": "", "input": "1 2", "output": "3"}, "1 2", "3", "Alpaca"),
        ({"prompt": "p\n", "completion": " c"}, "p\n", " c", "prompt/completion"),
        ({"prompt": "p", "response": "r", "source": "s"}, "p", "r", "prompt/response"),
        ({"question": "q", "answer": "a", "qid": 1}, "q", "a", "question/answer"),
        (
            {"Body": "Ann has 3.", "Question": "How many?", "Answer": 3.0},
            "Ann has 3. How many?",
            "3.0",
            "question/answer",
        ),
        (
            {"Body": "Ann has 3.", "Question": "Ann has 3. How many?", "Answer": "3"},
            "Ann has 3. How many?",
            "3",
            "question/answer",
        ),
        ({"query": "q", "response": "r"}, "q", "r", "query/response"),
        (
            {
                "context": "c",
                "question": "q",
                "answers": {"text": ["a", "b"], "answer_start": [1, 2]},
            },
            "c\nq",
            "a",
            "SQuAD",
        ),
        (
            {"instruction": "i", "context": "c", "response": "r"},
            "i\nc",
            "r",
            "instruction/response",
        ),
        ({"prompt": "p", "response": 0}, "p", "0", "prompt/response"),
        ({"prompt": "p", "response": False}, "p", "false", "prompt/response"),
    ],
)
def test_columns_of_text_are_joined_as_their_layout_says(row, prompt, response, name):
    dataset = read_dataset([row])
    assert [(example.prompt, example.response) for example in dataset] == [(prompt, response)]
    assert dataset[0].turns == (Turn("user", prompt),) and dataset[0].extra == row
    assert dataset.format == f"{name}, 1 of 1 rows" and dataset.problems == ()


def test_sharegpt_roles_become_turns_and_the_last_assistant_turn_the_response():
    spoken = [
        ("system", "s"),
        ("human", "h"),
        ("function_call", "f"),
        ("observation", "o"),
        ("gpt", "g"),
    ]
    row = {"conversations": [{"from": role, "value": text} for role, text in spoken], "tools": "[]"}
    example = example_of(row)
    assert example.turns == (
        Turn("system", "s"),
        Turn("user", "h"),
        Turn("assistant", "f"),
        Turn("tool", "o"),
    )
    assert (
        example.prompt == "s\n\nuser: h\nassistant: f\ntool: o"
        and example.response == "g"
        and example.extra == row
    )


def test_openai_messages_may_hold_parts_of_text():
    parts = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]
    example = example_of(
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": parts},
                {"role": "assistant", "content": "Hi"},
            ]
        }
    )
    assert example.prompt == "Be brief.\n\nHello" and example.turns[1] == Turn("user", "Hello")


def test_turns_after_the_response_are_cut_and_reported():
    talk = [
        {"role": role, "content": text}
        for role, text in [("user", "a"), ("assistant", "b"), ("user", "c")]
    ]
    dataset = read_dataset([{"messages": talk}])
    assert (dataset[0].prompt, dataset[0].response) == ("a", "b")
    assert [(problem.kind, problem.reason) for problem in dataset.problems] == [
        (ProblemKind.ALTERED, "1 turn after the last assistant turn is left out.")
    ]


def test_tool_calls_without_text_are_written_as_json_and_reported():
    calls = [{"function": {"name": "f", "arguments": "{}"}}]
    dataset = read_dataset(
        [
            {
                "messages": [
                    {"role": "user", "content": "a"},
                    {"role": "assistant", "content": None, "tool_calls": calls},
                ]
            }
        ]
    )
    assert json.loads(dataset[0].response) == calls
    assert [problem.reason for problem in dataset.problems] == [
        "the tool calls of turn 2 are written as JSON text."
    ]


@pytest.mark.parametrize(
    ("messages", "kind", "reason"),
    [
        ([{"role": "user", "content": "a"}], ProblemKind.EMPTY, "there is no response."),
        ([{"role": "assistant", "content": "a"}], ProblemKind.BROKEN, "the prompt is empty."),
        (
            [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}],
            ProblemKind.EMPTY,
            "the response is empty.",
        ),
        (
            [{"role": "user", "content": "a"}, {"role": "narrator", "content": "b"}],
            ProblemKind.BROKEN,
            "turn 2 is spoken by 'narrator'",
        ),
        (
            [{"role": "user", "content": "a"}, {"content": "b"}],
            ProblemKind.BROKEN,
            "turn 2 names no speaker",
        ),
        (
            [
                {"role": "user", "content": [{"type": "image_url"}]},
                {"role": "assistant", "content": "b"},
            ],
            ProblemKind.BROKEN,
            "'image_url'",
        ),
        (
            [{"role": "user", "content": {"a": 1}}, {"role": "assistant", "content": "b"}],
            ProblemKind.BROKEN,
            "an object with named fields",
        ),
        (
            [],
            ProblemKind.BROKEN,
            (
                "the row does not read as OpenAI messages, which needs a list of turns with role"
                " and content"
            ),
        ),
    ],
)
def test_a_conversation_that_cannot_be_used_says_why(messages, kind, reason):
    good = [
        {
            "messages": [
                {"role": "user", "content": str(number)},
                {"role": "assistant", "content": "b"},
            ]
        }
        for number in range(2)
    ]
    dataset = read_dataset([*good, {"messages": messages}])
    assert len(dataset) == 2
    [problem] = dataset.problems
    assert (problem.row, problem.kind) == (3, kind) and reason in problem.reason


def test_a_conversation_is_recognised_under_any_name_and_in_a_csv_cell(tmp_path):
    talk = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    assert example_of({"my chat": talk}).response == "b"
    path = tmp_path / "pool.csv"
    path.write_text('id,messages\nx,"' + json.dumps(talk).replace('"', '""') + '"\n')
    dataset = read_dataset(path)
    assert (dataset[0].id, dataset[0].prompt, dataset[0].response) == ("x", "a", "b")


def test_prompt_and_completion_may_be_lists_of_messages():
    example = example_of(
        {
            "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
            "completion": [{"role": "assistant", "content": "a"}],
        }
    )
    assert (example.prompt, example.response) == ("s\n\nu", "a")


def test_a_system_column_and_a_history_precede_the_prompt():
    example = example_of(
        {"instruction": "i", "output": "o", "system": "s", "history": [["a", "b"]]}
    )
    assert example.turns == (
        Turn("system", "s"),
        Turn("user", "a"),
        Turn("assistant", "b"),
        Turn("user", "i"),
    )
    assert example.prompt == "s\n\nuser: a\nassistant: b\nuser: i"


def test_every_instance_of_a_task_is_an_example_with_an_id_of_its_own():
    rows = [
        {
            "id": "t1",
            "instruction": "Add.",
            "instances": [{"input": "1 2", "output": "3"}, {"input": "2 2", "output": "4"}],
            "easy": True,
        },
        {"id": "t2", "instruction": "Greet.", "instances": [{"input": "", "output": "Hi"}]},
    ]
    dataset = read_dataset(rows)
    assert [(example.id, example.row, example.prompt, example.response) for example in dataset] == [
        ("t1-1", 1, "Add.\n1 2", "3"),
        ("t1-2", 1, "Add.\n2 2", "4"),
        ("t2", 2, "Greet.", "Hi"),
    ]
    assert list(dataset[1].extra.items()) == [
        ("id", "t1"),
        ("instruction", "Add."),
        ("easy", True),
        ("input", "2 2"),
        ("output", "4"),
    ]
    assert dataset.format == "nested instances, 2 of 2 rows"


def test_squad_is_one_example_per_question(tmp_path):
    questions = [
        {
            "question": "Who?",
            "id": "a",
            "answers": [{"text": "Ann", "answer_start": 0}, {"text": "Annie"}],
        },
        {"question": "Why?", "id": "b", "answers": []},
    ]
    path = tmp_path / "squad.json"
    path.write_text(
        json.dumps(
            {
                "version": "1",
                "data": [
                    {"title": "T", "paragraphs": [{"context": "Ann came.", "qas": questions}]}
                ],
            }
        )
    )
    dataset = read_dataset(path)
    assert [(example.id, example.prompt, example.response) for example in dataset] == [
        ("a", "Ann came.\nWho?", "Ann")
    ]
    assert list(dataset[0].extra) == ["title", "context", "question", "id", "answers"]
    assert [(problem.row, problem.kind) for problem in dataset.problems] == [(2, ProblemKind.EMPTY)]


def test_two_columns_without_a_header_are_prompt_and_response(tmp_path):
    path = tmp_path / "pool.tsv"
    path.write_text("How much is 1 + 1?\t2\nHow much, roughly, is 2 + 2?\t4\n")
    dataset = read_dataset(path)
    assert [(example.prompt, example.response) for example in dataset] == [
        ("How much is 1 + 1?", "2"),
        ("How much, roughly, is 2 + 2?", "4"),
    ]
    assert dataset.format == "two columns without a header, 2 of 2 rows" and dataset[0].row == 1
