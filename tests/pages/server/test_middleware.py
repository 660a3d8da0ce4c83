"""What requests pass first: a page that moved is found under its earlier address."""

import asyncio

import pytest

from pages.server.middleware import MOVED, MovedPages
from pages.server.navigation import PAGES


def request(path, query=b""):
    """What the server sends for a request, and whether the dashboard itself was reached."""
    sent, reached = [], []

    async def dashboard(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "query_string": query}
    asyncio.run(MovedPages(dashboard)(scope, None, send))
    return sent, reached


def test_a_link_to_an_earlier_address_leads_to_the_page_with_everything_it_names():
    (start, _), reached = request("/utilities", b"run=demo&eta=2")
    assert start["status"] == 307 and not reached
    assert dict(start["headers"])[b"location"] == b"scoring?run=demo&eta=2"


@pytest.mark.parametrize("path", ["/", "/scoring", "/utilities/more"])
def test_every_other_request_reaches_the_dashboard(path):
    assert request(path) == ([], [path])


def test_every_earlier_address_leads_to_a_page_there_is():
    assert set(MOVED.values()) <= {".", *(page.name for page in PAGES)}
