"""Selections are saved under a name, reopened, renamed and deleted on the Subset page."""

import pytest

from delift_core.runs.saved_selections import saved_selections
from delift_core.runs.store import open_demo
from tests.pages.choose.test_subset import shown
from tests.pages.conftest import button, texts

LIST = "saved selections"


def opened(page, popover):
    """The next run of a page with a popover open; the driver forgets that at every run."""
    page.session_state[popover] = True
    return page.run()


def save(page, name):
    page = opened(page, "save selection")
    page.text_input(key="name of the selection").set_value(name)
    page.session_state["save selection"] = True
    return button(page, "Save").click().run()


def pick(page, *rows):
    """The list with some of its rows picked."""
    page.session_state["table of saved"] = {
        "selection": {"rows": list(rows), "columns": [], "cells": []}
    }
    return opened(page, LIST)


@pytest.fixture
def names(workspace):
    """names() -> the names in the run, the one saved last first"""
    return lambda: [saved.name for saved in saved_selections(open_demo(workspace)).sound]


def test_a_saved_selection_is_listed_and_reopened(demo, names):
    page = save(demo("choose/subset", budget="7", pins="polite-01"), "Für Ärzte")
    before = shown(page)
    assert names() == ["Für Ärzte"] and not page.exception
    page.slider(key="budget in rows").set_value(12).run()
    assert shown(page) != before
    page = pick(page, 0)
    rows = next(frame.value for frame in page.dataframe if frame.key == "table of saved")
    assert rows["name"].tolist() == ["Für Ärzte"] and rows["size"].tolist() == [7]
    page = button(page, "Reopen").click().run()
    assert shown(page) == before
    assert page.query_params["pins"] in ("polite-01", ["polite-01"])


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("  ", "The name is empty."),
        ("First", "The name 'first' is taken"),
        ("a" * 99, "at most 60"),
    ],
)
def test_a_name_that_cannot_be_is_a_sentence_once(demo, names, name, sentence):
    page = save(demo("choose/subset", budget="7"), "first")
    page = save(demo("choose/subset", budget="9"), name)
    assert sentence in texts(page) and names() == ["first"] and not page.exception
    assert sentence not in texts(opened(page, "save selection"))


def test_a_selection_that_is_saved_says_so_and_takes_another_name(demo, names):
    page = save(demo("choose/subset", budget="7"), "first")
    assert "Saved as first; another name replaces that one." in texts(
        opened(page, "save selection")
    )
    save(page, "second")
    assert names() == ["second"]


def test_saved_selections_are_renamed_and_deleted(demo, names):
    page = save(demo("choose/subset", budget="7"), "first")
    page = save(demo("choose/subset", budget="9"), "second")
    page = pick(page, 1)
    page.text_input(key="new name of a selection").set_value("1st")
    page.session_state[LIST] = True
    page = button(page, "Rename").click().run()
    assert names() == ["second", "1st"]
    page = pick(page, 0, 1)
    assert button(page, "Reopen").disabled and button(page, "Rename").disabled
    button(page, "Delete").click().run()
    assert names() == []


def test_a_damaged_selection_is_one_sentence_and_the_others_are_listed(demo, workspace):
    page = save(demo("choose/subset", budget="7"), "first")
    page = save(demo("choose/subset", budget="9"), "second")
    broken = saved_selections(open_demo(workspace)).sound[1].path
    broken.write_bytes(b"no table")
    page = opened(demo("choose/subset"), LIST)
    assert not page.exception and len(page.error) == 1
    assert f"{broken}: it cannot be read" in texts(page)
    rows = next(frame.value for frame in page.dataframe if frame.key == "table of saved")
    assert rows["name"].tolist() == ["second"]
