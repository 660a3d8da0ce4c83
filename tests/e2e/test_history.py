"""One click of the menu is one step of the browser's history, and the tab says page and run."""

from tests.e2e.driving import address, expect, follow_menu, nudge, opened, settled, slider, switch


def test_back_after_three_page_changes_leads_through_three_pages(visit):
    page = visit("overview", run="demo", objective="facility_location", budget="20")
    for path in ("subset", "map", "examples"):
        follow_menu(page, path)
    for path in ("map", "subset", "overview"):
        page.go_back()
        opened(page, path)
        assert page.title() == f"{path.capitalize()} - demo - DELIFT"
        assert address(page)["budget"] == ["20"]


def test_a_choice_on_a_page_is_no_step_of_the_history(visit):
    page = visit("overview", run="demo", objective="facility_location", budget="20")
    follow_menu(page, "subset")
    steps = page.evaluate("history.length")
    nudge(page, "Budget (examples)", 2)
    page.wait_for_url("**budget=22*")
    settled(page)
    assert page.evaluate("history.length") == steps
    page.go_back()
    opened(page, "overview")
    assert address(page)["budget"] == ["22"]


def test_a_widget_of_another_page_shows_what_was_chosen_before(visit):
    page = visit("subset", run="demo", objective="facility_location", budget="20%")
    follow_menu(page, "compare")
    expect(switch(page, "Budget in", "%")).to_be_checked()
    expect(slider(page, "Budget (%)")).to_have_value("20")
