"""The wheel holds the whole project: installed, it serves the dashboard without a checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from pathlib import Path

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.e2e.conftest import answers, free_port
from tests.pages.conftest import PAGES

ROOT = Path(__file__).parents[1]
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "app.py", "delift_core", "pages", ".streamlit")
BUNDLED_RUN = ROOT / "delift_core" / "data" / "bundled" / "run"
START = 60  # seconds a server may take to answer
VERSION = "0.1.0"


def not_shipped(folder, names):
    """What work in a checkout leaves: compiled files, secrets, jobs and choices of the demo."""
    left = {"__pycache__", "secrets.toml"}
    if Path(folder) == BUNDLED_RUN:
        left |= {"jobs", "selections"}
    return left & set(names)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the checkout."""
    pytest.importorskip("pip", reason="no pip here: python -m ensurepip")
    source = tmp_path_factory.mktemp("source")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=not_shipped)
        else:
            shutil.copy(ROOT / name, source)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", source / "dist", source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """A virtual environment that holds the wheel and sees the libraries of this one.

    The editable project of this environment is out of its sight: .pth files of a folder that is
    itself named by a .pth file are not read.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    program = folder / "bin" / "python"
    pip("--python", program, "install", "--no-deps", "--no-index", "--no-compile", wheel)
    libraries = sysconfig.get_path("purelib", vars={"base": folder})
    Path(libraries, "parent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory):
    """Where nothing of the project lies."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def variables(empty_folder):
    """The environment variables of a user who has no checkout."""
    cleared = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**cleared, "DELIFT_WORKSPACE": str(empty_folder / "workspace"), "HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def delift(environment, empty_folder, variables):
    """delift(*words) -> what the installed command prints."""

    def run(*words):
        return subprocess.run(
            [environment / "bin" / "delift", *words],
            cwd=empty_folder,
            env=variables,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    return run


@pytest.fixture(scope="module")
def dashboard(environment, empty_folder, variables):
    """(port, process) of `delift app`, started in an empty folder."""
    port = free_port()
    log = empty_folder / "log.txt"
    command = [environment / "bin" / "delift", "app", "--", f"--server.port={port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--server.headless=true"],
            cwd=empty_folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + START
        while not answers(f"http://127.0.0.1:{port}"):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield port, process
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def pip(*words):
    command = [sys.executable, "-m", "pip", "--quiet", *map(str, words)]
    subprocess.run(command, check=True, cwd=Path(sys.prefix))


def messages(port, page):
    """Yields the messages that a visit to a page of the demo brings, up to the script's end."""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None
    ) as socket:
        request = BackMsg()
        request.rerun_script.query_string = "run=demo"
        request.rerun_script.page_name = page
        socket.send(request.SerializeToString())
        while True:
            message = ForwardMsg.FromString(socket.recv(timeout=START))
            yield message
            if message.WhichOneof("type") == "script_finished":
                return


def test_the_command_is_that_of_the_wheel(delift, environment):
    assert VERSION in delift("--version")
    assert delift("runs").startswith("No runs in ")
    code = "import delift_core; print(delift_core.__file__)"
    program = environment / "bin" / "python"
    line = subprocess.run([program, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert Path(line.stdout.strip()).is_relative_to(environment)


READ_A_FILE = """
import sys, time
from delift_core.jobs import jobs
from delift_core.jobs.requests import ReadRequest

request = ReadRequest(sys.argv[1], workspace=sys.argv[2])
jobs.start(request)
while jobs.status(request.folder).active:
    time.sleep(0.05)
print(jobs.status(request.folder).state)
"""


def test_a_worker_is_started_beside_the_installed_engine(environment, empty_folder, variables):
    source = empty_folder / "pool.jsonl"
    source.write_text('{"prompt": "2 + 2", "response": "4"}\n')
    program = environment / "bin" / "python"
    command = [program, "-c", READ_A_FILE, source, empty_folder / "workspace"]
    ended = subprocess.run(
        command, cwd=empty_folder, env=variables, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "done"


def test_the_dashboard_runs_in_the_folder_that_the_wheel_brought(dashboard, environment):
    port, process = dashboard
    folder = Path(psutil.Process(process.pid).cwd())
    assert folder.is_relative_to(environment) and folder.name == "delift_dashboard"
    assert (folder / ".streamlit" / "config.toml").is_file()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
        assert page.headers["X-Content-Type-Options"] == "nosniff"  # the project's own middleware
        assert b'<div id="root">' in page.read()


@pytest.mark.parametrize("place", PAGES)
def test_every_page_is_drawn(dashboard, place):
    address = "" if place == "prepare/start" else place.partition("/")[2]
    received = list(messages(dashboard[0], address))
    assert not [message for message in received if message.HasField("page_not_found")]
    elements = [message.delta.new_element for message in received if message.HasField("delta")]
    assert elements and not [element for element in elements if element.HasField("exception")]


def test_pictures_and_scripts_of_pages_come_along(dashboard):
    received = list(messages(dashboard[0], "audit"))
    script = (ROOT / "pages" / "deliver" / "audit_card.js").read_bytes()
    assert any(script in message.SerializeToString() for message in received)
    configs = [message.page_config_changed for message in received]
    (favicon,) = {config.favicon for config in configs if config.favicon}
    address = f"http://127.0.0.1:{dashboard[0]}{favicon}"
    with urllib.request.urlopen(address) as picture:
        assert picture.read() == (ROOT / "pages" / "server" / "icon.png").read_bytes()
