"""Read, export, read: whatever rows a file holds come back from every kind of file as the same
examples, once and for all.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delift_core.data.readers import read_dataset
from delift_core.export.subset import export_subset
from tests.export.conftest import whole_selection

quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

letters = st.characters(exclude_categories=["Cs"])
awkward = st.sampled_from(
    [
        "\0",
        "\x1b[31m",
        "\u2028",
        "\x85",
        "\ufeff",
        "\u202e",
        "e\u0301",
        "\ufb01",
        "\ufdd0",
        "\r\n",
        "\r",
        '"',
        "'",
        ",",
        ";",
        "\t",
        "|",
        "\\",
        "{",
        "]",
        "=1+1",
        "<|im_end|>",
        "sep=;",
        "NaN",
        "null",
        "\U0001f600",
    ]
)
texts = st.lists(st.one_of(awkward, st.text(letters, max_size=8)), max_size=6).map("".join)
surrounded = texts.map(lambda text: f"a{text}b")
numbers = st.one_of(st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False))
nested = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
typed = {
    "flag": st.booleans(),
    "count": st.integers(-(2**62), 2**62),
    "share": st.floats(allow_nan=False, allow_infinity=False),
    "list": st.lists(texts, max_size=3),
    "object": st.fixed_dictionaries({"x": texts, "y": st.lists(st.integers(0, 9), max_size=2)}),
}
EXTRA = {
    ".jsonl": {"more": nested},
    ".json": {"more": nested},
    ".parquet": typed,
    ".csv": {"note": surrounded, "x": st.just("")},
}


def rows_for(suffix):
    """Rows with text in prompt, response and id, and the further fields that a format holds."""
    rows = st.fixed_dictionaries(
        {"id": surrounded, "prompt": surrounded, "response": surrounded} | EXTRA[suffix]
    )
    return st.lists(rows, min_size=1, max_size=5, unique_by=lambda row: row["id"])


def contents(dataset):
    """All that a dataset holds, down to the digits of a number."""
    return [
        (example.id, example.turns, example.response, json.dumps(example.extra, sort_keys=True))
        for example in dataset
    ]


@pytest.mark.parametrize("suffix", EXTRA)
def test_what_was_read_is_what_is_read_again(tmp_path, suffix):
    """From JSON to any kind of file and back, in the original shape; from there on, the same bytes
    each time.
    """

    @quick
    @given(rows=rows_for(suffix))
    def holds(rows):
        (tmp_path / "in.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
        )
        read = read_dataset(tmp_path / "in.jsonl", near_duplicates="keep")
        assert [(example.id, example.prompt, example.response) for example in read] == [
            (row["id"], row["prompt"], row["response"]) for row in rows
        ]
        path = export_subset(read, whole_selection(read), tmp_path / f"out{suffix}")
        again = read_dataset(path, near_duplicates="keep")
        assert contents(again) == contents(read)
        assert (
            export_subset(again, whole_selection(again), tmp_path / f"again{suffix}").read_bytes()
            == path.read_bytes()
        )

    holds()


@pytest.mark.parametrize("suffix", EXTRA)
@pytest.mark.parametrize("shape", ["messages", "sharegpt", "alpaca"])
def test_a_conversation_in_another_shape_is_the_same_conversation(tmp_path, suffix, shape):
    @settings(quick, max_examples=15)
    @given(data=st.data())
    def holds(data):
        earlier = data.draw(
            st.lists(
                st.tuples(surrounded, surrounded),
                max_size=0 if (shape, suffix) == ("alpaca", ".csv") else 2,
            )
        )
        roles = [turn for pair in earlier for turn in zip(("user", "assistant"), pair)] + [
            ("user", data.draw(surrounded)),
            ("assistant", data.draw(surrounded)),
        ]
        read = read_dataset(
            [{"messages": [{"role": role, "content": text} for role, text in roles]}]
        )
        again = read_dataset(
            export_subset(read, whole_selection(read), tmp_path / f"out{suffix}", shape=shape)
        )
        assert [(example.turns, example.response) for example in again] == [
            (example.turns, example.response) for example in read
        ]

    holds()
