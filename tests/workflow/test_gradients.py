"""Gradients of a run: computed once, continued after a kill to the same bytes, chosen by."""

import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock

from delift_core.data.example import Dataset
from delift_core.errors import DamagedRun, MethodUnavailable, OutOfMemory, RunBusy, UnknownChoice
from delift_core.runs.gradient_work import missing_gradients, stored_features
from delift_core.runs.gradients import GradientStore
from delift_core.selection.choice import Choice
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.selection.method import MethodOptions
from delift_core.selection.methods import named_method
from delift_core.validation.tuners import tuner
from delift_core.workflow import gradients as work
from delift_core.workflow.compare import run_cost
from delift_core.workflow.gradients import complete_gradients
from delift_core.workflow.methods import choose_by_method, target_groups
from tests.workflow.counting import Counting

OPTIONS = MethodOptions(rank=2, dimension=64, epochs=2, warm_up=0.5)
SETTINGS = OPTIONS.gradient_settings


def complete(run, workspace, progress=None, settings=SETTINGS):
    missing = missing_gradients(GradientStore(run, settings))
    complete_gradients(missing, "cpu", workspace, *([progress] if progress else []))
    return GradientStore(run, settings)


def contents(store):
    return {
        str(file.relative_to(store.folder)): file.read_bytes()
        for file in sorted(store.folder.rglob("*"))
        if file.is_file()
    }


def test_gradients_are_computed_once_and_progress_counts_every_example(
    new_run, tmp_path, monkeypatch
):
    run, done = new_run("pool", "target"), []
    missing = missing_gradients(GradientStore(run, SETTINGS))
    assert missing.examples == missing.all_examples == 2 * 3 + 2 * (6 + 1)
    store = complete(run, tmp_path, Counting(done))
    assert sum(done) == missing.examples
    assert missing_gradients(store).is_empty
    monkeypatch.setattr(work, "model_of_run", lambda *given: pytest.fail("loaded again"))
    complete(run, tmp_path)


def test_a_comparison_counts_every_example_read(new_run):
    """Twice half of the pool in the warm-up, then pool and target at both checkpoints."""
    cost = run_cost(new_run("pool", "target"), named_method("gradients"), OPTIONS)
    assert (cost.passes, cost.pairs) == (2 * 3 + 2 * (6 + 1), 0)


def test_features_have_length_1_and_weights_fall_with_the_learning_rate(new_run, tmp_path):
    store = complete(new_run("pool", "target"), tmp_path)
    features = stored_features(store)
    assert features.pool.shape == (2, 6, 64) and features.target.shape == (2, 1, 64)
    for vectors in (features.pool, features.target):
        assert np.allclose(np.linalg.norm(vectors, axis=2), 1, atol=1e-6)
    assert features.weights.sum() == pytest.approx(1)
    assert features.weights[0] > features.weights[1] > 0


def test_other_settings_are_another_folder(new_run, tmp_path):
    run = new_run("pool", "target")
    store = complete(run, tmp_path)
    for other in (
        replace(SETTINGS, seed=1),
        replace(SETTINGS, rank=1),
        replace(SETTINGS, dimension=8),
        replace(SETTINGS, epochs=1),
        replace(SETTINGS, warm_up=0.4),
    ):
        assert GradientStore(run, other).folder != store.folder
        assert not missing_gradients(GradientStore(run, other)).is_empty
    assert '"rank": 2' in (store.folder / "settings.json").read_text()


@pytest.mark.parametrize("moment", ["warm up", "features"])
def test_a_cut_off_attempt_continues_and_ends_in_the_same_bytes(
    moment, new_run, tmp_path, monkeypatch
):
    whole = complete(new_run("pool", "target", workspace=tmp_path / "whole"), tmp_path)
    run = new_run("pool", "target", workspace=tmp_path / "cut")
    name = {"warm up": "write_checkpoint", "features": "write_block"}[moment]
    real = getattr(GradientStore, name)

    def write_then_stop(*given):
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(GradientStore, name, write_then_stop)
        with pytest.raises(KeyboardInterrupt):
            complete(run, tmp_path)
    kept = contents(GradientStore(run, SETTINGS))
    assert 1 < len(kept) < len(contents(whole))
    store = complete(run, tmp_path)
    assert contents(store) == contents(whole)


SLOW_WORKER = """
import sys, time, torch
from pathlib import Path
from delift_core.runs.gradient_work import missing_gradients
from delift_core.runs.gradients import GradientStore
from delift_core.runs.store import open_run
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.workflow.gradients import complete_gradients
torch.set_num_threads(1)  # as in the tests: the last bits depend on how a sum is split
write = GradientStore.write_block
GradientStore.write_block = lambda *given: (write(*given), time.sleep(60))
store = GradientStore(open_run(sys.argv[1]), GradientSettings(2, 64, 2, 0.5))
complete_gradients(missing_gradients(store), "cpu", Path(sys.argv[2]))
"""


