"""JSON: numbers keep their digits, and a value that cannot be read costs only its own row."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.data.example import ProblemKind
from delift_core.data.readers import read_dataset
from delift_core.data.text import json_text
from tests.data.sources import EXPECTED, ROWS, pairs, write


@given(st.text(st.characters(exclude_categories=())))
def test_text_is_on_one_line_of_json_that_reads_back(text):
    written = json_text({text: [text]})
    assert json.loads(written) == {text: [text]}
    assert len(written.splitlines()) == 1
    written.encode()


def test_json_numbers_become_text_as_written_and_stay_numbers_in_extra(tmp_path):
    written = ["8.0", "145", "1e5", "0.10", "123456789012345678901234567890", "0", "true", "false"]
    path = write(
        tmp_path,
        "pool.jsonl",
        "\n".join(
            f'{{"prompt": "q{number}", "response": {value}}}'
            for number, value in enumerate(written)
        ),
    )
    dataset = read_dataset(path)
    assert [example.response for example in dataset] == written
    assert [example.extra["response"] for example in dataset] == [
        json.loads(value) for value in written
    ]
    assert json.dumps(dataset[0].extra) == '{"prompt": "q0", "response": 8.0}'


def test_a_line_separator_inside_a_string_does_not_split_the_line(tmp_path):
    path = write(
        tmp_path,
        "pool.jsonl",
        '{"prompt": "a\u2028b", "response": "c\u0085d"}\r\n{"prompt": "e", "response": "f"}\r\n',
    )
    assert pairs(read_dataset(path)) == [("a\u2028b", "c\u0085d"), ("e", "f")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"prompt": "a", "response": ', "not valid JSON: expecting value at character 29."),
        ('["a", "b"]', "the row is a list, not an object with named fields."),
        ('{"prompt": "a", "response": "\\ud800"}', "half of a surrogate pair"),
        ('{"prompt": "a", "response": NaN}', "NaN is not a JSON number."),
        ('{"prompt": "a", "response": 1e999}', "the number 1e999 is too large to read."),
        ('{"prompt": "a", "response": ' + "1" * 5000 + "}", "a whole number has 5000 digits"),
        ('{"prompt": "a", "response": ' + "[" * 100_000 + "}", "nested too deeply"),
        ('{"prompt": "a", "prompt": "b", "response": "c"}', "a field name stands twice"),
        ('{"prompt": "a", "response": "b\xff"}', "a byte that is not UTF-8"),
        ('{"prompt": "a", "response": "b\0"}', "not valid JSON: invalid control character"),
    ],
)
@pytest.mark.parametrize("array", [False, True])
def test_one_bad_row_is_a_problem_and_never_costs_the_others(tmp_path, line, reason, array):
    rows = [
        *map(json.dumps, ROWS),
        line,
        *(json.dumps({"prompt": f"more {number}", "response": "x"}) for number in range(3)),
    ]
    text = "[" + ",\n".join(rows[:3] + rows[4:] + [line]) + "]" if array else "\n\n".join(rows)
    dataset = read_dataset(write(tmp_path, "pool.jsonl", text.encode("latin-1")))
    assert [example.prompt for example in dataset] == [row["prompt"] for row in ROWS] + [
        "more 0",
        "more 1",
        "more 2",
    ]
    [problem] = dataset.problems
    assert problem.kind == ProblemKind.BROKEN and reason.split(" at character")[0] in problem.reason
    assert problem.row == 7  # the seventh line, blank ones counted, and the seventh of the array
    assert dataset.format == "prompt/response, 6 of 7 rows"


def test_an_array_cut_off_keeps_the_rows_before_the_cut(tmp_path):
    dataset = read_dataset(write(tmp_path, "pool.json", json.dumps(ROWS, indent=1)[:-30]))
    assert pairs(dataset) == EXPECTED[:2] and [problem.row for problem in dataset.problems] == [3]
