"""What stands after everything that was said and taken back."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.audit.events import (
    VERDICTS,
    Action,
    Event,
    agreed,
    by_reviewer,
    disputed,
    last_act,
    standing,
)

NAMES = ("anna", "ben")


def said(uid, example, action, reviewer="anna", **more):
    return Event(uid, example, Action(action), reviewer, **more)


def undo(uid, event, reviewer=None):
    return Event(uid, event.example, Action.UNDO, reviewer or event.reviewer, undoes=event.act)


@st.composite
def histories(draw):
    """Verdicts, skips and undos of what each reviewer said last."""
    events = []
    for place in range(draw(st.integers(0, 25))):
        reviewer = draw(st.sampled_from(NAMES))
        own = last_act(events, reviewer)
        if own and draw(st.booleans()):
            events.append(undo(f"u{place}", own[-1]))
        else:
            action = draw(st.sampled_from([*VERDICTS, Action.SKIP]))
            events.append(said(f"e{place}", draw(st.sampled_from("xyz")), action, reviewer))
    return events


def by_stack(events):
    """The same by hand: a pile per reviewer, from which an undo takes the top."""
    piles = {name: [] for name in NAMES}
    for event in events:
        if event.action is Action.UNDO:
            piles[event.reviewer].pop()
        else:
            piles[event.reviewer].append(event)
    return piles


def test_the_latest_verdict_of_a_reviewer_stands():
    events = [
        said("1", "x", "keep"),
        said("2", "x", "drop"),
        said("3", "x", "skip"),
        said("4", "x", "flag", "ben"),
    ]
    found = by_reviewer(events)
    assert (found["anna"]["x"].action, found["ben"]["x"].action) == (Action.DROP, Action.FLAG)


def test_an_undo_brings_back_what_was_said_before():
    events = [said("1", "x", "keep"), said("2", "x", "drop")]
    assert by_reviewer([*events, undo("3", events[1])])["anna"]["x"].action is Action.KEEP


def test_one_undo_takes_back_everything_that_was_one_act():
    events = [
        said("1", "x", "keep"),
        *(said(f"b{place}", example, "drop", batch="b") for place, example in enumerate("xyz")),
    ]
    assert [event.uid for event in last_act(events, "anna")] == ["b0", "b1", "b2"]
    assert standing([*events, undo("u", events[-1])]) == events[:1]


@given(histories())
def test_undoing_is_taking_the_top_of_ones_own_pile(events):
    piles = by_stack(events)
    assert {
        name: [event for event in standing(events) if event.reviewer == name] for name in NAMES
    } == piles
    assert all(
        [event.uid for event in last_act(events, name)] == [event.uid for event in piles[name][-1:]]
        for name in NAMES
    )


@given(histories())
def test_what_others_say_changes_nothing_of_ones_own(events):
    for name in NAMES:
        assert by_reviewer(events).get(name, {}) == by_reviewer(
            event for event in events if event.reviewer == name
        ).get(name, {})


@given(histories())
def test_reviewers_who_differ_make_a_flag_and_only_they_are_disputed(events):
    found = by_reviewer(events)
    both = {
        example: [own[example].action for own in found.values() if example in own]
        for example in "xyz"
    }
    for example, actions in both.items():
        expected = None if not actions else actions[0] if len(set(actions)) == 1 else Action.FLAG
        assert agreed(found).get(example) == expected
        assert (example in disputed(found)) == (len(set(actions)) > 1)


def test_nothing_said_is_nothing_to_undo():
    assert last_act([], "anna") == [] and last_act([said("1", "x", "keep", "ben")], "anna") == []


@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_a_word_of_its_own(action):
    assert Counter(str(other) for other in Action)[str(action)] == 1
