"""Files: kind and encoding are told from the content, every cell stays as written, and a bad row
costs only itself.
"""

import codecs
import csv
import gzip
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delift_core.data import decoding, tables
from delift_core.data.example import ProblemKind
from delift_core.data.readers import read_dataset
from delift_core.errors import MissingSplit, NoExamples, UnknownFormat, UnreadableFile

ROWS = [
    {"prompt": "What is 2 + 2?", "response": "4"},
    {"prompt": "Name a colour.", "response": "Blue"},
    {"prompt": "Say hello.", "response": "Hello"},
]
EXPECTED = [tuple(row.values()) for row in ROWS]
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=30).map(
    lambda text: f"a{text}b"
)
row_lists = st.lists(
    st.fixed_dictionaries({"prompt": texts, "response": texts}),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row["prompt"], row["response"]),
)
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pairs(dataset):
    return [(example.prompt, example.response) for example in dataset]


def lines(rows):
    return "\n".join(json.dumps(row) for row in rows)


def asked(rows):
    return [(row["prompt"], row["response"]) for row in rows]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("jsonl named json", ("pool.json", lines(ROWS))),
        ("array named jsonl", ("pool.jsonl", json.dumps(ROWS, indent=2))),
        ("array without a suffix", ("pool", json.dumps(ROWS))),
        ("rows under a name", ("pool.json", json.dumps({"version": 1, "data": ROWS}))),
        (
            "objects one after another",
            ("pool.json", "\n".join(json.dumps(row, indent=1) for row in ROWS)),
        ),
        (
            "csv",
            (
                "pool.csv",
                "prompt,response\nWhat is 2 + 2?,4\nName a colour.,Blue\nSay hello.,Hello\n",
            ),
        ),
        (
            "csv with semicolons",
            (
                "pool.csv",
                "prompt;response\nWhat is 2 + 2?;4\nName a colour.;Blue\nSay hello.;Hello\n",
            ),
        ),
        (
            "tsv named csv",
            (
                "pool.csv",
                "prompt\tresponse\nWhat is 2 + 2?\t4\nName a colour.\tBlue\nSay hello.\tHello",
            ),
        ),
        (
            "csv with bare carriage returns",
            (
                "pool.csv",
                "prompt,response\rWhat is 2 + 2?,4\rName a colour.,Blue\rSay hello.,Hello",
            ),
        ),
        (
            "csv in utf-8 with a mark",
            (
                "pool.csv",
                codecs.BOM_UTF8
                + b"prompt,response\r\nWhat is 2 + 2?,4\r\nName a colour.,Blue\r\nSay hello.,Hello",
            ),
        ),
        ("jsonl in utf-16", ("pool.jsonl", lines(ROWS).encode("utf-16"))),
        ("jsonl in utf-16 without a mark", ("pool.jsonl", lines(ROWS).encode("utf-16-be"))),
        ("gzip without its suffix", ("pool.jsonl", gzip.compress(lines(ROWS).encode()))),
        (
            "gzip in two pieces",
            (
                "pool.gz",
                gzip.compress((lines(ROWS[:1]) + "\n").encode())
                + gzip.compress(lines(ROWS[1:]).encode()),
            ),
        ),
    ],
)
def test_the_kind_of_a_file_is_told_from_its_content(tmp_path, name, content):
    assert pairs(read_dataset(write(tmp_path, *content))) == EXPECTED


def test_parquet_is_parquet_whatever_its_name_even_packed(tmp_path):
    pd.DataFrame(ROWS).to_parquet(tmp_path / "pool.parquet")
    content = (tmp_path / "pool.parquet").read_bytes()
    assert pairs(read_dataset(write(tmp_path, "pool.csv", content))) == EXPECTED
    assert pairs(read_dataset(write(tmp_path, "pool.csv.gz", gzip.compress(content)))) == EXPECTED


