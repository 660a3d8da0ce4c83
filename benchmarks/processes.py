"""What fresh processes print, and the memory of this one."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.rows import ROOT

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def module_output(module: str, *arguments: str, **environment: str) -> list[str]:
    """The words that a module prints when a fresh process with one thread runs it."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def process_memory(name: str, pid: int | str = "self") -> float:
    """MB of a process under a name of /proc/PID/status: VmRSS, VmHWM, RssAnon, RssFile."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def reset_peak_memory() -> None:
    """Let VmHWM, the highest memory of this process, begin anew."""
    Path("/proc/self/clear_refs").write_text("5")
