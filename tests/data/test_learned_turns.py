"""Which turns of the assistant are to be learned, by their flags."""

import pytest

from delift_core.data.row_layouts.learned_turns import are_learned, has_partial_weight


@pytest.mark.parametrize(
    ("message", "learned"),
    [
        ({}, True),
        ({"weight": 0}, False),
        ({"weight": 1}, True),
        ({"weight": None, "train": ""}, True),
        ({"weight": float("nan")}, True),
        ({"weight": 1, "train": False}, False),
        ({"loss": "False"}, False),
        ({"mask": 1}, False),
        ({"mask": 0}, True),
    ],
)
def test_only_what_a_flag_denies_is_not_learned(message, learned):
    assert are_learned([message], [True]) == [learned]


def test_masks_on_the_assistant_alone_mark_what_is_learned():
    masks = [{"mask": mask} for mask in (0, 1, 0, 0)]
    assert are_learned(masks, [False, True, False, True])[1::2] == [True, False]


def test_masks_that_are_zero_everywhere_deny_nothing():
    assert are_learned([{"mask": 0}, {"mask": 0}], [False, True]) == [True, True]


def test_a_weight_between_never_and_always_is_noticed():
    assert has_partial_weight({"weight": 0.5})
    assert not any(has_partial_weight({"weight": weight}) for weight in (0, 1, 1.0, True, None))
