"""The server from outside: where it listens, whom it answers, what it takes, what it tells."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from websockets.exceptions import InvalidStatus

from benchmarks.serving import serving as serving_script
from benchmarks.visitor import NotDrawn, visiting
from tests.e2e.conftest import ROOT, answers, free_port
from tests.security.conftest import ask, port_of, session

EVIL = "evil.example"
PATHS = (
    "/",
    "/audit?run=demo",
    "/_stcore/health",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/media/x.csv",
)
LOOSE = """[server]
address = "0.0.0.0"
allowedHosts = []
enableXsrfProtection = false
enableCORS = false
enableStaticServing = true
enableAgentApi = true
trustedUserHeaders = '{"X-User": "email"}'
[browser]
gatherUsageStats = true
[client]
showErrorDetails = "full"
"""


def listening(pid):
    """Where a process waits for connections."""
    return {
        connection.laddr.ip
        for connection in psutil.Process(pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def own_addresses():
    """The addresses of this machine that others reach."""
    addresses = {
        interface.address
        for interfaces in psutil.net_if_addrs().values()
        for interface in interfaces
        if interface.family == socket.AF_INET
    }
    return {address for address in addresses if not address.startswith("127.")}


# where it listens, whom it answers


def test_it_listens_on_this_machine_only(server, tried):
    assert listening(server.process.pid) == {"127.0.0.1"}
    for address in own_addresses():
        with (
            pytest.raises(OSError),
            socket.create_connection((address, port_of(server)), timeout=5),
        ):
            pass
    tried(
        "a connection from another machine",
        "refused",
        f"listens on 127.0.0.1, not on {', '.join(own_addresses()) or 'other addresses'}",
    )


@pytest.mark.parametrize(
    "host",
    [
        EVIL,
        f"{EVIL}:8501",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
    ],
)
def test_a_foreign_host_is_answered_by_nothing(server, tried, host):
    for path in PATHS:
        status, _, body = ask(server, "GET", path, Host=host)
        assert (status, body) == (400, b"Invalid host header"), path
    tried(f"HTTP with Host: {host}", "refused", f"400 on {len(PATHS)} paths")


def test_its_own_hosts_are_answered(server):
    for host in (f"127.0.0.1:{port_of(server)}", f"localhost:{port_of(server)}"):
        assert ask(server, "GET", "/_stcore/health", Host=host)[0] == 200


def test_dns_rebinding_opens_no_socket(server, tried):
    """A name of the attacker's that now points here: Host and Origin agree, and are not ours."""
    host = f"{EVIL}:{port_of(server)}"
    with (
        pytest.raises(InvalidStatus) as refused,
        session(server, Host=host, Origin=f"http://{host}"),
    ):
        pass
    assert refused.value.response.status_code in (400, 403)
    tried("a socket after DNS rebinding", "refused", f"HTTP {refused.value.response.status_code}")


@pytest.mark.parametrize(
    "origin", [f"http://{EVIL}", "null", "https://share.streamlit.io", "http://127.0.0.1:1"]
)
def test_a_page_of_another_site_opens_no_socket(server, tried, origin):
    with pytest.raises(InvalidStatus) as refused, session(server, Origin=origin):
        pass
    assert refused.value.response.status_code == 403
    tried(f"a socket with Origin: {origin}", "refused", "HTTP 403")


def test_its_own_page_opens_a_socket(server):
    with session(server, Origin=server.url) as (new, _):
        assert new.initialize.session_id


# what it takes


@pytest.fixture
def upload_to(server):
    """upload_to(content, name, **headers) -> (status, headers, body)

    Cookie and token are those the server gave unless others are named.
    """
    with session(server) as (new, _):
        cookie = ask(server, "GET", "/_stcore/health")[1]["Set-Cookie"]
        token = cookie.split(";")[0].partition("=")[2]
        address = f"/_stcore/upload_file/{new.initialize.session_id}/1"

        def put(content=b"{}", name="a.jsonl", **headers):
            body = (
                (
                    b'--x\r\nContent-Disposition: form-data; name="f"; filename="'
                    + name.encode()
                    + b'"\r\n\r\n'
                )
                + content
                + b"\r\n--x--\r\n"
            )
            all_headers = {
                "Cookie": f"_streamlit_xsrf={token}",
                "X-Xsrftoken": token,
                "Content-Type": "multipart/form-data; boundary=x",
                **headers,
            }
            return ask(
                server,
                "PUT",
                address,
                body,
                **{key: value for key, value in all_headers.items() if value},
            )

        yield put


