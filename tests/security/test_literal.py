"""Text of strangers stays text wherever a page shows it, and nothing is loaded from other hosts."""

import json
import time
from dataclasses import replace

import pytest

pytest.importorskip("playwright", reason='no playwright: pip install -e ".[e2e]"')

from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from tests.demo_variants import demo_variant
from tests.e2e.conftest import serving
from tests.e2e.driving import (
    TITLES,
    button,
    expect,
    follow_menu,
    main,
    metric,
    pick_option,
    settled,
    sidebar,
    troubles_of,
    unfold,
    upload,
)
from tests.e2e.test_hostile import FIELD, TEXTS, expect_literal, hostile

pytestmark = pytest.mark.e2e
MINUTE = 60
EVIL = (
    "![t](http://evil.example/x.png) <img src=http://evil.example/y.png onerror=alert(1)> $x^2$"
    " :red[x] **b** <b>x</b>"
)
PAGES = [name for name in TITLES if name]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The demo's run with strange texts: its pool, model, verdicts, reviewers and guidelines."""
    run = demo_variant(tmp_path_factory.mktemp("literal"), hostile, EVIL, name=EVIL)
    log = open_log(run.folder)
    for reviewer, action in ((EVIL, Action.KEEP), (f"{EVIL} too", Action.DROP)):
        log.append(
            [
                Event(f"{action}{number}", run.pool[number].id, action, reviewer, note=EVIL)
                for number in range(3)
            ]
        )
    log.write_guidelines(EVIL, EVIL)
    return run


@pytest.fixture(scope="module")
def its_server(run):
    workspace = run.folder.parents[1]
    with serving(workspace, workspace / "log.txt") as running:
        yield running


@pytest.fixture
def at(visit, its_server, run):
    return lambda name, **fields: visit(
        name,
        at=its_server,
        run=run.id,
        **{"objective": "facility_location", "budget": "20", **fields},
    )


@pytest.fixture(scope="module", autouse=True)
def watched(browser, server):
    """The demo's pages, opened one after the other: (page, its troubles, its hosts, since when).

    The first of all, so that a minute has passed when the last test looks at them.
    """
    page, began = browser.new_page(), time.monotonic()
    troubles, hosts = troubles_of(page, server.url), set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(server.url)
    button(page, "Explore the demo").click()
    page.wait_for_url("**/overview?*")
    for name in PAGES:
        follow_menu(page, name)
        if name in ("map", "subset", "heatmap"):
            page.wait_for_selector(".js-plotly-plot")
    return page, troubles, hosts, began


def test_the_browser_would_not_load_from_elsewhere_even_if_a_page_asked(browser, server, tried):
    """Markup that got through would still fetch nothing: images, scripts, frames, requests."""
    page = browser.new_page()
    refused = []
    page.on(
        "console",
        lambda message: "Content Security Policy" in message.text and refused.append(message.text),
    )
    page.goto(server.url)
    page.evaluate(
        """async () => { for (const kind of ["img", "script", "iframe"]) {
        const made = document.createElement(kind);
        made.src = "http://evil.example/x"; document.body.append(made); }
        await fetch("http://evil.example/y").catch(() => 0); }"""
    )
    page.wait_for_timeout(300)
    assert len(refused) >= 4
    page.close()
    tried(
        "an image, a script, a frame, a request to another host",
        "refused",
        "by the browser, as every answer tells it",
    )


def test_every_page_of_a_strange_run_is_text(at, run, tried):
    """No element is made of the texts on any page, its tabs and its sidebar.

    `visit` fails on requests to elsewhere and on dialogs.
    """
    page = at("data")
    expect(sidebar(page)).to_contain_text(EVIL)
    for name in ("", *PAGES):
        follow_menu(page, name)
        for tab in main(page).get_by_role("tab").all():
            tab.click()
            settled(page)
            expect_literal(page)
        expect_literal(page)
        assert sidebar(page).locator("img[src*=evil], .katex, script, b").count() == 0, name
        # a bare address becomes a link to itself, and to nothing else
        for link in page.locator("a[href*=evil]").all():
            assert link.inner_text() == link.get_attribute("href")
    tried(f"{len(PAGES) + 1} pages of a run of strange texts, every tab", "all literal")


