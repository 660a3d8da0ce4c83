"""Orders, lists and groups of the heatmap are the engine's, and whatever is listed opens."""

import json

import numpy as np
import pytest

from delift_core.analysis import extremes
from delift_core.analysis.groups import group_means
from delift_core.analysis.owners import owner_order
from delift_core.data.groups import groups
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.selection.objectives import OBJECTIVES, facility_location
from delift_core.workflow.choose import choose
from tests.pages.conftest import button, open_tab, texts

KERNELS = ("pool_pool", "target_pool", "pool_target", "pool_known")


def exact(page):
    """The description of the chart of single pairs."""
    return json.loads(page.get("plotly_chart")[1].proto.spec)


def lists(page, kind, kernel="pool_pool"):
    return next(frame.value for frame in page.dataframe if frame.key == f"{kind} of {kernel}")


def choose_pair(page, shown, answered):
    page.selectbox(key="widget shown").set_value(shown).run()
    return page.selectbox(key="widget answered").set_value(answered).run()


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_has_the_orders_that_mean_something_in_it(demo, kernel):
    page = demo("inspect/heatmap", budget="20")
    page.selectbox(key="kernel").set_value(kernel).run()
    orders = page.segmented_control(key=f"order of {kernel}").options
    assert orders == (["cover"] if kernel.endswith("pool") else []) + ["cluster", "rank", "source"]
    sentences = set()
    for order in orders:
        page.segmented_control(key=f"order of {kernel}").set_value(order).run()
        assert not page.exception
        sentences |= {caption.value for caption in page.caption}
    assert sum(
        caption.startswith(
            ("Rows are grouped", "Examples that help", "The chosen in order", "As in the source")
        )
        for caption in sentences
    ) == len(orders)


@pytest.mark.parametrize("kernel", ["pool_pool", "target_pool"])
def test_by_rank_the_chosen_are_the_first_columns(demo, kernel):
    run = bundled_run()
    chosen = choose(run, Choice(objective="facility_location", budget="20"))[1].indices
    page = demo("inspect/heatmap", budget="20")
    page.selectbox(key="kernel").set_value(kernel).run()
    page.segmented_control(key=f"order of {kernel}").set_value("rank").run()
    names = exact(page)["layout"]["xaxis"]["labelalias"]
    assert [names[str(position)] for position in range(20)] == [
        run.pool[index].id for index in chosen
    ]


@pytest.mark.parametrize(
    "objective, kernel", [("flcg", "pool_pool"), ("flqmi", "target_pool"), ("flcg", "target_pool")]
)
def test_by_cover_rows_are_grouped_by_the_owners_that_why_names(demo, objective, kernel):
    """Rows below the floor of FLCG come last.

    A kernel that the objective does not cover is ordered by the best helper above 0.
    """
    run = bundled_run()
    chosen_by, selection = choose(run, Choice(objective=objective, budget="20"))
    if OBJECTIVES[objective].kernels[0] != kernel:
        chosen_by = facility_location(run.kernel(kernel).similarity())
    page = demo("inspect/heatmap", objective=objective, budget="20")
    page.selectbox(key="kernel").set_value(kernel).run()
    answered = run.datasets[kernel.split("_")[0]]
    rows, columns = owner_order(chosen_by, selection.indices, kernel == "pool_pool")
    names = exact(page)["layout"]
    assert [run.pool[index].id for index in columns[:150]] == labels_of(names["xaxis"], columns)
    assert [answered[index].id for index in rows[:150]] == labels_of(names["yaxis"], rows)


def labels_of(axis, order):
    """What the first 150 positions of an axis are called."""
    return [axis["labelalias"][str(position)] for position in range(min(150, len(order)))]


def test_the_colours_are_said_to_end_where_they_do(demo):
    page = demo("inspect/heatmap")
    assert "All pairs, each a cell of its own. Draw" in texts(page)  # 160 of each: none is a mean
    assert "the 99 % quantile of |utility|, examples shown to themselves left out; beyond" in texts(
        page
    )
    assert (
        exact(page)["layout"]["hoverlabel"]["bgcolor"]
        != exact(page)["layout"]["hoverlabel"]["font"]["color"]
    )
    assert (
        f"Colours end at ±{exact(page)['data'][0]['zmax']:.3g}, the 99 % quantile of |utility|"
        in texts(page)
    )


