"""From a pool to scored utilities, with real worker processes and a tiny model."""

import pytest

from delift_core.jobs import jobs
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import State
from delift_core.runs.store import create_run, list_runs
from tests.pages.conftest import button, has_button, table, texts, wait_until


def test_from_a_pool_to_a_choice(loaded, workspace, tiny_folder, monkeypatch):
    folder = tiny_folder()
    monkeypatch.setenv("DELIFT_MODELS", str(folder.parent))
    page = loaded.switch_page("../prepare/model.py").run()
    page.radio(key="kind of model").set_value("A Hugging Face id or a folder").run()
    page.text_input(key="model typed").set_value(str(folder)).run()
    button(page, "Look at the model").click().run()
    wait_until(page, has_button("Try one pair"))
    button(page, "Try one pair").click().run()
    wait_until(page, "the distance of the answer goes from")
    button(page, "Use this model").click().run()
    assert page.title[0].value == "Utilities"
    # the driver itself does not follow st.switch_page
    page.switch_page("../prepare/utilities.py").run()
    wait_until(page, has_button("Start scoring"))
    button(page, "Start scoring").click().run()
    wait_until(page, "Every pair of these kernels is scored")
    (run,) = list_runs(workspace)
    assert (
        run.complete() == ["pool_pool"]
        and jobs.status(score_folder(run.folder)).state is State.DONE
    )
    page = page.switch_page("../choose/subset.py").run()
    assert len(table(page, "chosen")) == 2


def test_a_run_without_a_target_says_nothing_of_one(visit, workspace):
    from dataclasses import replace

    from delift_core.runs.store import bundled_run

    run = bundled_run()
    create_run(
        workspace,
        {"pool": replace(run.pool, source="own")},
        run.record["model"],
        run.record["template"],
    )
    page = visit("prepare/start")
    listed = next(frame for frame in page.dataframe if frame.key == "runs")
    assert (
        listed.value["target"].isna().all()
        and str(listed.value["target"].dtype) == "Int64"
        and listed.proto.placeholder == ""
    )
    assert listed.proto.HasField("placeholder")


def test_what_did_not_fit_the_context_is_told(visit, new_run, score, workspace):
    from delift_core.data.readers import read_dataset

    rows = [
        {"prompt": prompt, "response": "yes"} for prompt in ("word " * 60, "Is it red?", "A bird?")
    ]
    run = new_run("pool", data={"pool": read_dataset(rows)}, workspace=workspace)
    score(run)
    assert "Truncated to the 160 tokens of the model's context" in texts(
        visit("prepare/utilities", run=run.id)
    )


def test_a_row_that_the_template_cannot_write_is_told_here_and_beside_the_data(
    visit, partly_written, workspace
):
    run = partly_written(workspace)
    for page in ("prepare/utilities", "prepare/data"):
        assert "The pool's row 1 (id 1) cannot be answered or shown" in texts(
            visit(page, run=run.id)
        )


@pytest.mark.parametrize("is_picked", [True, False])
def test_the_cluster_that_is_configured_can_score(
    is_picked, visit, new_run, workspace, monkeypatch
):
    run, started = new_run("pool", workspace=workspace), []
    monkeypatch.setattr(jobs, "start", started.append)
    page = visit("prepare/utilities", run=run.id)
    assert "score on the cluster" not in [toggle.key for toggle in page.toggle]
    monkeypatch.setenv("DELIFT_RAY", "10.0.0.1:6379")
    page.run()
    page.toggle(key="score on the cluster").set_value(is_picked).run()
    button(page, "Start scoring").click().run()
    executor = "ray:10.0.0.1:6379" if is_picked else None
    assert (started[-1].task, started[-1].executor) == ("score", executor)
