"""The Subset page chooses exactly what the library chooses, and remembers it in the address."""

import numpy as np
import pytest

from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.units import percent
from delift_core.workflow.choose import choose
from tests.pages.conftest import button, chosen_ids, table, texts, type_budget


def shown(page):
    return table(page, "chosen")["id"].tolist()


def test_the_table_holds_the_choice_in_order_with_its_gains(demo):
    page = demo("choose/subset", budget="24")
    chosen = choose(bundled_run(), Choice(objective="facility_location", budget="24"))[1]
    assert not page.exception
    assert shown(page) == chosen_ids(Choice(objective="facility_location", budget="24"))
    np.testing.assert_allclose(table(page, "chosen")["gain"].astype(float), chosen.gains)
    assert table(page, "chosen")["rank"].tolist() == list(range(1, 25))


@pytest.mark.parametrize("objective", ["flqmi", "flcg"])
def test_a_card_changes_the_objective(demo, objective):
    page = demo("choose/subset", budget="9")
    page.radio(key="widget objective").set_value(objective).run()
    assert shown(page) == chosen_ids(Choice(objective=objective, budget="9"))
    assert (
        page.query_params["objective"] == [objective] or page.query_params["objective"] == objective
    )


def again(page):
    """The next run of a page whose two expanders are open.

    The driver forgets that at every run, a browser does not.
    """
    page.session_state["full menu"] = page.session_state["constraints"] = True
    return page.run()


@pytest.fixture
def opened(demo):
    """opened(...) -> the Subset page with its two expanders open"""
    return lambda **address: again(demo("choose/subset", **address))


def test_the_menu_offers_all_five_objectives(opened):
    page = opened(budget="9")
    menu = page.selectbox(key="objective menu")
    assert set(menu.options) == {"facility_location", "flqmi", "flvmi", "flcg", "flcmi"}
    menu.set_value("flvmi").run()
    assert shown(page) == chosen_ids(Choice(objective="flvmi", budget="9"))


def test_the_slider_changes_the_choice_and_the_address(demo):
    page = demo("choose/subset", budget="24")
    page.slider(key="budget in rows").set_value(5).run()
    assert shown(page) == chosen_ids(Choice(objective="facility_location", budget="5"))
    assert page.query_params["budget"] in ("5", ["5"])


def test_a_budget_in_percent_and_in_tokens(demo):
    page = demo("choose/subset", budget="10%")
    assert shown(page) == chosen_ids(Choice(objective="facility_location", budget="10%"))
    page = demo("choose/subset", budget="200 tokens")
    assert shown(page) == chosen_ids(Choice(objective="facility_location", budget="200 tokens"))


def test_another_unit_keeps_about_the_same_choice(demo):
    page = demo("choose/subset", budget="24")
    page.segmented_control(key="budget unit").set_value("fraction").run()
    assert page.slider(key="budget in fraction").value == 15
    page.segmented_control(key="budget unit").set_value("rows").run()
    assert page.slider(key="budget in rows").value == 24


@pytest.mark.parametrize(
    "field, value",
    [("measure", "pmi"), ("transform", "minmax"), ("transform", "raw"), ("diagonal", "kept")],
)
def test_scale_and_measure_are_those_of_the_library(opened, field, value):
    page = opened(budget="12")
    page.segmented_control(key=f"widget {field}").set_value(value).run()
    assert shown(page) == chosen_ids(
        Choice(objective="facility_location", budget="12", **{field: value})
    )


@pytest.mark.parametrize("objective, weight", [("flqmi", "eta"), ("flcg", "nu")])
def test_a_weight_is_offered_where_the_objective_has_one(opened, objective, weight):
    page = opened(budget="12", objective=objective)
    page.number_input(key=f"widget {weight}").set_value(0.2).run()
    assert shown(page) == chosen_ids(Choice(objective=objective, budget="12", **{weight: 0.2}))


def test_pins_come_first_and_excludes_never(demo):
    page = demo("choose/subset", budget="6", pins="polite-01", excludes="convert-06")
    assert shown(page) == chosen_ids(
        Choice(
            objective="facility_location", budget="6", pins=("polite-01",), excludes=("convert-06",)
        )
    )
    assert shown(page)[0] == "polite-01" and "convert-06" not in shown(page)


