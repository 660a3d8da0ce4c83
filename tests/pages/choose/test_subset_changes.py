"""After a change the Subset page says what was added and what was removed, with the reasons."""

from tests.pages.choose.test_subset import shown
from tests.pages.conftest import button, texts


def lists(page):
    """The examples that came in and those that went."""
    page.session_state["what changed"] = True
    page.run()
    tables = [frame.value for frame in page.dataframe if "example" in frame.value]
    came = [table for table in tables if "covers better" in table]
    went = [table for table in tables if "reason" in table]
    return tuple(set(table["example"]) for table in (*came, *went))


def test_nothing_is_said_before_anything_changed(demo):
    labels = [panel.label for panel in demo("choose/subset", budget="7").expander]
    assert not any("What changed" in label for label in labels)


def test_both_lists_follow_from_a_change_and_it_can_be_undone(demo):
    page = demo("choose/subset", budget="9")
    before = shown(page)
    page.radio(key="widget objective").set_value("flqmi").run()
    after = shown(page)
    added, removed = set(after) - set(before), set(before) - set(after)
    labels = [panel.label for panel in page.expander]
    assert f"What changed: {len(added)} added, {len(removed)} removed" in labels
    assert lists(page) == (added, removed)
    assert "objective facility_location to flqmi" in texts(page)
    page = button(page, "Undo this change").click().run()
    assert shown(page) == before and not page.exception
