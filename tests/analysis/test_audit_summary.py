"""The audit of a run: its counts, its agreement, and each example's verdicts."""

import pytest

from delift_core.analysis.agreement import agreements, keep_rates
from delift_core.analysis.audit_summary import audit_of
from delift_core.audit.events import Action, by_reviewer
from delift_core.audit.log import open_log
from delift_core.runs.store import open_demo
from delift_core.workflow.choose import choose
from tests.audited_demo import CHOICE, add_audit, event


@pytest.fixture
def run(tmp_path):
    return open_demo(tmp_path)


def test_without_a_verdict_there_is_no_audit_and_nothing_is_made(run):
    assert audit_of(run.folder) is None and not (run.folder / "audit.sqlite").exists()


def test_a_log_of_what_was_taken_back_is_no_audit(run):
    open_log(run.folder).append(
        [event(run, 0, "keep", "ada", "1"), event(run, 0, "undo", "ada", "2", undoes="1")]
    )
    assert audit_of(run.folder) is None


def test_an_audit_holds_the_figures_of_its_log(run):
    events = open_log(add_audit(run).folder).events()
    audit = audit_of(run.folder)
    assert {reviewer: dict(count) for reviewer, count in audit.counts.items()} == {
        "ada": {Action.KEEP: 2, Action.DROP: 1},
        "bo": {Action.KEEP: 2, Action.DROP: 1},
    }
    assert audit.rates == keep_rates(events)
    assert audit.agreements == agreements(by_reviewer(events))
    assert audit.guidelines == "Drop what is wrong.\nKeep the rest."


def test_an_example_on_which_reviewers_differ_is_flagged(run):
    audit = audit_of(add_audit(run).folder)
    first, second, third, fourth = (
        run.pool[index].id for index in choose(run, CHOICE)[1].indices[:4].tolist()
    )
    assert audit.verdicts == {
        first: Action.KEEP,
        second: Action.FLAG,
        fourth: Action.KEEP,
        run.pool[0].id: Action.DROP,
    }
    assert third not in audit.events
    assert [(event.reviewer, event.action) for event in audit.events[second]] == [
        ("ada", Action.DROP),
        ("bo", Action.KEEP),
    ]
