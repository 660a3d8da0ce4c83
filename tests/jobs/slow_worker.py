"""A worker with tasks that only tests want: slow, deaf, failing.

Run as `python -m slow_worker FOLDER`, as the real one is.
"""

import os
import signal
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from delift_core.errors import UnreadableFile
from delift_core.jobs import requests, tasks, worker
from delift_core.jobs.requests import ScoreRequest


@dataclass(frozen=True)
class AnyRequest:
    """Any task in any folder."""

    folder: Path | None
    task: str
    arguments: dict


FAILURES = {
    "refusal": UnreadableFile("pool.jsonl: the file is\nempty. Choose another."),
    "defect": ZeroDivisionError("by zero."),
    "memory": MemoryError(),
    "accelerator": RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
    "allocator": RuntimeError(
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."
    ),
}


def count(request, progress):
    """Do `units` units of `seconds` each."""
    (progress.folder / f"worker-{os.getpid()}").touch()
    progress.stage("counting")
    progress.total(request.arguments["units"])
    for _ in range(request.arguments["units"]):
        time.sleep(request.arguments["seconds"])
        progress.advance()
    return {"counted": request.arguments["units"]}


def hold(request, progress):
    """The same, holding a device."""
    from delift_core.runs.lock import device_lock  # that of the workflow takes seconds to import

    workspace = Path(request.arguments["workspace"])
    with device_lock(workspace, "cpu", lambda: progress.queue("waiting for the cpu")):
        return count(request, progress)


def stuck(request, progress):
    """One call that takes a minute and checks nothing; ignores SIGTERM when told to."""
    progress.publish({"part": 1})
    if request.arguments.get("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    progress.stage("sleeping")
    time.sleep(60)
    return {}


def fail(request, progress):
    print("before the failure", flush=True)
    raise FAILURES[request.arguments["kind"]]


def score_slowly(request, progress):
    """The real scoring task, a second slower for every tile."""
    import torch

    from delift_core.workflow import tile_work

    torch.set_num_threads(1)
    quick = tile_work.score_tile

    def slow(*given):
        time.sleep(1)
        return quick(*given)

    tile_work.score_tile = slow
    return tasks.score(ScoreRequest.from_arguments(request.arguments), progress)


SLOW_TASKS = {
    "count": count,
    "hold": hold,
    "stuck": stuck,
    "fail": fail,
    "score slowly": score_slowly,
}

if __name__ == "__main__":
    tasks.TASKS |= SLOW_TASKS
    for name in SLOW_TASKS:
        requests.REQUESTS[name] = SimpleNamespace(from_arguments=partial(AnyRequest, None, name))
    worker.main(Path(sys.argv[1]))
