"""A real server, a real browser.

Both are skipped with a reason where there is no browser, unless E2E_REQUIRED=1 asks for a failure.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
START = 60  # seconds a server may take to answer


def pytest_collection_modifyitems(config, items):
    """Mark every test of this folder e2e; one that fails is tried once more.

    A busy machine can keep a browser waiting.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")
        if item.get_closest_marker("e2e") and config.pluginmanager.hasplugin("rerunfailures"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@dataclass(frozen=True)
class Server:
    """`streamlit run app.py` on a port of its own, keeping its runs in a workspace of its own."""

    url: str
    workspace: Path
    process: subprocess.Popen

    def kill(self):
        """As when the machine fails: nothing is tidied up."""
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def answers(url):
    try:
        return urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).read() == b"ok"
    except OSError:
        return False


@contextlib.contextmanager
def serving(workspace, log, port=None, *options):
    """A server that answers, with more options of streamlit's.

    Afterwards neither it nor a worker that it started is left.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    environment = {**os.environ, "DELIFT_WORKSPACE": str(workspace), "HF_HUB_OFFLINE": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server, end = Server(f"http://127.0.0.1:{port}", workspace, process), time.monotonic() + START
    try:
        while not answers(server.url):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the server does not answer: {log.read_text()}")
            time.sleep(0.05)
        yield server
        assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace"), (
            f"the server met an error: {log}"
        )
    finally:
        server.kill()
        end_workers(workspace)


def end_workers(workspace):
    """Stop what still works in a workspace."""
    from delift_core.jobs import jobs

    for written in workspace.rglob("status.json"):
        jobs.cancel(written.parent)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that most tests share."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder / "workspace", folder / "log.txt") as running:
        yield running


@pytest.fixture
def new_server(tmp_path):
    """new_server(workspace, port) -> another server, started now"""
    with contextlib.ExitStack() as stack:
        started = []

        def start(workspace=tmp_path / "workspace", port=None):
            started.append(workspace)
            return stack.enter_context(
                serving(workspace, tmp_path / f"server-{len(started)}.log", port)
            )

        yield start


@pytest.fixture(scope="module")
def browser():
    """Debian's browser, headless.

    It goes with the module: its event loop is not left to tests that know nothing of it.
    """
    from playwright.sync_api import sync_playwright

    program = next(
        filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *BROWSERS))), None
    )
    if program is None:
        (pytest.fail if os.environ.get("E2E_REQUIRED") == "1" else pytest.skip)(
            "no chromium: apt-get install chromium, or name one in CHROMIUM"
        )
    with sync_playwright() as player:
        running = player.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser, request):
    """visit(path, at=a server, scheme="light", motion="reduce", **address) -> a person's page

    At the end none of the pages may have met any trouble.
    """
    from tests.e2e import driving

    visitors = []

    def arrive(path="", at=None, scheme="light", motion="reduce", **address):
        at = at or request.getfixturevalue("server")
        person = browser.new_context(
            base_url=at.url,
            viewport={"width": 1440, "height": 900},
            color_scheme=scheme,
            reduced_motion=motion,
            accept_downloads=True,
        )
        person.set_default_timeout(driving.PATIENCE)
        page = person.new_page()
        visitors.append((page, driving.troubles_of(page, at.url)))
        return driving.go(page, path, **address)

    yield arrive
    for page, troubles in visitors:
        if not page.is_closed():
            driving.settled(page)
            assert page.get_by_test_id("stException").count() == 0
            page.context.close()
        assert not troubles


@pytest.fixture(scope="session")
def demo(server):
    """The demo as the shared server's workspace holds it."""
    from delift_core.runs.store import open_demo

    return open_demo(server.workspace)


@pytest.fixture(scope="session")
def choose():
    """choose(run, **choice) -> the selection that the library makes"""
    from delift_core.selection.choice import Choice
    from delift_core.workflow import choose as choosing

    return lambda run, **fields: choosing.choose(
        run, Choice(**{"objective": "facility_location", **fields})
    )[1]
