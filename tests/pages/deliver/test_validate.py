"""Validate: held-out examples first, then the cost, then the job; what was found as it is."""

import pytest

from delift_core.data.readers import read_dataset
from delift_core.runs.held_out import attach_held_out
from delift_core.runs.selections import save_selection
from delift_core.runs.store import open_demo
from delift_core.selection.choice import Choice
from delift_core.validation.arms import Design
from delift_core.validation.equal_tokens import equal_tokens_line
from delift_core.validation.verdict import agreement_line, interval
from delift_core.workflow.choose import choose
from delift_core.workflow.findings import findings_of
from delift_core.workflow.plan_validation import Protocol, chosen_now, plan_validation
from pages.deliver.validate_protocol import SETUP
from pages.deliver.validate_setup import shared_fields
from tests.conftest import dataset
from tests.pages.conftest import button, open_tab, texts
from tests.simulated_validation import simulate_cells

CHOICE = Choice("facility_location", "12")
SMALL = Design(epochs=1, random=3, seeds=2)
WORDS = ("Add", "Draw", "Fold", "Paint", "Sing", "Weigh")
TEXTS = [(f"{word} it", f"{word.lower()}ing is fine") for word in WORDS]
OFFERED = "Work out what it takes"


@pytest.fixture
def run(workspace, before_validation):
    """the demo with six held-out examples"""
    return attach_held_out(open_demo(workspace), dataset("held", TEXTS))


@pytest.fixture
def validated(run):
    """validated(gain=0.34, budget="12", ...) -> a finished validation; gain: of the selection"""

    def finish(gain=0.34, budget="12", **protocol):
        subject = chosen_now(run, Choice("facility_location", budget))
        protocol = {"design": SMALL, "learning_rates": (1e-3,), **protocol}
        validation = plan_validation(run, subject, Protocol(**protocol))
        simulate_cells(validation, usual=gain)
        return validation

    return finish


@pytest.fixture
def started(monkeypatch):
    """what was asked of a worker, which does not work here"""
    requests = []
    monkeypatch.setattr("pages.deliver.validate_setup.jobs.start", requests.append)
    return requests


def labels(page):
    return [button.label for button in page.button]


def large(page):
    """What stands in large type."""
    return [header.value.replace("\\", "") for header in page.header]


def shown(page, name):
    """The table of that name."""
    return next(frame.value for frame in page.dataframe if name in frame.proto.alt)


def test_without_held_out_examples_the_page_says_how_to_give_some_and_offers_nothing_else(
    before_validation, demo
):
    page = demo("deliver/validate")
    assert "no held-out examples" in texts(page) and "--hold-out 20%" in texts(page)
    assert OFFERED not in labels(page) and not page.selectbox
    button(page, "Give held-out examples").click().run()
    assert page.title[0].value == "Data"


def test_one_click_works_out_the_cost_of_the_current_choice_as_usual(demo, run, started):
    page = demo("deliver/validate", budget="12")
    assert not page.exception and "8 random selections" in texts(page)
    button(page, OFFERED).click().run()
    (request,) = started
    assert request.run == str(run.folder) and request.selection is None
    assert request.choice["budget"] == "12" and request.protocol["design"]["random"] == 8
    assert request.protocol["learning_rates"] == (2e-4, 4e-4)


def box(page, label):
    """The select box of that name."""
    return next(each for each in page.selectbox if each.label == label)


def test_model_tuner_options_groups_and_executor_are_planned_and_stand_in_the_address(
    demo, visit, run, started, monkeypatch
):
    monkeypatch.setattr("pages.widgets.executor.cores", lambda: 2)
    page = demo("deliver/validate", budget="12")
    box(page, "Tuner").set_value("prefix").run()
    assert [field.label for field in page.number_input if field.label == "Rank"] == []
    next(field for field in page.number_input if field.label == "Tokens").set_value(7).run()
    page.text_input[0].set_value("HuggingFaceTB/SmolLM2-360M").run()
    box(page, "Executor").set_value("local:2").run()
    assert not page.exception and "Prefix tokens 7 · 2 processes" in texts(page)
    button(page, OFFERED).click().run()
    again = visit("deliver/validate", **page.query_params)
    button(again, OFFERED).click().run()
    for request in started:
        assert (request.model, request.executor) == ("HuggingFaceTB/SmolLM2-360M", "local:2")
        assert request.protocol["tuner"] == "prefix" and request.protocol["options"] == {
            "tokens": 7
        }


