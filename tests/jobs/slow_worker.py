"""A worker with tasks that only tests want: slow, deaf, failing.

Run as `python -m slow_worker FOLDER`, as the real one is.
"""

import os
import signal
import sys
import time
from pathlib import Path

from delift_core.errors import UnreadableFile
from delift_core.jobs import tasks, worker

FAILURES = {
    "refusal": UnreadableFile("pool.jsonl: the file is\nempty. Choose another."),
    "defect": ZeroDivisionError("by zero."),
    "memory": MemoryError(),
    "accelerator": RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
    "allocator": RuntimeError(
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."
    ),
}


def count(arguments, progress):
    """Do `units` units of `seconds` each."""
    (progress.folder / f"worker-{os.getpid()}").touch()
    progress.stage("counting")
    progress.total(arguments["units"])
    for _ in range(arguments["units"]):
        time.sleep(arguments["seconds"])
        progress.advance()
    return {"counted": arguments["units"]}


def hold(arguments, progress):
    """The same, holding a device."""
    from delift_core.workflow.models import held_device

    with held_device("cpu", Path(arguments["workspace"]), progress):
        return count(arguments, progress)


def stuck(arguments, progress):
    """One call that takes a minute and looks at nothing; deaf to being terminated when asked to be."""
    progress.publish({"part": 1})
    if arguments.get("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    progress.stage("sleeping")
    time.sleep(60)
    return {}


def fail(arguments, progress):
    print("before the failure", flush=True)
    raise FAILURES[arguments["kind"]]


def score_slowly(arguments, progress):
    """The real scoring task, a second slower for every tile."""
    import torch

    from delift_core.workflow import score as scoring

    torch.set_num_threads(1)
    quick = scoring.score_tile

    def slow(*given):
        time.sleep(1)
        return quick(*given)

    scoring.score_tile = slow
    return tasks.score(arguments, progress)


if __name__ == "__main__":
    tasks.TASKS |= {
        "count": count,
        "hold": hold,
        "stuck": stuck,
        "fail": fail,
        "score slowly": score_slowly,
    }
    worker.main(Path(sys.argv[1]))
