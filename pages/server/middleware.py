"""What requests pass first: allowed hosts and origins, headers, pages that moved; and warnings.

A warning names each protection that the configuration sets and somebody has switched off.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server.login import UNREADABLE, guests, has_login, is_loopback, is_shared

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri"
        " 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# earlier addresses of pages, which links still lead to; Start is the first page
MOVED = {"/utilities": "scoring", "/start": "."}
PROTECTIONS = {  # option -> (the value that protects, what happens with any other)
    "server.enableXsrfProtection": (True, "Uploads are taken from pages of other sites"),
    "server.enableCORS": (True, "Pages of other sites may open the dashboard's socket"),
    "client.showErrorDetails": ("type", "Errors show their text and paths of this machine"),
    "browser.gatherUsageStats": (False, "Statistics are sent to Streamlit"),
    "server.enableStaticServing": (False, "Files beside the dashboard are served"),
    "server.enableAgentApi": (False, "The dashboard can be driven by plain HTTP requests"),
}
SHARING = "docs/sharing.md says how to share it safely."


class SecurityHeaders:
    """Every response forbids loading from another host and framing by another page."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class SameOriginSockets:
    """Sockets are opened for the dashboard's own pages only.

    Streamlit itself lets in pages of another port of the same host.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]):
        self.app = app
        self.allowed = tuple(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or self.is_allowed(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        refusal = PlainTextResponse("A page of another origin", status_code=403)
        await refusal(scope, receive, send)

    def is_allowed(self, headers: Headers) -> bool:
        """Whether the origin is this host, an allowed one, or absent: no browser sent it then."""
        origin = headers.get("origin")
        if origin is None or origin in self.allowed:
            return True
        return urlsplit(origin).netloc == headers.get("host")


class MovedPages:
    """A link to a page by its earlier address leads to the page, with everything it names."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = MOVED.get(scope.get("path", "")) if scope["type"] == "http" else None
        if page is None:
            await self.app(scope, receive, send)
            return
        # relative: the dashboard may be served below a path
        query = scope["query_string"].decode("ascii", "ignore")
        await RedirectResponse(f"{page}?{query}")(scope, receive, send)


def middleware() -> list[Middleware]:
    """What every request passes first. Streamlit itself asks for the host on its socket only."""
    hosts = st.get_option("server.allowedHosts") or ["*"]
    origins = st.get_option("server.corsAllowedOrigins")
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(SameOriginSockets, allowed=origins),
        Middleware(SecurityHeaders),
        Middleware(MovedPages),
    ]


def security_warnings() -> Iterator[str]:
    """One sentence for every protection that is switched off."""
    login = has_login()
    if login is None:
        yield UNREADABLE
    yield from address_warnings(login)
    yield from host_warnings(login)
    yield from guest_warnings(login)
    for option, (safe, danger) in PROTECTIONS.items():
        if st.get_option(option) != safe:
            yield f"{danger} ({option})."


def address_warnings(login: bool | None) -> Iterator[str]:
    """Whether other machines reach the server."""
    address = st.get_option("server.address")
    if is_loopback(address):
        return
    open_to_all = " and nobody has to log in" if login is False else ""
    yield (
        f"The dashboard listens on {address or 'every address of this machine'}: other machines"
        f" can reach it{open_to_all}. {SHARING}"
    )


def host_warnings(login: bool | None) -> Iterator[str]:
    """Which names the server answers to."""
    hosts = st.get_option("server.allowedHosts") or ["*"]
    if "*" in hosts:
        yield (
            "Any host name is answered, so a page of another site can reach the dashboard"
            " (server.allowedHosts)."
        )
    elif is_shared() and login is False:
        yield (
            f"The dashboard answers to {', '.join(hosts)} and nobody has to log in: secrets.toml"
            f" has no section auth. {SHARING}"
        )


def guest_warnings(login: bool | None) -> Iterator[str]:
    """Who may come in once they are logged in."""
    invited = guests()
    if not login or invited:
        return
    admitted = "Everybody with an account of the provider may come in"
    if invited is None:
        admitted = "Nobody is let in"
    yield (f"{admitted}: allow in the section delift of secrets.toml is no list of addresses.")
