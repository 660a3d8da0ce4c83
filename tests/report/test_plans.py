"""A report of a run of fewer pairs says which were scored, and how sure that leaves its numbers."""

from delift_core.scoring.plan import Plan
from delift_core.selection.choice import Choice
from delift_core.units import percent
from tests.demo_with_plan import demo_with_plan

TWELVE = Choice("facility_location", "12")


def test_nearest_pairs_are_said_to_leave_the_others_inferred(demo, read, tmp_path):
    page = read(demo_with_plan(demo, Plan("nearest", 0.2), tmp_path), TWELVE)
    assert (
        "12 of 160 examples give" in page.text
        and "where pairs that were not scored count as inferred" in page.text
    )
    assert (
        "Nearest pairs, 20 % of all." in page.text
        and "Every other pair counts at what its answered example gains on average" in page.text
    )
    row = next(row for row in page.rows if row[0] == "Pool helped by pool")
    assert row[6] == percent(160 * 32 / (160 * 159)) and row[4] == "0 %"


def test_sampled_rows_come_with_an_interval(demo, read, tmp_path):
    page = read(demo_with_plan(demo, Plan("sampled", 0.2), tmp_path), TWELVE)
    assert (
        "estimated on sampled rows that the choice was not made from" in page.text
        and "Sampled rows, 20 % of all." in page.text
    )


def test_every_pair_says_nothing_of_plans(page):
    assert "Fewer pairs." not in page.text and "of all pairs scored" not in page.text
