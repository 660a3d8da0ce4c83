"""Overview: the headline, why the first were chosen, what is there before anything is scored."""

from dataclasses import replace

import pytest

from delift_core.analysis.explain import why_chosen
from delift_core.runs.store import bundled_run, create_run
from delift_core.selection.choice import Choice
from delift_core.units import coverage_percent
from delift_core.workflow.choose import choose
from pages.session import cached_validation
from pages.session.cached_validation import ValidatedSelection
from pages.widgets.literal import literal
from tests.demo_variants import demo_variant
from tests.pages.conftest import button, chosen_ids, texts

PAGE = "overview/overview"
WORSE = "Worse than random by 0.020 [0.010, 0.030] nats."


@pytest.mark.parametrize(
    "objective, name", [("facility_location", "coverage"), ("flqmi", "target coverage")]
)
def test_the_headline_holds_the_librarys_numbers(demo, objective, name):
    engine, selection = choose(bundled_run(), Choice(objective, "48"))
    coverage = coverage_percent(selection.value / engine.whole)
    page = demo(PAGE, objective=objective, budget="48")
    assert f"48 of 160 examples give {coverage} {name}; random selection" in texts(page)


def test_the_goal_switch_changes_headline_and_address(demo):
    page = demo(PAGE, budget="48")
    page.segmented_control(key="widget objective").set_value("flqmi").run()
    assert "target coverage" in texts(page)
    assert page.query_params["objective"] == "flqmi"


def test_the_demo_opens_with_the_target_task_by_its_link_and_by_its_button(visit):
    linked = visit(PAGE, run="demo")
    started = button(visit("prepare/start"), "Explore the demo").click().run()
    for page in (linked, started):
        assert page.query_params["objective"] in ("flqmi", ["flqmi"])


def test_the_first_three_chosen_stand_there_with_the_librarys_reason(demo):
    engine, selection = choose(bundled_run(), Choice("facility_location", "48"))
    page = demo(PAGE, budget="48")
    for rank in (1, 2, 3):
        reason = why_chosen(engine, selection, rank)
        assert f"covers {len(reason.parts)} example" in texts(page)
        assert f"a gain of {reason.gain:.2f}." in texts(page)


def test_an_example_of_the_overview_opens_in_full_and_in_the_address(demo):
    page = demo(PAGE, budget="20")
    page.button(key="open chosen 1").click().run()
    first = chosen_ids()[0]
    assert page.query_params["example"] == first
    assert f"#### Example {first}" in texts(page)


@pytest.mark.parametrize("field, value", [("topic", "arithmetic"), ("length", "to")])
def test_the_chosen_stand_beside_the_pool_by_topic_and_by_length(demo, field, value):
    page = demo(PAGE, compose_by=field)
    assert page.segmented_control(key="widget compose_by").value == field
    (shares,) = [
        chart for chart in page.get("plotly_chart") if chart.proto.alt.startswith("Shares")
    ]
    assert value in shares.proto.spec


def test_without_topics_every_part_is_by_clusters_of_the_texts(demo, monkeypatch):
    monkeypatch.setattr("pages.session.cached_fields.group_fields", lambda run: [])
    page = demo(PAGE)
    assert page.segmented_control(key="widget compose_by").value == "text clusters"
    assert "**Who helps whom**, by text clusters" in texts(page)
    assert "no groups" not in texts(page)


def test_a_field_that_would_be_markup_is_an_option_as_it_is(visit, workspace):
    field = "topic **b** $x^2$ :red[x]"
    rows = demo_variant(
        workspace,
        lambda example, position: replace(example, extra={field: str(position % 3)}),
    )
    page = visit(PAGE, run=rows.id, objective="facility_location")
    assert page.segmented_control(key="widget compose_by").options == [literal(field), "length"]


def test_the_drawer_is_closed_once_another_page_was_shown(demo):
    page = demo(PAGE, budget="20")
    page.button(key="open chosen 1").click().run()
    assert "pin the example" in [button.key for button in page.button]
    page.switch_page("../inspect/map.py").run()
    page.switch_page(f"../{PAGE}.py").run()
    assert not page.exception
    assert "pin the example" not in [button.key for button in page.button]


def test_the_drawer_stays_open_while_its_example_is_pinned_and_unpinned(demo):
    page = demo(PAGE, budget="20")
    page.button(key="open chosen 1").click().run()
    id = page.query_params["example"]
    page.button(key="pin the example").click().run()
    assert page.query_params["pins"] == id
    assert page.button(key="pin the example").label == "Unpin"
    page.button(key="pin the example").click().run()
    assert "pins" not in page.query_params
    assert page.button(key="pin the example").label == "Pin"


def test_the_chosen_stand_beside_the_pool_by_language_where_there_are_several(visit, workspace):
    def in_two_languages(example, position):
        return replace(
            example, extra={"topic": str(position % 5), "lang": ["de", "en"][position % 2]}
        )

    run = demo_variant(workspace, in_two_languages)
    page = visit(PAGE, run=run.id, objective="facility_location", compose_by="lang")
    control = page.segmented_control(key="widget compose_by")
    assert (control.options, control.value) == (["topic", "length", "lang"], "lang")
    (shares,) = [
        chart for chart in page.get("plotly_chart") if chart.proto.alt.startswith("Shares")
    ]
    assert '"de"' in shares.proto.spec


def test_a_validation_of_the_selection_is_told_also_when_it_is_worse(demo, monkeypatch):
    rows = choose(bundled_run(), Choice("facility_location", "20"))[1].indices
    tuned = bundled_run().record["model"]["name"]
    stored = ValidatedSelection("Represent the pool", tuple(sorted(rows.tolist())), WORSE, tuned)
    monkeypatch.setattr(cached_validation, "validated", lambda run: [stored])
    page = demo(PAGE, budget="20")
    assert f"Validated by tuning the model on it. {WORSE}" in texts(page)
    by_another = [stored._replace(model="some/other")]
    monkeypatch.setattr(cached_validation, "validated", lambda run: by_another)
    page = demo(PAGE, budget="20")
    assert f"Validated by tuning another model (some/other) on it. {WORSE}" in texts(page)
    other = demo(PAGE, budget="21")
    assert "This selection is not validated yet. Represent the pool, 20 examples, is: worse" in (
        texts(other)
    )


def test_a_run_without_scores_says_what_is_there_and_leads_on(visit, workspace):
    demo = bundled_run()
    run = create_run(workspace, {"pool": demo.pool}, demo.record["model"], "chat")
    page = visit(PAGE, run=run.id)
    assert not page.exception
    assert "Pool of 160 examples: not scored yet" in texts(page)
    assert button(page, "Go to Scoring")
