"""The run card: the budget of the choice, and the next step from every page."""

import pytest

from delift_core.jobs.tasks import TASKS
from pages.server.navigation import PAGES
from pages.server.run_card import JOBS

NEXT_STEPS = {  # section, or page where its section has no step of its own -> label of the button
    "overview": "Choose a subset",
    "prepare": "Choose a subset",
    "choose": "Look at the choice",
    "inspect": "Audit the choice",
    "audit": "Export the subset",
    "validate": "Export the subset",
}


def test_every_job_in_the_folder_of_a_run_has_a_title():
    elsewhere = {"read", "describe", "try", "explain"}
    assert set(JOBS) == set(TASKS) - elsewhere


@pytest.mark.parametrize(
    "budget, ending", [("5", "· 5 chosen"), ("1", "· 1 chosen"), ("0.05", "· 8 chosen (5 %)")]
)
def test_the_run_card_says_the_budget_once(demo, budget, ending):
    card = next(caption.value for caption in demo("deliver/export", budget=budget).sidebar.caption)
    (line,) = [line for line in card.splitlines() if line.startswith("**Goal**")]
    assert line.endswith(f"Represent the pool {ending}")


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.address)
def test_the_run_card_leads_from_every_page_to_the_next_step(demo, entry):
    step = NEXT_STEPS.get(entry.section, NEXT_STEPS.get(entry.name))
    labels = [button.label for button in demo(entry.address).sidebar.button]
    assert labels == ([step] if step else [])


def test_the_run_card_without_a_run_leads_to_the_pool(visit):
    (step,) = visit("choose/subset").sidebar.button
    assert step.label == "Load a pool"
