"""Why an example was chosen, and what a shown example did to an answer, as the pages say it."""

import numpy as np
import pytest

from delift_core.analysis.explain import why_chosen
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.units import ordinal
from delift_core.workflow.choose import choose
from pages.widgets import example_why
from tests.pages.conftest import open_tab, texts


def reasons(page):
    """The table of parts."""
    return next(frame.value for frame in page.dataframe if "part" in frame.value.columns)


@pytest.mark.parametrize("objective", ["facility_location", "flqmi", "flvmi", "flcg", "flcmi"])
def test_the_gain_of_a_chosen_example_is_shown_as_its_parts(demo, objective):
    run = bundled_run()
    taken, chosen = choose(run, Choice(objective=objective, budget="10"))
    page = open_tab(
        demo(
            "choose/subset",
            objective=objective,
            budget="10",
            example=run.pool[int(chosen.indices[3])].id,
        ),
        "Why",
    )
    assert not page.exception
    reason = why_chosen(taken, chosen, 4)
    assert (
        f"adds **{chosen.gains[3]:.4f}**" in texts(page)
        and "Chosen 4th" in texts(page)
        and "Next best at that turn was" in texts(page)
    )
    np.testing.assert_allclose(reasons(page)["part"], reason.parts)
    assert reasons(page)["part"].sum() + reason.modular == pytest.approx(chosen.gains[3], abs=1e-6)


def test_of_many_parts_the_largest_are_listed_and_all_are_summed(demo, monkeypatch):
    monkeypatch.setattr(example_why, "MOST_PARTS", 2)
    run = bundled_run()
    taken, chosen = choose(run, Choice(objective="facility_location", budget="10"))
    first = run.pool[int(chosen.indices[0])].id
    page = open_tab(demo("choose/subset", budget="10", example=first), "Why")
    parts = why_chosen(taken, chosen, 1).parts
    np.testing.assert_allclose(reasons(page)["part"], parts[:2])
    assert f"Of {len(parts):,} parts the largest 2 are listed." in texts(page)
    assert f"The parts sum to {parts.sum():.4f}" in texts(page)


def test_one_not_chosen_is_told_by_whom_it_is_covered(demo):
    run = bundled_run()
    order = choose(run, Choice(objective="facility_location", budget="100%"))[1].indices
    page = open_tab(demo("choose/subset", budget="10", example=run.pool[int(order[80])].id), "Why")
    covered = next(frame.value for frame in page.dataframe if "share" in frame.value.columns)
    assert "Not chosen: beside those that are, it would add" in texts(page)
    assert covered["share"].sum() == pytest.approx(1) and set(covered["covered by"]) <= {
        *(run.pool[index].id for index in order[:10]),
        "nobody",
    }


def test_a_pinned_example_had_no_rival(demo):
    assert "nothing competed with it" in texts(
        open_tab(demo("choose/subset", budget="5", pins="polite-01", example="polite-01"), "Why")
    )


def test_turns_are_counted_in_english():
    assert [ordinal(rank) for rank in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "102nd",
        "111th",
    ]
