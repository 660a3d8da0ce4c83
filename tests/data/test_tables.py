"""Tables: cells stay text, a row whose cells or quotes do not fit costs only itself."""

import csv

import pandas as pd
import pytest

from delift_core.data import tables
from delift_core.data.example import ProblemKind
from delift_core.data.readers import read_dataset
from tests.data.sources import pairs, write


def test_csv_cells_stay_text(tmp_path):
    path = write(
        tmp_path,
        "pool.csv",
        'prompt,response,note\na,007,\nb,NA,null\nc,"two\nlines, and ""quotes""",x\n',
    )
    dataset = read_dataset(path)
    assert [example.response for example in dataset] == ["007", "NA", 'two\nlines, and "quotes"']
    assert [example.extra["note"] for example in dataset] == ["", "null", "x"]


def test_a_ragged_csv_row_is_named_and_never_shifted(tmp_path):
    dataset = read_dataset(write(tmp_path, "pool.csv", "prompt,response\na,b\nc,d,e\nf\ng,h\n"))
    assert pairs(dataset) == [("a", "b"), ("g", "h")]
    assert [(problem.row, problem.kind) for problem in dataset.problems] == [
        (2, ProblemKind.BROKEN),
        (3, ProblemKind.BROKEN),
    ]
    assert dataset.problems[0].reason.startswith("the row has 3 cells where the header has 2.")


def test_a_quote_left_open_costs_its_own_row_only(tmp_path):
    dataset = read_dataset(
        write(tmp_path, "pool.csv", 'prompt,response\na,b\n"c,d\ne,f\n"g,h",i\n')
    )
    assert pairs(dataset) == [("a", "b"), ("e", "f"), ("g,h", "i")]
    assert [
        (problem.row, "line 3 of the file" in problem.reason) for problem in dataset.problems
    ] == [(2, True)]


def test_a_tsv_that_uses_quotes_as_letters_keeps_them(tmp_path):
    dataset = read_dataset(
        write(tmp_path, "pool.tsv", 'prompt\tresponse\n"Oh" he said\tyes\n5" pipe\t"no\n')
    )
    assert pairs(dataset) == [('"Oh" he said', "yes"), ('5" pipe', '"no')]


def test_one_broken_row_of_a_tsv_alters_no_other(tmp_path):
    quoted = [(f'What is "x{number}" here?', "one\nor\ttwo") for number in range(5)]
    table = pd.DataFrame(quoted, columns=["prompt", "response"]).to_csv(sep="\t", index=False)
    dataset = read_dataset(write(tmp_path, "pool.tsv", table + 'foo\t"bar" baz\n"cut off\n'))
    assert pairs(dataset) == [*quoted, ("foo", '"bar" baz')]
    assert [(problem.row, problem.kind) for problem in dataset.problems] == [
        (6, ProblemKind.ALTERED),
        (7, ProblemKind.BROKEN),
    ]


def test_a_tsv_that_joins_lines_in_one_row_unquotes_the_others(tmp_path):
    dataset = read_dataset(
        write(
            tmp_path,
            "pool.tsv",
            'prompt\tresponse\n"say ""hi"""\ta\n"start\tb\nc\td\nthe end"\te\nragged\n',
        )
    )
    assert pairs(dataset) == [('say "hi"', "a"), ('"start', "b"), ("c", "d"), ('the end"', "e")]
    assert [(problem.row, problem.kind) for problem in dataset.problems] == [
        (2, ProblemKind.ALTERED),
        (5, ProblemKind.BROKEN),
    ]


@pytest.mark.parametrize("line", ['"a" b{0}c', 'x"{0}"', '"a{0}b', '"a{0}b\nc"{0}d'])
@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_no_line_of_a_table_is_read_again_for_every_bad_quote(line, delimiter, monkeypatch):
    lines_read, reader = [], csv.reader

    def counted(lines, **how):
        # a copied list is work even where it is not read
        lines_read.extend(lines if isinstance(lines, list) else [])
        return reader((lines_read.append(line) or line for line in lines), **how)

    monkeypatch.setattr(csv, "reader", counted)
    text = f"prompt{delimiter}response\n" + f"{line.format(delimiter)}\n" * 1000
    # to choose the delimiter, to see that it explains the first row, twice for the rows
    readings = len(tables.DELIMITERS) + 3
    assert tables.read_table(text, {"prompt"}.__contains__).columns == ["prompt", "response"]
    assert len(lines_read) <= 3 * readings * text.count("\n")


def test_repeated_and_empty_column_names_are_made_distinct_and_reported(tmp_path):
    dataset = read_dataset(write(tmp_path, "pool.csv", "prompt,response,,response\na,b,c,d\n"))
    assert dict(dataset[0].extra) == {
        "prompt": "a",
        "response": "b",
        "column 3": "c",
        "response (2)": "d",
    }
    assert [problem.kind for problem in dataset.problems] == [ProblemKind.ALTERED] * 2
