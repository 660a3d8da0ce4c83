"""Who may come in where the dashboard is shared, and under which name they work. Without a section auth in secrets.toml nobody has to log in."""

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

UNREADABLE = "secrets.toml cannot be read, so nobody is let in. Mend it and start the dashboard again."
VERIFIED = (True, "true", None)                             # what providers say of an address; those that say nothing have no other kind


def admit() -> None:
    """Go on with somebody who may come in; for everybody else the page ends here."""
    if st.user.get("is_logged_in", has_login() is False):
        if is_welcome():
            return
        st.error("Your account may not use this dashboard. Ask whoever runs it to add your address.", icon=":material/block:")
        log_out()
    elif has_login() is None:
        st.error(UNREADABLE, icon=":material/lock:")
    else:
        st.title("DELIFT")
        st.write("This dashboard is shared, and verdicts are written under the name of whoever gives them.")
        st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()


def has_login() -> bool | None:
    """Whether secrets.toml has a section auth; None where there is such a file and nobody can say: that opens no door."""
    try:
        return any(Path(file).exists() for file in st.get_option("secrets.files")) and "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return None


def is_welcome() -> bool:
    """Whether the section delift of secrets.toml allows the person: by address, by @domain, or everybody when it says nothing."""
    if not st.user.get("is_logged_in") or not has_login():
        return True
    allowed = [str(one).lower() for one in st.secrets.get("delift", {}).get("allow", [])]
    address = email() or ""
    return not allowed or address in allowed or f"@{address.rpartition('@')[2]}" in allowed


def email() -> str | None:
    """The address that the provider vouches for."""
    told = st.user.get("email") if st.user.get("email_verified") in VERIFIED else None
    return str(told).lower() if told else None


def login_name() -> str | None:
    """Under which name somebody who logged in works: their address, or else what the provider calls them, told apart by its own key."""
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
