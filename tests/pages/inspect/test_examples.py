"""The list of examples and the panel beside it: steps, filters, helpers, near-duplicates."""

import numpy as np
import pytest

from delift_core.analysis.diff import word_diff
from delift_core.charts.palette import DARK, LIGHT
from delift_core.data.near_duplicates import near_duplicates
from delift_core.runs.store import bundled_run
from pages.widgets.example_duplicates import Side, marked_text
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


def test_steps_follow_the_list_and_end_with_it(demo):
    page = demo("inspect/examples", budget="20")
    page.segmented_control(key="tab").set_value("Chosen").run()
    assert button(page, "Previous").disabled is False  # nothing is open: either opens the first
    for id in chosen_ids()[:3]:
        assert opened(button(page, "Next").click().run()) == id
    assert opened(button(page, "Previous").click().run()) == chosen_ids()[1]
    page = demo("inspect/examples", budget="20", example=chosen_ids()[-1])
    page.segmented_control(key="tab").set_value("Chosen").run()
    assert button(page, "Next").disabled and "20 of 20" in texts(page)


def test_a_step_beyond_a_page_of_the_table_turns_it(demo):
    page = demo("inspect/examples", budget="20")
    page.selectbox(key="sort").set_value("as in the source").run()
    page = demo("inspect/examples", budget="20", example=table(page, "All")["id"].tolist()[-1])
    page.selectbox(key="sort").set_value("as in the source").run()
    button(page, "Next").click().run()
    assert opened(page) == bundled_run().pool[100].id == table(page, "All")["id"].tolist()[0]
    button(page, "Previous").click().run()
    assert opened(page) == bundled_run().pool[99].id == table(page, "All")["id"].tolist()[-1]


def test_every_filter_is_a_pill_that_can_be_taken_off(demo):
    page = demo("inspect/examples", budget="20")
    page.text_input(key="search").set_value("how  many").run()
    page.segmented_control(key="tab").set_value("All").run()
    page.selectbox(key="examples filter field").set_value("topic").run()
    page.multiselect(key="examples filter topic").set_value(["python", "arithmetic"]).run()
    pills = [
        element.label.replace("\\", "")
        for element in page.button
        if element.key and element.key.startswith("take off")
    ]
    assert pills == ["“how many”", "topic: python", "topic: arithmetic"]
    assert len(table(page, "All")) == 41
    next(
        element for element in page.button if element.key == "take off topic: python"
    ).click().run()
    assert set(table(page, "All")["topic"]) == {"arithmetic"}
    button(page, "Take all off").click().run()
    assert page.text_input(key="search").value == "" and len(table(page, "All")) == 100
    assert not [
        element for element in page.button if element.key and element.key.startswith("take off")
    ]


def test_a_search_shows_what_it_finds_until_it_is_over(demo):
    page = demo("inspect/examples", budget="20")
    expected = [
        example.id
        for example in bundled_run().pool
        if all(
            term
            in " ".join([*(turn.content for turn in example.turns), example.response]).casefold()
            for term in ("how", "many")
        )
    ]
    page.text_input(key="search").set_value("how many").run()
    assert page.segmented_control(key="tab").value == "Matches" and sorted(
        table(page, "Matches")["id"]
    ) == sorted(expected)
    page.text_input(key="search").set_value("").run()
    assert page.segmented_control(key="tab").value == "All"


def test_values_of_another_field_stay_wanted_and_those_of_another_run_do_not(demo):
    page = demo("inspect/examples", budget="20")
    page.session_state["examples filter topic"] = ["python", "no topic here"]
    page.run()
    assert page.segmented_control(key="tab").options[0] == "All (20)"
    assert [
        element.key for element in page.button if element.key and element.key.startswith("take off")
    ] == ["take off topic: python"]


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
    assert f"a utility of {run.kernel('pool_pool').values[answered, shown]:+.4f}" in texts(page)
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


def test_tabs_count_all_chosen_rejected_and_matches(demo):
    page = demo("inspect/examples", budget="20")
    page.text_input(key="search").set_value("SPANISH").run()
    expected = sum(
        "spanish"
        in " ".join([*(turn.content for turn in example.turns), example.response]).casefold()
        for example in bundled_run().pool
    )
    assert 0 < expected < 160
    assert page.segmented_control(key="tab").options == [
        "All (160)",
        "Chosen (20)",
        "Rejected (140)",
        f"Matches ({expected})",
    ]
    page.segmented_control(key="tab").set_value("Matches").run()
    assert len(table(page, "Matches")) == expected


def test_chosen_come_first_and_in_order(demo):
    page = demo("inspect/examples", budget="20")
    assert table(page, "All")["id"].tolist()[:20] == chosen_ids()
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
    for address in ("choose/subset", "inspect/map", "inspect/examples"):
        page = demo(address, example=id)
        assert f"Example {id}" in texts(page)
        assert bundled_run().pool[7].response in [code.value for code in page.code]
