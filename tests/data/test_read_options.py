"""Options of reading: refused where they make no sense, kept with the dataset in a sentence."""

import pytest

from delift_core.data.read_options import ReadOptions, ReadRecord
from delift_core.data.readers import read_dataset
from delift_core.errors import InvalidLimit, UnknownChoice
from tests.data.sources import ROWS


def test_a_dataset_knows_how_it_was_read_and_whether_anything_was_left_out():
    rows = [{"q": f"Count to {number}.", "a": str(number)} for number in range(20)]
    options = {
        "limit": 5,
        "seed": 3,
        "near_duplicates": "keep",
        "columns": {"prompt": ["q"], "response": "a"},
    }
    record = read_dataset(rows, **options).read_record
    assert record.as_json == {"usable": 20, **options} and record.is_sampled
    assert (
        record.sentence
        == "a draw of 5 of 20 with seed 3, duplicates kept, columns prompt=q response=a"
    )
    assert [
        read_dataset(ROWS, limit=limit).read_record.is_sampled for limit in (None, 2, 3, 4)
    ] == [
        False,
        True,
        False,
        False,
    ]
    assert read_dataset(ROWS, limit=3, seed=9).read_record.sentence == "duplicates collapsed"


@pytest.mark.parametrize(
    "record",
    [
        ReadRecord(ReadOptions(), 3),
        ReadRecord(ReadOptions(5, 7, "keep", {"prompt": ["q"], "response": "a"}, split="test"), 9),
    ],
)
def test_a_record_comes_back_from_its_json(record):
    assert ReadRecord.from_json(record.as_json) == record


def test_options_that_no_source_could_meet_are_refused_before_any_is_read():
    with pytest.raises(InvalidLimit, match="limit=0 leaves no examples"):
        ReadOptions(limit=0)
    with pytest.raises(UnknownChoice, match="There is no near_duplicates='drop'"):
        ReadOptions(near_duplicates="drop")
