"""What people said of the examples: the audit's own figures, and each verdict beside its example."""

import pytest

from delift_core.analysis.agreement import agreements, keep_rates
from delift_core.analysis.audit_summary import audit_of
from delift_core.audit.events import Action, Event, by_reviewer
from delift_core.audit.log import open_log
from delift_core.runs.store import open_demo
from delift_core.workflow.choose import choose
from tests.report.conftest import FL


@pytest.fixture
def run(tmp_path):
    return open_demo(tmp_path)


def said(run, place, action, reviewer, uid, **more):
    return Event(uid, run.pool[place].id, Action(action), reviewer, **more)


@pytest.fixture
def audited(run):
    """Two reviewers: they agree on one of the chosen, differ on another, and one takes a third
    back.
    """
    first, second, third, fourth = choose(run, FL)[1].indices[:4].tolist()
    log = open_log(run.folder)
    log.append(
        [
            said(run, first, "keep", "ada", "1", note="clear and right"),
            said(run, first, "keep", "bo", "2"),
            said(run, second, "drop", "ada", "3", reasons=("wrong",)),
            said(run, second, "keep", "bo", "4"),
            said(run, third, "drop", "ada", "5"),
            said(run, third, "undo", "ada", "6", undoes="5"),
            said(run, fourth, "keep", "ada", "7", queue="blind", source="chosen"),
            said(run, 0, "drop", "bo", "8", queue="blind", source="rejected random"),
        ]
    )
    log.write_guidelines("Drop what is wrong.\nKeep the rest.", "ada")
    return run


def test_without_a_verdict_there_is_no_audit_and_nothing_is_made(run, read):
    assert audit_of(run.folder) is None and not (run.folder / "audit.sqlite").exists()
    assert "What people said" not in read(run).text


def test_a_log_of_what_was_taken_back_is_no_audit(run):
    open_log(run.folder).append(
        [said(run, 0, "keep", "ada", "1"), said(run, 0, "undo", "ada", "2", undoes="1")]
    )
    assert audit_of(run.folder) is None


def test_counts_rates_and_agreement_are_those_of_the_audit(audited, read):
    page = read(audited)
    events = open_log(audited.folder).events()
    rows = [[" ".join(cell.split()) for cell in row] for row in page.rows]
    assert ["ada", "2", "1", "0"] in rows and ["bo", "2", "1", "0"] in rows
    for rate, name in zip(
        keep_rates(events),
        ("the chosen", "random examples of the pool", "the rejected"),
        strict=True,
    ):
        assert [
            name,
            f"{rate.kept}",
            f"{rate.judged}",
            f"{rate.share:.1%}",
            f"{rate.low:.1%} to {rate.high:.1%}",
        ] in rows
    (pair,) = agreements(by_reviewer(events))
    assert (
        f"ada and bo agree on 1 of 2 examples that both judged; Cohen's kappa is {pair.kappa:.2f}."
        in " ".join(page.text.split())
    )


def test_each_verdict_stands_by_its_example_and_differing_reviewers_are_a_flag(audited, read):
    page = read(audited)
    rows = [row for row in page.rows if len(row) == 5 and row[0].strip().isdigit()]
    assert [" ".join(row[4].split()) for row in rows[:5]] == ["✓ keep", "⚑ flag", "", "✓ keep", ""]
    text = " ".join(page.text.split())
    assert "✓ keep ada clear and right" in text and "✕ drop ada: wrong" in text
    assert "of the chosen kept by hand 2 of 3 judged" in text
    assert "Drop what is wrong.\nKeep the rest." in page.text


def test_the_time_of_a_verdict_changes_no_byte(audited, read):
    before = read(audited).source
    open_log(audited.folder).append(
        [said(audited, 5, "keep", "ada", "9"), said(audited, 5, "undo", "ada", "10", undoes="9")]
    )
    assert read(audited).source == before
