"""Executors by name."""

import sys

import pytest

from delift_core.errors import ClusterUnavailable, UnknownChoice
from delift_core.executors import named
from delift_core.executors.named import configured_cluster, executor_named
from delift_core.executors.processes import LocalProcesses
from delift_core.executors.work import HERE


def test_this_process_is_the_usual_one():
    assert executor_named("local") is HERE


def test_processes_share_the_cores_unless_their_threads_are_named(monkeypatch):
    monkeypatch.setattr(named, "cores", lambda: 8)
    assert executor_named("local:2") == LocalProcesses(2, 4)
    assert executor_named("local:16") == LocalProcesses(16, 1)
    assert executor_named("local:2", 3) == LocalProcesses(2, 3)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ray", "local"),
        ("ray:auto", "auto"),
        ("ray:10.0.0.1:6379", "10.0.0.1:6379"),
        ("ray://10.0.0.1:10001", "ray://10.0.0.1:10001"),
    ],
)
def test_a_cluster_is_named_by_its_address(name, address):
    pytest.importorskip("ray")
    cluster = executor_named(name)
    assert (cluster.address, cluster.threads) == (address, 1)


@pytest.mark.parametrize("name", ["", "local:", "local:0", "local:two", "rays", "ray:", "dask:1"])
def test_other_names_are_refused(name):
    with pytest.raises(UnknownChoice, match="Choose local, local:2"):
        executor_named(name)


def test_threads_of_this_process_are_refused():
    with pytest.raises(UnknownChoice, match="Name executor local:2 or ray, or set OMP_NUM_THREADS"):
        executor_named("local", 2)


def test_without_ray_a_cluster_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "delift_core.executors.ray_cluster", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterUnavailable, match="Run: pip install"):
        executor_named("ray")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, None),
        (" ", None),
        ("10.0.0.1:6379", "ray:10.0.0.1:6379"),
        ("ray://10.0.0.1:10001", "ray://10.0.0.1:10001"),
        ("auto", "ray:auto"),
    ],
)
def test_the_dashboard_offers_the_cluster_that_is_configured(value, name, monkeypatch):
    monkeypatch.delenv("DELIFT_RAY", raising=False)
    if value is not None:
        monkeypatch.setenv("DELIFT_RAY", value)
    assert configured_cluster() == name
