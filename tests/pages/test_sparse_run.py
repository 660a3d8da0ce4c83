"""Every page shows a run of so many pairs an example, and says how many they are."""

import pytest

from delift_core.runs.store import bundled_run
from delift_core.scoring.plan import Plan
from pages.prepare.scoring_plan import amount_of, amount_text, offered_plan
from tests.demo_with_plan import demo_with_plan
from tests.pages.conftest import texts

PAGES = (
    "prepare/scoring",
    "choose/subset",
    "choose/compare",
    "inspect/map",
    "inspect/heatmap",
    "inspect/examples",
    "deliver/audit",
    "deliver/export",
)


@pytest.fixture
def run(workspace):
    return demo_with_plan(bundled_run(), Plan("nearest", number=24), workspace)


def test_every_page_opens_without_an_error(run, visit):
    for name in PAGES:
        page = visit(name, run=run.id, objective="facility_location", budget="20%")
        assert not page.exception and not page.error, name


def test_the_number_of_pairs_is_told_where_the_coverage_is(run, visit):
    page = visit("choose/subset", run=run.id, objective="facility_location", budget="20%")
    assert "Nearest pairs, 24 an example." in texts(page)


def test_offers_are_told_apart_by_share_or_number(run):
    costs = [{"kind": "nearest", "share": 0.2}, {"kind": "nearest", "share": 1.0, "number": 64}]
    plans = [offered_plan(run, cost) for cost in costs]
    assert plans == [Plan("nearest", 0.2), Plan("nearest", number=64)]
    assert [amount_text(amount_of(plan)) for plan in plans] == ["20 %", "64 an example"]
