"""Files: the content decides of which kind they are, and all come back as they were written."""

import codecs
import gzip
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delift_core.data.readers import read_dataset
from delift_core.errors import MissingSplit, NoExamples, UnknownFormat, UnreadableFile
from tests.data.sources import EXPECTED, ROWS, lines, pairs, write

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


def texts_of(rows):
    return [(row["prompt"], row["response"]) for row in rows]


def zipped(content):
    """The same bytes at every call: they name a test, and names do not hold the time."""
    return gzip.compress(content, mtime=0)


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
def test_the_content_decides_of_which_kind_a_file_is(tmp_path, name, content):
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
    assert pairs(dataset) == texts_of(rows)
    assert [example.extra for example in dataset] == rows


@quick
@given(row_lists)
def test_csv_comes_back_as_it_was_written(tmp_path, rows):
    pd.DataFrame(rows).to_csv(tmp_path / "pool.csv", index=False)
    assert pairs(read_dataset(tmp_path / "pool.csv", near_duplicates="keep")) == texts_of(rows)


@quick
@given(row_lists)
def test_parquet_comes_back_as_it_was_written(tmp_path, rows):
    pd.DataFrame(rows).to_parquet(tmp_path / "pool.parquet")
    assert pairs(read_dataset(tmp_path / "pool.parquet", near_duplicates="keep")) == texts_of(rows)


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
        (zipped(zipped(b"{}")), UnreadableFile, "compressed with gzip twice"),
        (b'{"a": "1", "b": ["x"]}', UnknownFormat, "Columns are a, b (a list)."),
        ("Привет, мир\nкак дела".encode("cp1251"), UnreadableFile, "save it as UTF-8 first"),
        (zipped(b"prompt,response\na,b" * 50)[:-12], UnreadableFile, "cut off or damaged"),
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
