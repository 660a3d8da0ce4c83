"""A table tells examples apart, also where all prompts begin alike."""

from dataclasses import replace

import pytest

from pages.widgets.literal import one_line
from tests.demo_variants import demo_variant
from tests.pages.conftest import table

TASK = "Put the concepts together to form a sentence:\n\n"


@pytest.mark.parametrize(
    "text, line",
    [
        ("", ""),
        (" \n\n one \n", "one"),
        ("one\ntwo", "one …"),
        ("o" * 9, "o" * 9),
        ("o" * 11, "o" * 9 + "…"),
        ("o" * 9 + "\ntwo", "o" * 8 + " …"),
    ],
)
def test_what_is_cut_ends_in_an_ellipsis(text, line):
    assert one_line(text, 10) == line


@pytest.fixture
def alike(workspace):
    """A run of which all prompts but one begin with the same task."""
    return demo_variant(
        workspace,
        lambda example, position: replace(
            example, prompt=f"{TASK}{position} and dog\nNow." if position else "Another task"
        ),
    )


@pytest.mark.parametrize(
    "address, name", [("choose/subset", "chosen"), ("inspect/examples", "All")]
)
def test_what_all_prompts_begin_with_is_left_out_of_tables(visit, alike, address, name):
    rows = table(visit(address, run=alike.id, objective="facility_location", budget="160"), name)
    lines = {
        example.id: f"… {index} and dog …" if index else "Another task"
        for index, example in enumerate(alike.pool)
    }
    assert rows["prompt"].tolist() == [lines[id] for id in rows["id"]] and len(rows) == 100


def test_what_all_prompts_begin_with_is_left_out_of_lists_and_reasons(visit, alike):
    page = visit("inspect/heatmap", run=alike.id, objective="facility_location", budget="20")
    options = page.selectbox(key="widget shown").options
    assert options[:2] == [
        f"{alike.pool[0].id} · Another task",
        f"{alike.pool[1].id} · … 1 and dog …",
    ]
    page = visit(
        "inspect/examples",
        run=alike.id,
        objective="facility_location",
        budget="20",
        example=alike.pool[5].id,
    )
    page.session_state["example tab"] = "Helps"
    page.run()
    listed = next(
        frame.value for frame in page.dataframe if frame.key and frame.key.startswith("helpers")
    )
    assert (
        all(line.endswith("and dog …") or line == "Another task" for line in listed["prompt"])
        and listed["response"].all()
    )