def test_a_field_of_topics_is_text_where_pages_group_by_it(visit, its_server, run, tried):
    """The name of a field that is likely to name topics is an option of controls of its own."""
    field = f"topic {EVIL}"
    grouped = demo_variant(
        run.folder.parents[1],
        lambda example, position: replace(example, extra={field: f"{position % 3} {EVIL}"}),
    )
    address = {"run": grouped.id, "objective": "facility_location", "budget": "20"}
    page = visit("overview", at=its_server, **address)
    expect_literal(page, field)
    for name in ("map", "heatmap", "examples", "data"):
        follow_menu(page, name)
        settled(page)
        expect_literal(page)
    tried("a field of topics whose name would be markup", "all literal")


def test_an_audit_shows_reviewers_notes_and_guidelines_as_text(at, tried):
    name = "<b>x</b> $x^2$ :red[x] **b**"
    page = at("audit", queue="disagreement", reviewer=name)
    main(page).get_by_role("tab", name="Guidelines").click()
    expect(main(page).get_by_role("textbox", name="What is kept")).to_have_value(EVIL)
    main(page).get_by_role("tab", name="Verdicts").click()
    expect(main(page)).to_contain_text("Agreement")
    expect_literal(page, f"Verdicts are written as {name}")
    main(page).get_by_role("tab", name="Re-select").click()
    settled(page)
    expect_literal(page)
    tried("reviewers, notes and guidelines that would be markup", "all literal")


def test_a_queue_of_what_a_strange_value_leaves_is_text(at, run, tried):
    page = at("audit", queue="filter", reviewer="me")
    pick_option(page, "Filter by", FIELD)
    pick_option(page, "Values", TEXTS[1])
    page.keyboard.press("Escape")
    matching = {example.id for example in run.pool if example.extra[FIELD] == TEXTS[1]}
    expect(main(page)).to_contain_text(f"All {len(matching)} that match")
    button(page, "Mark all flag").click()
    expect(page.locator("section.card .verdict")).to_have_text("⚑ flagged")
    expect_literal(page)
    events = open_log(run.folder).events()
    assert {event.example for event in events if event.reviewer == "me"} == matching
    tried("a filter by strange values, and all that match judged", "all literal")


def test_names_of_files_and_columns_and_the_sentences_that_quote_them_are_text(
    visit, its_server, tried
):
    """A real upload: file name, unknown columns and their form, layout, rows, problems."""
    columns = [EVIL, "=cmd|' /C calc'!A0", "# h"]
    rows = [
        {
            columns[0]: f"{EVIL} {number}?",
            columns[1]: f"{number} {EVIL}",
            columns[2]: f"{TEXTS[number]}",
        }
        for number in range(4)
    ]
    page = visit("data", at=its_server)
    upload(
        page,
        "<b>x<b>$x$.jsonl",
        "\n".join(map(json.dumps, [*rows, rows[0], {columns[0]: "", columns[1]: "x"}])).encode(),
    )
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text(columns[0])
    expect(alert).to_contain_text("<b>x<b>$x$.jsonl")
    expect_literal(page)
    pick_option(page, "Response", columns[1])
    button(page, "Import with this mapping").click()
    expect(metric(page, "Examples")).to_have_text("4")
    expect(main(page)).to_contain_text("<b>x<b>$x$.jsonl: ")
    unfold(page, "Which column is what")
    settled(page)
    expect_literal(page)
    tried("a file and columns with strange names, mapped by hand", "all literal")


def test_the_list_of_problems_and_no_table_give_a_spreadsheet_a_formula(tried):
    """The list is written with its formulas guarded; tables have no CSV button and no copying."""
    import streamlit as st

    from delift_core.export.cells import guarded

    assert [guarded(cell) for cell in ("=1+1", "@x", "+a", "-a", "\tx", "a", 3, "-5")] == [
        "'=1+1",
        "'@x",
        "'+a",
        "'-a",
        "'\tx",
        "a",
        3,
        "-5",
    ]
    assert st.get_option("client.disableDataExport") is True
    tried(
        "a formula in the list of problems or in a table",
        "guarded",
        "an apostrophe before it; no CSV button on tables",
    )


def test_no_page_asks_another_host_in_its_first_minute(watched, server, tried):
    """The browser's own log over every page of the demo."""
    page, troubles, hosts, began = watched
    page.wait_for_timeout(max(0, 1000 * (MINUTE - (time.monotonic() - began))))
    assert hosts == {server.url.removeprefix("http://")} and not troubles
    tried(
        f"a request to another host, {len(PAGES) + 1} pages, first minute",
        "never made",
        "the browser's own request log",
    )
