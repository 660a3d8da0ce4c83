"""What a finished validation adds to other pages: colours, a column, a row."""

import pytest

from delift_core.runs.held_out import attach_held_out
from delift_core.runs.store import open_demo
from delift_core.selection.choice import Choice
from delift_core.validation.arms import Design
from delift_core.validation.verdict import interval
from delift_core.workflow.findings import findings_of
from delift_core.workflow.plan_validation import Protocol, chosen_now, plan_validation
from tests.conftest import dataset
from tests.pages.conftest import table
from tests.simulated_validation import simulate_cells

TEXTS = [("Add it", "adding is fine"), ("Sing it", "singing is fine"), ("Fold it", "no")]
COLOURS = ["what tuning did", "loss before tuning", "loss after tuning"]
ROW = "Validated: loss against random ↓"


@pytest.fixture
def found(workspace, before_validation):
    """what a validation of 12 examples of the demo found"""
    run = attach_held_out(open_demo(workspace), dataset("held", TEXTS))
    protocol = Protocol(design=Design(1, 2, 2), learning_rates=(1e-3,))
    subject = chosen_now(run, Choice("facility_location", "12"))
    validation = plan_validation(run, subject, protocol)
    simulate_cells(validation)
    return findings_of(validation)


def colours(page):
    return next(box for box in page.selectbox if box.label == "Colour by")


@pytest.mark.parametrize("colour", COLOURS)
def test_the_map_is_coloured_by_what_tuning_did(demo, found, colour):
    page = demo("inspect/map", colour=colour)
    assert not page.exception and colours(page).value == colour
    assert set(COLOURS) <= set(colours(page).options)


def test_without_a_finished_validation_the_map_offers_no_such_colour(before_validation, demo):
    page = demo("inspect/map", colour=COLOURS[0])
    assert not page.exception and not set(COLOURS) & set(colours(page).options)


def test_examples_say_what_tuning_did_to_each(demo, found):
    page = demo("inspect/examples")
    states = [str(state) for state in found.learned.states()]
    ids = {example.id: state for example, state in zip(found.validation.run.pool, states)}
    rows = table(page, "All")
    assert [ids[id] for id in rows["id"]] == rows["tuning"].tolist()


def test_compare_shows_the_validated_difference_of_what_was_an_arm(demo, found):
    page = demo("choose/compare", budget="12", compare=["choice", "k_center"])
    row = page.table[0].value.loc[ROW]
    expected = interval(found.main.differences["facility_location"])
    assert row.iloc[0].replace("\\", "") == expected and row.iloc[1] == "–"


def test_compare_has_no_such_row_where_nothing_compared_was_validated(demo, found):
    page = demo("choose/compare", budget="20", compare=["choice", "k_center"])
    assert ROW not in page.table[0].value.index
