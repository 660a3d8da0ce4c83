"""Plain words on every page, in the report and in what the command line prints."""

import re

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main
from delift_core.runs.store import bundled_run
from tests.pages.conftest import PAGES

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
    return [str(text) for text in texts if text]


def replaced_in(texts):
    """The texts that hold a replaced word."""
    return [text for text in texts if PATTERN.search(text)]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_says_what_a_plain_word_replaced(demo, path):
    page = demo(path)
    assert not page.exception
    words = words_of(page)
    assert words and replaced_in(words) == []
    assert [text for text in words if re.search(r"\d\.\d%", text)] == []


def test_the_report_says_it_in_plain_words(tmp_path):
    from delift_core.report.document import write_report
    from delift_core.selection.choice import Choice

    path = write_report(bundled_run(), Choice("facility_location", "20"), tmp_path / "r.html")
    html = path.read_text(encoding="utf-8")
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", html)
    texts = [text.strip() for text in re.findall(r">([^<]+)<", html)]
    assert replaced_in(texts) == []
    assert [text for text in texts if re.search(r"\d\.\d%", text)] == []


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
    for name in main.commands:
        said += CliRunner().invoke(main, [name, "--help"]).output.splitlines()
    assert replaced_in(said) == []
    assert [text for text in said if re.search(r"\d\.\d%", text)] == []
