"""The list of examples and the panel beside it: steps, filters, helpers, near-duplicates."""

import numpy as np
import pandas as pd
import pytest

from delift_core.analysis.diff import word_diff
from delift_core.analysis.likeness import most_alike
from delift_core.charts.palette import DARK, LIGHT
from delift_core.data.near_duplicates import near_duplicates
from delift_core.runs.store import bundled_run
from delift_core.units import number
from pages.widgets.example_duplicates import Side, marked_text
from pages.widgets.example_table import CHARACTER, gain_column
from tests.pages.conftest import button, chosen_ids, open_tab, table, texts


def opened(page):
    """The id of the example that is open."""
    return (
        next(
            element.value for element in page.markdown if element.value.startswith("#### Example ")
        )
        .removeprefix("#### Example ")
        .replace("\\", "")
    )


def show(page, which):
    """The list of all, of the chosen or of the others."""
    return page.segmented_control(key="widget list").set_value(which).run()


def search(page, words):
    return page.text_input(key="widget search").set_value(words).run()


def want(page, field, values):
    page.selectbox(key="filter field").set_value(field).run()
    return page.multiselect(key=f"filter values {field}").set_value(values).run()


def pills(page):
    """The filters that can be taken off."""
    return [
        element.label.replace("\\", "")
        for element in page.button
        if element.key and element.key.startswith("take off")
    ]


def take_off(page, name):
    return (
        next(element for element in page.button if element.key == f"take off {name}").click().run()
    )


def holding(*terms):
    """The indices of examples that hold every one of some words."""
    return {
        index
        for index, example in enumerate(bundled_run().pool)
        if all(
            term
            in "\n".join([*(turn.content for turn in example.turns), example.response]).casefold()
            for term in terms
        )
    }


def ids(indices):
    return {bundled_run().pool[index].id for index in indices}


def test_the_first_chosen_is_open_from_the_start(demo):
    page = demo("inspect/examples", budget="20")
    assert opened(page) == chosen_ids()[0]
    assert "1 of 160" in texts(page)


def test_steps_follow_the_list_and_end_with_it(demo):
    page = show(demo("inspect/examples", budget="20"), "chosen")
    assert button(page, "Previous").disabled
    for id in chosen_ids()[1:4]:
        assert opened(button(page, "Next").click().run()) == id
    assert opened(button(page, "Previous").click().run()) == chosen_ids()[2]
    page = demo("inspect/examples", budget="20", example=chosen_ids()[-1], list="chosen")
    assert button(page, "Next").disabled and "20 of 20" in texts(page)


def test_a_step_beyond_a_page_of_the_table_turns_it(demo):
    page = demo("inspect/examples", budget="20", sort="source")
    page = demo(
        "inspect/examples",
        budget="20",
        sort="source",
        example=table(page, "All")["id"].tolist()[-1],
    )
    button(page, "Next").click().run()
    assert opened(page) == bundled_run().pool[100].id == table(page, "All")["id"].tolist()[0]
    button(page, "Previous").click().run()
    assert opened(page) == bundled_run().pool[99].id == table(page, "All")["id"].tolist()[-1]


def test_every_filter_is_a_pill_that_can_be_taken_off(demo):
    page = search(demo("inspect/examples", budget="20"), "how  many")
    page = want(page, "topic", ["python", "arithmetic"])
    assert pills(page) == ["“how many”", "topic: python", "topic: arithmetic"]
    take_off(page, "topic: python")
    assert set(table(page, "All")["topic"]) == {"arithmetic"}
    button(page, "Clear filters").click().run()
    assert page.text_input(key="widget search").value == "" and len(table(page, "All")) == 100
    assert not pills(page)


def test_the_list_holds_what_is_chosen_and_found_and_nothing_else(demo):
    page = search(show(demo("inspect/examples", budget="20"), "chosen"), "SPANISH")
    both = ids(holding("spanish")) & set(chosen_ids())
    assert both and set(table(page, "Chosen")["id"]) == both
    others = ids(holding("spanish")) - set(chosen_ids())
    assert set(table(show(page, "others"), "Not chosen")["id"]) == others
    assert page.segmented_control(key="widget list").options == [
        f"All ({len(both) + len(others)})",
        f"Chosen ({len(both)})",
        f"Not chosen ({len(others)})",
    ]


def test_a_link_carries_list_filters_and_order(demo):
    first = want(
        search(show(demo("inspect/examples"), "chosen"), "capital of"), "topic", ["capitals"]
    )
    first.selectbox(key="widget sort").set_value("longest").run()
    link = {name: values for name, values in first.query_params.items() if name != "run"}
    other = demo("inspect/examples", **link)
    assert table(other, "Chosen").equals(table(first, "Chosen"))
    assert pills(other) == pills(first) == ["“capital of”", "topic: capitals"]


def test_values_that_a_run_does_not_have_filter_nothing(demo):
    page = demo("inspect/examples", filter=["topic=python", "topic=nowhere", "colour=red"])
    assert pills(page) == ["topic: python"]
    assert page.segmented_control(key="widget list").options[0] == "All (20)"


@pytest.mark.parametrize(
    "name, value",
    [("also", "meaning"), ("filter", "nosuch=1"), ("like", "nobody"), ("around", "nowhere_1_2")],
)
def test_what_filters_nothing_counts_as_no_filter(demo, name, value):
    page = demo("inspect/map", **{name: value})
    assert not pills(page) and "found" not in texts(page)
    (figure,) = page.get("plotly_chart")
    assert "found (" not in figure.proto.spec and "the rest" not in figure.proto.spec


