"""Numbers behind figures, tables and searches, worked out once for a run and shared by sessions."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from delift_core.analysis import extremes
from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.analysis.clusters import order_by_cluster
from delift_core.analysis.common_prefix import common_prefix
from delift_core.analysis.placement import placed_among
from delift_core.analysis.trust import Trust, trust
from delift_core.data import near_duplicates as duplicates
from delift_core.data.example import ProblemKind
from delift_core.runs.run import Run
from delift_core.runs.scoring_notes import noticed_at
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_names import KERNELS
from delift_core.workflow.run_notes import run_notes
from pages.session import cache

Indices = tuple[np.ndarray, np.ndarray]  # (answered,) and (shown,)


class KernelKey(NamedTuple):
    """Names one utility of one kernel of a run; small enough to be hashed whole."""

    folder: Path
    name: str
    measure: str


class ScaleKey(NamedTuple):
    """Names one similarity made of a kernel."""

    folder: Path
    name: str
    measure: str
    transform: str
    diagonal: str


def kernel_key(run: Run, name: str, measure: Measure) -> KernelKey:
    return KernelKey(run.kernel_folder(name), name, str(measure))


def measured(run: Run, key: KernelKey) -> np.ndarray:
    """(answered, shown) the utilities that a key names."""
    return cache.kernel(run, key.name).measured(Measure(key.measure))  # (answered, shown)


@st.cache_resource(max_entries=16, show_spinner=False)
def _prompt_prefix(_run: Run, folder: Path, role: str) -> str:
    return common_prefix(example.prompt for example in _run.datasets[role])


def prompt_prefix(run: Run, role: str) -> str:
    """What nearly all prompts of a role begin with; empty where that is short."""
    return _prompt_prefix(run, run.folder, role)


@st.cache_resource(max_entries=8, show_spinner=False)
def _of_every_example(
    _run: Run, folder: Path, role: str, name: str, _of: Callable[[int], Any]
) -> list:
    return [_of(index) for index in range(len(_run.datasets[role]))]


def of_every_example(run: Run, name: str, of: Callable[[int], Any], role: str = "pool") -> list:
    """What a function gives for each example of a role, by a name of its own."""
    return _of_every_example(run, run.role_folder(role), role, name, of)


@st.cache_resource(max_entries=16, show_spinner=False)
def _placed(_run: Run, folder: Path, role: str, name: str, _points: np.ndarray) -> np.ndarray:
    return placed_among(_run.alone(role).embedding, _run.alone("pool").embedding, _points)


def placed(run: Run, role: str, name: str, points: np.ndarray) -> np.ndarray:
    """(examples, 2) where the examples of a role belong on the pool's map of a name."""
    return _placed(run, run.role_folder(role), role, name, points)


@st.cache_resource(max_entries=8, show_spinner="Clustering the utilities")
def _cluster_order(_run: Run, key: KernelKey) -> Indices:
    kernel = cache.kernel(_run, key.name)
    return order_by_cluster(kernel.completed(Measure(key.measure)), kernel.square)


def cluster_order(run: Run, name: str, measure: Measure) -> Indices:
    """(answered,) and (shown,) indices, those with like utilities side by side."""
    return _cluster_order(run, kernel_key(run, name, measure))


STANDOUTS = {
    "hurts_most": extremes.hurts_most,
    "helped_by_nobody": extremes.helped_by_nobody,
    "helps_nobody": extremes.helps_nobody,
    "most_asymmetric": lambda values, square, most: extremes.most_asymmetric(values, most),
}


@st.cache_resource(max_entries=32, show_spinner="Looking through the pairs")
def _standouts(
    _run: Run, key: KernelKey, kind: str, most: int
) -> extremes.Pairs | extremes.Partners:
    square = cache.kernel(_run, key.name).square
    return STANDOUTS[kind](measured(_run, key), square, most)


def standouts(
    run: Run, name: str, measure: Measure, kind: str, most: int
) -> extremes.Pairs | extremes.Partners:
    """What stands out of a kernel, by the name of its function in `analysis.extremes`."""
    return _standouts(run, kernel_key(run, name, measure), kind, most)