def test_an_upload_with_the_pages_token_is_taken(upload_to):
    assert upload_to()[0] == 204


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Xsrftoken": ""},
        {"X-Xsrftoken": "guessed"},
        {"Cookie": ""},
        {"X-Xsrftoken": "", "Cookie": ""},
    ],
    ids=str,
)
def test_an_upload_without_the_pages_token_is_refused(upload_to, tried, forged):
    status, _, body = upload_to(**forged)
    assert status == 403 and b"XSRF" in body
    tried(f"an upload with {forged}", "refused", "403 XSRF token missing or invalid")


def test_an_upload_over_the_limit_is_refused_before_it_is_read(server, upload_to, tried):
    status, _, body = upload_to(**{"Content-Length": str(100 * 1024**2 + 1)})
    assert (status, body) == (413, b"File too large")
    tried("an upload that says it is over 100 MB", "refused", "413")


def test_an_upload_that_hides_its_size_is_cut_off_at_the_limit(server, tried):
    """No Content-Length, only pieces: they are counted as they come."""
    with (
        session(server) as (new, _),
        socket.create_connection(("127.0.0.1", port_of(server)), timeout=60) as line,
    ):
        token = (
            ask(server, "GET", "/_stcore/health")[1]["Set-Cookie"].split(";")[0].partition("=")[2]
        )
        line.sendall(
            (
                f"PUT /_stcore/upload_file/{new.initialize.session_id}/2 HTTP/1.1\r\nHost:"
                f" 127.0.0.1\r\nCookie: _streamlit_xsrf={token}\r\nX-Xsrftoken:"
                f" {token}\r\nContent-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding:"
                " chunked\r\n\r\n"
            ).encode()
        )
        head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jsonl"\r\n\r\n'
        send_pieces(line, [head, *[bytes(2**20)] * 130])
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    tried("an upload of 130 MB that hides its size", "refused", "413")


def send_pieces(line, pieces):
    """Send pieces until the other end has had enough."""
    with suppress(OSError):
        for piece in pieces:
            line.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")


# what it tells


def test_an_error_page_tells_neither_message_nor_path(tmp_path, tried):
    with (
        serving_script(tmp_path, str(Path(__file__).with_name("failing.py"))) as failing,
        visiting(failing.port, "", "") as visitor,
    ):
        with pytest.raises(NotDrawn):
            visitor.rerun()
        (shown,) = [
            element for name, element in visitor.elements.items() if name.startswith("exception:")
        ]
    message = shown.SerializeToString()
    assert shown.type == "ValueError"
    assert not any(
        secret in message
        for secret in (
            b"swordfish",
            b"anna",
            b"failing.py",
            b"Traceback",
            str(ROOT).encode(),
            b"google",
            b"chatgpt",
        )
    )
    tried(
        "an error of a page's script",
        "told by type only",
        "ValueError, no message, no path, no link",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/../../../../etc/passwd",
        "/media/../../../etc/passwd",
        "/_stcore/bidi-components/%2e%2e/%2e%2e/etc/passwd",
        "//evil.example/x",
        "/app/static/../../pyproject.toml",
    ],
)
def test_no_address_leads_out_of_what_is_served(server, tried, path):
    status, headers, body = ask(server, "GET", path)
    assert (
        b"root:" not in body
        and b"[project]" not in body
        and EVIL not in (headers["Location"] or "")
    )
    tried(f"GET {path}", "refused" if status >= 400 else "the first page", str(status))