def test_options_as_usual_are_in_no_address_and_those_of_another_tuner_are_not_taken(
    demo, run, started
):
    page = demo("deliver/validate", tuner_options="tokens=7", tuner="lora")
    next(field for field in page.number_input if field.label == "Rank").set_value(4).run()
    assert page.query_params["tuner_options"] == "rank=4"
    next(field for field in page.number_input if field.label == "Rank").set_value(8).run()
    assert "tuner_options" not in page.query_params
    button(page, OFFERED).click().run()
    assert started[0].protocol["options"] == {}


def test_an_option_that_is_emptied_is_as_usual_and_the_others_stay(demo, run):
    page = demo("deliver/validate", tuner_options="rank=16", tuner="lora")
    next(field for field in page.text_input if field.label == "Layers").set_value("").run()
    assert not page.exception
    assert page.query_params["tuner_options"] == "rank=16"


def test_a_model_that_the_dashboard_may_not_open_is_a_sentence_and_nothing_starts(demo, run):
    page = demo("deliver/validate", tuned_model="/etc")
    assert "neither a Hugging Face id" in texts(page) and not page.exception
    assert button(page, OFFERED).disabled


def test_the_clusters_of_the_map_are_offered_once_the_held_out_examples_are_scored(demo):
    page = open_tab(demo("deliver/validate"), True, key=SETUP)
    assert box(page, "Differences by group").options[-1] == "Text clusters"


def test_unscored_held_out_examples_have_no_clusters(demo, run):
    assert not box(demo("deliver/validate"), "Differences by group").options


def test_a_saved_selection_is_validated_beside_others_in_its_stead(demo, run, started):
    path = save_selection(run, CHOICE, choose(run, CHOICE)[1], "mine")
    page = demo("deliver/validate", budget="20")
    next(box for box in page.selectbox if box.label == "Selection").set_value(path.stem).run()
    page.multiselect[0].set_value(["k_center"]).run()
    button(page, OFFERED).click().run()
    assert started[0].selection == path.stem and started[0].protocol["beside"] == ("k_center",)


def test_a_planned_validation_is_tuned_at_a_click(demo, run, started):
    validation = plan_validation(run, chosen_now(run, CHOICE), Protocol(design=SMALL))
    page = demo("deliver/validate")
    metrics = {metric.label: metric.value for metric in page.metric}
    assert metrics["Models to tune"] == str(len(validation.cells)) and not page.header
    button(page, "Tune and measure").click().run()
    assert started[0].validation == validation.settings.address


@pytest.mark.parametrize(
    ("gain", "beginning"),
    [(0.5, "Better than random"), (0.3, "No difference from random"), (0.1, "Worse than random")],
)
def test_the_sentence_stands_in_large_type_whatever_it_says(demo, validated, gain, beginning):
    found = findings_of(validated(gain))
    page = demo("deliver/validate")
    assert large(page) == [found.sentence] and found.sentence.startswith(beginning)
    assert "[" in large(page)[0]


def test_the_table_beside_the_chart_holds_every_arm(demo, validated):
    found = findings_of(validated()).main
    page = demo("deliver/validate")
    table = shown(page, "Arms").set_index("Arm")
    assert list(table.index)[:2] == ["Represent the pool", "Random"] and "Untuned" in table.index
    difference = found.differences["facility_location"]
    assert table.loc["Represent the pool", "Against random"] == interval(difference)
    assert len(table) == len(found.losses)


def test_loss_and_answers_are_told_to_agree_where_answers_were_scored_and_not_elsewhere(
    demo, validated
):
    validated()
    assert "score of answers" not in texts(demo("deliver/validate"))
    found = findings_of(validated(answers=True)).main
    assert found.agreement < -0.9
    assert agreement_line(found.agreement) in texts(demo("deliver/validate"))


def test_another_learning_rate_shows_its_own_numbers_and_the_same_sentence(demo, validated):
    validation = validated(learning_rates=(1e-3, 2e-3))
    found = findings_of(validation)
    first, second = (demo("deliver/validate", validation_rate=rate) for rate in ("0.001", "0.002"))
    assert large(first) == large(second) == [found.sentence]
    untuned = found.evidence[2e-3].differences["untuned"]
    assert shown(second, "Arms")["Against random"].iloc[-1] == interval(untuned)
    assert not shown(first, "Arms").equals(shown(second, "Arms"))