def test_the_lists_are_those_of_the_engine(demo):
    run = bundled_run()
    values = run.kernel("pool_pool").values
    ids = [example.id for example in run.pool]
    page = open_tab(demo("inspect/heatmap"), "Hurts most", "kernel tab")
    expected = extremes.hurts_most(values, True, 100)
    assert lists(page, "hurts_most")["Shown"].tolist() == [
        ids[position] for position in expected.shown
    ]
    np.testing.assert_allclose(lists(page, "hurts_most")["Utility"], expected.score)
    page = open_tab(page, "Helps nobody", "kernel tab")
    expected = extremes.helps_nobody(values, True, 100)
    assert lists(page, "helps_nobody")[["Shown", "Helps most"]].values.tolist() == [
        [ids[shown_index], ids[other]]
        for shown_index, other in zip(expected.indices, expected.partner)
    ]
    page = open_tab(page, "Helped by nobody", "kernel tab")
    assert "With a best utility of 0 or less: none." in texts(page)
    page = open_tab(page, "Most asymmetric", "kernel tab")
    np.testing.assert_allclose(
        lists(page, "most_asymmetric")["Utility"] - lists(page, "most_asymmetric")["Other way"],
        lists(page, "most_asymmetric")["Difference"],
        atol=1e-6,
    )


def test_a_kernel_of_two_kinds_of_examples_has_no_asymmetric_pairs(demo):
    page = demo("inspect/heatmap")
    assert "Most asymmetric" in [tab.label for tab in page.tabs]
    page.selectbox(key="kernel").set_value("target_pool").run()
    assert "Most asymmetric" not in [tab.label for tab in page.tabs]
    page = open_tab(page, "Helped by nobody", "kernel tab")
    answered = lists(page, "helped_by_nobody", "target_pool")["Answered"]
    assert len(answered) == 20 and set(answered) == {
        example.id for example in bundled_run().datasets["target"]
    }


@pytest.mark.parametrize("kernel", KERNELS)
def test_groups_are_means_of_the_kernel_by_topic(demo, kernel):
    run = bundled_run()
    page = demo("inspect/heatmap")
    page.selectbox(key="kernel").set_value(kernel).run()
    page = open_tab(page, "Group by group", "whole kernel")
    assert page.selectbox(key="groups of the kernel").value == "topic"
    table = next(frame.value for frame in page.dataframe if "mean utility" in frame.value.columns)
    of = run.kernel(kernel)
    roles = {
        "pool_pool": ("pool", "pool"),
        "target_pool": ("target", "pool"),
        "pool_target": ("pool", "target"),
        "pool_known": ("pool", "known"),
    }[kernel]
    expected = group_means(
        of.values, *(groups(run.datasets[role], "topic") for role in roles), of.square
    )
    np.testing.assert_allclose(table["mean utility"], expected.means.ravel())
    assert table["pairs"].sum() == np.isfinite(of.values).sum() - (
        len(run.pool) if of.square else 0
    )
    assert f"Mean utility over {table['pairs'].sum():,} pairs" in texts(page)


def test_a_pair_can_be_typed(demo):
    run = bundled_run()
    page = choose_pair(demo("inspect/heatmap"), run.pool[5].id, run.pool[3].id)
    assert f"a utility of {run.kernel('pool_pool').values[3, 5]:+.4f}" in texts(page)
    page.selectbox(key="kernel").set_value("target_pool").run()
    assert "a utility of" not in texts(page) and not page.exception


def test_an_address_with_a_pair_of_another_kernel_opens_that_kernel(demo):
    run = bundled_run()
    page = demo("inspect/heatmap", answered=run.datasets["target"][2].id, shown=run.pool[5].id)
    assert page.selectbox(key="kernel").value == "target_pool"
    assert f"a utility of {run.kernel('target_pool').values[2, 5]:+.4f}" in texts(page)
    assert not [element for element in page.button if element.label == "Swap direction"]


def test_without_a_pair_there_is_nothing_to_swap(demo):
    assert button(demo("inspect/heatmap"), "Swap direction").disabled


def test_a_pair_in_the_address_is_explained_in_numbers(demo):
    run = bundled_run()
    kernel = run.kernel("pool_pool")
    page = demo("inspect/heatmap", answered=run.pool[3].id, shown=run.pool[5].id)
    assert f"a utility of {kernel.values[3, 5]:+.4f}" in texts(page)
    button(page, "Swap direction").click().run()
    assert f"a utility of {kernel.values[5, 3]:+.4f}" in texts(page)


def test_every_kernel_can_be_looked_at(demo):
    page = demo("inspect/heatmap")
    for name in ("target_pool", "pool_target", "pool_known"):
        page.selectbox(key="kernel").set_value(name).run()
        assert not page.exception and len(page.get("plotly_chart")) == 2


def test_the_number_fields_move_the_exact_part(demo):
    page = demo("inspect/heatmap")
    assert "rows 1 to 150, columns 1 to 150" in texts(page)
    page.number_input(key="number First row").set_value(101).run()
    assert "rows 101 to 160, columns 1 to 150" in texts(page)
