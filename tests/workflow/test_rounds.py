"""Rounds of a run: tuned once, continued to the same bytes, chosen by."""

import os
import signal

import pytest
from filelock import FileLock

from delift_core.errors import MethodUnavailable, OutOfMemory, RunBusy
from delift_core.runs.rounds import RoundStore
from delift_core.selection.choice import Choice
from delift_core.selection.method import MethodOptions
from delift_core.selection.methods import named_method
from delift_core.validation.tuners import tuner
from delift_core.workflow import rounds as work
from delift_core.workflow.compare import run_cost
from delift_core.workflow.methods import choose_by_method
from delift_core.workflow.rounds import complete_rounds
from tests.workflow.counting import Counting

OPTIONS = MethodOptions(rounds=3, initial=0.3, step=0.2)
SETTINGS = OPTIONS.round_settings


def complete(run, workspace, *progress):
    store = RoundStore(run, SETTINGS)
    complete_rounds(store, "cpu", workspace, *progress)
    return store


def contents(store):
    return {file.name: file.read_bytes() for file in store.folder.iterdir()}


def killed_after_a_round(run, workspace):
    """A process that is killed once it has stored a round"""
    process = os.fork()
    if process:
        os.waitpid(process, 0)
        return
    write = RoundStore.write
    RoundStore.write = lambda *given: (write(*given), os.kill(os.getpid(), signal.SIGKILL))
    try:
        complete(run, workspace)
    finally:
        os._exit(0)


def test_rounds_are_tuned_once_and_progress_counts_every_example(new_run, tmp_path, monkeypatch):
    run, done = new_run("pool"), []
    assert RoundStore(run, SETTINGS).unread == 3 * (2 + 3 + 4) + 3 * 6
    assert run_cost(run, named_method("rounds"), OPTIONS).passes == 3 * (2 + 3 + 4) + 3 * 6
    store = complete(run, tmp_path, Counting(done))
    assert sum(done) == 45 and store.unread == 0 and not store.missing
    assert sorted(store.order().tolist()) == list(range(6))
    monkeypatch.setattr(work, "model_anew", lambda *given: pytest.fail("loaded again"))
    complete(run, tmp_path)


def test_a_killed_process_loses_the_round_at_work_and_the_end_has_the_same_bytes(new_run, tmp_path):
    whole = complete(new_run("pool", workspace=tmp_path / "whole"), tmp_path)
    run = new_run("pool", workspace=tmp_path / "killed")
    for number in (1, 2):
        killed_after_a_round(run, tmp_path)
        assert list(RoundStore(run, SETTINGS).missing) == list(range(number + 1, 4))
    store = complete(run, tmp_path)
    assert contents(store) == contents(whole)


def test_a_damaged_round_is_made_anew_with_those_behind_it(new_run, tmp_path):
    store = complete(new_run("pool"), tmp_path)
    before = contents(store)
    content = store.path(2).read_bytes()
    store.path(2).write_bytes(content[:-5])
    assert list(store.missing) == [2, 3] and store.order() is None
    complete(store.run, tmp_path)
    assert contents(store) == before


def test_a_run_is_chosen_from_by_its_rounds_and_says_what_is_missing_before(
    new_run, score, tmp_path
):
    run = new_run("pool")
    score(run, "pool_pool")
    choice = Choice(budget="4", pins=(run.pool[5].id,))
    with pytest.raises(MethodUnavailable, match="tuning rounds is missing. Run delift select"):
        choose_by_method(run, choice, "rounds", OPTIONS)
    order = [row for row in complete(run, tmp_path).order().tolist() if row != 5]
    objective, selection = choose_by_method(run, choice, "rounds", OPTIONS)
    assert selection.indices.tolist() == [5, *order[:3]]
    assert selection.options == {"initial": 0.3, "step": 0.2}
    assert selection.value == pytest.approx(objective.value(selection.indices))
    with pytest.raises(MethodUnavailable):
        choose_by_method(run, choice, "rounds", MethodOptions(rounds=2))


def test_what_keeps_rounds_from_being_tuned_is_one_sentence(new_run, tmp_path, monkeypatch):
    run = new_run("pool")
    with FileLock(run.folder / "scoring.lock"), pytest.raises(RunBusy):
        complete(run, tmp_path)

    def exhausted(*given):
        raise MemoryError("no more")

    with monkeypatch.context() as patch:
        patch.setattr(work, "model_anew", exhausted)
        with pytest.raises(OutOfMemory, match="what is finished is kept"):
            complete(run, tmp_path)
    monkeypatch.setattr(tuner, "find_spec", lambda name: None)
    with pytest.raises(MethodUnavailable, match="rounds needs the package peft"):
        complete(run, tmp_path)
