"""The dashboard's server as its users start it, in a workspace of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds that a server may take to answer
# UMAP itself is pure Python: what it cannot do without is llvmlite
HEAVY = ("torch", "umap", "llvmlite", "ray")


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    port: int
    pid: int
    start: float  # when its process was started, by time.perf_counter()
    seconds: float  # from then until it answered


def heavy_libraries(pid: int) -> list[str]:
    """The heavy libraries whose shared objects are in the memory of a process."""
    files = {
        line.split(maxsplit=5)[-1]
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
        if ".so" in line
    }
    return [
        library
        for library in HEAVY
        if any(f"/{library}/" in file or f"/lib{library}" in file for file in files)
    ]


@contextmanager
def serving(workspace: Path, script: str = "app.py", module: str = "streamlit") -> Iterator[Server]:
    """`streamlit run`, ended when the block ends. module: what is run in Streamlit's place."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DELIFT_WORKSPACE": str(workspace), "HF_HUB_OFFLINE": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, "run", script, f"--server.port={port}"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Server(port, process.pid, start, time_of_answer(port, process, start) - start)
    finally:
        process.kill()
        process.wait()


def time_of_answer(port: int, process: subprocess.Popen, start: float) -> float:
    """When the server said that it is healthy, by time.perf_counter(). Raises TimeoutError."""
    health = f"http://127.0.0.1:{port}/_stcore/health"
    while process.poll() is None and time.perf_counter() < start + PATIENCE:
        try:
            if urllib.request.urlopen(health, timeout=1).read() == b"ok":
                return time.perf_counter()
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(
        f"streamlit run does not answer on port {port} within {PATIENCE:g} s; start it by hand to"
        " see why"
    )
