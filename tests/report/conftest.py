"""Reports of the demo, and a reader of their elements, texts and rows of tables."""

from html.parser import HTMLParser

import pytest

from delift_core.report.document import write_report
from delift_core.runs.store import open_demo
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import full_order, objective_of, outcome_within

FL = Choice(objective="facility_location", budget="12")
SILENT = {"script", "style", "title"}
EMPTY = {"meta", "br", "link", "img"}
INLINE = {"bdi", "var", "sub", "small", "code", "strong", "span", "a", "q"}


class Page(HTMLParser):
    """tags: (name, attributes) of every element; scripts: by id; text: what is to be read; rows:
    the cells of every row of a table.
    """

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.source, self.open, self.nested = source, [], []
        self.tags, self.scripts, self.text, self.rows = [], {}, "", []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append((tag, dict(attrs)))
        if tag == "tr":
            self.nested.append([])
            self.rows.append(self.nested[-1])
        if tag in ("td", "th"):
            self.nested[-1].append("")

    def handle_endtag(self, tag):
        assert self.open[-1][0] == tag, f"{tag} closes {self.open[-1]}"
        self.open.pop()
        self.text += "" if tag in INLINE else " "
        if tag == "tr":
            self.nested.pop()

    def handle_data(self, data):
        inner = {tag for tag, _ in self.open}
        if "script" in inner:
            self.scripts[self.open[-1][1].get("id")] = data
        elif not inner & SILENT:
            self.text += data
            for row in self.nested:
                if row:
                    row[-1] += data

    def elements(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def outcome_for(run, choice):
    objective = objective_of(run, choice, run.kernel)
    return outcome_within(run, choice, full_order(run, choice, objective))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo as a run of a workspace."""
    return open_demo(tmp_path_factory.mktemp("report"))


@pytest.fixture
def read(tmp_path):
    """read(run, choice) -> the report of a choice as a Page"""
    return lambda run, choice=FL: Page(
        write_report(run, choice, tmp_path / "report.html").read_text(encoding="utf-8")
    )


@pytest.fixture(scope="session")
def page(demo, tmp_path_factory):
    """The report of a dozen examples that represent the demo."""
    return Page(
        write_report(demo, FL, tmp_path_factory.mktemp("page") / "report.html").read_text(
            encoding="utf-8"
        )
    )
