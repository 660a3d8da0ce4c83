"""What people said of the examples: the figures of the audit, each verdict beside its example."""

import pytest

from delift_core.analysis.agreement import agreements, keep_rates
from delift_core.audit.events import by_reviewer
from delift_core.audit.log import open_log
from delift_core.runs.store import open_demo
from delift_core.units import from_to, percent
from tests.audited_demo import add_audit, event


@pytest.fixture
def run(tmp_path):
    return open_demo(tmp_path)


@pytest.fixture
def audited(run):
    return add_audit(run)


def test_without_a_verdict_nothing_is_said_of_an_audit(run, read):
    assert "What people said" not in read(run).text


def test_counts_rates_and_agreement_are_those_of_the_audit(audited, read):
    page = read(audited)
    events = open_log(audited.folder).events()
    rows = [[" ".join(cell.split()) for cell in row] for row in page.rows]
    assert ["ada", "2", "1", "0"] in rows and ["bo", "2", "1", "0"] in rows
    sources = ("the chosen", "random examples of the pool", "the rejected")
    for rate, name in zip(keep_rates(events), sources, strict=True):
        interval = from_to(percent(rate.low), percent(rate.high))
        assert [name, f"{rate.kept}", f"{rate.judged}", percent(rate.share), interval] in rows
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
    undone = event(audited, 5, "undo", "ada", "10", undoes="9")
    open_log(audited.folder).append([event(audited, 5, "keep", "ada", "9"), undone])
    assert read(audited).source == before
