"""The doors of the server: which hosts are answered, what a browser may load, and what is said when
a guard was taken down.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse

from pages.server.login import UNREADABLE, guests, has_login, is_loopback, is_shared

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri"
        " 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
GUARDS = {  # option -> (what keeps the guard up, what is said when it is down)
    "server.enableXsrfProtection": (True, "Uploads are taken from pages of other sites"),
    "server.enableCORS": (True, "Pages of other sites may open the dashboard's socket"),
    "client.showErrorDetails": ("type", "Errors show their text and paths of this machine"),
    "browser.gatherUsageStats": (False, "Statistics are sent to Streamlit"),
    "server.enableStaticServing": (False, "Files beside the dashboard are served"),
    "server.enableAgentApi": (False, "The dashboard can be driven by plain HTTP requests"),
}


class BrowserRules:
    """Every answer tells the browser to load nothing from another host and to show the dashboard in
    no frame of another page.
    """

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def told(message):
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, told)


class OwnPagesOnly:
    """A socket is opened for the dashboard's own pages: not even for those of another port of the
    same host, which Streamlit lets in.
    """

    def __init__(self, app, allowed: Sequence[str]):
        self.app, self.allowed = app, tuple(allowed)

    async def __call__(self, scope, receive, send):
        headers = Headers(scope=scope) if scope["type"] == "websocket" else {}
        origin = headers.get("origin")  # none from what is no browser
        if (
            origin is None
            or origin in self.allowed
            or urlsplit(origin).netloc == headers.get("host")
        ):
            return await self.app(scope, receive, send)
        return await PlainTextResponse("A page of another origin", status_code=403)(
            scope, receive, send
        )


def at_the_door() -> list[Middleware]:
    """What every request passes first. Streamlit itself asks for the host on its socket only."""
    hosts, origins = (
        st.get_option("server.allowedHosts") or ["*"],
        st.get_option("server.corsAllowedOrigins"),
    )
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(OwnPagesOnly, allowed=origins),
        Middleware(BrowserRules),
    ]


def guards_down() -> Iterator[str]:
    """One sentence for every guard that this project's configuration sets and somebody took down."""
    address, login = st.get_option("server.address"), has_login()
    if login is None:
        yield UNREADABLE
    if not is_loopback(address):
        yield (
            f"The dashboard listens on {address or 'every address of this machine'}: other machines"
            f" can reach it{' and nobody has to log in' if login is False else ''}. docs/sharing.md"
            " says how to share it safely."
        )
    if "*" in (st.get_option("server.allowedHosts") or ["*"]):
        yield (
            "Any host name is answered, so a page of another site can reach the dashboard"
            " (server.allowedHosts)."
        )
    elif is_shared() and login is False:
        yield (
            f"The dashboard answers to {', '.join(st.get_option('server.allowedHosts'))} and nobody"
            " has to log in: secrets.toml has no section auth. docs/sharing.md says how to share"
            " it safely."
        )
    if login and not (invited := guests()):
        yield (
            f"{'Everybody with an account of the provider may come in' if invited is not None else 'Nobody is let in'}:"
            " allow in the section delift of secrets.toml is no list of addresses."
        )
    yield from (
        f"{told} ({option})."
        for option, (up, told) in GUARDS.items()
        if st.get_option(option) != up
    )
