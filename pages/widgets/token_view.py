"""An answer token by token: what a shown example made more or less likely.

Each token has a share of the utility, and the shares sum to it.
"""

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.token_shares import log_ratios, token_shares
from delift_core.charts.palette import Palette
from delift_core.units import number
from pages.widgets.literal import literal
from pages.widgets.table_columns import headings, with_numbers
from pages.widgets.theme import palette

NAMED = 3  # tokens that the sentence names
SIGNED = "+.4f"  # utilities and what adds up to them
FAINTEST, STRONGEST = 0.06, 0.75  # opacity of the shading
TEXT_STYLE = "line-height:2;white-space:pre-wrap;overflow-wrap:anywhere"


def token_view(explanation: Mapping) -> None:
    """The shaded answer, a sentence, the numbers, and both prompts.

    explanation: what the job `explain` returned.
    """
    pieces = explanation["pieces"]
    alone, shown = (
        np.array(explanation[side]["log_probabilities"]) for side in ("alone", "shown")
    )  # (tokens,) each
    numbers = token_numbers(pieces, alone, shown)
    st.html(shaded_answer(pieces, numbers, palette()))
    st.caption(
        "Blue and underlined: more likely with the example shown. Orange and dashed: less likely."
        " The stronger, the larger its share."
    )
    shares = numbers["share"].to_numpy()
    st.write(largest_sentence(pieces, shares))
    numbers_table(numbers)
    st.caption(
        f"The shares sum to {number(shares.sum(), SIGNED)}, the utility; the log ratios average to"
        f" {number(log_ratios(alone, shown).mean(), SIGNED)}, the information."
    )
    with st.expander("Both prompts, exactly", icon=":material/notes:"):
        for side, title in (("alone", "Without the example"), ("shown", "With the example")):
            st.caption(title)
            st.code(explanation[side]["prompt"], language=None, wrap_lines=True)


def token_numbers(pieces: list[str], alone: np.ndarray, shown: np.ndarray) -> pd.DataFrame:
    """One row a token: its probability without and with the example, and its share.

    alone, shown: (tokens,) log-probabilities.
    """
    return pd.DataFrame(
        {
            "token": [visible(piece) for piece in pieces],
            "without": np.exp(alone),
            "with": np.exp(shown),
            "difference": np.exp(shown) - np.exp(alone),
            "share": token_shares(alone, shown),
            "log ratio": log_ratios(alone, shown),
        }
    )


def numbers_table(numbers: pd.DataFrame) -> None:
    """The numbers of every token."""
    st.dataframe(
        with_numbers(numbers, dict.fromkeys(numbers.columns[1:], ".4f")),
        height=min(38 + 35 * len(numbers), 280),
        alt="Probability of every answer token without and with the shown example",
        column_config=headings(numbers),
    )


def shaded_answer(pieces: list[str], numbers: pd.DataFrame, colours: Palette) -> str:
    """The answer as HTML, its tokens shaded by their share; all of the data is escaped."""
    strongest = numbers["share"].abs().max() or 1.0
    spans = []
    for piece, without, shown, share in zip(
        pieces, numbers["without"], numbers["with"], numbers["share"], strict=True
    ):
        title = f"{without:.4f} without, {shown:.4f} with, share {number(share, SIGNED)}"
        spans.append(token_span(piece, title, share / strongest, colours))
    return f"<div style='{TEXT_STYLE}'>{''.join(spans)}</div>"


def token_span(piece: str, title: str, strength: float, colours: Palette) -> str:
    """One token: hue and underline say the direction, depth the size."""
    hue, line = colours.diverging[0], "dashed"
    if strength > 0:
        hue, line = colours.diverging[-1], "solid"
    depth, underline = 0.0, ""
    if strength:
        depth = FAINTEST + (STRONGEST - FAINTEST) * abs(strength)
        underline = f"text-decoration:underline {line} {hue} 2px;text-underline-offset:4px;"
    opacity = f"{round(255 * depth * 0.6):02x}"
    style = f"background:{hue}{opacity};{underline}border-radius:3px"
    return f"<span title='{title}' style='{style}'>{escape(visible(piece))}</span>"


def visible(piece: str) -> str:
    """A token with its white space to be seen."""
    marked = piece.replace("\n", "↵\n").replace("\t", "⇥")
    if marked.strip():
        return marked
    return marked.replace(" ", "·") or "▪"


def largest_sentence(pieces: list[str], shares: np.ndarray) -> str:
    """Which tokens have the largest shares."""
    order = np.argsort(-np.abs(shares), kind="stable")[:NAMED].tolist()
    largest = [
        f"‘{literal(visible(pieces[index]).strip())}’ ({number(shares[index], SIGNED)})"
        for index in order
        if shares[index]
    ]
    if not largest:
        return "No token became more or less likely."
    return f"Most of it comes from {', '.join(largest)}."
