"""Plain words on every page, in the report and in what the command line prints."""

import json
import re

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main
from delift_core.runs.store import bundled_run
from tests.pages.conftest import PAGES, open_tab

# words that were replaced by plain ones, as they stood on pages
REPLACED = (
    r"whole pool reaches",
    r"\bten random orders",
    r"Rows that reach",
    r"\bknee\b",
    r"^Utilities$",
    r"^Kernels?$",
    r"(pool|target|known|held-out) answered",
    r"What are the examples for",
    r"Serve the target",
    r"Add what is new",
    r"shown to itself counts",
    r"Clip at zero",
    r"Not offered here",
    r"In force:",
    r"what they say\b",
    r"^Neighbours by",
    r"^Mouse$",
    r"^Enclosed|drawn around",
    r"^(Keep|Drop|Flag) all",
    r"%, reaching|, reaching \d",
    r"rank, then pool",
    r"covered before by",
    r"^Hurts most",
    r"^Help(s|ed by) nobody",
    r"distance of the answer",
    r"Look(ing)? at the model",
    r"Try(ing)? one pair",
    r"^Try it again",
    r"^Window\b",
    r"Minutes there are",
    r"Pick the best that fits",
    r"One stands for all",
    r"^Read$",
    r"Rows at most",
    r"As written, and as read",
    r"^Problems\b",
    r"^Of each source",
    r"^Draw anew",
    r"Told when you are through",
    r"^Every event",
    r"^Take this choice",
    r"examples? comes? in\b",
    r"^(Shape|File)$",
    r"^Keep this selection",
    r"^Take all off",
    r"take them away",
)
PATTERN = re.compile("|".join(f"(?:{words})" for words in REPLACED), re.IGNORECASE | re.MULTILINE)
LABELLED = (
    "button",
    "checkbox",
    "expander",
    "metric",
    "multiselect",
    "number_input",
    "radio",
    "select_slider",
    "selectbox",
    "slider",
    "tabs",
    "text_area",
    "text_input",
    "toggle",
)
DRAWN = {"hovertemplate", "hovertext", "name", "text", "ticktext", "title"}  # in a chart's figure
ASCII_MINUS = re.compile(r"(?<![\w.])(?<!\w\\)-\d")
FIELDS = {"topic"}  # columns of a table that are called as the demo's rows call them
# what a page shows besides what it opens with: its address, or a tab of it
VIEWS = (
    ("inspect/heatmap", {"view": "pairs"}),
    ("inspect/heatmap", {"view": "hurts_most"}),
    ("inspect/heatmap", {"view": "helped_by_nobody"}),
    ("inspect/heatmap", {"view": "helps_nobody"}),
    ("inspect/heatmap", {"view": "most_asymmetric"}),
    ("choose/compare", {"compare_part": "maps"}),
    ("choose/compare", {"compare_part": "composition"}),
    ("choose/compare", {"compare_part": "examples"}),
    ("deliver/validate", {"validation_part": "groups"}),
    ("deliver/validate", {"validation_part": "growth"}),
    ("deliver/validate", {"validation_part": "cost"}),
)
TABS = (
    ("inspect/examples", "example tab", "Why"),
    ("inspect/examples", "example tab", "Helps"),
    ("inspect/examples", "example tab", "Near duplicates"),
    ("deliver/audit", "audit tab", ":material/fact_check: Verdicts"),
)
WRITTEN = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error")


def words_of(page):
    """Every text of a page that the dashboard wrote: sentences, labels, values and help."""
    texts = [element.value for kind in WRITTEN for element in getattr(page, kind)]
    for kind in LABELLED:
        for element in getattr(page, kind):
            texts += [element.label, getattr(element.proto, "help", "")]
            texts += getattr(element, "options", [])
    texts += [metric.value for metric in page.metric]
    for group in page.get("button_group"):
        texts += [group.proto.label, *(option.content for option in group.proto.options)]
    texts += headings_of(page)
    for chart in page.get("plotly_chart"):
        texts += drawn_in(json.loads(chart.proto.spec))
    return [str(text) for text in texts if text]


def headings_of(page):
    """The titles of every column of a page's tables, and of the rows where they have names."""
    titles = []
    for frame in page.dataframe:
        settings = json.loads(frame.proto.columns or "{}")
        names = map(str, frame.value.columns)
        titles += [settings.get(name, {}).get("label") or name for name in names]
    for table in page.table:
        titles += [*table.value.columns, *table.value.index]
    return titles


def drawn_in(part, name=""):
    """Every text that a part of a figure writes: titles, legends, labels, annotations, hover."""
    if isinstance(part, dict):
        return [text for key, value in part.items() for text in drawn_in(value, key)]
    if isinstance(part, list):
        return [text for value in part for text in drawn_in(value, name)]
    return [part] if isinstance(part, str) and name in DRAWN else []


def expect_plain(page):
    """A page in plain words, its numbers in one style and its headings in sentence case."""
    assert not page.exception
    words = words_of(page)
    assert words
    expect_plain_words(words)
    titles = [title for title in headings_of(page) if title not in FIELDS]
    assert [title for title in titles if title[:1].islower()] == []


def expect_plain_words(texts):
    """No word that was replaced, "80 %" with its space, a true minus sign."""
    assert replaced_in(texts) == []
    assert [text for text in texts if re.search(r"\d\.\d%", text)] == []
    assert [text for text in texts if ASCII_MINUS.search(text)] == []


def replaced_in(texts):
    """The texts that hold a replaced word."""
    return [text for text in texts if PATTERN.search(text)]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_says_what_a_plain_word_replaced(demo, path):
    expect_plain(demo(path))


@pytest.mark.parametrize("path, address", VIEWS)
def test_no_other_view_of_a_page_says_it_either(demo, path, address):
    expect_plain(demo(path, **address))


@pytest.mark.parametrize("path, key, tab", TABS)
def test_no_tab_says_it_either(demo, path, key, tab):
    expect_plain(open_tab(demo(path), tab, key))


def test_the_report_says_it_in_plain_words(tmp_path):
    from delift_core.report.document import write_report
    from delift_core.selection.choice import Choice

    path = write_report(bundled_run(), Choice("facility_location", "20"), tmp_path / "r.html")
    html = path.read_text(encoding="utf-8")
    figures = re.findall(r'(?s)<script type="application/json"[^>]*>(.*?)</script>', html)
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", html)
    texts = [text.strip() for text in re.findall(r">([^<]+)<", html)]
    drawn = [text for figure in figures for text in drawn_in(json.loads(figure))]
    assert drawn
    expect_plain_words(drawn)
    expect_plain_words(texts)


COMMANDS = (
    ["select", "--method", "longest", "--budget", "20"],
    ["select", "--budget", "20"],
    ["compare", "--methods", "facility_location,longest,random", "--budget", "20"],
    ["export", "--out", "out.jsonl"],
    ["report", "--out", "out.html"],
)


def test_the_command_line_says_it_in_plain_words(tmp_path, monkeypatch):
    from delift_core.runs.store import open_demo

    monkeypatch.chdir(tmp_path)
    folder = str(open_demo(tmp_path).folder)
    said = []
    for command, *options in COMMANDS:
        result = CliRunner().invoke(main, [command, folder, *options])
        assert result.exit_code == 0, result.output
        said += result.output.splitlines()
    expect_plain_words(said)
    for name in main.commands:
        manual = CliRunner().invoke(main, [name, "--help"]).output.splitlines()
        assert replaced_in(manual) == []  # its ranges, as [-1<=x<=1], are written by click
