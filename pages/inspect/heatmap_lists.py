"""What stands out of a score matrix, as lists: a click on a row opens the pair."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.extremes import Pairs, Partners
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from pages.session import address, cache, cached_analysis, current, widget_state
from pages.widgets.previews import prompt_lines, response_line
from pages.widgets.table_columns import with_numbers

MOST_LISTED = 100
HEIGHT = 560  # pixels
NUMBERS = ("Utility", "Other way", "Difference", "Best utility")
ANSWERED, SHOWN = 0, 1  # the two sides of a kernel


@dataclass(frozen=True)
class Listing:
    """A list: its name, and how a row and its sentence read."""

    title: str
    sentence: Callable[[Pairs | Partners], str]
    columns: Callable[[Run, str, Pairs | Partners], dict]
    pair: Callable[[Pairs | Partners], tuple[np.ndarray, np.ndarray]]  # (rows,) answered and shown


def offered_lists(run: Run, name: str) -> list[str]:
    """Every list that has a meaning in this kernel."""
    is_square = cache.kernel(run, name).square
    return [kind for kind in LISTINGS if is_square or kind != ASYMMETRIC]


def standout_list(run: Run, name: str, kind: str) -> None:
    """One list; a click on a row opens its pair."""
    listing = LISTINGS[kind]
    standouts = cached_analysis.standouts(run, name, current.measure(), kind, MOST_LISTED)
    key = f"{kind} of {name}"
    narrow = st.column_config.NumberColumn(width="small")
    table = pd.DataFrame(listing.columns(run, name, standouts))
    st.dataframe(
        with_numbers(table, dict.fromkeys(NUMBERS, "+.4f")),
        key=key,
        hide_index=True,
        selection_mode="single-cell",
        height=HEIGHT,
        on_select=partial(open_clicked_pair, run, name, key, listing.pair(standouts)),
        alt=f"List: {listing.title}",
        column_config=dict.fromkeys(NUMBERS, narrow),
    )
    st.caption(f"{listing.sentence(standouts)} Click a row to read its pair.")


def open_clicked_pair(run: Run, name: str, key: str, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    """Open the pair of the row that was clicked."""
    cells = widget_state.selection(key)["cells"]
    if not cells:
        return
    row = cells[0][0]
    answered, shown = (
        run.datasets[role][int(indices[row])].id
        for role, indices in zip(KERNELS[name], pairs, strict=True)
    )
    address.put(answered=answered, shown=shown)


def ids(run: Run, name: str, side: int, indices: np.ndarray) -> list[str]:
    """The ids of examples of a side of the kernel."""
    dataset = run.datasets[KERNELS[name][side]]
    return [dataset[index].id for index in indices.tolist()]


def prompts(run: Run, name: str, side: int, indices: np.ndarray) -> list[str]:
    """Their prompts, each in a line."""
    return prompt_lines(run, indices.tolist(), KERNELS[name][side])


def responses(run: Run, name: str, side: int, indices: np.ndarray) -> list[str]:
    """Their responses, each in a line."""
    return [response_line(run, index, KERNELS[name][side]) for index in indices.tolist()]


def pair_columns(run: Run, name: str, pairs: Pairs) -> dict:
    """Columns of a list of pairs."""
    return {
        "Utility": pairs.score,
        "Shown": ids(run, name, SHOWN, pairs.shown),
        "Answered": ids(run, name, ANSWERED, pairs.answered),
        "Shown prompt": prompts(run, name, SHOWN, pairs.shown),
        "Answered prompt": prompts(run, name, ANSWERED, pairs.answered),
    }


def direction_columns(run: Run, name: str, pairs: Pairs) -> dict:
    """Columns of a list of pairs and their other direction."""
    kernel = cache.kernel(run, name)
    values = kernel.measured(current.measure())  # (answered, shown)
    return {
        "Difference": pairs.score,
        "Utility": kernel.at(values, pairs.answered, pairs.shown),
        "Other way": kernel.at(values, pairs.shown, pairs.answered),
        "Shown": ids(run, name, SHOWN, pairs.shown),
        "Answered": ids(run, name, ANSWERED, pairs.answered),
    }


def partner_columns(run: Run, name: str, partners: Partners, side: int) -> dict:
    """Columns of a list of examples of a side; their partners are on the other."""
    own_title, partner_title = ("Answered", "Best helper")
    if side == SHOWN:
        own_title, partner_title = ("Shown", "Helps most")
    return {
        "Best utility": partners.best,
        own_title: ids(run, name, side, partners.indices),
        partner_title: ids(run, name, 1 - side, partners.partner),
        "Prompt": prompts(run, name, side, partners.indices),
        "Response": responses(run, name, side, partners.indices),
    }


def lowest_sentence(pairs: Pairs) -> str:
    """How many of the pairs of lowest utility hurt."""
    hurting = int((pairs.score < 0).sum())
    ending = f"; {hurting:,} of them hurt"
    if hurting == len(pairs):
        ending = ", all of which hurt"
    return f"The {len(pairs):,} pairs of lowest utility{ending}."


def asymmetry_sentence(pairs: Pairs) -> str:
    """What the list of asymmetric pairs holds."""
    return (
        f"The {len(pairs):,} pairs whose two directions differ most, in the direction that helps"
        " more."
    )


def partner_sentence(partners: Partners, examples: str) -> str:
    """How many examples have no partner at all, and which are listed."""
    without = f"{partners.without_help:,}" if partners.without_help else "none"
    return (
        f"With a best utility of 0 or less: {without}. Listed are the {len(partners):,} {examples}."
    )


ASYMMETRIC = "most_asymmetric"
# function of analysis.extremes -> its list
LISTINGS: Mapping[str, Listing] = {
    "hurts_most": Listing(
        "Most harmful pairs",
        lowest_sentence,
        pair_columns,
        lambda pairs: (pairs.answered, pairs.shown),
    ),
    "helped_by_nobody": Listing(
        "No helper found",
        partial(partner_sentence, examples="answered examples whose best helper gives least"),
        partial(partner_columns, side=ANSWERED),
        lambda partners: (partners.indices, partners.partner),
    ),
    "helps_nobody": Listing(
        "Helps nothing",
        partial(partner_sentence, examples="shown examples that give least to whom they help most"),
        partial(partner_columns, side=SHOWN),
        lambda partners: (partners.partner, partners.indices),
    ),
    ASYMMETRIC: Listing(
        "Most asymmetric",
        asymmetry_sentence,
        direction_columns,
        lambda pairs: (pairs.answered, pairs.shown),
    ),
}
