"""Why each was chosen: the report gives the same reasons as the engine."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.analysis.explain import runner_up, why_chosen
from delift_core.analysis.owners import owners
from delift_core.report.document import write_report
from delift_core.report.reasons import PARTS, chosen_rows
from delift_core.selection.choice import Choice, positions
from tests.report.conftest import FL, outcome_for


@pytest.mark.parametrize(
    "choice",
    [
        FL,
        Choice(objective="flqmi", budget="9", pins=("arith-05",)),
        Choice(objective="flcmi", budget="30"),
        Choice(objective="flcg", budget="120 tokens", excludes=("arith-15",)),
    ],
    ids=lambda choice: choice.objective,
)
def test_the_parts_and_what_is_left_of_them_sum_to_the_gain(demo, choice):
    outcome = outcome_for(demo, choice)
    role = demo.datasets["target" if choice.objective == "flqmi" else "pool"]
    rows = chosen_rows(demo.pool, role, outcome, 300)
    assert [row.index for row in rows] == outcome.selection.indices.tolist()
    covered = owners(outcome.objective, outcome.selection.indices)
    excluded = np.array(positions(demo.pool, choice.excludes), dtype=np.int64)
    for row in rows:
        reason = why_chosen(outcome.objective, outcome.selection, row.rank)
        assert sum(part.amount for part in row.parts) + row.rest + row.modular == pytest.approx(
            row.gain, abs=1e-9
        )
        assert [part.amount for part in row.parts] == reason.parts[
            :PARTS
        ].tolist() and row.newly_covered == len(reason.parts)
        assert [part.answered for part in row.parts] == [
            role[place].id for place in reason.answered[:PARTS]
        ]
        assert row.covers == int((covered == row.index).sum())
        assert (row.runner_up is None) == (
            row.rank <= len(choice.pins) or "tokens" in choice.budget
        )
        assert row.runner_up is None or row.runner_up[0] not in choice.excludes
        if row.runner_up:
            index, gain = runner_up(outcome.objective, outcome.selection, row.rank, excluded)
            assert row.runner_up == (demo.pool[index].id, gain)


def test_at_most_as_many_rows_as_asked_for(demo):
    outcome = outcome_for(demo, replace(FL, budget="20"))
    assert [row.rank for row in chosen_rows(demo.pool, demo.pool, outcome, 7)] == list(range(1, 8))


@pytest.mark.parametrize(
    "choice",
    [
        Choice("facility_location", "1500 tokens"),
        Choice("facility_location", "20", group_by="topic", quotas={"conversions": 1}),
    ],
)
def test_where_gain_alone_does_not_decide_no_runner_up_is_told(demo, choice, tmp_path):
    outcome = outcome_for(demo, choice)
    rows = chosen_rows(demo.pool, demo.pool, outcome, 10)
    assert len(rows) == 10 and not [row for row in rows if row.runner_up]
    page = write_report(demo, choice, tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        "Next best at that turn" not in page
        and "no runner-up by gain" in page
        and "Nothing else was left" not in page
    )