def test_a_search_by_meaning_adds_the_nearest_embeddings(demo):
    page = search(demo("inspect/examples", list="all", sort="source"), "lisbon")
    exact = holding("lisbon")
    assert set(table(page, "All")["id"]) == ids(exact) and exact
    page.selectbox(key="widget also").set_value("meaning").run()
    near = most_alike(bundled_run().alone("pool").embedding, np.array(sorted(exact)), 30)
    assert set(table(page, "All")["id"]) == ids(exact | set(near.tolist()))
    assert pills(page) == ["“lisbon” and what is near in meaning"]


def test_similar_examples_are_listed_with_the_most_alike_first(demo):
    page = (
        button(demo("inspect/map", example=bundled_run().pool[7].id), "Find similar").click().run()
    )
    near = most_alike(bundled_run().alone("pool").embedding, np.array([7]), 30)
    wanted = [bundled_run().pool[index].id for index in [7, *near.tolist()]]
    assert page.title[0].value == "Examples" and table(page, "All")["id"].tolist() == wanted
    assert not pills(take_off(page, f"like {wanted[0]}"))


def helper_tables(demo, title, tab):
    page = open_tab(demo("inspect/examples", example=bundled_run().pool[7].id), tab)
    return next(frame.value for frame in page.dataframe if frame.key == f"helpers {title}")[
        "id"
    ].tolist()


def test_helpers_are_the_highest_utilities_of_the_kernel(demo):
    run = bundled_run()
    values = run.kernel("pool_pool").values.copy()
    np.fill_diagonal(values, -np.inf)
    assert helper_tables(demo, "Shown, it helps these most", "Helps") == [
        run.pool[index].id for index in np.argsort(-values[:, 7], kind="stable")[:8]
    ]
    assert helper_tables(demo, "These help it most when it is answered", "Helped by") == [
        run.pool[index].id for index in np.argsort(-values[7], kind="stable")[:8]
    ]


@pytest.mark.parametrize("tab, answered, shown", [("Helps", 3, 7), ("Helped by", 7, 3)])
def test_an_open_pair_stands_below_its_list_and_leads_to_the_other_example(
    demo, tab, answered, shown
):
    run = bundled_run()
    ids = {"answered": run.pool[answered].id, "shown": run.pool[shown].id}
    page = open_tab(demo("inspect/examples", example=run.pool[7].id, **ids), tab)
    assert (
        f"a utility of {number(run.kernel('pool_pool').values[answered, shown], '+.4f')}"
        in texts(page)
    )
    other = {"Helps": "Helped by", "Helped by": "Helps"}[tab]
    assert "a utility of" not in texts(open_tab(page, other))  # the pair is one of the other list
    page = open_tab(page, tab)
    page.session_state["example tab"] = tab
    next(element for element in page.button if element.key == "go to the other").click().run()
    assert opened(page) == run.pool[3].id


def test_every_example_of_a_group_shows_the_others_of_it(demo):
    run = bundled_run()
    repeat, first = next(iter(near_duplicates(run.pool.examples).items()))
    for mine, other in ((repeat, first), (first, repeat)):
        page = open_tab(demo("inspect/examples", example=run.pool[mine].id), "Near duplicates")
        assert f"**{run.pool[other].id}**" in texts(page)
        page.session_state["example tab"] = "Near duplicates"
        next(
            element
            for element in page.button
            if element.key == f"open duplicate {run.pool[other].id}"
        ).click().run()
        assert opened(page) == run.pool[other].id
    lone = next(
        index
        for index in range(len(run.pool))
        if index
        not in {
            *near_duplicates(run.pool.examples),
            *near_duplicates(run.pool.examples).values(),
        }
    )
    assert "No other example of the pool says nearly the same" in texts(
        open_tab(demo("inspect/examples", example=run.pool[lone].id), "Near duplicates")
    )


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_diff_marks_each_side_its_own_way_and_is_never_markup(palette):
    spans = word_diff("say <b>this</b> once", "say <i>that</i> once")
    left, right = marked_text(spans, Side.LEFT, palette), marked_text(spans, Side.RIGHT, palette)
    assert "<b>" not in left and "<i>" not in right and "&lt;" in left
    assert "<del " in left and "line-through" in left and "<ins" not in left
    assert "<ins " in right and "underline" in right and "<del" not in right


def test_chosen_come_first_and_in_order(demo):
    page = demo("inspect/examples", budget="20")
    assert table(page, "All")["id"].tolist()[:20] == chosen_ids()
    assert table(page, "All")["rank"].tolist()[:20] == list(range(1, 21))


def test_a_filter_by_topic_leaves_that_topic(demo):
    page = demo("inspect/examples", budget="20")
    want(page, "topic", ["python"])
    assert set(table(page, "All")["topic"]) == {"python"} and len(table(page, "All")) == 20


def test_sorting_by_length_is_by_the_tokens_that_are_scored(demo):
    page = demo("inspect/examples", budget="20")
    page.selectbox(key="widget sort").set_value("longest").run()
    tokens = table(page, "All")["tokens"].tolist()
    assert (
        tokens == sorted(tokens, reverse=True)
        and tokens[0] == bundled_run().alone("pool").response_tokens.max()
    )


def test_one_example_is_open_on_every_page(demo):
    id = bundled_run().pool[7].id
    for address in ("choose/subset", "inspect/map", "inspect/examples"):
        page = demo(address, example=id)
        assert f"Example {id}" in texts(page)
        assert bundled_run().pool[7].response in [turn.value for turn in page.text]


def test_the_column_of_gains_is_as_wide_as_its_largest_needs():
    usual, large, none = (
        gain_column(pd.DataFrame({"gain": gains}))["width"]
        for gains in ([4.7512], [4.7512, 1646.1212, None], [None])
    )
    assert usual == none and large == usual + 3 * CHARACTER