@quick
@given(row_lists)
def test_jsonl_comes_back_as_it_was_written(tmp_path, rows):
    dataset = read_dataset(
        write(
            tmp_path, "pool.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        ),
        near_duplicates="keep",
    )
    assert pairs(dataset) == asked(rows)
    assert [example.extra for example in dataset] == rows


@quick
@given(row_lists)
def test_csv_comes_back_as_it_was_written(tmp_path, rows):
    pd.DataFrame(rows).to_csv(tmp_path / "pool.csv", index=False)
    assert pairs(read_dataset(tmp_path / "pool.csv", near_duplicates="keep")) == asked(rows)


@quick
@given(row_lists)
def test_parquet_comes_back_as_it_was_written(tmp_path, rows):
    pd.DataFrame(rows).to_parquet(tmp_path / "pool.parquet")
    assert pairs(read_dataset(tmp_path / "pool.parquet", near_duplicates="keep")) == asked(rows)


def test_csv_cells_stay_text(tmp_path):
    path = write(
        tmp_path,
        "pool.csv",
        'prompt,response,note\na,007,\nb,NA,null\nc,"two\nlines, and ""quotes""",x\n',
    )
    dataset = read_dataset(path)
    assert [example.response for example in dataset] == ["007", "NA", 'two\nlines, and "quotes"']
    assert [example.extra["note"] for example in dataset] == ["", "null", "x"]


def test_json_numbers_become_text_as_written_and_stay_numbers_in_extra(tmp_path):
    written = ["8.0", "145", "1e5", "0.10", "123456789012345678901234567890", "0", "true", "false"]
    path = write(
        tmp_path,
        "pool.jsonl",
        "\n".join(
            f'{{"prompt": "q{place}", "response": {value}}}' for place, value in enumerate(written)
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
        *(json.dumps({"prompt": f"more {place}", "response": "x"}) for place in range(3)),
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
    quoted = [(f'What is "x{place}" here?', "one\nor\ttwo") for place in range(5)]
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
    handed, reader = [], csv.reader

    def counted(lines, **how):
        # a copied list is work even where it is not read
        handed.extend(lines if isinstance(lines, list) else [])
        return reader((handed.append(line) or line for line in lines), **how)

    monkeypatch.setattr(csv, "reader", counted)
    text = f"prompt{delimiter}response\n" + f"{line.format(delimiter)}\n" * 1000
    # to tell the delimiter, to see that it explains the first row, twice for the rows
    readings = len(tables.DELIMITERS) + 3
    assert tables.read_table(text, {"prompt"}.__contains__).columns == ["prompt", "response"]
    assert len(handed) <= 3 * readings * text.count("\n")


def test_repeated_and_empty_column_names_are_told_apart_and_reported(tmp_path):
    dataset = read_dataset(write(tmp_path, "pool.csv", "prompt,response,,response\na,b,c,d\n"))
    assert dict(dataset[0].extra) == {
        "prompt": "a",
        "response": "b",
        "column 3": "c",
        "response (2)": "d",
    }
    assert [problem.kind for problem in dataset.problems] == [ProblemKind.ALTERED] * 2


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (b"", UnreadableFile, "the file is empty"),
        (codecs.BOM_UTF8 + b" \n", UnreadableFile, "the file is empty"),
        (b"[]", NoExamples, "there are no rows"),
        (b"prompt,response\n", NoExamples, "there are no rows"),
        (b"PK\x03\x04rest", UnreadableFile, "a zip archive or an Excel workbook"),
        (bytes(range(64)) * 20, UnreadableFile, "the file is binary"),
        (bytes(range(128, 256)) * 20, UnreadableFile, "neither UTF-8 nor UTF-16"),
        (gzip.compress(gzip.compress(b"{}")), UnreadableFile, "compressed with gzip twice"),
        (b'{"a": "1", "b": ["x"]}', UnknownFormat, "Columns are a, b (a list)."),
        ("Привет, мир\nкак дела".encode("cp1251"), UnreadableFile, "save it as UTF-8 first"),
        (gzip.compress(b"prompt,response\na,b" * 50)[:-12], UnreadableFile, "cut off or damaged"),
        (b"PAR1 not parquet PAR1", UnreadableFile, "the Parquet file is cut off or damaged"),
        (b"just some prose\nwithout any rows\n", UnknownFormat, "neither JSON nor JSONL"),
        (
            b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}',
            UnknownFormat,
            'Columns are a, b. Name them with columns={"prompt": ..., "response": ...}',
        ),
        (
            json.dumps({"train": ROWS, "test": ROWS}).encode(),
            MissingSplit,
            "several lists of rows: train, test",
        ),
    ],
)
def test_a_file_without_usable_rows_is_refused_by_name(tmp_path, content, error, sentence):
    path = write(tmp_path, "pool.jsonl", content)
    with pytest.raises(error) as refusal:
        read_dataset(path)
    assert str(refusal.value).startswith(str(path)) and sentence in str(refusal.value)


@pytest.mark.parametrize(("limit", "value"), [("EXPANSION_LIMIT", 1000), ("RATIO_FLOOR", 1000)])
def test_gzip_unpacks_within_a_bound(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(decoding, limit, value)
    path = write(tmp_path, "pool.jsonl.gz", gzip.compress(b"a" * 3_000_000))
    with pytest.raises(
        UnreadableFile, match=r"bytes of gzip unpack to more than .* which is refused"
    ):
        read_dataset(path)
