"""Executors by name, as the command line and the dashboard give them.

local            this process
local:2          two processes of this machine
ray              a Ray cluster of this machine only, for as long as the work lasts
ray:HOST:PORT    a Ray cluster that this machine belongs to; ray:auto finds it
ray://HOST:PORT  a Ray cluster that it does not belong to, through Ray Client
"""

import os

from delift_core.errors import ClusterUnavailable, UnknownChoice
from delift_core.executors.processes import LocalProcesses
from delift_core.executors.work import HERE, Executor

LOCAL, RAY = "local", "ray"
CLUSTER_VARIABLE = "DELIFT_RAY"


def executor_named(name: str, threads: int | None = None) -> Executor:
    """The executor of that name. threads: of each of its processes.

    By default the cores of this machine are shared out among its processes, and an actor of a
    cluster has one. Raises UnknownChoice, and ClusterUnavailable where Ray is not installed.
    """
    if name == LOCAL and threads is None:
        return HERE
    kind, _, rest = name.partition(":")
    if kind == LOCAL and rest.isdecimal() and int(rest):
        return LocalProcesses(int(rest), threads or max(1, cores() // int(rest)))
    if kind == RAY and (rest or name == RAY):
        return ray_cluster(name, rest, threads or 1)
    if name == LOCAL:
        raise UnknownChoice(
            "threads are of several processes. Name executor local:2 or ray, or set"
            f" OMP_NUM_THREADS={threads} for this process."
        )
    raise UnknownChoice(
        f"executor {name!r} is not known. Choose local, local:2 (so many processes), ray, ray:auto,"
        " ray:HOST:PORT or ray://HOST:PORT."
    )


def ray_cluster(name: str, rest: str, threads: int) -> Executor:
    """A Ray cluster by its name and what stands behind the colon of it."""
    try:
        from delift_core.executors.ray_cluster import THIS_MACHINE, RayCluster
    except ImportError as missing:
        raise ClusterUnavailable(
            f"executor {name!r} needs Ray, which is not installed. Run: pip install"
            ' "delift[ray]", on every machine.'
        ) from missing
    if rest.startswith("//"):
        return RayCluster(name, threads)
    return RayCluster(rest or THIS_MACHINE, threads)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def configured_cluster() -> str | None:
    """The executor that the dashboard offers: the cluster at the address in DELIFT_RAY."""
    address = os.environ.get(CLUSTER_VARIABLE, "").strip()
    if not address:
        return None
    return address if address.startswith(RAY) else f"{RAY}:{address}"
