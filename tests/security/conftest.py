"""One server for the folder, as its users start it; the browser is that of tests/e2e."""

import http.client
import socket
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.e2e.conftest import browser, pytest_collection_modifyitems, serving, visit  # noqa: F401
from tests.pages.conftest import visit as page_of  # noqa: F401
from tests.pages.conftest import workspace  # noqa: F401

PATIENCE = 60  # seconds for an answer


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The dashboard with the project's own configuration."""
    folder = tmp_path_factory.mktemp("security")
    with serving(folder / "workspace", folder / "log.txt") as running:
        yield running


def port_of(server):
    return urlsplit(server.url).port


def ask(server, method, path, body=None, **headers):
    """(status, headers, body) of one HTTP request, its headers as given."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@contextmanager
def session(server, **headers):
    """A socket of the dashboard on which a script was asked for: (its first message, the socket).

    Host may be another than the server's.
    """
    options = {"origin": headers.pop("Origin", None)}
    host = headers.pop("Host", f"127.0.0.1:{port_of(server)}")
    line = socket.create_connection(("127.0.0.1", port_of(server)), PATIENCE)
    with connect(
        f"ws://{host}/_stcore/stream",
        sock=line,
        subprotocols=["streamlit"],
        max_size=None,
        additional_headers=headers,
        close_timeout=1,  # a server that still draws answers late
        **options,
    ) as opened:
        request = BackMsg()
        request.rerun_script.query_string = ""
        opened.send(request.SerializeToString())
        yield first(opened, "new_session"), opened


def first(opened, kind):
    """The first message of a kind."""
    while (message := ForwardMsg.FromString(opened.recv(timeout=PATIENCE))).WhichOneof(
        "type"
    ) != kind:
        continue
    return getattr(message, kind)
