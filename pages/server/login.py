"""Who may come in where the dashboard is shared.

Without a section auth in secrets.toml nobody has to log in.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from pages.session.person import email, login_name

UNREADABLE = (
    "secrets.toml cannot be read, so nobody is let in. Mend it and start the dashboard again."
)
NOT_INVITED = "Your account may not use this dashboard. Ask whoever runs it to add your address."
INVITATION = (
    "This dashboard is shared, and verdicts are written under the name of whoever gives them."
)
# holds "log-in" once secrets.toml had a section auth: nobody is let in when that goes away
SEEN: set[str] = set()


def admit() -> None:
    """Return for a person who may come in; for everybody else the page stops here."""
    if st.user.get("is_logged_in", has_login() is False):
        if is_welcome():
            return
        st.error(NOT_INVITED, icon=":material/block:")
        logout_button()
    elif has_login() is None:
        st.error(UNREADABLE, icon=":material/lock:")
    else:
        st.title("DELIFT")
        st.write(INVITATION)
        st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()


def has_login() -> bool | None:
    """Whether secrets.toml has a section auth; None where that cannot be read.

    None too where there was one while this server ran and it went away: nobody is let in then.
    """
    try:
        exists = any(Path(file).exists() for file in st.get_option("secrets.files"))
        has_section = exists and "auth" in st.secrets
    except (StreamlitSecretNotFoundError, OSError, UnicodeError):
        return None
    if has_section:
        SEEN.add("log-in")
        return True
    return None if "log-in" in SEEN else False


def is_shared() -> bool:
    """Whether others than this machine's user may come in.

    They may by a log-in, or because the server answers to a name that is not this machine's own.
    """
    hosts = st.get_option("server.allowedHosts") or ["*"]
    return has_login() is not False or not all(map(is_loopback, hosts))


def is_loopback(address: str | None) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return address == "localhost" or ip_address(address or "").is_loopback
    except ValueError:
        return False


def is_welcome() -> bool:
    """Whether the section delift of secrets.toml allows the person.

    It allows addresses and @domains, and everybody where it names none.
    """
    login = has_login()
    if login is False:
        return True
    invited = guests()
    if login is None or invited is None:
        return False
    if not invited:
        return True
    address = email()
    if address is None:
        return False
    domain = f"@{address.rpartition('@')[2]}"
    return address in invited or domain in invited


def guests() -> list[str] | None:
    """The addresses and @domains that may come in; empty where everybody may.

    None where secrets.toml holds something else than a list of them.
    """
    if not has_login():
        return []
    section = st.secrets.get("delift", {})
    if not isinstance(section, Mapping):
        return None
    allowed = section.get("allow", [])
    if not isinstance(allowed, list) or not all(isinstance(guest, str) for guest in allowed):
        return None
    return [guest.lower() for guest in allowed]


def logout_button() -> None:
    """The button that logs out."""
    st.button("Log out", icon=":material/logout:", key="log out", on_click=st.logout)


def login_card() -> None:
    """Who is logged in, and the button that logs out, in the sidebar; empty without a log-in."""
    name = login_name()
    if name is None:
        return
    with st.sidebar:
        st.text(name)
        logout_button()
