"""A process that has torch and a model loaded, from which workers are forked in no time.

A fork runs the worker itself, on real files, with the loaded model.

    python -m tests.faults.processes MODEL

loads the model, then reads one JSON line after the other: {"folders": [one worker each],
"fault": {...}}. It prints the pid of the first worker and, when each has ended, its exit code (or
minus the signal) and the seconds of processor time it took.

A fault is one of
    {"killed": [moment, turn, share]}
        SIGKILL when a moment comes for the turn-th time; a file about to be renamed keeps that
        share of its bytes
    {"counted": file}
        no fault: how often each moment came
    {"filled": [moment, turn], "filler": file}
        the file takes all the room of its disk when that moment comes
    {"held": [moment, turn], "until": file}
        the worker waits at that moment until the file is there
    {"memory": bytes, "token": bytes}
        no more memory than is in use and so much, and every token of a pack takes so much
"""

import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas  # noqa: F401  (what a worker imports as it goes is here already)
import pyarrow.dataset  # noqa: F401
import torch
import zarr.codecs  # noqa: F401

from delift_core.jobs import tasks, worker  # noqa: F401
from delift_core.runs import reuse, tables  # noqa: F401
from delift_core.runs.run import Run
from delift_core.scoring import model as model_of
from delift_core.workflow import score as scoring
from delift_core.workflow import tile_work
from tests.faults.conftest import fill

# in the pass alone, in the middle of a tile, of a file, and behind a stored tile
MOMENTS = ("alone", "tile", "writing", "between")


class FaultInjector:
    """Counts the moments of a worker, and brings about a fault when its moment comes."""

    def __init__(self, run: Path, fault: dict):
        self.run, self.fault, self.counts = str(run), fault, Counter()
        sys.addaudithook(self.on_audit_event)
        alone, tile, write = scoring.score_alone, tile_work.score_tile, Run.write_tile
        scoring.score_alone = lambda *given: alone(*given[:2], self.noticing("alone", given[2]))
        tile_work.score_tile = lambda *given: (
            self.require_memory(given[0].model),
            tile(*given[:3], self.noticing("tile", given[3])),
        )[1]
        Run.write_tile = lambda *given: (write(*given), self.notice("between"))

    def noticing(self, moment, progress):
        return lambda done: (self.notice(moment), progress(done))

    def on_audit_event(self, event, arguments):
        """Notice a file of the run that is finished and about to be renamed."""
        if (
            event == "os.rename"
            and str(arguments[0]).startswith(self.run)
            and "/jobs/" not in str(arguments[0])
        ):
            self.notice("writing", str(arguments[0]))

    def notice(self, moment, file=None):
        self.counts[moment] += 1
        now = [moment, self.counts[moment]]
        if now == self.fault.get("killed", [])[:2]:
            if file:
                os.truncate(file, int(os.path.getsize(file) * self.fault["killed"][2]))
            os.kill(os.getpid(), signal.SIGKILL)
        if now == self.fault.get("filled"):
            fill(Path(self.fault["filler"]))
        while now == self.fault.get("held") and not os.path.exists(self.fault["until"]):
            time.sleep(0.01)

    def require_memory(self, model):
        """Allocate what a pack of a large model takes, where the system has no more to give.

        Torch is made to, since other libraries may crash where there is no memory.
        """
        if "memory" not in self.fault:
            return
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + self.fault["memory"], before[1]))
        try:
            torch.empty(
                model.pack_tokens * self.fault["token"],
                dtype=torch.uint8,
            )
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)


def work(folder: Path, fault: dict) -> int:
    """What a forked worker does; its exit code."""
    os.setsid()
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(log, stream)
    injector = FaultInjector(folder.parents[1], fault) if fault else None
    try:
        worker.main(folder)
        code = 0
    except SystemExit as reason:
        code = reason.code or 0
    if "counted" in fault:
        Path(fault["counted"]).write_text(json.dumps(injector.counts))
    return code


def fork(folder: Path, fault: dict) -> int:
    """The pid of a worker."""
    if pid := os.fork():
        return pid
    code = 70
    try:
        code = work(folder, fault)
    finally:
        os._exit(code)


def main(model: str) -> None:
    torch.set_num_threads(1)
    loaded = model_of.load_model(model, device="cpu")
    # half a second for each worker
    model_of.load_model = lambda name, *, pack_tokens=None, **options: replace(
        loaded, pack_tokens=pack_tokens
    )
    for line in sys.stdin:
        request = json.loads(line)
        pids = [fork(Path(folder), request["fault"]) for folder in request["folders"]]
        print(pids[0], flush=True)
        for pid in pids:
            _, status, used = os.wait4(pid, 0)
            print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
