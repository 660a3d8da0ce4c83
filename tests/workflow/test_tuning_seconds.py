"""What a selection costs beside tuning on everything: the two sums, and what is not known."""

from dataclasses import replace

import pytest

from delift_core.workflow.tuning_seconds import TuningSeconds

BY_PAIRS = TuningSeconds(
    pairs=100, passes=10, scoring=20.0, selection=4.0, whole=9.0, all_models=60.0
)
BY_PASSES = replace(BY_PAIRS, pairs=0, scoring=None)
BY_NOTHING = replace(BY_PASSES, passes=0)


def test_scoring_is_told_as_predicted_and_added_to_a_model_of_the_selection():
    assert BY_PAIRS.rows == {
        "Scoring every pair that the method needs (predicted)": "20 s",
        "One model tuned on the selection": "4 s",
        "Both together": "24 s",
        "One model tuned on the whole pool, equal epochs": "9 s",
        "All models of this validation, one after another": "1 min 0 s",
    }
    assert BY_PAIRS.record["scoring_and_selection"] == 24.0
    (note,) = BY_PAIRS.notes
    assert "choosing takes next to nothing" in note


def test_a_method_without_pairs_is_told_by_its_passes_and_not_to_cost_nothing():
    assert next(iter(BY_PASSES.rows.values())) == "10 passes, not timed"
    assert BY_PASSES.scoring_and_selection is None and not list(BY_PASSES.notes)
    assert BY_NOTHING.scoring_and_selection == 4.0 and len(BY_NOTHING.rows) == 3


@pytest.mark.parametrize(
    ("unknown", "sentence"),
    [
        (("selection", "whole", "all_models"), "What tuning took was not recorded."),
        (("all_models",), "What some of the models took was not recorded."),
        (("scoring",), "What scoring takes could not be measured."),
    ],
)
def test_what_is_not_known_is_left_out_and_said(unknown, sentence):
    partial = replace(BY_PAIRS, **dict.fromkeys(unknown))
    assert sentence in list(partial.notes) and len(partial.rows) < len(BY_PAIRS.rows)
