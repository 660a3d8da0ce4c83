"""A run of fewer pairs says on every page what was scored, imputed and given up."""

import json

import numpy as np
import pytest

from delift_core.data.example import Dataset, Example, Turn
from delift_core.jobs import jobs
from delift_core.runs.folders import pair_folder
from delift_core.runs.integrity import missing_work
from delift_core.runs.store import create_run, list_runs
from delift_core.scoring.kernel import Measure
from delift_core.scoring.plan import Plan
from delift_core.selection.choice import Choice
from delift_core.units import number, percent
from delift_core.workflow.choose import choose, coverage_estimate_of
from delift_core.workflow.score import score_missing
from tests.pages.conftest import button, metric, open_tab, texts, wait_until

TEXTS = [
    (
        (f"Add {row} and {row}", str(2 * row))
        if row % 2
        else (f"Name colour {row}", "blue is one " * (row // 4 + 1))
    )
    for row in range(12)
]
POOL = Dataset(
    tuple(
        Example(
            f"e{row}",
            prompt,
            response,
            (Turn("user", prompt),),
            {"kind": prompt.split()[0]},
            row + 1,
        )
        for row, (prompt, response) in enumerate(TEXTS)
    ),
    source="pool.jsonl",
    format="prompt/response",
)


@pytest.fixture
def scored(workspace, tiny):
    """scored(kind) -> a run of twelve examples, four in ten of its pairs scored"""

    def make(kind):
        run = create_run(workspace, {"pool": POOL}, tiny().record, "chat", Plan(kind, 0.4))
        for _ in score_missing(missing_work(run, ["pool_pool"]), tiny()):
            pass
        return run

    return make


def left_out_pair(run):
    """(answered, shown) of two different examples that the plan did not ask for."""
    return next(
        (int(row), int(column))
        for row, column in np.argwhere(~run.kernel("pool_pool").requested)
        if row != column
    )


@pytest.mark.parametrize(
    "kind, sentences",
    [("nearest", "nearest pairs, 40 % of all"), ("sampled", "sampled rows, 40 % of all")],
)
def test_the_card_and_the_utilities_page_say_which_pairs_were_scored(
    scored, visit, kind, sentences
):
    run = scored(kind)
    page = visit("prepare/scoring", run=run.id)
    assert f"**Plan** {sentences}" in texts(page)
    assert "Every pair that the plan asks for of these score matrices is scored." in texts(
        page
    ) and "60 pairs to score" not in texts(page)
    # without examples shown to themselves
    assert metric(page, "Scored") == percent(60 / 132 if kind == "nearest" else 55 / 132)


def test_every_pair_says_nothing_of_plans(demo):
    page = demo("prepare/scoring")
    assert "**Plan**" not in texts(
        page
    ) and "Every pair of these score matrices is scored." in texts(page)
    assert "Scored" not in [metric.label for metric in page.metric]


def test_open_cells_of_the_heatmap_say_what_they_count_as(scored, visit):
    run = scored("nearest")
    page = visit("inspect/heatmap", run=run.id, view="pairs")
    labels = [
        trace["hovertemplate"]
        for trace in json.loads(page.get("plotly_chart")[0].proto.spec)["data"][:-1]
    ]
    assert len(labels) == 2 and "utility" in labels[0] and "not scored: inferred" in labels[1]
    assert "45.5 % of these pairs were scored" in texts(page)


@pytest.mark.parametrize(
    "kind, counts",
    [
        ("nearest", "the mean of what was scored of its answered example"),
        ("sampled", "is not among those sampled"),
    ],
)
def test_a_pair_that_was_left_out_says_so_and_can_be_scored_exactly(
    scored, visit, workspace, kind, counts
):
    run = scored(kind)
    answered, shown = left_out_pair(run)
    page = visit("inspect/heatmap", run=run.id, answered=POOL[answered].id, shown=POOL[shown].id)
    assert "**Not scored.** The plan of this run left this pair out" in texts(
        page
    ) and counts in texts(page)
    assert "a utility of" not in texts(page)
    if kind == "nearest":
        assert f"{number(run.kernel('pool_pool').imputed(Measure.L2)[answered], '+.4f')}" in texts(
            page
        )
        wait_until(
            button(page, "Score this pair exactly").click().run(), "Scored by itself its utility is"
        )
        exact = jobs.result(pair_folder(run.folder, "pool_pool", answered, shown))["utility"]
        assert f"its utility is {number(exact, '+.4f')}" in texts(page)


def test_a_scored_pair_is_told_as_ever(scored, visit):
    run = scored("nearest")
    row, column = np.argwhere(run.kernel("pool_pool").requested)[0]
    page = visit("inspect/heatmap", run=run.id, answered=POOL[row].id, shown=POOL[column].id)
    assert f"a utility of {number(run.kernel('pool_pool').values[row, column], '+.4f')}" in texts(
        page
    ) and "Not scored" not in texts(page)


def test_a_sampled_choice_has_an_error_bar_and_one_of_nearest_pairs_says_what_it_counts(
    scored, visit
):
    run, choice = scored("sampled"), Choice("facility_location", "3")
    reach = coverage_estimate_of(run, choice, *choose(run, choice))
    page = visit("choose/subset", run=run.id, objective="facility_location", budget="3")
    shown = next(metric for metric in page.metric if metric.label == "Coverage")
    low, high = reach.bounds
    assert (
        shown.value == f"{percent(reach.coverage)} \u00b1 {percent((high - low) / 2)}"
        and high > low
    )
    run = scored("nearest")
    page = visit("choose/subset", run=run.id, objective="facility_location", budget="3")
    objective, selection = choose(run, choice)
    shown = next(metric for metric in page.metric if metric.label == "Coverage")
    assert shown.value == percent(
        selection.value / objective.whole
    ) and "Nearest pairs, 40 % of all." in texts(page)


def test_parts_of_a_gain_that_rest_on_inferred_pairs_are_marked(scored, visit):
    run, choice = scored("nearest"), Choice("facility_location", "3")
    kernel, (_, selection) = run.kernel("pool_pool"), choose(run, choice)
    first = int(selection.indices[0])
    page = open_tab(
        visit(
            "inspect/examples",
            run=run.id,
            objective="facility_location",
            budget="3",
            example=POOL[first].id,
        ),
        "Why",
    )
    parts = next(frame.value for frame in page.dataframe if "part" in frame.value.columns)
    expected = {POOL[row].id: bool(~kernel.requested[row, first]) for row in range(12)}
    assert any(expected[id] for id in parts["answered"])
    assert parts["inferred"].tolist() == [expected[id] for id in parts["answered"]]
    assert (
        f"{parts['inferred'].sum()} of {len(parts)} parts rest on pairs that were not scored but"
        " inferred" in texts(page)
    )


def test_plans_are_offered_with_what_each_costs_and_gives_up_before_anything_is_scored(
    visit, workspace, tiny
):
    run = create_run(workspace, {"pool": POOL}, tiny().record, "chat")
    page = visit("prepare/scoring", run=run.id)
    wait_until(
        button(page, "Predict the cost").click().run(),
        lambda page: any("Of the pairs" in frame.value.columns for frame in page.dataframe),
    )
    costs = next(frame.value for frame in page.dataframe if "Of the pairs" in frame.value.columns)
    assert costs["Plan"].tolist() == ["Every pair", "Nearest pairs", "Sampled rows"]
    # five of twelve behind each of twelve examples: the columns add up
    assert costs["Behind each shown example"].tolist() == ["12 of 12", "5 of 12", "5 of 12"]
    assert costs["Pairs"].tolist() == [144, 60, 60]
    assert metric(page, "Pairs") == "144"
    assert not any(tile for tile in (run.kernel_folder("pool_pool")).glob("c/**/*"))
    page.segmented_control(key=f"plan of {run.id}").set_value("sampled").run()
    button(page, "Choose plan").click().run()
    assert page.segmented_control(key=f"plan of {run.id}").value == "all"
    page.segmented_control(key=f"plan of {run.id}").set_value("nearest").run()
    assert metric(page, "Pairs") == "60"
    wait_until(
        button(page, "Start scoring").click().run(),
        "Every pair that the plan asks for of these score matrices is scored.",
    )
    other = next(run_of_all for run_of_all in list_runs(workspace) if run_of_all.id != run.id)
    assert (
        other.plan == Plan("nearest", 0.4)
        and other.complete() == ["pool_pool"]
        and page.query_params["run"] == other.id
    )
    assert run.missing("pool_pool") == run.tiles("pool_pool")
