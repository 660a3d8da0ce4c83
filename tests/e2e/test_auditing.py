"""Verdicts by keyboard: at typing speed, with a server that dies, with two reviewers."""

import re
from itertools import cycle, islice
from urllib.parse import urlsplit

import pytest

from benchmarks.synthetic_runs import synthetic_run
from tests.e2e.driving import PATIENCE, button, expect, main, settled

ROWS, MANY = 240, 200  # examples of the made run, verdicts of the longest test
PAUSE = 100  # milliseconds between two keys: ten a second
KEYS = {"k": "keep", "d": "drop", "f": "flag"}


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("audited")


@pytest.fixture
def run(folder):
    """A scored run of 240 examples that nobody has judged, for a second try too."""
    return synthetic_run(folder / "workspace", ROWS)


def card(page):
    return page.locator("section.card")


def at_card(page, position, total):
    expect(card(page).locator(".position")).to_have_text(f"{position} of {total}")


def press(page, keys):
    """Keys at ten a second, without looking at what comes of them."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE)


def written(run):
    """Every verdict on disk, in order."""
    from delift_core.audit.log import open_log

    return open_log(run.folder).events()


def queue_of(run, seed=0):
    """The ids of the random queue."""
    from delift_core.audit.queues import at_random

    return [run.pool[index].id for index in at_random(len(run.pool), seed).tolist()]


def audit(visit, server, run, reviewer, queue="random", **more):
    page = visit("audit", at=server, run=run.id, reviewer=reviewer, queue=queue, **more)
    settled(page)
    at_card(page, 1, len(run.pool))
    return page


def test_two_hundred_verdicts_at_ten_keys_a_second_are_all_on_disk(new_server, visit, run, folder):
    page = audit(visit, new_server(folder / "workspace"), run, "anna")
    typed = list(islice(cycle(KEYS), MANY))
    press(page, typed)
    at_card(page, MANY + 1, ROWS)
    own = [event for event in written(run) if event.reviewer == "anna"]
    assert [event.example for event in own] == queue_of(run)[:MANY]
    assert [str(event.action) for event in own] == [KEYS[key] for key in typed]


def test_a_server_that_dies_loses_no_verdict_that_was_shown_and_the_keys_typed_meanwhile_arrive(
    browser, new_server, run, folder
):
    server = new_server(folder / "workspace")
    page = browser.new_context(
        base_url=server.url, viewport={"width": 1440, "height": 900}
    ).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"/audit?run={run.id}&reviewer=carl&queue=random")
    at_card(page, 1, ROWS)
    press(page, "k" * 15)
    server.kill()
    shown = int(card(page).locator(".position").inner_text().split()[0])
    before = [event for event in written(run) if event.reviewer == "carl"]
    assert shown > 1 and len(before) >= shown - 1
    press(page, "d" * 10)
    assert card(page).locator(".position").inner_text().startswith(f"{shown} ")
    new_server(folder / "workspace", urlsplit(server.url).port)
    expect(card(page).locator(".position")).to_have_text(f"26 of {ROWS}", timeout=3 * PATIENCE)
    own = [event for event in written(run) if event.reviewer == "carl"]
    assert [event.example for event in own] == queue_of(run)[:25] and own[: len(before)] == before
    assert [str(event.action) for event in own] == ["keep"] * 15 + ["drop"] * 10
    page.context.close()


def test_two_reviewers_at_once_keep_both_and_are_compared_afterwards(
    new_server, visit, run, folder
):
    server = new_server(folder / "workspace")
    pages = [audit(visit, server, run, name) for name in ("dora", "emil")]
    for key in "kdfkkddfkk":
        for page in pages:
            page.keyboard.press(key)
    for page in pages:
        at_card(page, 11, ROWS)
    own = {
        name: [
            (event.example, str(event.action)) for event in written(run) if event.reviewer == name
        ]
        for name in ("dora", "emil")
    }
    assert (
        own["dora"]
        == own["emil"]
        == [(example, KEYS[key]) for example, key in zip(queue_of(run), "kdfkkddfkk")]
    )
    pages[0].get_by_role("tab", name="Verdicts").click()
    expect(main(pages[0])).to_contain_text("Agreement")


def test_a_note_is_text_and_its_keys_are_no_verdicts(new_server, visit, run, folder):
    page = audit(visit, new_server(folder / "workspace"), run, "fay")
    press(page, "13n")
    page.keyboard.type("kept? <b>drop</b> $x$ r c")
    page.keyboard.press("Enter")
    at_card(page, 1, ROWS)
    page.keyboard.press("f")
    at_card(page, 2, ROWS)
    (event,) = [event for event in written(run) if event.reviewer == "fay"]
    assert (event.reasons, event.note, str(event.action)) == (
        ("wrong", "incomplete"),
        "kept? <b>drop</b> $x$ r c",
        "flag",
    )
    page.keyboard.press("ArrowLeft")
    at_card(page, 1, ROWS)
    expect(card(page).locator(".verdict")).to_have_text("⚑ flagged")
    expect(card(page).locator(".note")).to_have_value(event.note)
    page.keyboard.press("u")
    expect(card(page).locator(".message")).to_contain_text("Undone: flag")
    expect(card(page).locator(".verdict")).to_have_text("")


def test_a_response_is_edited_as_an_event_and_the_keys_stay_with_the_card(
    new_server, visit, run, folder
):
    page = audit(visit, new_server(folder / "workspace"), run, "eve", queue="random")
    page.keyboard.press("e")
    editor = card(page).get_by_label("Edited response")
    expect(editor).to_be_focused()
    original = editor.input_value()
    editor.fill("kept? A better response.")
    page.keyboard.press("Control+Enter")
    expect(card(page).locator(".turns .response")).to_contain_text("kept? A better response.")
    expect(card(page).locator(".original")).to_contain_text(original)
    (event,) = [event for event in written(run) if event.reviewer == "eve"]
    assert (str(event.action), event.note) == ("edit", "kept? A better response.")
    at_card(page, 1, ROWS)
    page.keyboard.press("u")
    expect(card(page).locator(".original")).to_have_count(0)
    main(page).get_by_role("radio", name="Rank").check(force=True)
    expect(card(page).locator(".fold").first).to_contain_text("Chosen 1st")
    page.keyboard.press("k")
    expect(card(page).locator(".position")).to_contain_text("2 of")


def test_a_key_that_is_held_down_says_one_thing_and_a_reload_goes_on_where_it_stopped(
    new_server, visit, run, folder
):
    page = audit(visit, new_server(folder / "workspace"), run, "gil")
    for _ in range(5):
        page.keyboard.down("k")  # the browser repeats a key that was not let go
    page.keyboard.up("k")
    at_card(page, 2, ROWS)
    page.keyboard.press("s")
    at_card(page, 3, ROWS)
    page.reload()
    at_card(page, 3, ROWS)
    assert [str(event.action) for event in written(run) if event.reviewer == "gil"] == [
        "keep",
        "skip",
    ]


def test_a_dropped_example_is_replaced_and_re_selecting_takes_it(visit, server, demo, choose):
    page = visit("audit", run=demo.id, objective="facility_location", budget="12", reviewer="hal")
    chosen = [demo.pool[index].id for index in choose(demo, budget="12").indices.tolist()]
    at_card(page, 1, 12)
    press(page, "kkd")
    expect(main(page)).to_contain_text(
        re.compile(rf"{chosen[2]}(, and with it .*, are| is) replaced by")
    )
    page.get_by_role("tab", name="Re-select").click()
    button(page, "Apply").click()
    expect(main(page)).to_contain_text("already what the verdicts ask for")
    page.wait_for_url("**excludes=*")
    after = choose(
        demo, budget="12", pins=tuple(chosen[:2]), excludes=(chosen[2],)
    ).indices.tolist()
    page.get_by_role("tab", name="Cards").click()
    at_card(page, 3, 12)
    expect(card(page).locator(".facts")).to_contain_text(demo.pool[after[2]].id)
