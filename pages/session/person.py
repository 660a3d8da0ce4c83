"""Who is logged in, as the provider of the log-in vouches for it."""

import streamlit as st

# what providers say of an address; those that say nothing have no other kind
VERIFIED = (True, "true", None)


def email() -> str | None:
    """The address that the provider vouches for."""
    address = st.user.get("email")
    if not address or st.user.get("email_verified") not in VERIFIED:
        return None
    return str(address).lower()


def login_name() -> str | None:
    """The name under which somebody who logged in works; None where nobody did.

    The address, or else what the provider calls them beside its own key.
    """
    if not st.user.get("is_logged_in"):
        return None
    return email() or f"{st.user.get('name') or 'somebody'} ({st.user.get('sub')})"
