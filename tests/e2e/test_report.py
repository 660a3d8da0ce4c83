"""report.html as somebody receives it: opened from a folder, without a network."""

import pytest

from tests.e2e.driving import PATIENCE, button, download, expect, main, opened

FIGURES = ("map", "curve", "kernel")
CHOICE = {"objective": "facility_location", "budget": "24"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The demo with texts that would like to be markup in the first of the pool."""
    from delift_core.runs.store import open_demo
    from tests.e2e.test_hostile import hostile

    run = open_demo(tmp_path_factory.mktemp("reported"))
    run.pool.__dict__["examples"] = tuple(
        hostile(example, index) if index < 20 else example for index, example in enumerate(run.pool)
    )
    return run


@pytest.fixture(scope="module")
def file(run, tmp_path_factory):
    from delift_core.report.document import write_report
    from delift_core.selection.choice import Choice

    pins = tuple(example.id for example in run.pool.examples[:10])
    return write_report(
        run, Choice(**CHOICE, pins=pins), tmp_path_factory.mktemp("page") / "report.html"
    )


@pytest.fixture
def open_in_browser(browser, file):
    """open_in_browser(scheme=...) -> the report in a browser

    It may request nothing, meet no error and write nothing to the console.
    """
    readers, troubles = [], []

    def open_report(scheme="light", **more):
        reader = browser.new_context(
            offline=True,
            color_scheme=scheme,
            **{"viewport": {"width": 1280, "height": 900}, **more},
        )
        reader.set_default_timeout(PATIENCE)
        page = reader.new_page()
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("data:", "blob:")) or troubles.append(request.url)
            ),
        )
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.goto(file.as_uri())
        readers.append(reader)
        return page

    yield open_report
    for reader in readers:
        reader.close()
    assert set(troubles) <= {file.as_uri()} and len(troubles) == len(readers)


def drawn(page):
    for name in FIGURES:
        expect(page.locator(f"#{name} .main-svg").first).to_be_visible()
    return page


def colour(page, selector, of):
    return page.locator(selector).first.evaluate(f"found => getComputedStyle(found)['{of}']")


LOOKS = {
    "light": ("rgb(253, 253, 252)", "rgb(0, 114, 178)"),
    "dark": ("rgb(20, 23, 28)", "rgb(86, 180, 233)"),
}


@pytest.mark.parametrize("scheme", LOOKS)
def test_every_figure_is_drawn_in_the_colours_of_the_page(open_in_browser, scheme):
    page = drawn(open_in_browser(scheme))
    assert (
        colour(page, "html", "backgroundColor"),
        colour(page, "#curve .lines path[style*='stroke-width: 3px']", "stroke"),
    ) == LOOKS[scheme]
    assert page.locator("#map .point").count() == 160
    expect(page.locator("#kernel .hm image")).to_have_count(1)


def test_who_changes_to_dark_sees_it_dark(open_in_browser):
    page = drawn(open_in_browser("light"))
    page.emulate_media(color_scheme="dark")
    expect(page.locator("#curve .lines path[style*='rgb(86, 180, 233)']")).to_have_count(1)


def test_a_window_made_narrow_and_wide_again_leaves_nothing_behind(open_in_browser):
    page = drawn(open_in_browser())
    for width, title in ((390, "utility (colours end at"), (1280, "utility")):
        page.set_viewport_size({"width": width, "height": 900})
        expect(
            page.locator("#kernel .infolayer text", has_text="colours end").first
        ).to_contain_text(title)
        expect(page.locator("#kernel .cbfills")).to_have_count(1)
    last = last_diamond(page)
    page.mouse.click(last["x"], last["y"])
    expect(page.locator(f"#example-{last['index']} details")).to_have_attribute("open", "")


def test_on_paper_it_is_light_and_as_wide_as_the_paper(open_in_browser):
    page = drawn(open_in_browser("dark"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#curve .main-svg").first).to_have_attribute("width", "690")
    expect(page.locator("#curve .lines path[style*='rgb(0, 114, 178)']")).to_have_count(1)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#curve .lines path[style*='rgb(86, 180, 233)']")).to_have_count(1)


def test_hostile_text_is_literal_under_the_pointer_and_in_the_table(open_in_browser, run):
    page = drawn(open_in_browser())
    for index, example in enumerate(run.pool.examples[:10]):
        row = page.locator(f"#example-{index}")
        row.locator("summary").click()
        expect(row.locator("summary")).to_contain_text(example.id[:40])
        expect(row.locator("pre").first).to_have_text(example.prompt)
        assert row.locator("pre").last.inner_text() == example.response
    assert page.locator("main b, main img, .katex, svg a, svg image[href*=evil]").count() == 0
    last = last_diamond(page)
    page.mouse.move(last["x"], last["y"])
    example = run.pool[last["index"]]
    expect(page.locator("#map .hovertext")).to_contain_text(f"{example.id}, chosen ")
    expect(page.locator("#map .hovertext")).to_contain_text(example.prompt.splitlines()[0])


def last_diamond(page):
    """Which example the diamond on top is, and where on the screen."""
    page.evaluate("document.getElementById('map').scrollIntoView()")
    return page.evaluate("""() => {
        const map = document.getElementById('map'), box = map.getBoundingClientRect();
        const { xaxis, yaxis } = map._fullLayout;
        const isDiamond = ([first, ...more]) =>
            first.trace.marker.symbol === 'diamond' && more.length > 0;
        const points = map.calcdata.filter(isDiamond).at(-1), last = points.at(-1);
        return {
            index: points[0].trace.customdata.at(-1),
            x: box.x + xaxis._offset + xaxis.d2p(last.x),
            y: box.y + yaxis._offset + yaxis.d2p(last.y),
        };
    }""")


def test_a_click_on_a_diamond_opens_its_reason(open_in_browser):
    page = drawn(open_in_browser())
    last = last_diamond(page)
    page.mouse.click(last["x"], last["y"])
    expect(page.locator(".chosen details[open]")).to_have_count(1)
    expect(page.locator(f"#example-{last['index']} .why")).to_be_in_viewport()


def test_all_reasons_open_and_close_at_once(open_in_browser):
    page = open_in_browser()
    page.get_by_role("button", name="Open all").click()
    expect(page.locator(".chosen details[open]")).to_have_count(24)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator(".chosen details[open]")).to_have_count(0)


def test_without_scripts_words_and_tables_stand_in_for_the_figures(open_in_browser):
    page = open_in_browser(java_script_enabled=False)
    for label in (
        "The map is drawn by a script",
        "The curve is drawn by a script",
        "The heatmap is drawn by a script",
    ):
        expect(page.get_by_text(label)).to_be_visible()
    page.locator("summary", has_text="The curve as a table").click()
    expect(page.get_by_role("cell", name="99.", exact=False).first).to_be_visible()
    expect(page.locator("tr[id^=example-]")).to_have_count(24)


def test_a_phone_scrolls_down_and_never_sideways(open_in_browser):
    page = drawn(
        open_in_browser(
            "dark", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
        )
    )
    page.locator(".chosen summary").first.click()
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]


def test_the_export_page_gives_the_same_bytes_as_the_library(visit, demo, tmp_path):
    from delift_core.report.document import write_report
    from delift_core.selection.choice import Choice

    page = visit("export", run="demo", **CHOICE)
    assert (
        download(page, "report.html")
        == write_report(demo, Choice(**CHOICE), tmp_path / "report.html").read_bytes()
    )


def test_a_run_without_a_map_leads_to_the_map_page(new_server, visit, tmp_path):
    from delift_core.runs.store import open_demo

    workspace = tmp_path / "workspace"
    run = open_demo(workspace)
    (run.folder / "projections" / "embedding-0.parquet").unlink()
    page = visit("export", at=new_server(workspace), run=run.id, **CHOICE)
    expect(button(page, "report.html")).to_be_disabled()
    button(page, "Draw the map for the report").click()
    opened(page, "map")
    expect(main(page).get_by_role("button", name="Draw the map")).to_be_visible()
