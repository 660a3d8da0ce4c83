"""A run of fewer pairs under the mouse: an open cell says so and opens like any other."""

import re

import numpy as np
import pytest

from delift_core.scoring.kernel import Measure
from delift_core.scoring.plan import Plan
from delift_core.units import number
from tests.demo_with_plan import demo_with_plan
from tests.e2e.charts import cell_position, click_point
from tests.e2e.driving import button, expect, heading, main


@pytest.fixture
def run_with_plan(server, demo):
    """The demo with one pair in five scored."""
    return demo_with_plan(demo, Plan("nearest", 0.2), server.workspace)


def open_cell(kernel):
    """(answered, shown) in the middle of those that were left out, of the first 40 of either."""
    out = np.argwhere(~kernel.requested[:40, :40])
    answered, shown = out[len(out) // 2].tolist()
    return answered, shown


def test_an_open_cell_says_what_it_counts_as_and_its_pair_can_be_scored_exactly(
    visit, run_with_plan
):
    page, kernel = (
        visit(
            "heatmap",
            run=run_with_plan.id,
            objective="facility_location",
            view="pairs",
            order="source",
            box="0_40_0_40",
        ),
        run_with_plan.kernel("pool_pool"),
    )
    expect(main(page)).to_contain_text("20.1 % of these pairs were scored")
    answered, shown = open_cell(kernel)
    position = cell_position(page, "pairs", answered, shown)
    inferred, ids = (
        kernel.imputed(Measure.L2)[answered],
        [run_with_plan.pool[index].id for index in (answered, shown)],
    )
    click_point(
        page,
        "pairs",
        position,
        re.compile(
            f"answered {ids[0]}shown {ids[1]}not scored: inferred .?{abs(inferred):.4f} from"
            " its row"
        ),
    )
    expect(heading(page, f"{ids[1]} shown, {ids[0]} answered")).to_be_visible()
    expect(main(page)).to_contain_text(
        f"it counts as {number(inferred, '+.4f')}, the mean of what was scored of its answered"
        " example"
    )
    expect(button(page, "Score this pair exactly")).to_be_visible()
