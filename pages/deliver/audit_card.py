"""The card of an audit: one example, keys for what is said of it.

What it tells the server is written before it shows the next.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from delift_core.audit.events import REASONS

KEY = "audit card"
HERE = Path(__file__).parent
ACTS = ("keep", "drop", "flag", "skip", "undo", "previous", "next")
LONGEST_NOTE = 10_000
_card = st.components.v2.component(
    "audit_card",
    **{
        kind: (HERE / f"audit_card.{kind}").read_text(encoding="utf-8")
        for kind in ("html", "css", "js")
    },
)


@dataclass(frozen=True)
class Asked:
    """What the card tells: an act, on which example, with what was said beside it.

    The same uid told again is the same act.
    """

    uid: str
    act: str
    example: str | None
    reasons: tuple[str, ...]
    note: str


def audit_card(data: Mapping, on_asked: Callable[[], None]) -> None:
    """Draw the card.

    data: what audit_card.js shows; on_asked is called for every act and every repetition of one.
    """
    _card(key=KEY, data=dict(data) | {"reasons": list(REASONS)}, on_asked_change=on_asked)


def asked() -> Asked | None:
    """The act the card tells of now; None for anything a card would not say."""
    told = st.session_state[KEY].get("asked") or {}
    uid, act, example = told.get("uid"), told.get("act"), told.get("example")
    if not (
        isinstance(uid, str)
        and re.fullmatch("[0-9a-f]{32}", uid)
        and act in ACTS
        and isinstance(example, str | None)
    ):
        return None
    reasons = tuple(reason for reason in told.get("reasons") or () if reason in REASONS)
    return Asked(uid, act, example, reasons, str(told.get("note") or "")[:LONGEST_NOTE].strip())
