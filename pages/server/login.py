"""Who may come in where the dashboard is shared, and under which name they work.

Without a section auth in secrets.toml nobody has to log in.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

UNREADABLE = (
    "secrets.toml cannot be read, so nobody is let in. Mend it and start the dashboard again."
)
SEEN: set[str] = set()  # "log-in", once one was asked for: a file that goes away opens no door
# what providers say of an address; those that say nothing have no other kind
VERIFIED = (True, "true", None)


def admit() -> None:
    """Go on with somebody who may come in; for everybody else the page ends here."""
    if st.user.get("is_logged_in", has_login() is False):
        if is_welcome():
            return
        st.error(
            "Your account may not use this dashboard. Ask whoever runs it to add your address.",
            icon=":material/block:",
        )
        log_out()
    elif has_login() is None:
        st.error(UNREADABLE, icon=":material/lock:")
    else:
        st.title("DELIFT")
        st.write(
            "This dashboard is shared, and verdicts are written under the name of whoever gives"
            " them."
        )
        st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()


def has_login() -> bool | None:
    """Whether secrets.toml has a section auth; None where nobody can say, or where there was one
    while this server ran: that opens no door.
    """
    try:
        found = (
            any(Path(file).exists() for file in st.get_option("secrets.files"))
            and "auth" in st.secrets
        )
    except (StreamlitSecretNotFoundError, OSError, UnicodeError):
        return None
    if found:
        SEEN.add("log-in")
    return found or (None if "log-in" in SEEN else False)


def is_shared() -> bool:
    """Whether others than this machine's user may come in: by a log-in, or because the server
    answers to a name that is not this machine's own.
    """
    return has_login() is not False or not all(
        map(is_loopback, st.get_option("server.allowedHosts") or ["*"])
    )


def is_loopback(address: str | None) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return address == "localhost" or ip_address(address or "").is_loopback
    except ValueError:
        return False


def is_welcome() -> bool:
    """Whether the section delift of secrets.toml allows the person: by address, by @domain, or
    everybody when it says nothing.
    """
    known, invited, address = has_login(), guests(), email()
    if known is False:
        return True
    if known is None or invited is None:
        return False
    return not invited or (
        address is not None and (address in invited or f"@{address.rpartition('@')[2]}" in invited)
    )


def guests() -> list[str] | None:
    """The addresses and @domains that may come in, none where everybody may; None where what
    secrets.toml says is no list of them.
    """
    if not has_login():
        return []
    section = st.secrets.get("delift", {})
    named = section.get("allow", []) if isinstance(section, Mapping) else None
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        return None
    return [one.lower() for one in named]


def email() -> str | None:
    """The address that the provider vouches for."""
    told = st.user.get("email") if st.user.get("email_verified") in VERIFIED else None
    return str(told).lower() if told else None


def login_name() -> str | None:
    """Under which name somebody who logged in works: their address, or else what the provider calls
    them, told apart by its own key.
    """
    if not st.user.get("is_logged_in"):
        return None
    return email() or f"{st.user.get('name') or 'somebody'} ({st.user.get('sub')})"


def log_out() -> None:
    st.button("Log out", icon=":material/logout:", key="log out", on_click=st.logout)


def whoever() -> None:
    """In the sidebar: who is logged in, and the way out."""
    if name := login_name():
        with st.sidebar:
            st.text(name)
            log_out()
