"""Why each was chosen: the same reasons that the engine gives, found without looking at the whole
pool at every turn.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.analysis.explain import runner_up, why_chosen
from delift_core.analysis.owners import owners
from delift_core.report.document import write_report
from delift_core.report.reasons import PARTS, rows_of, runners_up
from delift_core.selection.choice import Choice
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location, flcmi, flqmi
from tests.report.conftest import FL, outcome_for


@st.composite
def choices(draw):
    """An objective over a dozen examples, a budget, pins and excludes."""

    def values(rows, columns):
        return (
            np.array(
                draw(st.lists(st.integers(0, 6), min_size=rows * columns, max_size=rows * columns))
            ).reshape(rows, columns)
            / 8
        )

    made = draw(
        st.sampled_from(
            [
                lambda: facility_location(values(5, 9)),
                lambda: flqmi(values(4, 9), 0.5),
                lambda: flcmi(values(5, 9), values(5, 2), values(5, 2)),
            ]
        )
    )()
    places = draw(st.permutations(range(9)))
    return (
        made,
        draw(st.integers(1, 5)),
        places[: draw(st.integers(0, 1))],
        places[6 : 6 + draw(st.integers(0, 3))],
    )


@given(choices())
def test_the_runner_up_of_every_turn_is_the_one_the_engine_names(drawn):
    objective, budget, pins, excludes = drawn
    selection = maximise(objective, budget, pins=pins, excludes=excludes)
    pool = [SimpleNamespace(id=str(place)) for place in range(objective.size)]
    asked = SimpleNamespace(
        objective=objective, selection=selection, choice=Choice(excludes=tuple(map(str, excludes)))
    )
    expected = [
        (
            None
            if rank <= len(pins)
            else runner_up(objective, selection, rank, np.array(excludes, dtype=np.int64))
        )
        for rank in range(1, len(selection) + 1)
    ]
    assert list(runners_up(pool, asked)) == expected


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
    rows = rows_of(demo.pool, role, outcome, 300)
    assert [row.index for row in rows] == outcome.selection.indices.tolist()
    covered = owners(outcome.objective, outcome.selection.indices)
    for row in rows:
        reason = why_chosen(outcome.objective, outcome.selection, row.rank)
        assert sum(part.amount for part in row.parts) + row.rest + row.own == pytest.approx(
            row.gain, abs=1e-9
        )
        assert [part.amount for part in row.parts] == reason.parts[
            :PARTS
        ].tolist() and row.anew == len(reason.parts)
        assert [part.answered for part in row.parts] == [
            role[place].id for place in reason.answered[:PARTS]
        ]
        assert row.covers == int((covered == row.index).sum())
        assert (row.runner is None) == (row.rank <= len(choice.pins) or "tokens" in choice.budget)
        assert row.runner is None or row.runner[0] not in choice.excludes


def test_at_most_as_many_rows_as_asked_for(demo):
    outcome = outcome_for(demo, replace(FL, budget="20"))
    assert [row.rank for row in rows_of(demo.pool, demo.pool, outcome, 7)] == list(range(1, 8))


@pytest.mark.parametrize(
    "choice",
    [
        Choice("facility_location", "1500 tokens"),
        Choice("facility_location", "20", group_by="topic", quotas={"conversions": 1}),
    ],
)
def test_where_gain_alone_does_not_decide_no_runner_up_is_told(demo, choice, tmp_path):
    outcome = outcome_for(demo, choice)
    assert list(runners_up(demo.pool, outcome)) == []
    rows = rows_of(demo.pool, demo.pool, outcome, 10)
    assert len(rows) == 10 and not [row for row in rows if row.runner]
    page = write_report(demo, choice, tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        "Next best at that turn" not in page
        and "no runner-up by gain" in page
        and "Nothing else was left" not in page
    )
