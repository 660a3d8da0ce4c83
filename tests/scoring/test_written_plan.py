"""A plan as it is written: shares, numbers of pairs an example, and what is neither."""

import pytest

from delift_core.errors import InvalidPlan
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.scoring.written_plan import plan_named


@pytest.mark.parametrize(
    ("written", "share"), [("20%", 0.2), ("0.2", 0.2), (" 5% ", 0.05), ("12.5%", 0.125)]
)
def test_a_share_is_written_as_percent_or_fraction(written, share):
    assert plan_named("nearest", written, 3) == Plan(PlanKind.NEAREST, share, 3)


@pytest.mark.parametrize(("written", "number"), [("64", 64), (" 2 ", 2), ("007", 7)])
def test_a_whole_number_from_two_on_is_that_many_pairs_an_example(written, number):
    for kind in (PlanKind.NEAREST, PlanKind.SAMPLED):
        assert plan_named(kind, written, 3) == Plan(kind, seed=3, number=number)


@pytest.mark.parametrize(
    "written",
    ["", "0", "-5%", "nan", "five", "101%", "20%%", "1e9", "2.5", "-64", "64 pairs", "9" * 5000],
)
def test_what_is_neither_is_refused(written):
    with pytest.raises(InvalidPlan, match="cannot be read; write a share, .* or how many behind"):
        plan_named("nearest", written)


def test_every_pair_has_one_plan_however_it_is_written():
    for kind, written in [("all", "20%"), ("all", "64"), ("nearest", "100%"), ("nearest", "1")]:
        assert plan_named(kind, written) == Plan()
    with pytest.raises(InvalidPlan, match="all, sampled, nearest"):
        plan_named("some")
