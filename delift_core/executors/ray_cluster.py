"""A Ray cluster: an actor for every so many cores, or for every GPU, of its nodes.

The only module that imports Ray. Code and model are those of each node, and are checked before its
first task (`Work.open`).
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import ray
from ray.exceptions import RayError

from delift_core.errors import ClusterUnavailable, first_line_of
from delift_core.executors.dispatch import Dispatch
from delift_core.executors.reports import Lost, Performer, Report
from delift_core.executors.work import Advance, Task, Work

THIS_MACHINE = "local"  # a cluster of this machine only, for as long as the work lasts
COUNT_SECONDS = 5.0  # between two looks at which nodes there are
ENVIRONMENT = {  # where it does not say otherwise
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody
    "RAY_worker_niceness": "0",  # of a cluster of this machine; 15 starves beside other work
}
OWN_OPTIONS = {  # of that one: nobody else can reach it, and tasks and results are small
    "_node_ip_address": "127.0.0.1",
    "include_dashboard": False,
    "object_store_memory": 200_000_000,
}


@dataclass(frozen=True)
class RayCluster:
    """The cluster at an address; actors of so many threads.

    address: local, auto, HOST:PORT of a cluster that this machine belongs to, or ray://HOST:PORT.
    """

    address: str
    threads: int
    processes: ClassVar[None] = None  # known once it is connected to

    def results(
        self, work: Work, tasks: Iterable[Task], advance: Advance
    ) -> Iterator[tuple[Any, Any]]:
        with connected(self.address):
            crew = ActorCrew(self.address, work, needs_of(work, self.threads))
            yield from Dispatch(crew, tasks).results(advance)


def needs_of(work: Work, threads: int) -> dict[str, float]:
    """What of a node's resources an actor takes."""
    needs = {"CPU": threads, "GPU": work.gpus, "memory": work.memory}
    return {name: amount for name, amount in needs.items() if amount}


@contextmanager
def connected(address: str) -> Iterator[None]:
    """The connection to a cluster; one that is there already is used and kept.

    Raises ClusterUnavailable.
    """
    if ray.is_initialized():
        yield
        return
    os.environ.update({**ENVIRONMENT, **os.environ})
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == THIS_MACHINE:
        options |= OWN_OPTIONS
    try:
        ray.init(address, **options)
    except (ConnectionError, RayError, RuntimeError, ValueError) as error:
        raise ClusterUnavailable(
            f"{address}: no Ray cluster can be reached there ({first_line_of(error)}). Start one as"
            " docs/cluster.md says, with the same versions of Python and Ray as here."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


class ActorCrew:
    """The actors of one piece of work."""

    def __init__(self, address: str, work: Work, needs: Mapping[str, float]):
        self.needs, self.kind = needs, actor_kind(needs)
        self.opener = ray.put(work.open)
        self.workers: dict[Any, ActorWorker] = {}  # by what is to be reported
        self.counted, self.counted_at = count_room(needs), time.monotonic()
        if not self.counted:
            wanted = ", ".join(f"{amount:,} {name}" for name, amount in needs.items())
            raise ClusterUnavailable(
                f"{address}: no node of the Ray cluster has what a worker needs ({wanted}). Give"
                " fewer threads, or add a node that has it."
            )

    def most(self) -> int:
        if time.monotonic() - self.counted_at > COUNT_SECONDS:
            self.counted, self.counted_at = count_room(self.needs), time.monotonic()
        return self.counted

    def start(self) -> "ActorWorker":
        worker = ActorWorker(self.kind.remote(), self.workers)
        worker.expect(worker.actor.open.remote(self.opener))
        return worker

    def reports(self, seconds: float) -> list[tuple["ActorWorker", Report]]:
        expected = list(self.workers)
        if not expected:
            time.sleep(seconds)
            return []
        ray.wait(expected, timeout=seconds)
        ready, _ = ray.wait(expected, num_returns=len(expected), timeout=0)
        workers = [(self.workers.pop(reference), reference) for reference in ready]
        return [(worker, worker.report(reference)) for worker, reference in workers]


def count_room(needs: Mapping[str, float]) -> int:
    """How many actors fit onto the nodes that are alive, were there nothing else on them."""
    return sum(
        min(int(node["Resources"].get(name, 0) // amount) for name, amount in needs.items())
        for node in ray.nodes()
        if node["Alive"]
    )


def actor_kind(needs: Mapping[str, float]) -> Any:
    """The class of actors that take so much of a node."""
    options = {"CPU": "num_cpus", "GPU": "num_gpus", "memory": "memory"}
    kind: Any = ray.remote(Actor)
    return kind.options(**{options[name]: amount for name, amount in needs.items()})


class ActorWorker:
    """An actor, and what it has to report."""

    def __init__(self, actor: Any, expected: "dict[Any, ActorWorker]"):
        self.actor, self.expected = actor, expected
        self.name = "a node of the cluster"  # until it reports

    def expect(self, reference: Any) -> None:
        """Have a report waited for."""
        self.expected[reference] = self

    def give(self, payload: Any) -> None:
        self.expect(self.actor.do.remote(payload))

    def report(self, reference: Any) -> Report:
        """What it reported, or that it is lost."""
        try:
            self.name, report = ray.get(reference)
        except RayError as error:
            return Lost(first_line_of(error))
        return report

    def end(self) -> None:
        ray.kill(self.actor)


class Actor:
    """What a node of the cluster runs; each answer says on which node."""

    def __init__(self) -> None:
        context = ray.get_runtime_context()
        self.name = f"node {ray.util.get_node_ip_address()} ({context.get_node_id()[:8]})"
        self.performer = Performer()

    def open(self, opener: Any) -> tuple[str, Report]:
        return self.name, self.performer.open(opener)

    def do(self, payload: Any) -> tuple[str, Report]:
        return self.name, self.performer.do(payload)
