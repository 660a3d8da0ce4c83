"""From a file to a choice: read it, map what is not known, try the model, score."""

import json

import pytest

from tests.e2e.driving import (
    button,
    chips,
    expect,
    expect_column,
    expect_rows,
    heading,
    main,
    metric,
    opened,
    pick_option,
    set_number,
    table,
    turns,
    unfold,
    upload,
)

SLOW = 240_000  # milliseconds that a model may take to load and to score a few pairs
ROWS = (
    ("What is 2 + 3?", "5"),
    ("Name the capital of Peru.", "Lima"),
    ("Say good morning in French.", "Bonjour"),
    ("How many days has a week?", "Seven"),
    ("What colour is grass?", "Green"),
    ("Spell cat.", "C-A-T"),
    ("What is the opposite of hot?", "Cold"),
    ("Which animal barks?", "A dog"),
    ("What do bees make?", "Honey"),
    ("Give a word that rhymes with moon.", "Spoon"),
    ("What freezes at 0 degrees Celsius?", "Water"),
    ("Who wrote Hamlet?", "Shakespeare"),
)


def lines(rows=ROWS, names=("prompt", "response")):
    return [json.dumps(dict(zip(names, row))).encode() for row in rows]


def test_a_broken_line_is_told_with_its_number_and_the_rest_is_read(visit):
    page, written = visit("data"), lines()
    upload(page, "pool.jsonl", b"\n".join([*written[:5], b'{"prompt": "cut off', *written[5:]]))
    expect(metric(page, "Examples")).to_have_text("12")
    expect(metric(page, "Left out")).to_have_text("1")
    expect_rows(page, "Notices by row", 1)
    expect_column(page, "Notices by row", "Row", [6])
    expect(main(page)).to_contain_text("pool.jsonl")
    page.wait_for_url("**pool=datasets*")
    page.reload()
    opened(page, "data")
    expect(metric(page, "Examples")).to_have_text("12")


def test_columns_of_no_known_layout_are_mapped_by_hand(visit):
    page = visit("data")
    upload(page, "odd.jsonl", b"\n".join(lines(names=("foo", "bar"))))
    alert = page.get_by_test_id("stAlert")
    for name in ("foo", "bar"):
        expect(alert).to_contain_text(name)
    expect(chips(page, "Prompt (several are joined)")).to_have_text(["foo"])
    pick_option(page, "Response", "foo")
    pick_option(page, "Response", "bar")
    button(page, "Import with this mapping").click()
    expect(metric(page, "Examples")).to_have_text("12")
    expect(turns(page).first).to_have_text(ROWS[0][0])
    expect(turns(page).nth(1)).to_have_text(ROWS[0][1])


def test_a_row_that_the_template_cannot_write_is_told_by_its_number(visit, server, partly_written):
    page = visit("scoring", run=partly_written(server.workspace).id)
    expect(main(page)).to_contain_text("The pool's row 1 (id 1) cannot be answered or shown")
    expect(main(page)).to_contain_text("Conversation roles must alternate")


@pytest.mark.model
def test_a_file_becomes_a_choice(visit):
    page = visit("data")
    set_number(page, "Maximum rows", 8)
    upload(page, "pool.jsonl", b"\n".join(lines()))
    expect(metric(page, "Examples")).to_have_text("8")
    button(page, "Choose a model").click()
    opened(page, "model")
    button(page, "Check model").click()
    expect(metric(page, "Parameters")).to_have_text("135 M", timeout=SLOW)
    button(page, "Test a pair").click()
    expect(main(page)).to_contain_text("a utility of", timeout=SLOW)
    unfold(page, "Both prompts, exactly")
    prompt = page.get_by_test_id("stCode").nth(1)
    expect(prompt).to_be_visible()
    assert sum(prompt.inner_text().count(asked) for asked, _ in ROWS) == 2
    button(page, "Use this model").click()
    opened(page, "scoring")
    expect(metric(page, "Pairs")).to_have_text("64", timeout=SLOW)
    button(page, "Start scoring").click()
    expect(main(page).get_by_test_id("stProgress")).to_be_visible()
    expect(main(page)).to_contain_text("of 64 pairs", timeout=SLOW)
    expect(main(page)).to_contain_text(
        "Every pair of these score matrices is scored.", timeout=SLOW
    )
    button(page, "Choose a subset").click()
    opened(page, "subset")
    expect(metric(page, "Chosen")).to_contain_text("of 8")
    expect(table(page, "Examples: chosen")).to_be_visible()
    expect(heading(page, "Subset")).to_be_visible()
