"""The card of an audit: one example, and a key for each act.

An act is written to disk before the card shows the next example.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from delift_core.audit.events import REASONS, Action
from pages.session import widget_state
from pages.widgets.component import component

KEY = "audit card"
ACTS = ("keep", "drop", "flag", "skip", "undo", "edit", "previous", "next")
LONGEST_NOTE, LONGEST_RESPONSE = 10_000, 1_000_000  # characters
_card = component("audit_card", __file__)


@dataclass(frozen=True)
class CardAct:
    """An act of a reviewer: on which example, with which reasons and note.

    An act with the same uid is a repetition of it.
    """

    uid: str
    act: str
    example: str | None
    reasons: tuple[str, ...]
    note: str
    response: str = ""  # of an edit: the response from then on


def audit_card(data: Mapping, on_act: Callable[[], None]) -> None:
    """Draw the card.

    data: what audit_card.js shows. on_act: called for every act and every repetition of one.
    """
    _card(key=KEY, data=dict(data) | {"reasons": list(REASONS)}, on_act_change=on_act)


def card_act() -> CardAct | None:
    """The act the card sends; None for anything that a card would not send."""
    sent = widget_state.value(KEY).get("act") or {}
    uid, act, example = sent.get("uid"), sent.get("act"), sent.get("example")
    if not isinstance(uid, str) or not re.fullmatch("[0-9a-f]{32}", uid):
        return None
    if act not in ACTS or not isinstance(example, str | None):
        return None
    reasons = tuple(reason for reason in sent.get("reasons") or () if reason in REASONS)
    note = str(sent.get("note") or "")[:LONGEST_NOTE].strip()
    response = str(sent.get("response") or "")[:LONGEST_RESPONSE]
    if act == Action.EDIT and not response.strip():
        return None
    return CardAct(uid, act, example, reasons, note, response)
