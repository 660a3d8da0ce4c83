"""What changed between two choices: what came in, what went, and why."""

from dataclasses import replace

import pytest

from delift_core.analysis.explain import why_chosen
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.workflow.changes import arrivals, departures, requested_changes
from delift_core.workflow.choose import full_order, objective_of, outcome_within

RUN = bundled_run()
CHOICE = Choice(objective="facility_location", budget="20")


def outcome(choice):
    objective = objective_of(RUN, choice, RUN.kernel)
    return outcome_within(RUN, choice, full_order(RUN, choice, objective))


BEFORE = outcome(CHOICE)
FIRST, SECOND = (RUN.pool[index].id for index in BEFORE.selection.indices[:2])
CHANGED = {
    "a larger budget": replace(CHOICE, budget="25"),
    "a smaller budget": replace(CHOICE, budget="12"),
    "an exclude": replace(CHOICE, excludes=(FIRST, SECOND)),
    "a quota": replace(CHOICE, group_by="topic", quotas={"python": 1}),
    "another objective": replace(CHOICE, objective="flqmi"),
}


@pytest.mark.parametrize("change", CHANGED)
def test_what_came_and_what_went_turn_the_one_selection_into_the_other(change):
    after = outcome(CHANGED[change])
    came = {arrival.index for arrival in arrivals(BEFORE.selection, after)}
    went = {departure.index for departure in departures(RUN, BEFORE.selection, after)}
    before = set(BEFORE.selection.indices.tolist())
    assert (before - went) | came == set(after.selection.indices.tolist())
    assert not came & before and went <= before and came | went


def test_a_newcomer_has_the_rank_the_gain_and_the_reach_that_its_explanation_gives():
    after = outcome(CHANGED["another objective"])
    for arrival in arrivals(BEFORE.selection, after):
        reason = why_chosen(after.objective, after.selection, arrival.rank)
        assert (reason.index, len(reason.parts)) == (arrival.index, arrival.covers)
        assert reason.gain == pytest.approx(arrival.gain)


@pytest.mark.parametrize(
    "change, reason",
    [
        ("an exclude", "It is excluded."),
        ("a quota", "Its group holds at most 1."),
        ("a smaller budget", "Others add more: it would enter with a budget of 13 rows."),
    ],
)
def test_what_went_says_why(change, reason):
    went = departures(RUN, BEFORE.selection, outcome(CHANGED[change]))
    assert reason in [departure.reason for departure in went]
    ranks = [int(BEFORE.ranks[departure.index]) for departure in went]
    assert ranks == [departure.rank for departure in went]


def test_what_is_asked_for_otherwise_is_told_field_by_field():
    other = replace(CHOICE, budget="25", pins=("a", "b"), eta=0.5, group_by="topic")
    assert requested_changes(CHOICE, other) == [
        "budget 20 to 25",
        "eta 1.0 to 0.5",
        "2 pins more",
        "group by none to topic",
    ]
    assert requested_changes(other, replace(other, pins=("c",))) == ["1 pin more", "2 pins less"]
    assert requested_changes(other, replace(other, pins=("b", "a"))) == ["other pins"]
    assert requested_changes(CHOICE, CHOICE) == []
