"""What stands out of a kernel, as lists: a click on a row opens the pair."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.extremes import Pairs, Partners
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from pages.session import cache, cached_analysis, state
from pages.widgets.previews import prompt_line, response_line

MOST = 100
CELLS = "Cells"
PLACE = "kernel tab"
NUMBERS = ("Utility", "Other way", "Difference", "Best utility")


@dataclass(frozen=True)
class Listing:
    """A tab: what it lists, and how a row and its sentence read."""

    what: str  # a function of analysis.extremes
    told: Callable[[Pairs | Partners], str]
    columns: Callable[[Run, str, Pairs | Partners], dict]
    pair: Callable[[Pairs | Partners], tuple[np.ndarray, np.ndarray]]  # (rows,) answered and shown


def kernel_tabs(run: Run, name: str, cells: Callable[[], None]) -> None:
    """Tabs: the pairs one by one, and every list that has a meaning in this kernel.

    cells: draws the first.
    """
    listed = [title for title in LISTINGS if title != ASYMMETRIC or cache.kernel(run, name).square]
    for title, tab in zip(
        (CELLS, *listed), st.tabs([CELLS, *listed], key=PLACE, on_change="rerun"), strict=True
    ):
        if tab.open:
            with tab:
                listing(run, name, LISTINGS[title]) if title in LISTINGS else cells()


def show_cells() -> None:
    """Turn to the pairs one by one."""
    st.session_state[PLACE] = CELLS


def listing(run: Run, name: str, of: Listing) -> None:
    """One list; a click on a row opens its pair."""
    found = cached_analysis.standouts(run, name, state.measure(), of.what, MOST)
    st.caption(f"{of.told(found)} Click a row to read the pair below.")
    place = f"{of.what} of {name}"
    st.dataframe(
        pd.DataFrame(of.columns(run, name, found)),
        key=place,
        hide_index=True,
        selection_mode="single-cell",
        height=480,
        on_select=partial(pick, run, name, place, of.pair(found)),
        alt=f"List: {of.what.replace('_', ' ')}",
        column_config={
            title: st.column_config.NumberColumn(format="%+.4f", width="small") for title in NUMBERS
        },
    )


def pick(run: Run, name: str, place: str, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    """Open the pair of the row that was clicked."""
    if cells := state.selection(place)["cells"]:
        answered, shown = (
            run.datasets[role][int(line[cells[0][0]])].id
            for role, line in zip(KERNELS[name], pairs, strict=True)
        )
        state.put(answered=answered, shown=shown)


def ids(run: Run, name: str, side: int, indices: np.ndarray) -> list[str]:
    """side: 0 for the answered, 1 for the shown."""
    return [run.datasets[KERNELS[name][side]][index].id for index in indices.tolist()]


def prompts(run: Run, name: str, side: int, indices: np.ndarray) -> list[str]:
    return [prompt_line(run, index, KERNELS[name][side]) for index in indices.tolist()]


def responses(run: Run, name: str, side: int, indices: np.ndarray) -> list[str]:
    return [response_line(run, index, KERNELS[name][side]) for index in indices.tolist()]


def pair_columns(run: Run, name: str, found: Pairs) -> dict:
    return {
        "Utility": found.score,
        "Shown": ids(run, name, 1, found.shown),
        "Answered": ids(run, name, 0, found.answered),
        "Shown prompt": prompts(run, name, 1, found.shown),
        "Answered prompt": prompts(run, name, 0, found.answered),
    }


def both_ways(run: Run, name: str, found: Pairs) -> dict:
    values = cache.kernel(run, name).measured(state.measure())  # (answered, shown)
    # (pairs,) both
    there, back = values[found.answered, found.shown], values[found.shown, found.answered]
    return {
        "Difference": found.score,
        "Utility": there,
        "Other way": back,
        "Shown": ids(run, name, 1, found.shown),
        "Answered": ids(run, name, 0, found.answered),
    }


def partner_columns(run: Run, name: str, found: Partners, side: int) -> dict:
    """side: of the examples listed; their partners are on the other."""
    return {
        "Best utility": found.best,
        ("Answered", "Shown")[side]: ids(run, name, side, found.indices),
        ("Best helper", "Helps most")[side]: ids(run, name, 1 - side, found.partner),
        "Prompt": prompts(run, name, side, found.indices),
        "Response": responses(run, name, side, found.indices),
    }


def told_pairs(found: Pairs) -> str:
    hurting = int((found.score < 0).sum())
    return f"The {len(found):,} pairs of lowest utility" + (
        ", all of which hurt." if hurting == len(found) else f"; {hurting:,} of them hurt."
    )


def told_partners(found: Partners, who: str) -> str:
    return (
        f"With a best utility of 0 or less: {f'{found.nobody:,}' if found.nobody else 'none'}."
        f" Listed are the {len(found):,} {who}."
    )


ASYMMETRIC = "Most asymmetric"
LISTINGS: Mapping[str, Listing] = {
    "Hurts most": Listing(
        "hurts_most", told_pairs, pair_columns, lambda found: (found.answered, found.shown)
    ),
    "Helped by nobody": Listing(
        "helped_by_nobody",
        lambda found: told_partners(found, "answered examples whose best helper gives least"),
        partial(partner_columns, side=0),
        lambda found: (found.indices, found.partner),
    ),
    "Helps nobody": Listing(
        "helps_nobody",
        lambda found: told_partners(found, "shown examples that give least to whom they help most"),
        partial(partner_columns, side=1),
        lambda found: (found.partner, found.indices),
    ),
    ASYMMETRIC: Listing(
        "most_asymmetric",
        lambda found: (
            f"The {len(found):,} pairs whose two directions differ most, in the direction that"
            " helps more."
        ),
        both_ways,
        lambda found: (found.answered, found.shown),
    ),
}
