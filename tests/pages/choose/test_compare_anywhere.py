"""The Compare page with little to compare, with a plan, and with what is damaged."""

import numpy as np
import pytest

from delift_core.runs.gradients import Checkpoint, GradientStore
from delift_core.runs.selections import save_selection
from delift_core.runs.store import bundled_run, create_run, open_demo
from delift_core.runs.unprompted import unprompted_path
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.choice import Choice
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.workflow.choose import choose
from tests.demo_with_plan import demo_with_plan
from tests.pages.conftest import button, texts

MANY = ["choice", "longest", "k_center", "retrieval", "flqmi", "ifd"]
each_part = pytest.mark.parametrize("part", ["measures", "maps", "composition", "examples"])


def cut(file):
    file.write_bytes(file.read_bytes()[:100])


@pytest.fixture
def compare(visit):
    """compare(run, part) -> the page of a run with many things side by side"""
    return lambda run, part, names=MANY: visit(
        "choose/compare",
        run=run.id,
        objective="facility_location",
        budget="20",
        compare=names,
        compare_part=part,
    )


def sentences(page):
    """The refusals in the page, besides those of the sidebar."""
    assert not page.exception
    return [error.value.replace("\\", "") for error in page.main.error]


def test_without_a_run_the_page_leads_to_start(visit):
    page = visit("choose/compare", compare="longest")
    assert not page.exception and "No run is open" in texts(page)


def test_before_anything_is_scored_the_page_leads_to_scoring(visit, workspace):
    demo = bundled_run()
    run = create_run(workspace, {"pool": demo.pool}, demo.record["model"], "plain")
    page = visit("choose/compare", run=run.id, compare="longest")
    assert not page.exception and "not scored yet" in texts(page)


@each_part
def test_without_a_target_what_needs_one_is_a_sentence_and_the_rest_is_shown(
    compare, workspace, part
):
    demo = bundled_run()
    run = create_run(workspace, {"pool": demo.pool}, demo.record["model"], "plain")
    run.write_alone("pool", demo.alone("pool"))
    planes = demo.read("pool_pool")
    for tile in run.tiles("pool_pool"):
        run.write_tile("pool_pool", tile, planes[:, tile.rows, tile.columns])
    page = compare(run, part)
    refused = sentences(page)
    assert [sentence.partition(":")[0] for sentence in refused] == [
        "Most similar to the target",
        "Match the target task",
        "Instruction-following difficulty",
    ]
    if part == "measures":
        assert len(page.table[0].value.columns) == 3
        assert not any("target" in title for title in page.table[0].value.index)


@each_part
@pytest.mark.parametrize("kind", [PlanKind.NEAREST, PlanKind.SAMPLED])
def test_a_run_with_a_plan_says_what_was_not_scored(compare, workspace, part, kind):
    run = demo_with_plan(bundled_run(), Plan(kind, 0.4), workspace)
    page = compare(run, part, ["choice", "longest", "mean_helpfulness"])
    assert sentences(page) == [] and "40 % of all" in texts(page)


@each_part
def test_a_damaged_pass_is_one_sentence(compare, workspace, part):
    run = open_demo(workspace)
    cut(run.folder / "pool" / "alone.parquet")
    (sentence,) = set(sentences(compare(run, part)))
    assert "alone.parquet: it cannot be read" in sentence


@each_part
def test_a_damaged_pass_without_prompts_costs_only_what_needs_it(compare, workspace, part):
    run = open_demo(workspace)
    cut(unprompted_path(run, "pool"))
    page = compare(run, part)
    (sentence,) = sentences(page)
    assert "unprompted.parquet: it cannot be read" in sentence
    if part == "measures":
        assert len(page.table[0].value.columns) == 5


def test_a_damaged_saved_selection_costs_only_itself(compare, workspace):
    run, choice = open_demo(workspace), Choice(objective="facility_location", budget="9")
    path = save_selection(run, choice, choose(run, choice)[1], "mine")
    cut(path)
    page = compare(run, "measures", ["choice", f"saved:{path.stem}"])
    (sentence,) = sentences(page)
    assert f"{path}: it cannot be read" in sentence and len(page.table[0].value.columns) == 1


def test_a_damaged_map_is_a_sentence(compare, workspace):
    run = open_demo(workspace)
    cut(run.folder / "projections" / "embedding-0.parquet")
    (sentence,) = sentences(compare(run, "maps"))
    assert "embedding-0.parquet: it cannot be read" in sentence


def test_without_a_map_the_page_leads_to_where_it_is_drawn(compare, workspace):
    run = open_demo(workspace)
    (run.folder / "projections" / "embedding-0.parquet").unlink()
    page = compare(run, "maps")
    assert sentences(page) == [] and "not drawn yet" in texts(page)
    button(page, "Draw it on the Map page").click().run()
    assert page.title[0].value == "Map"


def test_a_missing_pass_without_prompts_can_be_made_in_the_background(
    compare, workspace, monkeypatch
):
    started = []
    monkeypatch.setattr("pages.choose.compare_pass.jobs.start", started.append)
    run = open_demo(workspace)
    unprompted_path(run, "pool").unlink()
    page = compare(run, "measures", ["choice"])
    page.session_state["methods that lack something"] = True
    page.run()
    assert "The pass over each response without its prompt is missing." in texts(page)
    page.session_state["methods that lack something"] = True
    button(page, "Read the responses without their prompts").click().run()
    (request,) = started
    assert (request.task, request.run, request.role) == ("unprompted", str(run.folder), "pool")


def test_missing_gradients_can_be_computed_in_the_background(compare, workspace, monkeypatch):
    started = []
    monkeypatch.setattr("pages.choose.compare_gradients.jobs.start", started.append)
    run = open_demo(workspace)
    page = compare(run, "measures", ["choice"])
    page.session_state["methods that lack something"] = True
    page.run()
    assert "The gradient of each example is missing." in texts(page)
    page.session_state["methods that lack something"] = True
    button(page, "Compute the gradients").click().run()
    (request,) = started
    assert (request.task, request.run) == ("gradients", str(run.folder))


def test_stored_gradients_are_offered_and_compared(compare, workspace):
    run = open_demo(workspace)
    store = GradientStore(run, GradientSettings())
    generator = np.random.default_rng(0)
    for epoch in store.epochs:
        store.write_checkpoint(epoch, Checkpoint({"weights/a": np.zeros(1)}, 1.0))
    for block in store.blocks():
        shape = (len(block.examples), store.settings.dimension)
        values = generator.normal(size=shape).astype(np.float32)
        store.write_block(block, {kind: values for kind in store.kinds[block.role]})
    page = compare(run, "measures", ["choice", "gradients"])
    assert sentences(page) == [] and "Gradients" in page.multiselect[0].options
    assert len(page.table[0].value.columns) > 1


def test_one_selection_alone_is_measured_and_asks_for_a_second(compare, workspace):
    run = open_demo(workspace)
    assert len(compare(run, "measures", ["longest"]).table[0].value.columns) == 1
    page = compare(run, "examples", ["longest"])
    assert not page.exception and "Pick a second selection" in texts(page)
