"""An answer token by token: what a shown example made more likely, and what less, as shares that
sum to the utility.
"""

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.token_shares import log_ratios, token_shares
from delift_core.charts.palette import Palette
from pages.widgets.literal import literal
from pages.widgets.theme import palette

NAMED = 3  # tokens that the sentence names
FAINTEST, STRONGEST = 0.06, 0.75  # opacity of the shading


def token_view(found: Mapping) -> None:
    """The shaded answer, a sentence, the numbers, and both prompts.

    found: what the task `explain` returned.
    """
    logp = [np.array(found[side]["log_probabilities"]) for side in ("alone", "shown")]  # (T,) each
    shares = token_shares(*logp)  # (T,)
    st.html(shaded(found["pieces"], *np.exp(logp), shares, palette()))
    st.caption(
        "Blue and underlined: more likely with the example shown. Orange and dashed: less likely."
        " The stronger, the larger its share."
    )
    st.write(sentence(found["pieces"], shares))
    numbers = pd.DataFrame(
        {
            "token": [visible(piece) for piece in found["pieces"]],
            "without": np.exp(logp[0]),
            "with": np.exp(logp[1]),
            "difference": np.exp(logp[1]) - np.exp(logp[0]),
            "share": shares,
            "log ratio": log_ratios(*logp),
        }
    )
    st.dataframe(
        numbers,
        height=min(38 + 35 * len(numbers), 280),
        alt="Probability of every answer token without and with the shown example",
        column_config={
            name: st.column_config.NumberColumn(format="%.4f") for name in numbers.columns[1:]
        },
    )
    st.caption(
        f"The shares sum to {shares.sum():+.4f}, the utility; the log ratios average to"
        f" {log_ratios(*logp).mean():+.4f}, the information."
    )
    with st.expander("Both prompts, exactly", icon=":material/notes:"):
        for side, title in (("alone", "Without the example"), ("shown", "With the example")):
            st.caption(title)
            st.code(found[side]["prompt"], language=None, wrap_lines=True)


def shaded(
    pieces: list[str], without: np.ndarray, shown: np.ndarray, shares: np.ndarray, colours: Palette
) -> str:
    """The answer as text whose tokens wear their share; every character of the data is escaped."""
    strongest = np.abs(shares).max() or 1.0
    spans = [
        span(
            piece,
            f"{before:.4f} without, {after:.4f} with, share {share:+.4f}",
            share / strongest,
            colours,
        )
        for piece, before, after, share in zip(pieces, without, shown, shares, strict=True)
    ]
    return (
        "<div"
        f" style='line-height:2;white-space:pre-wrap;overflow-wrap:anywhere'>{''.join(spans)}</div>"
    )


def span(piece: str, told: str, strength: float, colours: Palette) -> str:
    """One token: hue and underline say the direction, depth the size."""
    ends = colours.diverging[-1] if strength > 0 else colours.diverging[0]
    depth = FAINTEST + (STRONGEST - FAINTEST) * abs(strength) if strength else 0.0
    line = (
        f"text-decoration:underline {'solid' if strength > 0 else 'dashed'} {ends}"
        " 2px;text-underline-offset:4px;"
        if strength
        else ""
    )
    return (
        f"<span title='{told}'"
        f" style='background:{ends}{round(255 * depth * 0.6):02x};{line}border-radius:3px'>{escape(visible(piece))}</span>"
    )


def visible(piece: str) -> str:
    """A token with its white space to be seen."""
    marked = piece.replace("\n", "↵\n").replace("\t", "⇥")
    return marked if marked.strip() else marked.replace(" ", "·") or "▪"


def sentence(pieces: list[str], shares: np.ndarray) -> str:
    """Which tokens make the most of it."""
    order = np.argsort(-np.abs(shares), kind="stable")[:NAMED]
    told = [
        f"‘{literal(visible(pieces[place]).strip())}’ ({shares[place]:+.4f})"
        for place in order.tolist()
        if shares[place]
    ]
    return (
        f"Most of it comes from {', '.join(told)}."
        if told
        else "No token became more or less likely."
    )
