"""A Ray cluster of two nodes on this machine: the same bytes, whatever is lost."""

import hashlib
import shutil
from functools import partial
from pathlib import Path

import pytest

from delift_core.errors import ChangedModel, ClusterUnavailable, PoisonedTask
from delift_core.executors.work import Work
from delift_core.runs.integrity import missing_work
from delift_core.scoring.model import load_model
from delift_core.workflow import tile_work
from delift_core.workflow.score import score_missing
from tests.conftest import dataset
from tests.executors.doing import NUMBERS, SQUARES, deadly_squares, sleeping, square, squares
from tests.executors.scoring import dying_once, slowly

ray = pytest.importorskip("ray", reason='needs Ray: pip install -e ".[ray]"')
ROOT = Path(__file__).parents[2]
SMALL = {"num_cpus": 1, "object_store_memory": 80_000_000}
FIRST, SECOND, THIRD = ({**SMALL, "node_ip_address": f"127.0.0.{last}"} for last in (2, 3, 4))


@pytest.fixture(scope="module")
def home(tmp_path_factory, tiny_folder):
    """The folder that the nodes are started in; a model lies in it"""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(tiny_folder(), folder / "model")
    return folder


@pytest.fixture(scope="module")
def cluster(home):
    """Two nodes of one core"""
    from ray.cluster_utils import Cluster

    from delift_core.executors.ray_cluster import ENVIRONMENT

    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        environment.setenv("PYTHONPATH", str(ROOT))
        environment.chdir(home)
        nodes = Cluster(initialize_head=True, head_node_args={**FIRST, "include_dashboard": False})
        nodes.add_node(**SECOND)
        yield nodes
        ray.shutdown()
        nodes.shutdown()


@pytest.fixture
def executor(cluster):
    from delift_core.executors.ray_cluster import RayCluster

    return RayCluster(cluster.address, threads=1)


@pytest.fixture
def bytes_of():
    """bytes_of(run) -> file of its kernels -> digest"""

    def digests(run):
        files = [file for file in run.folder.glob("kernels/**/*") if file.is_file()]
        return {
            file.relative_to(run.folder): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in files
        }

    return digests


def results(executor, opener, advance=lambda units: None):
    return executor.results(Work(square, opener), NUMBERS, advance)


def test_every_result_comes_back_over_a_connection_that_is_closed_again(executor):
    assert dict(results(executor, squares)) == SQUARES
    assert not ray.is_initialized()


def test_work_is_stopped_and_a_task_that_kills_every_actor_named(executor):
    polls = iter(range(3))

    def stop(units):
        if next(polls, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(results(executor, sleeping, stop))
    with pytest.raises(PoisonedTask, match=r"number 3: 3 tries failed.*node 127\.0\.0\.[23]"):
        list(results(executor, deadly_squares))


def test_what_no_node_has_and_a_cluster_that_is_not_there_are_refused(executor):
    from delift_core.executors.ray_cluster import RayCluster

    with pytest.raises(ClusterUnavailable, match=r"no node of the Ray cluster has .*\(5 CPU\)"):
        list(results(RayCluster(executor.address, threads=5), squares))
    with pytest.raises(ClusterUnavailable, match="no Ray cluster can be reached there"):
        list(results(RayCluster("nonsense", threads=1), squares))


def test_a_killed_actor_and_a_killed_node_change_no_byte(
    cluster, executor, new_run, score, tiny, tmp_path, monkeypatch, bytes_of
):
    rows = [(f"Add {number} and {number}", str(2 * number)) for number in range(24)]
    data = {"pool": dataset("pool", rows)}
    here, there = (new_run(data=data, workspace=tmp_path / name) for name in ("here", "there"))
    score(here)
    monkeypatch.setattr(tile_work, "open_tiles", partial(dying_once, tmp_path))
    node = cluster.add_node(**THIRD)
    scored = score_missing(missing_work(there, ["pool_pool"]), tiny(), executor=executor)
    next(scored)
    cluster.remove_node(node, allow_graceful=False)
    assert len(list(scored)) == 5
    assert (tmp_path / "died").exists()
    assert bytes_of(there) == bytes_of(here)


def test_another_model_on_one_node_is_refused_by_name_before_a_tile_is_scored(
    cluster, home, executor, new_run, tiny_folder, tmp_path, monkeypatch
):
    """A folder of the same name holds another model, as seen from that node."""
    shutil.copytree(tiny_folder("qwen2"), tmp_path / "model")
    monkeypatch.chdir(tmp_path)
    node = cluster.add_node(**THIRD)
    monkeypatch.chdir(home)
    model = load_model("model", device="cpu")
    rows = [(f"Add {number} and {number}", str(2 * number)) for number in range(24)]
    run = new_run(data={"pool": dataset("pool", rows)}, model=model)
    monkeypatch.setattr(tile_work, "open_tiles", slowly)  # the other two nodes wait for this one
    with pytest.raises(ChangedModel, match=r"node 127\.0\.0\.4 \(\w+\): its model is .*revision"):
        list(score_missing(missing_work(run, ["pool_pool"]), model, executor=executor))
    assert run.missing("pool_pool") == run.tiles("pool_pool")
    cluster.remove_node(node)
