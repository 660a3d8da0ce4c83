"""Data that would like to be markup: on the page every character of it is text."""

import json
from dataclasses import replace

import pytest

from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from delift_core.runs.store import open_demo
from tests.report.conftest import FL

TEXTS = (
    "<script>alert(1)</script>",
    "</script><img src=http://evil.example/y.png onerror=alert(1)>",
    "<!--",
    "<![CDATA[",
    "$x^2$ \\(y\\)",
    "%{x} %{customdata}",
    "{{ 7 * 7 }} {% raw %}",
    "**b** ![t](http://evil.example/x.png)",
    "&lt;b&gt; &amp;amp;",
    "line\u2028and\u2029paragraph",
    "\"'` onmouseover=alert(1)",
    "</pre></details></td></style>",
    "\u202eoverride",
)
CONTROLS = {
    "nul \x00 and escape \x1b": "nul ␀ and escape ␛",
    "half \ud800 a pair": "half \\ud800 a pair",
}


def hostile(example, place):
    """The same example, every part of it hostile."""
    bad = (*TEXTS, *CONTROLS)[place % (len(TEXTS) + len(CONTROLS))]
    return replace(
        example,
        id=f"{bad} {place}",
        prompt=f"{bad} asked",
        response=f"{bad} answered",
        turns=(replace(example.turns[0], content=f"{bad} asked"),),
        extra={bad: bad},
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The demo with a pool, a record and an audit of hostile texts."""
    run = open_demo(tmp_path_factory.mktemp("hostile"))
    examples = tuple(hostile(example, place) for place, example in enumerate(run.pool))
    run.datasets["pool"] = replace(run.pool, examples=examples, source=TEXTS[0], format=TEXTS[1])
    run.record["model"].update(name=TEXTS[0], revision=TEXTS[1])
    log = open_log(run.folder)
    log.append(
        [
            Event(
                f"{place}",
                examples[place].id,
                Action.FLAG,
                TEXTS[place % 4],
                reasons=(TEXTS[2],),
                note=TEXTS[place % len(TEXTS)],
            )
            for place in range(len(TEXTS))
        ]
    )
    log.write_guidelines("\n".join(TEXTS), TEXTS[0])
    return run


@pytest.fixture
def page(run, read):
    pins = tuple(run.pool[place].id for place in range(len(TEXTS) + len(CONTROLS)))
    return read(
        run,
        replace(
            FL,
            budget="60",
            pins=pins,
            excludes=(run.pool[70].id,),
            group_by=TEXTS[0],
            quotas={TEXTS[0]: 5},
        ),
    )


def test_every_text_can_be_read_character_by_character(page):
    shown = {text: text for text in TEXTS} | CONTROLS
    for text in shown.values():
        assert f"{text} asked" in page.text and f"{text} answered" in page.text


def test_no_element_is_made_of_them(page):
    assert page.open == []
    assert len(page.elements("script")) == 5 and not {
        "img",
        "b",
        "iframe",
        "object",
        "svg",
        "link",
    } & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert all(attributes["href"].startswith("#") for attributes in page.elements("a"))


def test_the_figures_hold_them_as_text_too(page, run):
    figure = json.loads(page.scripts["map-figure"])["figure"]
    shown = [text for trace in figure["data"] for text in trace.get("hovertext", [])]
    assert len(shown) == 160 and all("<" not in text.replace("<br>", "", 1) for text in shown)
    assert any("&lt;script&gt;alert(1)&lt;/script&gt; asked" in text for text in shown)


def test_what_people_wrote_is_text_as_well(page):
    for text in TEXTS:
        assert page.text.count(text) > 3
    assert any(TEXTS[2] in line for line in page.text.splitlines() if "⚑" in line)