def test_quotas_limit_a_group(demo):
    page = demo("choose/subset", budget="20", group_by="topic", quotas="python=1")
    assert shown(page) == chosen_ids(
        Choice(objective="facility_location", budget="20", group_by="topic", quotas={"python": 1})
    )
    assert table(page, "chosen")["topic"].tolist().count("python") <= 1


def test_pins_and_quotas_are_chips_that_can_be_taken_off(opened):
    page = opened(budget="20", pins="polite-01", group_by="topic", quotas="python=1")
    page.multiselect(key="chips of pins").set_value([])
    again(page)
    page.multiselect(key="chips of quotas").set_value([]).run()
    assert shown(page) == chosen_ids(Choice(objective="facility_location", budget="20"))


def test_a_quota_is_added_for_a_group_of_a_field(opened):
    page = opened(budget="20")
    page.selectbox(key="group field").set_value("topic")
    again(page)
    page.selectbox(key="quota group").set_value("python")
    again(page)
    page.number_input(key="quota most").set_value(1)
    again(page)
    button(page, "Limit").click()
    again(page)
    assert shown(page) == chosen_ids(
        Choice(objective="facility_location", budget="20", group_by="topic", quotas={"python": 1})
    )


def test_an_id_that_is_typed_is_pinned_and_an_unknown_one_named(opened):
    page = opened(budget="6")
    page.multiselect(key="chips of pins").set_value(["polite-01", "nobody"])
    again(page)
    assert shown(page)[0] == "polite-01" and "No example of the pool has the id nobody" in texts(
        page
    )


def test_a_picked_example_is_shown_and_can_be_pinned(demo):
    page = demo("choose/subset", budget="6")
    page = demo("choose/subset", budget="6", example=shown(page)[3])
    assert "Chosen at rank 4 of 6" in texts(page)
    button(page, "Pin").click().run()
    assert "Chosen at rank 1 of 6" in texts(page) and "It is pinned" in texts(page)


def test_one_not_chosen_says_at_which_budget_it_would_enter(demo):
    late = chosen_ids(Choice(objective="facility_location", budget="160"))[99]
    assert "would enter with a budget of 100 rows" in texts(
        demo("choose/subset", budget="6", example=late)
    )


def test_saturation_is_said(demo):
    assert "nothing adds anything" in texts(demo("choose/subset", objective="flvmi", budget="48"))


def test_the_share_of_the_whole_pool_is_the_librarys(demo):
    objective, chosen = choose(bundled_run(), Choice(objective="facility_location", budget="24"))
    page = demo("choose/subset", budget="24")
    assert page.metric[1].value == percent(chosen.value / objective.value(range(160)))


def test_what_is_reached_reads_alike_on_the_map_and_is_never_rounded_up_to_the_whole(
    demo, monkeypatch
):
    sent = {}
    monkeypatch.setattr("pages.widgets.map_play._stage", lambda key, data: sent.update(data))
    objective, order = choose(bundled_run(), Choice(objective="facility_location", budget="160"))
    shares = order.gains.cumsum() / objective.whole
    # a tenth of a percent would make it 100 %
    nearly = int(np.flatnonzero((shares > 0.9995) & (shares < 1 - 1e-9))[0]) + 1
    page = demo("choose/subset", budget=str(nearly))
    assert next(metric.value for metric in page.metric if metric.label == "Coverage") == "99.9 %"
    assert f"chosen {nearly}: 99.9 %" in page.get("plotly_chart")[0].proto.spec
    demo("inspect/map", budget=str(nearly))
    assert (
        sent["shares"][-1] == "99.9 %"
        and sent["shares"][0] == percent(shares[0])
        and sent["nothing"] == "0 %"
    )


def test_chance_that_reaches_the_same_at_both_ends_is_told_once(demo):
    page = demo("choose/subset", budget="160")
    assert ("Random selection (10 runs)", "100 %") in [
        (metric.label, metric.value) for metric in page.metric
    ]


def test_an_type_budget_can_be_typed_and_the_slider_follows(demo):
    page = demo("choose/subset", budget="24")
    type_budget(page, 31)
    assert shown(page) == chosen_ids(Choice(objective="facility_location", budget="31"))
    assert page.slider(key="budget in rows").value == 31
