"""Held-out examples on the Data page, on the run card, and their kernel on the page that scores."""

import pytest

from delift_core.data.hold_out import hold_out
from delift_core.data.readers import read_dataset
from delift_core.runs.held_out import attach_held_out
from delift_core.runs.store import open_demo
from tests.pages.conftest import button, texts, wait_until
from tests.pages.prepare.conftest import ROWS, jsonl, upload

OTHERS = [
    {"prompt": "Add 3 and 3", "response": "6", "kind": "double"},
    {"prompt": "Name a day", "response": "monday", "kind": "day"},
]


def held_out(page):
    """The page with its role Held-out."""
    return page.segmented_control(key="role").set_value("held_out").run()


def test_how_many_would_be_set_aside_is_said_before_they_are(loaded):
    said = "2 examples of the pool would measure what is chosen, and 6 would be left to choose from"
    assert said in texts(held_out(loaded))


def set_aside(page, percentage, group_by=None):
    page = held_out(page)
    page.number_input(key="hold-out share").set_value(percentage)
    if group_by:
        page.selectbox(key="hold-out groups").set_value(group_by)
    return button(page, "Set aside").click().run()


def test_without_a_pool_there_is_nothing_to_set_aside(visit):
    page = held_out(visit("prepare/data"))
    assert "Load a pool first" in texts(page) and not page.exception
    assert "Set aside" not in [button.label for button in page.button]


def test_a_share_of_the_pool_is_set_aside_as_the_engine_does_it(loaded):
    page = set_aside(loaded, 50, "kind")
    _, expected = hold_out(read_dataset(ROWS), "50%", "kind")
    assert page.metric[0].value == str(len(expected)) == "4"
    assert "4 of 8 set aside as held-out (50%, by kind, seed 0)" in texts(page)
    assert page.query_params["hold_out"] == "50%" and page.query_params["hold_out_by"] == "kind"
    card = texts(page.sidebar)
    assert "**Pool** 4" in card and "**Held-out** 4" in card
    page = page.segmented_control(key="role").set_value("pool").run()
    assert page.metric[0].value == "8" and (
        "50% of the pool is set aside as held-out, by kind: 4 examples are left to choose from, 4"
        " measure what is chosen."
    ) in texts(page)


def test_a_share_is_left_out_again(loaded):
    page = set_aside(loaded, 25)
    page = button(page, "Leave it out").click().run()
    assert "hold_out" not in page.query_params
    assert "Held-out" not in texts(page.sidebar) and "**Pool** 8" in texts(page.sidebar)


def test_a_file_of_their_own_loses_what_the_pool_repeats_and_says_so(loaded):
    page = held_out(loaded)
    page.segmented_control(key="held-out way").set_value("Examples of their own").run()
    page = wait_until(upload(page, jsonl(OTHERS), "held.jsonl", "held_out"), "of 2 rows").run()
    assert page.metric[0].value == "1" and "**Held-out** 1" in texts(page.sidebar)
    listed = next(frame.value for frame in page.dataframe if "reason" in frame.value.columns)
    assert listed["kind"].tolist() == ["repeated in the pool"] and listed["row"].tolist() == [1]
    assert "as row 3 (id 3) of the pool" in listed["reason"][0]
    assert page.query_params["held_out"]


def test_a_target_that_is_loaded_later_takes_what_it_repeats_out_of_the_held_out(loaded):
    page = held_out(loaded)
    page.segmented_control(key="held-out way").set_value("Examples of their own").run()
    page = wait_until(upload(page, jsonl(OTHERS), "held.jsonl", "held_out"), "of 2 rows").run()
    page = page.segmented_control(key="role").set_value("target").run()
    page = wait_until(upload(page, jsonl(OTHERS), "task.jsonl", "target"), "every held-out").run()
    assert "repeats one of the pool or of the target" in texts(page) and not page.exception


def test_a_file_that_the_pool_holds_whole_is_refused_in_a_sentence(loaded):
    page = held_out(loaded)
    page.segmented_control(key="held-out way").set_value("Examples of their own").run()
    page = wait_until(
        upload(page, jsonl(OTHERS[:1]), "held.jsonl", "held_out"), "every held-out example repeats"
    )
    assert not page.exception and "held.jsonl" in texts(page)


def test_an_unknown_group_field_in_an_address_is_refused_in_a_sentence(visit, loaded):
    pool = loaded.query_params["pool"]
    page = visit("prepare/data", pool=pool, hold_out="20%", hold_out_by="nothing")
    assert "no field 'nothing' to group by" in texts(page) and not page.exception


@pytest.mark.parametrize("share", ["0%", "100%", "x", "5"])
def test_a_share_in_an_address_that_is_none_is_ignored(visit, loaded, share):
    page = visit("prepare/data", pool=loaded.query_params["pool"], hold_out=share)
    assert "**Pool** 8" in texts(page.sidebar) and not page.exception


def test_their_kernel_is_scored_where_others_are_and_no_heatmap_offers_it(
    before_validation, visit, workspace
):
    run = attach_held_out(open_demo(workspace), read_dataset(OTHERS))
    page = visit("prepare/scoring", run=run.id)
    kernels = next(pills for pills in page.pills if pills.label == "Score matrices")
    assert "held_out_pool" in kernels.value and "320 pairs to score" in texts(page)
    assert "**Held-out** 2" in texts(page.sidebar)
    page = visit("inspect/heatmap", run=run.id)
    assert not page.exception
    assert "Held-out helped by pool" not in page.selectbox(key="widget matrix").options


def test_examples_attached_while_a_run_is_open_are_seen(before_validation, visit, workspace):
    run = open_demo(workspace)
    page = visit("prepare/data", run=run.id)
    assert "Held-out" not in texts(page.sidebar)
    attach_held_out(run, read_dataset(OTHERS))
    assert "**Held-out** 2" in texts(page.run().sidebar)
    assert "Leave it out" not in [button.label for button in held_out(page).button]
