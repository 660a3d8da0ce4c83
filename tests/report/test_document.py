"""The file: one, the same every time, small, and without a way out."""

import base64
import gzip
import hashlib
import re
import shlex
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from click.testing import CliRunner

from delift_core.errors import DeliftError, UnwritableFile
from delift_core.report.document import page_of, policy, write_report
from delift_core.report.facts import facts_of
from delift_core.runs.store import open_demo
from delift_core.selection.choice import Choice
from tests.report.conftest import FL, Page


def test_the_same_run_and_choice_give_the_same_bytes_wherever_the_run_lies(demo, tmp_path):
    first = write_report(demo, FL, tmp_path / "one.html").read_bytes()
    assert (
        write_report(open_demo(tmp_path / "elsewhere"), FL, tmp_path / "two.html").read_bytes()
        == first
    )
    assert (
        write_report(demo, replace(FL, budget="13"), tmp_path / "three.html").read_bytes() != first
    )


def test_the_demo_fits_in_two_and_a_half_megabytes(page):
    assert len(page.source.encode()) < 2_500_000


def test_every_element_that_is_opened_is_closed(page):
    assert page.open == []


def test_no_element_and_no_style_names_another_computer(page):
    named = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "action", "srcset", "data")
    ]
    assert all(value.startswith("#") for value in named) and len(named) > 5
    assert not re.search(
        r"url\(|@import", page.source[page.source.index("<style>") : page.source.index("</style>")]
    )


def test_only_two_scripts_may_run_and_both_are_named_by_their_digest(page):
    allowed = page.elements("meta")[1]["content"]
    plotly = gzip.decompress(base64.b64decode(page.scripts["plotly"]))
    assert plotly == files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    digests = [
        base64.b64encode(hashlib.sha256(text).digest()).decode()
        for text in (plotly, page.scripts[None].encode())
    ]
    assert re.search("script-src ([^;]*);", allowed)[1].split() == [
        f"'sha256-{digest}'" for digest in digests
    ]
    assert allowed.startswith("default-src 'none';") and "http" not in allowed
    kinds = [attributes.get("type") for attributes in page.elements("script")]
    assert kinds == 3 * ["application/json"] + ["application/octet-stream", None]


def test_programs_for_the_graphics_card_are_allowed_only_where_they_are_drawn_with():
    assert "unsafe-eval" not in policy("a", compiles=False)
    assert "'unsafe-eval'" in policy("a", compiles=True)


def test_it_has_one_title_headings_in_order_and_headers_in_every_table(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert page.elements("html")[0]["lang"] == "en"
    assert all("scope" in attributes for attributes in page.elements("th"))
    plots = [attributes for attributes in page.elements("div") if attributes.get("class") == "plot"]
    assert len(plots) == 3 and all(
        plot["role"] == "img" and len(plot["aria-label"]) > 20 for plot in plots
    )


def test_every_figure_has_words_in_its_place_where_no_script_runs(page):
    for words in (
        "The map is drawn by a script",
        "The curve is drawn by a script",
        "The heatmap is drawn by a script",
    ):
        assert words in page.text


def test_the_commands_in_it_write_it_again(demo, read, tmp_path, monkeypatch):
    from delift_core.cli.main import main

    page = read(demo)
    monkeypatch.chdir(demo.folder.parent)
    commands = [
        shlex.split(line)
        for line in map(str.strip, page.text.splitlines())
        if line.startswith("delift ")
    ]
    assert [command[1] for command in commands] == ["select", "export", "report"]
    for command in (commands[0], [*commands[2][:-1], str(tmp_path / "again.html")]):
        assert CliRunner().invoke(main, command[1:], catch_exceptions=False).exit_code == 0
    assert Page((tmp_path / "again.html").read_text(encoding="utf-8")).source == page.source


def test_what_is_at_hand_is_not_worked_out_again(demo, tmp_path):
    from delift_core.workflow.choose import objective_of

    objective, asked = objective_of(demo, FL, demo.kernel), []
    at_hand = write_report(
        demo,
        FL,
        tmp_path / "a.html",
        kernel=lambda name: asked.append(name) or demo.kernel(name),
        objective=objective,
    )
    assert at_hand.read_bytes() == write_report(demo, FL, tmp_path / "b.html").read_bytes()
    assert asked == ["pool_pool", "target_pool", "held_out_pool"]  # each once


@pytest.mark.parametrize(
    "name, told",
    [
        ("report.txt", "ends in .html or .htm"),
        ("folder.html", "it is a folder"),
        ("file/report.html", "file is a file"),
        ("report", "ends in .html or .htm"),
    ],
)
def test_a_place_where_no_page_can_be_written_is_refused_before_anything_is_worked_out(
    demo, tmp_path, name, told
):
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableFile, match=told):
        write_report(demo, Choice(objective="nothing like that"), tmp_path / name)


def test_what_was_there_stays_when_the_choice_is_refused(demo, tmp_path):
    (tmp_path / "report.html").write_text("before")
    with pytest.raises(DeliftError):
        write_report(demo, Choice(budget="1000"), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "before" and len(list(tmp_path.iterdir())) == 1


def test_a_large_pool_of_long_texts_stays_below_five_megabytes_and_says_what_it_leaves_out(
    demo, monkeypatch
):
    """As many examples as the map draws one by one, all of long texts that grow when escaped."""
    run, count, text = open_demo(demo.folder.parents[1]), 20_000, "<&\"' 漢字 " * 500
    places, pool, kernel, alone = (
        np.arange(count) % 160,
        run.pool,
        run.kernel("target_pool"),
        run.alone("pool"),
    )
    example = replace(
        pool[0], prompt=text, response=text, turns=(replace(pool[0].turns[0], content=text),)
    )
    examples = tuple(replace(example, id=f"an example of many, {place}") for place in range(count))
    run.datasets["pool"] = replace(pool, examples=examples, problems=())
    wide = replace(
        kernel,
        values=kernel.values[:, places],
        pmi=kernel.pmi[:, places],
        truncated=kernel.truncated[:, places],
    )
    run.passes["pool"] = replace(
        alone, **{name: getattr(alone, name)[places] for name in vars(alone)}
    )
    points = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)  # (pool, 2)
    monkeypatch.setattr("delift_core.report.facts.projection_of", lambda run: points)
    monkeypatch.setattr("delift_core.workflow.compare.unprompted_of", lambda run: None)
    page = Page(page_of(facts_of(run, Choice(objective="flqmi", budget="500"), lambda name: wide)))
    assert len(page.source.encode()) < 5_000_000
    assert "These are the first 300; the other 200 are in the exported file." in page.text
    assert (
        sum(attributes.get("id", "").startswith("example-") for attributes in page.elements("tr"))
        == 300
    )
    assert "'unsafe-eval'" in page.elements("meta")[1]["content"]
