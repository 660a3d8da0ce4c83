"""Times as a person reads them, on the clock of their browser."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local_time(moment: datetime) -> str:
    """Today 09:12, yesterday 18:05, or 3 Nov 2026."""
    local = moment.astimezone(zone())
    days = (datetime.now(zone()).date() - local.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {local:%H:%M}"
    return f"{local.day} {local:%b %Y}"


def zone() -> ZoneInfo | None:
    """The time zone of the browser; None, this machine's own, where it is not known."""
    name = st.context.timezone
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
