"""Numbers that rows bring along: read as written, refused by row where they are none."""

import numpy as np
import pytest

from delift_core.data.readers import read_dataset
from delift_core.errors import InvalidConstraint
from delift_core.selection.field_values import field_numbers


def pool_with(*values):
    return read_dataset(
        [
            {"prompt": f"Say {row}", "response": f"{row}!", "score": value}
            for row, value in enumerate(values)
        ]
    )


def test_numbers_may_be_text_and_nothing_is_nan():
    numbers = field_numbers(pool_with(1, "2.5", None, "", -3e2), "score")
    assert np.array_equal(numbers, [1, 2.5, np.nan, np.nan, -300], equal_nan=True)


@pytest.mark.parametrize("value", ["good", True, [1], "inf"])
def test_another_value_is_refused_by_its_row(value):
    with pytest.raises(InvalidConstraint, match=r"Row 2 \(id .*\): its field .score. holds .*no"):
        field_numbers(pool_with(1, value), "score")


def test_a_field_that_no_row_has_is_refused_with_those_there_are():
    with pytest.raises(InvalidConstraint, match="no field 'rank'.*prompt, response, score"):
        field_numbers(pool_with(1), "rank")
