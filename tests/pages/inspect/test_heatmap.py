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
from delift_core.units import number
from delift_core.workflow.choose import choose
from pages.inspect import heatmap_cells, heatmap_groups
from pages.widgets.chart_mouse import Click
from tests.pages.conftest import button, texts

KERNELS = ("pool_pool", "target_pool", "pool_target", "pool_known")


def picture(page):
    """The description of the one picture."""
    (chart,) = page.get("plotly_chart")
    return json.loads(chart.proto.spec)


def lists(page, kind, kernel="pool_pool"):
    return next(frame.value for frame in page.dataframe if frame.key == f"{kind} of {kernel}")


def choose_pair(page, shown, answered):
    page.selectbox(key="widget shown").set_value(shown).run()
    return page.selectbox(key="widget answered").set_value(answered).run()


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_has_the_orders_that_mean_something_in_it(demo, kernel):
    page = demo("inspect/heatmap", budget="20", matrix=kernel, view="pairs")
    titles = page.selectbox(key="widget order").options
    expected = ["by cluster", "selection rank", "original order"]
    if kernel.endswith("pool"):
        expected.insert(0, "by covering example")
    assert titles == expected
    for order in ("cluster", "rank", "source"):
        page.selectbox(key="widget order").set_value(order).run()
        assert not page.exception and picture(page)["layout"]["meta"] == {"chart": "pairs"}


@pytest.mark.parametrize("kernel", ["pool_pool", "target_pool"])
def test_by_rank_the_chosen_are_the_first_columns(demo, kernel):
    run = bundled_run()
    chosen = choose(run, Choice(objective="facility_location", budget="20"))[1].indices
    page = demo("inspect/heatmap", budget="20", matrix=kernel, view="pairs", order="rank")
    names = picture(page)["layout"]["xaxis"]["labelalias"]
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
    page = demo("inspect/heatmap", objective=objective, budget="20", matrix=kernel, view="pairs")
    answered = run.datasets[kernel.split("_")[0]]
    rows, columns = owner_order(chosen_by, selection.indices, kernel == "pool_pool")
    names = picture(page)["layout"]
    assert [run.pool[index].id for index in columns] == labels_of(names["xaxis"], columns)
    assert [answered[index].id for index in rows] == labels_of(names["yaxis"], rows)


def labels_of(axis, order):
    """What the positions of an axis are called."""
    return [axis["labelalias"][str(position)] for position in range(len(order))]


def test_the_colours_are_said_to_end_where_they_do(demo):
    page = demo("inspect/heatmap", view="pairs")
    assert "Every pair is a cell" in texts(page)  # 160 of each: none is a mean
    limit = picture(page)["data"][0]["zmax"]
    assert f"Colours end at ±{limit:.3g}, the 99 % quantile of |utility|" in texts(page)


def test_the_strongest_pair_is_open_beside_the_groups_from_the_start(demo):
    run = bundled_run()
    values = run.kernel("pool_pool").values.copy()
    np.fill_diagonal(values, -np.inf)
    answered, shown = np.unravel_index(values.argmax(), values.shape)
    page = demo("inspect/heatmap")
    assert picture(page)["layout"]["meta"] == {"chart": "groups"}
    assert f"#### {run.pool[shown].id} shown, {run.pool[answered].id} answered" in texts(page)
    assert f"a utility of {number(values[answered, shown], '+.4f')}" in texts(page)


def test_a_click_on_groups_reads_their_strongest_pair():
    run = bundled_run()
    means = heatmap_groups.group_means_of(run, "pool_pool", "topic")
    topics = np.array([example.extra["topic"] for example in run.pool])
    values = run.kernel("pool_pool").values.copy()
    np.fill_diagonal(values, -np.inf)
    values[topics != means.answered[2]] = -np.inf
    values[:, topics != means.shown[5]] = -np.inf
    click = Click("groups", 5.3, 1.8, 1, 1)
    pair = heatmap_groups.strongest_in_cell(run, "pool_pool", "topic", click)
    assert pair == np.unravel_index(values.argmax(), values.shape)
    place = heatmap_groups.cell_of_pair(run, "pool_pool", "topic", pair)
    assert place == (5.0, 2.0)
    beside = Click("groups", 8.6, 1.0, 1, 1)
    assert heatmap_groups.strongest_in_cell(run, "pool_pool", "topic", beside) is None


