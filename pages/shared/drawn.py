"""What figures and searches are made of, kept at hand by the server like everything in cache.py."""

from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.inspection.blocks import block_means, columns_by_cover, order_by_cover, robust_limit
from delift_core.inspection.trust import Trust, trust
from delift_core.runs.store import KERNELS, Run
from delift_core.scoring.kernel import Measure
from pages.shared import cache


@st.cache_resource(max_entries=8, show_spinner=False)
def _texts(_run: Run, folder: Path) -> list[str]:
    return ["\n".join([*(turn.content for turn in example.turns), example.response]).casefold() for example in _run.pool]


def texts(run: Run) -> list[str]:
    """Everything each example of the pool says, in lower case."""
    return _texts(run, run.folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _similarity(_run: Run, folder: Path, name: str) -> np.ndarray:
    return cache.kernel(_run, name).similarity()


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_cover(_run: Run, folder: Path, name: str, chosen: bytes) -> tuple[np.ndarray, np.ndarray]:
    chosen = np.frombuffer(chosen, np.int64)                                      # (chosen,)
    rows, owner = order_by_cover(_similarity(_run, folder, name), chosen)
    return rows, columns_by_cover(rows, owner, chosen)


def by_cover(run: Run, name: str, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices of a square kernel, what is covered by the same chosen example side by side."""
    return _by_cover(run, run.folder, name, chosen.astype(np.int64).tobytes())


@st.cache_resource(max_entries=16, show_spinner=False)
def _limit(_run: Run, folder: Path, name: str, measure: str) -> float:
    return robust_limit(cache.kernel(_run, name).measured(Measure(measure)))


def limit(run: Run, name: str, measure: Measure) -> float:
    """Where the colours of a heatmap end."""
    return _limit(run, run.folder, name, str(measure))


@st.cache_resource(max_entries=16, show_spinner=False)
def _trusted(_run: Run, folder: Path, name: str) -> Trust:
    return trust(cache.kernel(_run, name), _run.alone(KERNELS[name][1]).response_tokens)


def trusted(run: Run, name: str) -> Trust:
    """What to know of a finished kernel."""
    return _trusted(run, run.folder, name)


@st.cache_resource(max_entries=8, show_spinner="Averaging blocks")
def _overview(_run: Run, folder: Path, name: str, measure: str, rows: bytes, columns: bytes) -> tuple:
    values = cache.kernel(_run, name).measured(Measure(measure))                        # (answered, shown)
    return block_means(values[np.ix_(np.frombuffer(rows, np.int64), np.frombuffer(columns, np.int64))])


def overview(run: Run, name: str, measure: Measure, rows: np.ndarray, columns: np.ndarray) -> tuple:
    """Block means of a kernel in an order of its rows and columns, as `block_means` gives them."""
    return _overview(run, run.folder, name, str(measure), rows.astype(np.int64).tobytes(), columns.astype(np.int64).tobytes())
