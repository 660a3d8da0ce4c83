"""From a pool to scored utilities, with real worker processes and a tiny model."""

import numpy as np
import pytest

from delift_core.analysis.trust import trust
from delift_core.files import write_json
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest, score_folder
from delift_core.jobs.status import State, Status
from delift_core.runs.store import bundled_run, list_runs, open_demo
from delift_core.units import percent
from tests.pages.conftest import button, has_button, metric, table, texts, wait_until


def test_from_a_pool_to_a_choice(loaded, workspace, tiny_folder, monkeypatch):
    folder = tiny_folder()
    monkeypatch.setenv("DELIFT_MODELS", str(folder.parent))
    page = loaded.switch_page("../prepare/model.py").run()
    page.radio(key="kind of model").set_value("A Hugging Face id or a folder").run()
    page.text_input(key="model typed").set_value(str(folder)).run()
    button(page, "Use this model").click().run()
    wait_until(page, lambda page: page.title[0].value == "Scoring")
    # the driver itself does not follow st.switch_page
    page.switch_page("../prepare/scoring.py").run()
    wait_until(page, has_button("Start scoring"))
    button(page, "Start scoring").click().run()
    wait_until(page, "Every pair of these score matrices is scored")
    (run,) = list_runs(workspace)
    assert (
        run.complete() == ["pool_pool"]
        and jobs.status(score_folder(run.folder)).state is State.DONE
    )
    page = page.switch_page("../choose/subset.py").run()
    assert len(table(page, "chosen")) == 2


def test_what_did_not_fit_the_context_is_told(visit, new_run, score, workspace):
    from delift_core.data.readers import read_dataset

    rows = [
        {"prompt": prompt, "response": "yes"} for prompt in ("word " * 60, "Is it red?", "A bird?")
    ]
    run = new_run("pool", data={"pool": read_dataset(rows)}, workspace=workspace)
    score(run)
    assert "Truncated to the 160 tokens of the model's context" in texts(
        visit("prepare/scoring", run=run.id)
    )


def test_a_row_that_the_template_cannot_write_is_told_here_and_beside_the_data(
    visit, partly_written, workspace
):
    run = partly_written(workspace)
    for page in ("prepare/scoring", "prepare/data"):
        assert "The pool's row 1 (id 1) cannot be answered or shown" in texts(
            visit(page, run=run.id)
        )


@pytest.mark.parametrize("picked", ["local", "local:2", "local:4", "ray:10.0.0.1:6379"])
def test_one_process_several_or_the_cluster_that_is_configured_can_score(
    picked, visit, new_run, workspace, monkeypatch
):
    run, started = new_run("pool", workspace=workspace), []
    monkeypatch.setattr(jobs, "start", started.append)
    monkeypatch.setattr("pages.widgets.executor.cores", lambda: 5)
    page = visit("prepare/scoring", run=run.id, executor="ray:10.0.0.1:6379")
    executors = next(box for box in page.selectbox if box.label == "Executor")
    assert executors.options == ["One process", "2 processes", "4 processes"]
    assert executors.value == "local"
    monkeypatch.setenv("DELIFT_RAY", "10.0.0.1:6379")
    page.run()
    next(box for box in page.selectbox if box.label == "Executor").set_value(picked).run()
    button(page, "Start scoring").click().run()
    expected = None if picked == "local" else picked
    assert (started[-1].task, started[-1].executor) == ("score", expected)
    assert page.query_params.get("executor", "local") == picked


def test_one_matrix_is_drawn_and_another_on_request(demo):
    page = demo("prepare/scoring")
    (chart,) = page.get("plotly_chart")
    assert len(chart.proto.spec) < 500_000
    page.selectbox[0].set_value("pool_known").run()
    expected = trust(bundled_run().kernel("pool_known"), np.ones(20))
    assert metric(page, "Pairs that help") == percent(1 - expected.negative)
    assert len(page.get("plotly_chart")) == 1


def test_the_matrices_picked_are_in_the_address_and_survive_a_reload(demo, visit, workspace):
    page = demo("prepare/scoring")
    key = f"kernels of {open_demo(workspace).id}"
    page.pills(key=key).set_value(["target_pool"]).run()
    assert page.query_params["matrices"] == "target_pool"
    again = visit("prepare/scoring", run="demo", matrices="target_pool")
    assert again.pills(key=key).value == ["target_pool"]
    unknown = visit("prepare/scoring", run="demo", matrices="no_such")
    needed = ["pool_pool", "pool_target", "pool_known", "held_out_pool"]
    assert unknown.pills(key=key).value == needed


def test_while_a_job_scores_its_matrices_are_those_shown(visit, new_run, workspace, monkeypatch):
    run = new_run("pool", "target", workspace=workspace)
    folder = score_folder(run.folder)
    request = ScoreRequest(str(run.folder), ["pool_target"], str(workspace))
    write_json({"task": request.task, "arguments": request.arguments}, folder / "spec.json")
    monkeypatch.setattr(jobs, "status", lambda at: running(at, folder))
    page = visit("prepare/scoring", run=run.id)
    assert page.pills(key=f"kernels of {run.id}").value == ["pool_target"]


def running(at, folder):
    """The status of a job at work in a folder; of any other there is none."""
    return Status(State.RUNNING, "score", total=9) if at == folder else None
