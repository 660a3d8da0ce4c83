"""Formats: the law is that what was read is what is read again, in order of choice; what cannot be
is counted, named or refused.
"""

import csv
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delift_core.data.example import Dataset, Example
from delift_core.data.readers import read_dataset
from delift_core.errors import UnfitExample
from delift_core.export.subset import chosen_examples, export_rows, export_subset
from tests.export.conftest import fields_in, pool_of, selection_of

SHARED = Path(os.environ.get("DELIFT_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(lambda text: f"a{text}b")
printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n\r\t",;'), max_size=20
).map(lambda text: f"a{text}b")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def lists_of(text, **more):
    rows = st.fixed_dictionaries({"prompt": text, "response": text, **more})
    return st.lists(
        rows, min_size=1, max_size=5, unique_by=lambda row: (row["prompt"], row["response"])
    )


def permutation(draw, rows):
    return selection_of(*draw(st.permutations(range(len(rows)))))


def ordered(values):
    """A text that differs for 1, 1.0 and true; the order of fields makes no difference."""
    return json.dumps(values, sort_keys=True)


@quick
@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
@given(data=st.data(), rows=lists_of(texts, more=values))
def test_json_gives_back_every_value_of_every_row_in_order_of_choice(tmp_path, suffix, data, rows):
    chosen = permutation(data.draw, rows)
    path = export_subset(pool_of(rows), chosen, tmp_path / f"out{suffix}")
    assert json.dumps(fields_in(path)) == json.dumps([rows[index] for index in chosen.indices])


@quick
@given(data=st.data(), rows=lists_of(printable, more=printable))
def test_csv_gives_back_every_text_of_every_row_in_order_of_choice(tmp_path, data, rows):
    chosen = permutation(data.draw, rows)
    path = export_subset(pool_of(rows), chosen, tmp_path / "out.csv")
    assert fields_in(path) == [rows[index] for index in chosen.indices]


@quick
@given(
    data=st.data(),
    rows=lists_of(
        texts,
        number=st.integers(-(2**63), 2**63 - 1),
        part=st.floats(allow_nan=False, allow_infinity=False),
        flag=st.none() | st.booleans(),
        list=st.lists(texts, max_size=3),
    ),
)
def test_parquet_gives_back_every_typed_value_in_order_of_choice(tmp_path, data, rows):
    chosen = permutation(data.draw, rows)
    path = export_subset(pool_of(rows), chosen, tmp_path / "out.parquet")
    assert ordered(fields_in(path)) == ordered([rows[index] for index in chosen.indices])


@quick
@given(rows=lists_of(texts, more=values))
def test_parquet_gives_back_a_column_of_anything_as_values_or_as_text(tmp_path, rows):
    path = export_subset(
        pool_of(rows), selection_of(*range(len(rows))), tmp_path / "out.parquet", manifest={}
    )
    as_text = (
        "more" in json.loads(Path(f"{path}.manifest.json").read_text())["file"]["json_columns"]
    )
    for row, back in zip(rows, pq.read_table(path).to_pylist()):
        assert ordered(back["more"]) == ordered(row["more"]) or (
            as_text and isinstance(back["more"], str)
        )


@pytest.mark.parametrize(
    "name",
    [
        "dev_mix_36.jsonl",
        "alpaca_zh_demo.json",
        "glaive_toolcall_en_demo.json",
        "self_instruct_seed_tasks.jsonl",
        "dev_target_gsm8k_100.csv",
        "mgsm_ja.tsv",
        "dev_mix.parquet",
        "SVAMP.json",
    ],
)
def test_rows_of_real_files_come_back_untouched(tmp_path, name):
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not on this machine")
    pool = read_dataset(SHARED / name, near_duplicates="keep", limit=60)
    chosen = selection_of(*range(len(pool) - 1, -1, -2))
    before = [example.extra for example in chosen_examples(pool, chosen)]
    for suffix in (".jsonl", ".json", ".parquet"):
        after = export_subset(pool, chosen, tmp_path / f"out{suffix}")
        assert [example.extra for example in read_dataset(after, near_duplicates="keep")] == before


# Letters and numbers


def test_numbers_keep_their_digits(tmp_path):
    line = (
        '{"prompt": "a", "response": 8.0, "x": 1e5, "y": 0.10, "z": -0.0, "n":'
        ' 12345678901234567890123, "t": true}\n'
    )
    (tmp_path / "in.jsonl").write_text(line)
    pool = read_dataset(tmp_path / "in.jsonl")
    assert export_subset(pool, selection_of(0), tmp_path / "out.jsonl").read_text() == line
    with export_subset(pool, selection_of(0), tmp_path / "out.csv").open() as file:
        assert list(csv.reader(file))[1] == [
            "a",
            "8.0",
            "1e5",
            "0.10",
            "-0.0",
            "12345678901234567890123",
            "true",
        ]


def test_letters_stay_as_they_are_and_line_separators_never_break_a_line(tmp_path):
    pool = Dataset((Example("1", "Größe 數 😀", "one\u2028two\x85three\u2029\nfour\r\n", ()),))
    text = export_subset(pool, selection_of(0), tmp_path / "out.jsonl").read_bytes().decode()
    assert "Größe 數 😀" in text and len(text.splitlines()) == 1
    assert json.loads(text) == {"prompt": "Größe 數 😀", "response": pool[0].response}


@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
def test_half_a_surrogate_pair_survives_json(tmp_path, suffix):
    pool = Dataset(
        (Example("1", "über", "\ud83d half", (), {"\udc00": ["\ud83d half"], "plain": "ü"}),)
    )
    text = export_subset(pool, selection_of(0), tmp_path / f"out{suffix}").read_bytes().decode()
    assert "ü" in text and json.loads(text) in ([pool[0].extra], pool[0].extra)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out", "out.txt"])
def test_half_a_surrogate_pair_is_refused_elsewhere(tmp_path, name):
    pool = Dataset((Example("\ud83d", "a", "b", (), {"id": "\ud83d"}, 4),), source="in.jsonl")
    with pytest.raises(
        UnfitExample,
        match=r"in\.jsonl, row 4 .* half of a surrogate pair\. Export as JSONL or JSON",
    ):
        export_subset(pool, selection_of(0), tmp_path / name)


def test_csv_cells_that_begin_like_a_formula_are_guarded_and_counted(tmp_path):
    texts = ["=1+1", "+x", "-2+3", "@A1", "\tx", "\rx", "\nx", "-5", "+3.5e2", "plain", "a=b"]
    pool = Dataset(
        tuple(
            Example(str(row), "p", "r", (), {"prompt": text, "number": -5})
            for row, text in enumerate(texts)
        )
    )
    path = export_subset(pool, selection_of(*range(len(texts))), tmp_path / "out.csv", manifest={})
    with path.open(newline="") as file:
        cells = list(csv.reader(file))[1:]
    assert [cell for cell, _ in cells] == [f"'{text}" for text in texts[:7]] + texts[7:]
    assert {number for _, number in cells} == {"-5"}
    assert (
        json.loads((tmp_path / "out.csv.manifest.json").read_text())["file"]["guarded_cells"] == 7
    )


def test_csv_columns_are_the_union_in_first_seen_order_and_nested_values_json(tmp_path):
    pool = Dataset(
        (
            Example("1", "p", "r", (), {"b": "x", "a": ["ü", 1.0]}),
            Example("2", "p", "r", (), {"c": None, "b": "y"}),
        )
    )
    text = export_subset(pool, selection_of(0, 1), tmp_path / "out.csv").read_bytes().decode()
    assert text == '"b","a","c"\n"x","[""ü"", 1.0]",""\n"y","",""\n'


def test_parquet_columns_of_several_kinds_become_text_and_are_named(tmp_path):
    rows = [
        {"mixed": 1, "fields": {"a": 1}, "empty": {}, "none": None, "list": []},
        {"mixed": 1.5, "fields": {"b": 1}, "empty": {}, "list": []},
    ]
    pool = Dataset(
        tuple(Example(str(number), "p", "r", (), row) for number, row in enumerate(rows))
    )
    path = export_subset(pool, selection_of(0, 1), tmp_path / "out.parquet", manifest={})
    assert pq.read_table(path).to_pylist()[0] == {
        "mixed": "1",
        "fields": '{"a": 1}',
        "empty": "{}",
        "none": None,
        "list": [],
    }
    assert json.loads((tmp_path / "out.parquet.manifest.json").read_text())["file"][
        "json_columns"
    ] == ["mixed", "fields", "empty"]


# Refusals


def test_a_row_nested_too_deeply_is_refused(tmp_path):
    deep = "x"
    for _ in range(900):
        deep = [deep]
    with pytest.raises(UnfitExample, match="row 3 .id 'x'.: it is nested too deeply"):
        export_rows([Example("x", "p", "r", (), {"deep": deep}, 3)], tmp_path / "out.jsonl")


def test_an_id_of_two_lines_is_refused_in_a_text_file(tmp_path):
    with pytest.raises(UnfitExample, match="does not fit on one line"):
        export_rows([Example("a\nb", "p", "r", ())], tmp_path / "ids.txt")