@pytest.fixture
def shuffled():
    """The demo's kernel in an order drawn by chance."""
    rng = np.random.default_rng(0)
    return heatmap_cells.Picture(
        bundled_run(), "pool_pool", rng.permutation(160), rng.permutation(160)
    )


@pytest.mark.parametrize("box", [None, "40_60_100_130"])
def test_a_click_on_a_cell_reads_its_pair_and_the_ring_is_there(shuffled, monkeypatch, box):
    monkeypatch.setattr(heatmap_cells.address, "get", {"box": box}.get)
    top, left = (0, 0) if box is None else (40, 100)
    pair = heatmap_cells.clicked_pair(shuffled, Click("pairs", 7.2, 11.9, 1, 1))
    assert pair == (shuffled.rows[top + 12], shuffled.columns[left + 7])
    assert heatmap_cells.place_of_pair(shuffled, pair) == (7.0, 12.0)


@pytest.mark.parametrize("exact_most", [320, 100])
@pytest.mark.parametrize("x, y", [(-2.6, 5), (5, -3.2), (160.6, 5), (5, 171)])
def test_a_click_beside_the_matrix_reads_nothing(shuffled, monkeypatch, x, y, exact_most):
    monkeypatch.setattr(heatmap_cells, "EXACT_MOST", exact_most)
    monkeypatch.setattr(heatmap_cells.address, "get", lambda name: None)
    edges = np.arange(0, 161, 40)
    monkeypatch.setattr(heatmap_cells, "block_means_of", lambda picture: (None, edges, edges))
    assert heatmap_cells.clicked_pair(shuffled, Click("pairs", x, y, 1, 1)) is None


def test_a_click_on_a_block_of_a_large_kernel_reads_its_strongest_pair(shuffled, monkeypatch):
    monkeypatch.setattr(heatmap_cells, "EXACT_MOST", 100)
    monkeypatch.setattr(heatmap_cells.address, "get", lambda name: None)
    edges = np.arange(0, 161, 40)
    monkeypatch.setattr(heatmap_cells, "block_means_of", lambda picture: (None, edges, edges))
    pair = heatmap_cells.clicked_pair(shuffled, Click("pairs", 130, 50, 1, 1))
    values = shuffled.kernel.values[np.ix_(shuffled.rows[40:80], shuffled.columns[120:160])]
    same = shuffled.rows[40:80, None] == shuffled.columns[120:160]
    assert shuffled.kernel.values[pair] == np.where(same, -np.inf, values).max()


def test_a_box_is_drawn_pair_by_pair_and_a_link_keeps_it(demo):
    page = demo("inspect/heatmap", view="pairs", order="source", box="20_50_100_140")
    assert "Rows 21 to 50, columns 101 to 140" in texts(page)
    names = picture(page)["layout"]["yaxis"]["labelalias"]
    assert [names[str(row)] for row in range(30)] == [
        example.id for example in bundled_run().pool.examples[20:50]
    ]
    button(page, "Show all pairs").click().run()
    assert "Every pair is a cell" in texts(page) and "box" not in page.query_params


@pytest.mark.parametrize(
    "box",
    ["900_950_0_10", "50_20_0_10", "nowhere", pytest.param(f"{'1' * 5000}_2_3_4", id="5000")],
)
def test_a_box_that_is_none_shows_all_pairs(demo, box):
    page = demo("inspect/heatmap", view="pairs", box=box)
    assert not page.exception
    layout = picture(page)["layout"]
    assert len(layout["yaxis"]["labelalias"]) == len(layout["xaxis"]["labelalias"]) == 160


def test_the_lists_are_those_of_the_engine(demo):
    run = bundled_run()
    values = run.kernel("pool_pool").values
    ids = [example.id for example in run.pool]
    page = demo("inspect/heatmap", view="hurts_most")
    expected = extremes.hurts_most(values, True, 100)
    assert lists(page, "hurts_most")["Shown"].tolist() == [
        ids[position] for position in expected.shown
    ]
    np.testing.assert_allclose(lists(page, "hurts_most")["Utility"], expected.score)
    page = demo("inspect/heatmap", view="helps_nobody")
    expected = extremes.helps_nobody(values, True, 100)
    assert lists(page, "helps_nobody")[["Shown", "Helps most"]].values.tolist() == [
        [ids[shown_index], ids[other]]
        for shown_index, other in zip(expected.indices, expected.partner)
    ]
    page = demo("inspect/heatmap", view="helped_by_nobody")
    assert "With a best utility of 0 or less: none." in texts(page)
    page = demo("inspect/heatmap", view="most_asymmetric")
    np.testing.assert_allclose(
        lists(page, "most_asymmetric")["Utility"] - lists(page, "most_asymmetric")["Other way"],
        lists(page, "most_asymmetric")["Difference"],
        atol=1e-6,
    )