@st.cache_resource(max_entries=16, show_spinner="Looking for the strongest pair")
def _strongest_pair(_run: Run, key: KernelKey) -> tuple[int, int] | None:
    rows, columns = map(np.arange, _run.shape(key.name))
    square = cache.kernel(_run, key.name).square
    return extremes.strongest_pair(measured(_run, key), square, rows, columns)


def strongest_pair(run: Run, name: str, measure: Measure) -> tuple[int, int] | None:
    """The answered and the shown example of highest utility; None where nothing was scored."""
    return _strongest_pair(run, kernel_key(run, name, measure))


@st.cache_resource(max_entries=16, show_spinner=False)
def _colour_limit(_run: Run, key: KernelKey) -> float:
    return robust_limit(measured(_run, key))


def colour_limit(run: Run, name: str, measure: Measure) -> float:
    """The |utility| at which the colours of a heatmap end."""
    return _colour_limit(run, kernel_key(run, name, measure))


@st.cache_resource(max_entries=16, show_spinner=False)
def _imputed(_run: Run, key: KernelKey) -> np.ndarray:
    return cache.kernel(_run, key.name).imputed(Measure(key.measure))


def imputed(run: Run, name: str, measure: Measure) -> np.ndarray:
    """(answered,) the utility that a pair outside the plan counts as."""
    return _imputed(run, kernel_key(run, name, measure))


@st.cache_resource(max_entries=16, show_spinner=False)
def _trust_figures(_run: Run, folder: Path, name: str) -> Trust:
    return trust(cache.kernel(_run, name), _run.alone(KERNELS[name][1]).response_tokens)


def trust_figures(run: Run, name: str) -> Trust:
    """Figures that say how far a finished kernel may be trusted."""
    return _trust_figures(run, run.kernel_folder(name), name)


@st.cache_data(max_entries=32, show_spinner=False)
def _run_notes(
    _run: Run, folders: tuple[str, ...], names: tuple[str, ...], noticed: int
) -> list[str]:
    return [note.sentence for note in run_notes(_run, names)]


def note_sentences(run: Run, names: Sequence[str]) -> list[str]:
    """What to know of how finished kernels were scored."""
    folders = tuple(str(run.kernel_folder(name)) for name in names)
    return _run_notes(run, folders, tuple(names), noticed_at(run, names))


@st.cache_resource(max_entries=8, show_spinner="Averaging blocks")
def _overview_means(_run: Run, key: KernelKey, rows: bytes, columns: bytes) -> tuple:
    order = np.frombuffer(rows, np.int64), np.frombuffer(columns, np.int64)
    return block_means(measured(_run, key), order=order)


def overview_means(
    run: Run, name: str, measure: Measure, rows: np.ndarray, columns: np.ndarray
) -> tuple:
    """Block means of a kernel in an order of its rows and columns, as `block_means` gives them."""
    row_bytes, column_bytes = (indices.astype(np.int64).tobytes() for indices in (rows, columns))
    return _overview_means(run, kernel_key(run, name, measure), row_bytes, column_bytes)


@st.cache_resource(max_entries=8, show_spinner="Looking for near duplicates")
def _near_duplicates(_run: Run, folder: Path) -> dict[int, int]:
    return duplicates.near_duplicates(_run.pool.examples)


def near_duplicates(run: Run) -> dict[int, int]:
    """Index in the pool of each near duplicate -> that of the first of its group."""
    return _near_duplicates(run, run.folder)


def duplicate_links(run: Run) -> np.ndarray:
    """(pairs, 2) each near duplicate in the pool and the first of its group.

    They are looked for only where loading noticed some and kept them.
    """
    noticed = any(problem.kind is ProblemKind.NEAR_DUPLICATE for problem in run.pool.problems)
    if not noticed or run.pool.collapsed:
        return np.empty((0, 2), dtype=np.int64)
    return np.array(list(near_duplicates(run).items()), dtype=np.int64).reshape(-1, 2)
