"""The list of examples: what search, tabs, filter and sort say is what counting says."""

import pytest

from tests.e2e.driving import chips, click_row, expect, expect_column, expect_rows, heading, main, pick_option, switch


@pytest.fixture
def page(visit):
    return visit("examples", run="demo", objective="facility_location", budget="20")


@pytest.fixture
def chosen(demo, choose):
    return {demo.pool[place].id for place in choose(demo, budget="20").indices.tolist()}


def expect_tabs(page, **counts):
    for name, count in counts.items():
        expect(switch(page, "Show", f"{name} ({count})")).to_be_visible()


def says(example, *words):
    text = "\n".join([*(turn.content for turn in example.turns), example.response]).casefold()
    return all(word in text for word in words)


def search(page, words):
    box = main(page).get_by_role("textbox", name="Search")
    box.fill(words)
    box.press("Enter")


def test_search_filter_and_tabs_count_what_is_there(page, demo, chosen):
    found = [example for example in demo.pool if says(example, "how", "many")]
    arithmetic = [example for example in demo.pool if example.extra["topic"] == "arithmetic"]
    both = [example for example in arithmetic if example in found]
    assert 0 < len(both) < min(len(found), len(arithmetic))
    expect_tabs(page, All=160, Chosen=20, Rejected=140, Matches=0)
    search(page, "Many  HOW")
    expect_tabs(page, Matches=len(found))
    switch(page, "Show", f"Matches ({len(found)})").check(force=True)
    expect_rows(page, "Examples: Matches", len(found))
    pick_option(page, "Filter by", "topic")
    pick_option(page, "Values", "arithmetic")
    page.keyboard.press("Escape")
    expect(chips(page, "Values")).to_have_text(["arithmetic"])
    of_topic = sum(example.id in chosen for example in arithmetic)
    expect_tabs(page, All=len(arithmetic), Chosen=of_topic, Rejected=len(arithmetic) - of_topic, Matches=len(both))
    expect_rows(page, "Examples: Matches", len(both))


def test_sorting_puts_first_what_it_says(page, demo, choose):
    tokens = demo.alone("pool").response_tokens.tolist()
    order = choose(demo, budget="20").indices.tolist()
    expect_column(page, "Examples: All", "Id", [demo.pool[place].id for place in order[:5]])
    pick_option(page, "Sort by", "longest response first")
    expect_column(page, "Examples: All", "Tokens", sorted(tokens, reverse=True)[:5])
    pick_option(page, "Sort by", "shortest response first")
    expect_column(page, "Examples: All", "Tokens", sorted(tokens)[:5])
    pick_option(page, "Sort by", "as in the source")
    expect_column(page, "Examples: All", "Id", [example.id for example in demo.pool.examples[:5]])


def test_a_picked_row_opens_its_example_on_any_page_of_the_table(page, demo):
    pick_option(page, "Sort by", "as in the source")
    main(page).get_by_role("button", name="Page 2", exact=True).click()
    expect_column(page, "Examples: All", "Id", [example.id for example in demo.pool.examples[100:103]])
    click_row(page, "Examples: All", 1)
    example = demo.pool[101]
    expect(heading(page, f"Example {example.id}")).to_be_visible()
    expect(page.get_by_test_id("stCode").first).to_have_text(example.prompt)
    expect(page.get_by_test_id("stCode").nth(1)).to_have_text(example.response)
