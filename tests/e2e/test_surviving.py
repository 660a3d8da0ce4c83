"""Long work survives a reload, a killed server and a killed worker; nothing is done twice."""

import os
import signal

import pytest

from tests.e2e.driving import button, expect, main, opened, sidebar
from tests.e2e.test_preparing import ROWS, SLOW

pytestmark = pytest.mark.model


@pytest.fixture
def run(tmp_path):
    """A run of twelve short examples and the bundled model, with nothing scored."""
    from delift_core.data.readers import read_dataset
    from delift_core.runs.store import bundled_run, create_run

    pool = read_dataset(
        [{"prompt": prompt, "response": response} for prompt, response in ROWS],
        near_duplicates="keep",
    )
    return create_run(tmp_path / "workspace", {"pool": pool}, bundled_run().record["model"], "chat")


@pytest.fixture
def job(run):
    from delift_core.jobs.requests import score_folder

    return score_folder(run.folder)


def status(job):
    from delift_core.jobs import jobs

    return jobs.status(job)


def tiles(run):
    """Every stored tile and when it was written."""
    return {
        file.name: file.stat().st_mtime_ns
        for file in (run.kernel_folder("pool_pool") / "c").rglob("*")
        if file.is_file()
    }


def start(page, label):
    """Set a worker going and wait until it has stored a tile it had not before."""
    button(page, label).click()
    expect(main(page).get_by_test_id("stProgress")).to_be_visible()


def paused(job, page, run):
    """The process of a worker that has stored a tile, stopped so that it cannot end meanwhile."""
    for _ in range(SLOW // 100):
        if tiles(run):
            os.kill(status(job).pid, signal.SIGSTOP)
            return status(job).pid
        page.wait_for_timeout(100)  # the browser's clock passes the time
    raise AssertionError("no tile was stored")


def expect_finished(page, run, before):
    """Everything is scored, and what was there is as it was."""
    expect(main(page)).to_contain_text(
        "Every pair of these score matrices is scored.", timeout=SLOW
    )
    assert before.items() <= tiles(run).items()
    assert not run.missing("pool_pool")


def test_a_reload_changes_nothing_and_what_was_cancelled_goes_on_behind_the_last_tile(
    new_server, visit, run, job
):
    server = new_server(run.folder.parents[1])
    page = visit("scoring", at=server, run=run.id)
    start(page, "Start scoring")
    worker = paused(job, page, run)
    page.reload()
    opened(page, "scoring")
    expect(main(page).get_by_test_id("stProgress")).to_be_visible()
    expect(main(page)).to_contain_text("of 144 pairs")
    assert status(job).pid == worker and status(job).active
    button(page, "Cancel").click()
    os.kill(worker, signal.SIGCONT)
    expect(main(page)).to_contain_text("was cancelled")
    before = tiles(run)
    assert run.missing("pool_pool") and before
    start(page, "Continue scoring")
    expect_finished(page, run, before)


def test_a_killed_server_leaves_the_worker_and_a_killed_worker_leaves_its_tiles(
    new_server, visit, run, job
):
    first = new_server(run.folder.parents[1])
    page = visit("scoring", at=first, run=run.id)
    start(page, "Start scoring")
    worker = paused(job, page, run)
    page.context.close()
    first.kill()
    assert status(job).active
    page = visit("scoring", at=new_server(run.folder.parents[1]), run=run.id)
    expect(main(page).get_by_test_id("stProgress")).to_be_visible()
    expect(sidebar(page)).to_contain_text("running")
    assert status(job).pid == worker
    os.kill(worker, signal.SIGKILL)
    expect(page.get_by_test_id("stAlert")).to_contain_text("stopped from outside")
    before = tiles(run)
    assert run.missing("pool_pool") and before
    start(page, "Continue scoring")
    expect_finished(page, run, before)
