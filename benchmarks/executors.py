"""Score the same tiles with one worker of one thread and with two, and print a table.

python -m benchmarks.executors, with Ray installed. Beside the rate stands the processor time of a
pair: where the cores are shared with other work, it says what two free ones would give.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import ray

from benchmarks.rows import load
from delift_core.executors.processes import LocalProcesses
from delift_core.executors.ray_cluster import OWN_OPTIONS, THIS_MACHINE, RayCluster
from delift_core.executors.work import Executor, Perform, Task, Work
from delift_core.runs.store import bundled_run
from delift_core.scoring.model import load_model
from delift_core.scoring.plan import Tile
from delift_core.workflow.models import options_of_run
from delift_core.workflow.score import kernel_task
from delift_core.workflow.tile_work import WorkerSetup, open_tiles, scoring_identity, tile_task

KERNEL = "pool_pool"
ROWS, COLUMNS, TILES = 16, 4, 12  # of a tile; tiles: more than workers, so that they end together


def timed_tiles(setup: WorkerSetup) -> Perform:
    """What scores a tile in a worker and returns when it began, when it ended, and its CPU time."""
    score = open_tiles(setup)

    def timed(part, advance):
        began, used = time.time(), time.process_time()
        score(part, advance)
        return began, time.time(), time.process_time() - used

    return timed


def the_work() -> tuple[Work, list[Task]]:
    """Tiles of the demo, and how they are scored with the bundled model."""
    run, model = bundled_run(), load_model("bundled", device="cpu")
    identity = scoring_identity(model, run.record)
    setup = WorkerSetup(options_of_run(run, "cpu"), None, 1, run.record, identity)
    task = kernel_task(run, KERNEL)
    starts = range(0, TILES * COLUMNS, COLUMNS)
    tiles = [Tile(slice(0, ROWS), slice(start, start + COLUMNS)) for start in starts]
    opener = partial(timed_tiles, setup)
    return Work(opener, opener), [tile_task(KERNEL, task, tile) for tile in tiles]


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """So many processes of this machine."""
    yield LocalProcesses(workers, threads=1)


@contextmanager
def actors(workers: int) -> Iterator[Executor]:
    """So many actors of a cluster of this machine."""
    ray.init(THIS_MACHINE, num_cpus=workers, log_to_driver=False, **OWN_OPTIONS)
    yield RayCluster(THIS_MACHINE, threads=1)
    ray.shutdown()


def main() -> None:
    """Print a line for each kind of worker and number of them."""
    work, tasks = the_work()
    print("| workers | pairs a second | beside one | CPU ms a pair | on two free cores | load |")
    print("|---|---|---|---|---|---|")
    kinds: dict[str, Callable] = {"processes": processes, "actors": actors}
    for kind, started in kinds.items():
        rate_of_one = used_by_one = 0.0
        for workers in (1, 2):
            before = load()
            with started(workers) as executor:
                times = [taken for _, taken in executor.results(work, tasks, lambda pairs: None)]
            began, ended, used = zip(*times, strict=True)
            pairs = TILES * ROWS * COLUMNS
            rate, cpu = pairs / (max(ended) - min(began)), sum(used) / pairs
            if workers == 1:
                rate_of_one, used_by_one = rate, cpu
            print(
                f"| {workers} {kind} | {rate:.1f} | {rate / rate_of_one:.2f} | {1000 * cpu:.1f} |"
                f" {workers * used_by_one / cpu:.2f} | {before} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
