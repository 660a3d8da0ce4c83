"""Keep-rates, intervals and agreement, against cases worked by hand."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.analysis.agreement import (
    agreements,
    cohen_kappa,
    keep_rates,
    verdict_counts,
    wilson_interval,
)
from delift_core.audit.events import Action, Event, by_reviewer
from delift_core.audit.queues import Source


def seen_blind(uid, example, action, source, reviewer="anna"):
    return Event(uid, example, Action(action), reviewer, queue="blind", source=source)


@given(
    st.integers(1, 400).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged)))
)
def test_the_interval_is_wilsons(case):
    kept, judged = case
    z, share = 1.959963984540054, kept / judged
    middle = (share + z * z / (2 * judged)) / (1 + z * z / judged)
    half = (
        z
        / (1 + z * z / judged)
        * sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged))
    )
    low, high = wilson_interval(kept, judged)
    assert (low, high) == (
        pytest.approx(max(middle - half, 0), abs=1e-9),
        pytest.approx(min(middle + half, 1), abs=1e-9),
    )
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1


def test_kappa_of_a_case_worked_by_hand():
    first = ["keep"] * 25 + ["drop"] * 25
    second = ["keep"] * 20 + ["drop"] * 5 + ["keep"] * 10 + ["drop"] * 15
    assert cohen_kappa(first, second) == pytest.approx((0.7 - 0.5) / (1 - 0.5))


def test_kappa_is_one_for_the_same_verdicts_and_none_where_chance_explains_all():
    assert cohen_kappa(["keep", "drop"], ["keep", "drop"]) == 1
    assert cohen_kappa(["keep", "keep"], ["keep", "keep"]) is None


def test_an_example_drawn_for_two_sources_counts_for_both_and_other_queues_for_none():
    events = [
        seen_blind("1", "x", "keep", "chosen random"),
        seen_blind("2", "y", "drop", "random"),
        seen_blind("3", "z", "flag", "rejected"),
        Event("4", "w", Action.KEEP, "anna", queue="rank"),
    ]
    assert [(rate.source, rate.kept, rate.judged) for rate in keep_rates(events)] == [
        (Source.CHOSEN, 1, 1),
        (Source.RANDOM, 1, 2),
        (Source.REJECTED, 0, 1),
    ]
    assert keep_rates(events[3:]) == []


def test_what_was_undone_or_passed_over_counts_for_nothing():
    first = seen_blind("1", "x", "keep", "chosen")
    events = [
        first,
        Event("2", "x", Action.UNDO, "anna", undoes="1"),
        seen_blind("3", "y", "skip", "chosen"),
    ]
    assert keep_rates(events) == [] and verdict_counts(events) == {}


def test_agreement_is_over_what_both_judged():
    events = [
        seen_blind(f"a{place}", example, action, "")
        for place, (example, action) in enumerate(zip("xyzw", ("keep", "drop", "keep", "keep")))
    ]
    events += [
        seen_blind(f"b{place}", example, action, "", "ben")
        for place, (example, action) in enumerate(zip("xyz", ("keep", "drop", "drop")))
    ]
    (found,) = agreements(by_reviewer(events))
    assert (found.first, found.second, found.both, found.same) == ("anna", "ben", 3, 2)
    assert found.kappa == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert agreements(by_reviewer(event for event in events if event.reviewer == "anna")) == []
