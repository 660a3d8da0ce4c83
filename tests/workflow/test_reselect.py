"""After an audit: what was dropped is out, what was kept is in, and the budget is full again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.audit.events import VERDICTS, Action
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from delift_core.workflow.reselect import after_audit, change

RUN = bundled_run()
CHOICE = Choice("facility_location", "12")
CHOSEN = choose(RUN, CHOICE)[1]
IDS = [example.id for example in RUN.pool]


def audited(verdicts, choice=CHOICE):
    asked = after_audit(choice, RUN.pool, CHOSEN, verdicts)
    return asked, choose(RUN, asked)[1]


def names(indices):
    return [IDS[index] for index in indices.tolist()]


@settings(max_examples=15)
@given(
    st.dictionaries(
        st.sampled_from(names(CHOSEN.indices) + IDS[:20]), st.sampled_from(VERDICTS), max_size=12
    )
)
def test_the_dropped_are_out_the_kept_of_the_chosen_are_in_and_the_budget_is_full(verdicts):
    _, after = audited(verdicts)
    found = set(names(after.indices))
    assert not found & {id for id, verdict in verdicts.items() if verdict is Action.DROP}
    assert found >= {id for id, verdict in verdicts.items() if verdict is Action.KEEP} & set(
        names(CHOSEN.indices)
    )
    assert len(after) == len(CHOSEN)


@settings(max_examples=15)
@given(st.sets(st.sampled_from(IDS), max_size=8))
def test_what_came_and_what_went_turn_one_selection_into_the_other(dropped):
    _, after = audited(dict.fromkeys(dropped, Action.DROP))
    found = change(CHOSEN, after)
    before, came, went = (set(one.tolist()) for one in (CHOSEN.indices, found.came, found.went))
    assert (before - went) | came == set(after.indices.tolist())
    assert not came & before and went <= before and len(came) == len(went)


def test_a_verdict_on_nothing_chosen_changes_the_choice_only_by_its_exclude():
    other = next(id for id in IDS if id not in names(CHOSEN.indices))
    asked, after = audited({other: Action.DROP})
    assert asked.excludes == (other,) and names(after.indices) == names(CHOSEN.indices)
    assert audited({other: Action.KEEP})[0] == CHOICE and audited({other: Action.FLAG})[0] == CHOICE


def test_nothing_left_gains_more_at_the_first_turn_than_the_one_that_was_dropped_there():
    first = names(CHOSEN.indices)[0]
    asked, after = audited({first: Action.DROP})
    assert asked.excludes == (first,) and first not in names(after.indices)
    assert after.gains[0] <= CHOSEN.gains[0]


def test_an_audit_outdoes_earlier_pins_and_excludes():
    dropped = after_audit(Choice(pins=("arith-01",)), RUN.pool, CHOSEN, {"arith-01": Action.DROP})
    kept = after_audit(Choice(excludes=("arith-01",)), RUN.pool, CHOSEN, {"arith-01": Action.KEEP})
    assert (dropped.pins, dropped.excludes) == ((), ("arith-01",)) and (
        kept.pins,
        kept.excludes,
    ) == ((), ())


def test_verdicts_on_examples_of_another_pool_change_nothing():
    assert audited({"nobody": Action.DROP})[0] == CHOICE