def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(server):
    for path in ("/", "/_stcore/health", "/nothing/here.js"):
        headers = ask(server, "GET", path)[1]
        assert (
            "default-src 'self'" in headers["Content-Security-Policy"]
            and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        )
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_usage_statistics_are_off_and_no_other_origin_may_speak_to_the_page(server):
    with session(server) as (new, _):
        assert new.config.gather_usage_stats is False
    assert b'"allowedOrigins":[]' in ask(server, "GET", "/_stcore/host-config")[2].replace(
        b" ", b""
    )


def test_the_agent_interface_is_off(server):
    assert ask(
        server, "POST", "/_stcore/agent/interact", b"{}", **{"Content-Type": "application/json"}
    )[0] in (403, 404, 405)


# how its guards could be taken down


def started(command, folder, environment):
    """What a server that a command starts shows of itself.

    Returns its output until it answered, the addresses it listens on, whether it gathers usage
    statistics, and its status for a foreign host and for an upload without a token.
    """
    port, log = free_port(), folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "DELIFT_WORKSPACE": str(folder / "workspace"), **environment},
        )
    try:
        end = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}"):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        with session(Port(port)) as (new, _):
            stats = new.config.gather_usage_stats
        return (
            log.read_text(),
            listening(process.pid),
            stats,
            ask(Port(port), "GET", "/_stcore/health", Host=EVIL)[0],
            ask(Port(port), "PUT", "/_stcore/upload_file/a/b", b"")[0],
        )
    finally:
        process.kill()
        process.wait()


class Port:
    """A server by its port."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"


@pytest.fixture
def loose(tmp_path):
    """A folder and a home whose configuration takes every guard down."""
    for folder in (tmp_path, tmp_path / "home"):
        (folder / ".streamlit").mkdir(parents=True)
        (folder / ".streamlit" / "config.toml").write_text(LOOSE)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [["-m", "delift_core.cli", "app"], ["-m", "streamlit", "run", str(ROOT / "app.py")]],
    ids=["delift app", "streamlit run"],
)
def test_a_configuration_that_lies_around_takes_no_guard_down(loose, tried, command):
    output, addresses, stats, foreign, upload = started(
        [sys.executable, *command], loose, {"HOME": str(loose / "home"), "PYTHONPATH": str(ROOT)}
    )
    assert (addresses, stats, foreign, upload) == ({"127.0.0.1"}, False, 400, 403)
    assert "Warning" not in output
    tried(
        f"{' '.join(command)} beside a loose config.toml", "kept its guards", "127.0.0.1, 400, 403"
    )


def test_delift_app_starts_in_its_own_folder_and_folders_named_elsewhere_stay_what_they_were(
    tmp_path, monkeypatch
):
    """Its own configuration is the one that lies beside app.py."""
    from delift_core.cli.main import main

    became = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        os, "execv", lambda program, arguments: became.append((os.getcwd(), arguments[3:]))
    )
    monkeypatch.setenv("DELIFT_WORKSPACE", "here")
    monkeypatch.setenv("DELIFT_MODELS", os.pathsep.join(["a", "/b"]))
    CliRunner().invoke(main, ["app", "--server.port=1"])
    assert became == [(str(ROOT), ["run", "app.py", "--server.port=1"])]
    assert os.environ["DELIFT_WORKSPACE"] == str(tmp_path / "here") and os.environ[
        "DELIFT_MODELS"
    ] == os.pathsep.join([str(tmp_path / "a"), "/b"])


def test_guards_that_were_taken_down_on_purpose_are_named_aloud(loose, tried):
    environment = {
        "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
        "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full",
        "PYTHONPATH": str(ROOT),
    }
    output, addresses, *_ = started(
        [sys.executable, "-m", "delift_core.cli", "app", "--server.address=0.0.0.0"],
        loose,
        environment,
    )
    assert addresses == {"0.0.0.0"}
    warnings = [line for line in output.splitlines() if line.startswith("Warning: ")]
    assert len(warnings) == 3
    assert (
        "The dashboard listens on 0.0.0.0: other machines can reach it and nobody has to log in."
        in output
    )
    assert "Uploads are taken from pages of other sites (server.enableXsrfProtection)." in output
    tried("three guards taken down by hand", "said aloud", warnings[0])
