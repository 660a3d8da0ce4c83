"""The list of examples: what search, tabs, filter and sort say is what counting says."""

import pytest

from delift_core.analysis.diff import Side, word_diff
from delift_core.data.near_duplicates import near_duplicates
from delift_core.units import number
from tests.e2e.driving import (
    address,
    button,
    chips,
    click_row,
    expect,
    expect_column,
    expect_rows,
    heading,
    main,
    pick_option,
    settled,
    switch,
    table,
    turns,
)


@pytest.fixture
def page(visit):
    return visit("examples", run="demo", objective="facility_location", budget="20")


@pytest.fixture
def chosen(demo, choose):
    return {demo.pool[index].id for index in choose(demo, budget="20").indices.tolist()}


def expect_lists(page, **counts):
    """How many examples each list has: all, chosen, others."""
    for name, count in counts.items():
        title = {"all": "All", "chosen": "Chosen", "others": "Not chosen"}[name]
        expect(switch(page, "Show", f"{title} ({count})")).to_be_visible()


def says(example, *terms):
    text = "\n".join([*(turn.content for turn in example.turns), example.response]).casefold()
    return all(term in text for term in terms)


def search(page, terms):
    box = main(page).get_by_role("textbox", name="Search")
    box.fill(terms)
    box.press("Enter")


