"""Map, heatmap and examples show what the engine knows, and open the same example."""

import numpy as np
import pytest

from delift_core.runs.store import bundled_run, default_workspace, open_demo
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from tests.pages.conftest import button, table, texts


def chosen_ids(budget):
    run = bundled_run()
    return [
        run.pool[index].id
        for index in choose(run, Choice(objective="facility_location", budget=budget))[1].indices
    ]


# map


def test_what_was_enclosed_is_listed_with_how_many_are_chosen(demo):
    page = demo("inspect/map", budget="20")
    page.session_state["held enclosed"] = (open_demo(default_workspace()).id, np.arange(150))
    page.run()
    chosen = choose(bundled_run(), Choice(objective="facility_location", budget="20"))[1]
    assert f"**150 examples, {(chosen.indices < 150).sum()} chosen**" in texts(page)
    assert len(table(page, "enclosed")) == 100
    button(page, "Clear").click().run()
    assert "**150 examples" not in texts(page)


@pytest.mark.parametrize(
    "colour", [None, "topic", "response tokens", "distance alone", "row budget at which it enters"]
)
def test_the_map_can_be_coloured_by_any_column(demo, colour):
    page = demo("inspect/map", **({"colour": colour} if colour else {}))
    assert not page.exception
    assert page.selectbox(key="widget colour").value == colour
    assert page.get("plotly_chart")


def test_a_colour_that_is_no_column_is_ignored(demo):
    page = demo("inspect/map", colour="nothing of the kind")
    assert not page.exception and page.selectbox(key="widget colour").value is None


def test_the_map_by_utility_is_another_map(demo):
    said, helped = demo("inspect/map"), demo("inspect/map", place="utility")
    assert said.get("plotly_chart")[0].proto.spec != helped.get("plotly_chart")[0].proto.spec


def test_the_same_page_twice_is_the_same_figure(demo):
    page = demo("inspect/map", colour="topic")
    first = page.get("plotly_chart")[0].proto.spec
    assert page.run().get("plotly_chart")[0].proto.spec == first


# heatmap


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


# examples


def test_tabs_count_all_chosen_rejected_and_matches(demo):
    page = demo("inspect/examples", budget="20")
    page.text_input(key="search").set_value("SPANISH").run()
    found = sum(
        "spanish"
        in " ".join([*(turn.content for turn in example.turns), example.response]).casefold()
        for example in bundled_run().pool
    )
    assert 0 < found < 160
    assert page.segmented_control(key="tab").options == [
        "All (160)",
        "Chosen (20)",
        "Rejected (140)",
        f"Matches ({found})",
    ]
    page.segmented_control(key="tab").set_value("Matches").run()
    assert len(table(page, "Matches")) == found


def test_chosen_come_first_and_in_order(demo):
    page = demo("inspect/examples", budget="20")
    assert table(page, "All")["id"].tolist()[:20] == chosen_ids("20")
    assert table(page, "All")["rank"].tolist()[:20] == list(range(1, 21))


def test_a_filter_by_topic_leaves_that_topic(demo):
    page = demo("inspect/examples", budget="20")
    page.selectbox(key="examples filter field").set_value("topic").run()
    page.multiselect(key="examples filter topic").set_value(["python"]).run()
    assert set(table(page, "All")["topic"]) == {"python"} and len(table(page, "All")) == 20


def test_sorting_by_length_is_by_the_tokens_that_are_scored(demo):
    page = demo("inspect/examples", budget="20")
    page.selectbox(key="sort").set_value("longest response first").run()
    tokens = table(page, "All")["tokens"].tolist()
    assert (
        tokens == sorted(tokens, reverse=True)
        and tokens[0] == bundled_run().alone("pool").response_tokens.max()
    )


def test_one_example_is_open_on_every_page(demo):
    id = bundled_run().pool[7].id
    for place in ("choose/subset", "inspect/map", "inspect/examples"):
        page = demo(place, example=id)
        assert f"Example {id}" in texts(page)
        assert bundled_run().pool[7].response in [code.value for code in page.code]
