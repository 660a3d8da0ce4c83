"""A run of fewer pairs under the mouse: an open cell says so and opens like any other."""

import re

import pytest

from delift_core.scoring.kernel import Measure
from delift_core.scoring.plan import Plan
from tests.demo_with_plan import demo_with_plan
from tests.e2e.charts import click_point, drawn
from tests.e2e.driving import button, expect, heading, main, set_number


@pytest.fixture
def run_with_plan(server, demo):
    """The demo with one pair in five scored."""
    return demo_with_plan(demo, Plan("nearest", 0.2), server.workspace)


def open_cell(page):
    """(answered, shown, (x, y)) of one that was left out, and where it is on the screen."""
    answered, shown, *position = drawn(page, "exact").evaluate(
        """g => {
            const box = g.getBoundingClientRect(), {xaxis, yaxis} = g._fullLayout;
            const isOpen = trace => (trace.hovertemplate || '').includes('not scored');
            const open = g._fullData.find(isOpen), k = Math.floor(open.x.length / 2);
            const x = box.x + xaxis._offset + xaxis.d2p(open.x[k]);
            return [...open.customdata[k], x, box.y + yaxis._offset + yaxis.d2p(open.y[k])];
        }"""
    )
    return answered, shown, position


def test_an_open_cell_says_what_it_counts_as_and_its_pair_can_be_scored_exactly(
    visit, run_with_plan
):
    page, kernel = (
        visit("heatmap", run=run_with_plan.id, objective="facility_location", budget="20"),
        run_with_plan.kernel("pool_pool"),
    )
    expect(main(page)).to_contain_text("20 % of these pairs were scored")
    set_number(page, "First row", 121)
    expect(main(page)).to_contain_text("rows 121 to 160")
    set_number(page, "First column", 131)
    expect(main(page)).to_contain_text("rows 121 to 160, columns 131 to 160")
    answered, shown, position = open_cell(page)
    assert not kernel.requested[answered, shown]
    inferred, ids = (
        kernel.imputed(Measure.L2)[answered],
        [run_with_plan.pool[index].id for index in (answered, shown)],
    )
    click_point(
        page,
        "exact",
        position,
        re.compile(
            f"answered {ids[0]}shown {ids[1]}not scored: inferred .?{abs(inferred):.4f} from"
            " its row"
        ),
    )
    expect(heading(page, f"{ids[1]} shown, {ids[0]} answered")).to_be_visible()
    expect(main(page)).to_contain_text(
        f"it counts as {inferred:+.4f}, the mean of what was scored of its answered example"
    )
    expect(button(page, "Score this pair exactly")).to_be_visible()