def test_a_kernel_of_two_kinds_of_examples_has_no_asymmetric_pairs(demo):
    page = demo("inspect/heatmap")
    assert "Most asymmetric" in page.segmented_control(key="widget view").options
    page = demo("inspect/heatmap", matrix="target_pool", view="helped_by_nobody")
    assert "Most asymmetric" not in page.segmented_control(key="widget view").options
    answered = lists(page, "helped_by_nobody", "target_pool")["Answered"]
    assert len(answered) == 20 and set(answered) == {
        example.id for example in bundled_run().datasets["target"]
    }


@pytest.mark.parametrize("kernel", KERNELS)
def test_groups_are_means_of_the_kernel_by_topic(demo, kernel):
    run = bundled_run()
    page = demo("inspect/heatmap", matrix=kernel)
    assert page.selectbox(key="widget groups").value == "topic"
    of = run.kernel(kernel)
    roles = kernel.split("_")
    expected = group_means(
        of.values, *(groups(run.datasets[role], "topic") for role in roles), of.square
    )
    text = picture(page)["data"][1]["text"]
    assert text == [number(mean, ".3f") for mean in expected.means.ravel()]
    assert f"Mean utility over {expected.counts.sum():,} pairs" in texts(page)


def test_without_topics_the_groups_are_clusters_of_the_texts(demo, monkeypatch):
    monkeypatch.setattr("pages.session.cached_fields.group_fields", lambda run: [])
    page = demo("inspect/heatmap")
    assert page.selectbox(key="widget groups").value == "text clusters"
    assert 2 <= len(picture(page)["layout"]["yaxis"]["ticktext"]) <= 8


def test_a_pair_can_be_typed(demo):
    run = bundled_run()
    page = choose_pair(demo("inspect/heatmap"), run.pool[5].id, run.pool[3].id)
    assert f"a utility of {number(run.kernel('pool_pool').values[3, 5], '+.4f')}" in texts(page)
    page.selectbox(key="widget matrix").set_value("target_pool").run()
    strongest = run.kernel("target_pool").values.max()  # none of the pair is in this one
    assert f"a utility of {number(strongest, '+.4f')}" in texts(page) and not page.exception


def test_an_address_with_a_pair_of_another_kernel_opens_that_kernel(demo):
    run = bundled_run()
    page = demo("inspect/heatmap", answered=run.datasets["target"][2].id, shown=run.pool[5].id)
    assert page.selectbox(key="widget matrix").value == "target_pool"
    assert f"a utility of {number(run.kernel('target_pool').values[2, 5], '+.4f')}" in texts(page)
    assert not [element for element in page.button if element.label == "Swap"]


def test_a_pair_in_the_address_is_explained_in_numbers(demo):
    run = bundled_run()
    kernel = run.kernel("pool_pool")
    page = demo("inspect/heatmap", answered=run.pool[3].id, shown=run.pool[5].id)
    assert f"a utility of {number(kernel.values[3, 5], '+.4f')}" in texts(page)
    button(page, "Swap").click().run()
    assert f"a utility of {number(kernel.values[5, 3], '+.4f')}" in texts(page)


def test_of_many_examples_the_ends_of_a_pair_are_typed_and_an_unknown_id_is_said(demo, monkeypatch):
    monkeypatch.setattr("pages.inspect.heatmap_pair.LISTED_MOST", 10)
    run = bundled_run()
    kernel = run.kernel("pool_pool")
    page = demo("inspect/heatmap", answered=run.pool[3].id, shown=run.pool[5].id)
    page.text_input(key="widget shown").set_value(run.pool[7].id).run()
    assert f"a utility of {number(kernel.values[3, 7], '+.4f')}" in texts(page)
    page.text_input(key="widget answered").set_value("nobody").run()
    assert "No example of the pool has the id nobody." in page.toast[0].value
    assert page.text_input(key="widget answered").value == run.pool[3].id


def test_every_kernel_can_be_looked_at(demo):
    page = demo("inspect/heatmap")
    for name in ("target_pool", "pool_target", "pool_known"):
        page.selectbox(key="widget matrix").set_value(name).run()
        assert not page.exception and picture(page)