def test_a_killed_process_leaves_gradients_that_continue_to_the_same_bytes(new_run, tmp_path):
    whole = complete(new_run("pool", "target", workspace=tmp_path / "whole"), tmp_path)
    run = new_run("pool", "target", workspace=tmp_path / "killed")
    store = GradientStore(run, SETTINGS)
    first = store.block_path(next(store.blocks()))
    command = [sys.executable, "-c", SLOW_WORKER, str(run.folder), str(tmp_path / "killed")]
    worker = subprocess.Popen(command)
    deadline = time.monotonic() + 120
    while not first.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.kill()
    worker.wait()
    kept = first.stat().st_mtime_ns
    assert len(missing_gradients(store).blocks) == 3
    complete(run, tmp_path)
    assert contents(store) == contents(whole)
    assert first.stat().st_mtime_ns == kept


def test_damaged_files_are_made_anew_and_nothing_else(new_run, tmp_path):
    store = complete(new_run("pool", "target"), tmp_path)
    before = contents(store)
    block = list(store.blocks())[2]
    for path in (store.checkpoint_path(1), store.block_path(block)):
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DamagedRun, match="Choose by gradients again"):
        stored_features(store)
    missing = missing_gradients(store)
    assert missing.epochs == [1] and missing.blocks == [block]
    (store.folder / ".checkpoint-1.safetensors.1.partial").write_text("half")
    complete(store.run, tmp_path)
    assert contents(store) == before


def test_a_changed_tensor_fails_its_checksum(new_run, tmp_path):
    store = complete(new_run("pool", "target"), tmp_path)
    path = store.checkpoint_path(2)
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    with pytest.raises(DamagedRun, match="checkpoint-2.safetensors: .*fails its checksum"):
        store.read_checkpoint(2)
    assert missing_gradients(store).epochs == [2]


def test_a_want_of_memory_is_one_sentence_and_what_is_finished_is_kept(
    new_run, tmp_path, monkeypatch
):
    run = new_run("pool", "target")

    def too_large(*given):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(work, "block_features", too_large)
        with pytest.raises(OutOfMemory, match="what is finished is kept"):
            complete(run, tmp_path)
    assert missing_gradients(GradientStore(run, SETTINGS)).epochs == []
    complete(run, tmp_path)


def test_two_processes_never_write_at_once(new_run, tmp_path):
    run = new_run("pool", "target")
    with FileLock(run.folder / "scoring.lock"), pytest.raises(RunBusy):
        complete(run, tmp_path)


def test_without_peft_nothing_is_loaded_and_the_command_that_installs_it_is_named(
    new_run, tmp_path, monkeypatch
):
    monkeypatch.setattr(tuner, "find_spec", lambda name: None)
    monkeypatch.setattr(work, "model_of_run", lambda *given: pytest.fail("loaded"))
    with pytest.raises(MethodUnavailable, match="needs the package peft.*pip install peft"):
        complete(new_run("pool"), tmp_path)


def copied_first(roles):
    """The roles with the only target example as the last of the pool."""
    copy = replace(roles["target"][0], id="copy")
    return {**roles, "pool": Dataset((*roles["pool"].examples, copy), source="pool.jsonl")}


def test_an_exact_copy_of_a_target_example_is_chosen_first(new_run, score, roles, tmp_path):
    run = new_run("pool", "target", data=copied_first(roles))
    score(run, "pool_pool")
    choice = Choice(objective="facility_location", budget="3")
    with pytest.raises(MethodUnavailable, match="gradient of each example is missing. Run delift"):
        choose_by_method(run, choice, "gradients", OPTIONS)
    complete(run, tmp_path)
    _, selection = choose_by_method(run, choice, "gradients", OPTIONS)
    assert selection.indices[0] == 6
    assert selection.method == "gradients"
    assert selection.options == {"rank": 2, "dimension": 64, "epochs": 2, "warm_up": 0.5}


def test_without_a_target_the_pool_s_mean_gradient_stands_for_one(new_run, score, tmp_path):
    run = new_run("pool")
    score(run, "pool_pool")
    store = complete(run, tmp_path)
    features = stored_features(store)
    assert not store.has_target and features.target.shape == (2, 1, 64)
    blocks = [store.read_block(block)["gradient"] for block in store.blocks_of(2, "pool")]
    mean = np.concatenate(blocks).mean(axis=0)
    assert np.allclose(features.target[1, 0], mean / np.linalg.norm(mean), atol=1e-6)
    _, selection = choose_by_method(run, Choice(budget="6"), "gradients", OPTIONS)
    assert sorted(selection.indices.tolist()) == list(range(6))


def test_groups_of_the_target_are_subtasks(new_run, score, roles, tmp_path):
    target = Dataset(roles["known"].examples, source="target.jsonl")
    run = new_run("pool", "target", data={**roles, "target": target})
    score(run, "pool_pool")
    complete(run, tmp_path)
    for group_by, subtasks in ((None, 1), ("group", 2), ("prompt", 2)):
        choice = Choice(budget="2", group_by=group_by, objective="facility_location")
        features = stored_features(GradientStore(run, SETTINGS), target_groups(run, choice))
        assert features.influence().shape == (6, subtasks)


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"dimension": 0}, {"epochs": 0}, {"warm_up": 0.0}, {"warm_up": 1.5}]
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(UnknownChoice, match="not offered. Give"):
        GradientSettings(**wrong)