@pytest.mark.parametrize(
    ("part", "table", "rows"),
    [
        ("tokens", "Arms", 5),
        ("groups", "against random selections", 2),
        ("growth", "Growth", 2),
        ("matrix", "Groups on groups", 2 * 8),
        ("sources", "against the selection", None),
        ("known", "Known and held-out", 5),
    ],
)
def test_every_part_has_a_table_beside_its_chart(demo, run, part, table, rows, workspace):
    held = read_dataset(
        [{"prompt": p, "response": r, "topic": "ab"[n % 2]} for n, (p, r) in enumerate(TEXTS)]
    )
    topical = attach_held_out(run, held)
    protocol = Protocol(
        design=SMALL,
        learning_rates=(1e-3,),
        group_by="topic",
        growth=("6", "12"),
        sources=True,
        matrix=True,
        equal_tokens=True,
    )
    validation = plan_validation(topical, chosen_now(topical, CHOICE), protocol)
    simulate_cells(validation)
    page = demo("deliver/validate", validation_part=part)
    assert not page.exception and len(page.get("plotly_chart")) == 1
    expected = rows or len(findings_of(validation).sources)
    assert len(shown(page, table)) == expected


def test_the_time_of_scoring_and_tuning_is_a_table_with_what_is_not_known_of_it(demo, validated):
    seconds = findings_of(validated()).seconds
    page = demo("deliver/validate", validation_part="cost")
    assert page.table[0].value["Time"].to_dict() == seconds.rows and len(seconds.rows) == 3
    assert "What scoring takes could not be measured." in texts(page)


def test_the_part_at_equal_tokens_has_its_own_numbers_and_says_how_many_tokens(demo, validated):
    found = findings_of(validated(equal_tokens=True))
    page = demo("deliver/validate", validation_part="tokens")
    table = shown(page, "Arms").set_index("Arm")
    difference = found.at_equal_tokens.differences["longest"]
    assert table.loc["Longest responses", "Against random"] == interval(difference)
    assert "Whole pool, equal tokens" in table.index
    assert equal_tokens_line(found.validation.equal_tokens) in texts(page)
    assert "the sentence is about equal steps" in texts(page)
    assert large(page) == [found.sentence]


def test_equal_tokens_are_asked_for_with_a_toggle_and_shown_where_they_were_measured(
    demo, validated, started
):
    validated()
    page = open_tab(demo("deliver/validate"), True, key=SETUP)
    assert "tokens" not in page.segmented_control[0].options
    toggle = next(each for each in page.toggle if each.label.startswith("Equal tokens"))
    toggle.set_value(True).run()
    assert "equal tokens too" in texts(page)
    button(page, OFFERED).click().run()
    assert started[0].protocol["equal_tokens"] is True


def test_several_validations_are_a_list_and_the_address_names_one(demo, validated):
    first, second = validated(), validated(0.1, budget="20")
    assert large(demo("deliver/validate")) == [findings_of(second).sentence]
    begun = chosen_now(first.run, Choice("facility_location", "24"))
    plan_validation(first.run, begun, Protocol(design=SMALL))
    page = demo("deliver/validate", validation=first.settings.address)
    assert large(page) == [findings_of(first).sentence]
    assert "**2** selections tried" in texts(page)


def test_a_damaged_model_is_a_sentence_and_is_made_anew(demo, validated, started):
    validation = validated()
    file = validation.store.path(validation.cells[3])
    file.write_bytes(file.read_bytes()[:80])
    page = demo("deliver/validate")
    assert str(file) in texts(page) and not page.header and not page.exception
    button(page, "Validate again").click().run()
    assert started[0].validation == validation.settings.address


def test_damaged_settings_are_a_sentence_and_the_page_offers_a_new_validation(demo, validated):
    file = validated().folder / "settings.json"
    file.write_text("{")
    page = demo("deliver/validate")
    assert str(file) in texts(page) and "Validate again" in texts(page)
    assert OFFERED in labels(page) and not page.exception


def test_that_another_model_was_tuned_than_the_one_that_scored_is_said(demo, run):
    other = {**run.record["model"], "name": "another"}
    validation = plan_validation(
        run, chosen_now(run, CHOICE), Protocol(design=SMALL, learning_rates=(1e-3,)), other
    )
    simulate_cells(validation)
    assert "another is tuned: what helps one model" in texts(demo("deliver/validate"))


def test_only_a_field_that_tells_groups_of_held_out_examples_apart_is_offered():
    colours = [("Add 1", "1"), ("Add 2", "2"), ("Name it", "it"), ("Say it", "it")]
    one_large, two_large = dataset("held", colours), dataset("held", [*colours, ("Say so", "so")])
    assert shared_fields(one_large, ["group", "prompt", "absent"]) == []
    assert shared_fields(two_large, ["group", "prompt", "absent"]) == ["group"]