def test_the_first_chosen_is_open_and_nothing_is_below_the_screen(page, demo, choose):
    first = demo.pool[int(choose(demo, budget="20").indices[0])]
    expect(heading(page, f"Example {first.id}")).to_be_in_viewport()
    expect(turns(page).nth(1)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Audit the choice")).to_be_visible()


def test_chosen_and_found_combine_and_a_link_shows_the_same_to_others(page, visit, demo, chosen):
    switch(page, "Show", "Chosen (20)").check(force=True)
    search(page, "capital of")
    both = [example for example in demo.pool if says(example, "capital", "of")]
    both = [example.id for example in both if example.id in chosen]
    expect_rows(page, "Examples: Chosen", len(both))
    page.wait_for_url("**list=chosen*")
    link = page.url.removeprefix(page.url.partition("/examples")[0])
    other = visit("examples").context.browser.new_context(base_url=page.url).new_page()
    other.goto(link)
    expect_rows(other, "Examples: Chosen", len(both))
    expect(button(other, "“capital of”")).to_be_visible()
    for shown in (page, other):
        ids = table(shown, "Examples: Chosen").locator("tbody td[aria-colindex='3']")
        assert sorted(ids.all_text_contents()) == sorted(both)
    other.context.close()


def test_search_filter_and_lists_count_what_is_there(page, demo, chosen):
    matches = [example for example in demo.pool if says(example, "how", "many")]
    arithmetic = [example for example in demo.pool if example.extra["topic"] == "arithmetic"]
    both = [example for example in arithmetic if example in matches]
    assert 0 < len(both) < min(len(matches), len(arithmetic))
    expect_lists(page, all=160, chosen=20, others=140)
    search(page, "Many  HOW")
    of_found = sum(example.id in chosen for example in matches)
    expect_lists(page, all=len(matches), chosen=of_found, others=len(matches) - of_found)
    pick_option(page, "Filter by", "topic")
    pick_option(page, "Values", "arithmetic")
    page.keyboard.press("Escape")
    expect(chips(page, "Values")).to_have_text(["arithmetic"])
    expect_lists(page, all=len(both))
    expect_rows(page, "Examples: All", len(both))


def test_sorting_puts_first_what_it_says(page, demo, choose):
    tokens = demo.alone("pool").response_tokens.tolist()
    order = choose(demo, budget="20").indices.tolist()
    expect_column(page, "Examples: All", "Id", [demo.pool[index].id for index in order[:5]])
    pick_option(page, "Sort by", "Longest response first")
    expect_column(page, "Examples: All", "Tokens", sorted(tokens, reverse=True)[:5])
    pick_option(page, "Sort by", "Shortest response first")
    expect_column(page, "Examples: All", "Tokens", sorted(tokens)[:5])
    pick_option(page, "Sort by", "Original order")
    expect_column(page, "Examples: All", "Id", [example.id for example in demo.pool.examples[:5]])


def test_a_picked_row_opens_its_example_on_any_page_of_the_table(page, demo):
    pick_option(page, "Sort by", "Original order")
    main(page).get_by_role("button", name="Page 2", exact=True).click()
    expect_column(
        page, "Examples: All", "Id", [example.id for example in demo.pool.examples[100:103]]
    )
    click_row(page, "Examples: All", 1)
    example = demo.pool[101]
    expect(heading(page, f"Example {example.id}")).to_be_in_viewport(ratio=1)
    expect(turns(page).first).to_have_text(example.prompt)
    expect(turns(page).nth(1)).to_have_text(example.response)


def tab(page, name):
    return main(page).get_by_role("tab", name=name, exact=True)


def expect_open(page, id):
    expect(heading(page, f"Example {id}")).to_be_visible()
    settled(page)


def test_keys_move_through_the_list_and_over_its_pages(page, demo):
    pick_option(page, "Sort by", "Original order")
    expect_column(page, "Examples: All", "Id", [demo.pool[0].id])
    heading(page, "Examples").click()  # away from the list, which reads letters itself
    for key, index in (("l", 1), ("l", 2), ("l", 3), ("j", 2)):
        page.keyboard.press(key)
        expect_open(page, demo.pool[index].id)
    expect(main(page)).to_contain_text("3 of 160")
    main(page).get_by_role("button", name="Page 2", exact=True).click()
    expect_column(page, "Examples: All", "Id", [demo.pool[100].id])
    click_row(page, "Examples: All", 0)
    expect_open(page, demo.pool[100].id)
    page.keyboard.press("j")
    expect_open(page, demo.pool[99].id)
    # the last, scrolled into sight
    expect(table(page, "Examples: All").locator("tr[aria-rowindex='101']")).to_contain_text(
        demo.pool[99].id
    )
    for index in (100, 101):
        page.keyboard.press("l")
        expect_open(page, demo.pool[index].id)
    expect_column(page, "Examples: All", "Id", [demo.pool[100].id])


def test_arrows_go_on_from_where_the_keys_came_to(page, demo):
    pick_option(page, "Sort by", "Original order")
    expect_column(page, "Examples: All", "Id", [demo.pool[0].id])
    click_row(page, "Examples: All", 3)
    expect_open(page, demo.pool[3].id)
    for key, index in (
        ("ArrowDown", 4),
        ("l", 5),
        ("l", 6),
        ("ArrowDown", 7),
        ("ArrowUp", 6),
        ("j", 5),
    ):
        page.keyboard.press(key)
        expect_open(page, demo.pool[index].id)


def test_letters_typed_into_the_search_are_no_keys(page, demo):
    expect_rows(page, "Examples: All", 100)
    expect(main(page)).to_contain_text("1 of 160")
    box = main(page).get_by_role("textbox", name="Search")
    box.press_sequentially("jolly jello")
    box.press("Enter")
    expect(button(page, "“jolly jello”")).to_be_visible()
    button(page, "“jolly jello”").click()
    expect(main(page)).to_contain_text("1 of 160")


def test_filters_come_off_one_by_one(page, demo):
    search(page, "how many")
    pick_option(page, "Filter by", "topic")
    for topic in ("arithmetic", "python"):
        pick_option(page, "Values", topic)
    page.keyboard.press("Escape")
    count = {
        topic: sum(example.extra["topic"] == topic for example in demo.pool)
        for topic in ("arithmetic", "python")
    }
    found = {
        topic: sum(
            example.extra["topic"] == topic and says(example, "how", "many")
            for example in demo.pool
        )
        for topic in count
    }
    expect_lists(page, all=sum(found.values()))
    button(page, "topic: arithmetic").click()
    expect_lists(page, all=found["python"])
    expect(chips(page, "Values")).to_have_text(["python"])
    button(page, "“how many”").click()
    expect_lists(page, all=count["python"])
    button(page, "topic: python").click()
    expect_lists(page, all=160)


def test_near_duplicates_stand_side_by_side_with_their_difference_marked(visit, demo):
    pairs = near_duplicates(demo.pool.examples).items()
    repeat, first = next(
        (second, other)
        for second, other in pairs
        if {span.side for span in word_diff(demo.pool[second].prompt, demo.pool[other].prompt)}
        == set(Side)
    )
    mine, other = demo.pool[repeat], demo.pool[first]
    page = visit("examples", run="demo", objective="facility_location", example=mine.id)
    tab(page, "Near duplicates").click()
    marked = {
        side: [span.text for span in word_diff(mine.prompt, other.prompt) if span.side is side]
        for side in Side
    }
    prompts = [main(page).get_by_test_id("stHtml").nth(index) for index in (0, 1)]
    assert [box.inner_text() for box in prompts] == [mine.prompt, other.prompt]
    for box, tag, side, line in zip(
        prompts, ("del", "ins"), (Side.LEFT, Side.RIGHT), ("line-through", "underline")
    ):
        assert box.locator(tag).all_text_contents() == marked[side]
        assert line in box.locator(tag).first.evaluate(
            "mark => getComputedStyle(mark).textDecorationLine"
        )
    button(page, "Open it").first.click()
    expect_open(page, other.id)
    expect(tab(page, "Near duplicates")).to_have_attribute("aria-selected", "true")


def test_a_helper_opens_the_pair_and_then_the_other_example(visit, demo):
    mine = demo.pool[7]
    utilities = demo.kernel("pool_pool").values[:, 7].tolist()
    order = sorted(
        (index for index in range(160) if index != 7), key=lambda index: -utilities[index]
    )
    page = visit("examples", run="demo", objective="facility_location", example=mine.id)
    tab(page, "Helps").click()
    expect_column(
        page, "Shown, it helps these most", "Id", [demo.pool[index].id for index in order[:3]]
    )
    click_row(page, "Shown, it helps these most", 1)
    other = demo.pool[order[1]]
    expect(main(page)).to_contain_text(f"a utility of {number(utilities[order[1]], '+.4f')}")
    page.wait_for_url("**shown=*")
    assert (address(page)["answered"], address(page)["shown"]) == ([other.id], [mine.id])
    button(page, f"Go to {other.id}").click()
    expect_open(page, other.id)
