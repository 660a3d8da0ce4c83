"""A damaged run on the pages: they say what is broken and offer what mends it."""

from dataclasses import replace

import pytest

from delift_core.jobs import jobs
from delift_core.runs.folders import job_folder
from delift_core.runs.store import bundled_run, open_demo
from delift_core.runs.tiles import chunk_key
from delift_core.scoring.plan import Plan, PlanKind
from pages.widgets.scoring import needed_kernels
from tests.demo_variants import demo_variant
from tests.demo_with_plan import demo_with_plan
from tests.pages.conftest import PAGES, button, texts


def cut(file):
    file.write_bytes(file.read_bytes()[:100])


@pytest.fixture
def damaged(workspace):
    """A run whose examples are cut off."""
    run = demo_variant(
        workspace, lambda example, position: example if position else replace(example, response="x")
    )
    cut(run.folder / "pool" / "examples.parquet")
    return run


def test_a_damaged_run_is_a_card_that_says_so_among_the_others(visit, damaged, workspace, new_run):
    sound = new_run("pool", workspace=workspace)
    page = visit()
    cards = {button.key for button in page.button if button.label == "Open"}
    assert not page.exception and not page.error
    assert cards == {f"open {sound.id}", f"open {damaged.id}"}
    (said,) = [warning.value.replace("\\", "") for warning in page.warning]
    assert said.startswith("Damaged. ") and "pool/examples.parquet: it cannot be read" in said


@pytest.mark.parametrize("address", PAGES)
def test_who_has_a_damaged_run_open_is_told_so_and_finds_the_way_out(
    visit, damaged, address, monkeypatch
):
    monkeypatch.setattr("pages.server.login.login_name", lambda: "anna")
    page = visit(address, run=damaged.id)
    assert not page.exception and "examples.parquet: it cannot be read" in page.sidebar.error[
        0
    ].value.replace("\\", "")
    assert button(page, "Log out")


def test_who_has_a_damaged_run_open_can_open_another(visit, damaged):
    page = visit(run=damaged.id)
    assert page.title[0].value == "Choose the examples worth fine-tuning on"
    button(page, "Explore the demo").click().run()
    page.run()
    assert (
        not page.error
        and "160 examples" in texts(page)
        and page.query_params["run"] != [damaged.id]
    )


def test_a_refusal_in_a_part_that_is_drawn_by_itself_is_a_sentence(visit, workspace):
    run = demo_with_plan(bundled_run(), Plan(PlanKind.SAMPLED, 0.4), workspace)
    cut(run.kernel_folder("pool_pool") / "drawn.parquet")
    page = visit("prepare/scoring", run=run.id)
    page.pills(key=f"kernels of {run.id}").set_value(["pool_pool"]).run()
    assert not page.exception
    assert [
        error.value
        for error in page.main.error
        if "drawn.parquet: it cannot be read" in error.value.replace("\\", "")
    ]


def test_the_cost_of_mending_a_damaged_kernel_can_be_predicted(before_validation, visit, workspace):
    run = open_demo(workspace)
    for name in needed_kernels(run):
        cut(run.kernel_folder(name) / chunk_key(run.tiles(name)[0], run.grid(name)))
    page = visit("prepare/scoring", run=run.id)
    assert "this tile is damaged" in texts(page)
    button(page, "Predict the cost").click().run()
    folder = job_folder(run.folder, "-".join(["cost", *sorted(needed_kernels(run))]))
    assert jobs.cancel(folder) is not None and not page.exception
