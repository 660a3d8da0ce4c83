"""What figures and searches are made of, kept at hand by the server like everything in cache.py."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.analysis import extremes
from delift_core.analysis.blocks import block_means, robust_limit
from delift_core.analysis.clusters import order_by_cluster
from delift_core.analysis.groups import GroupMeans, folded, group_means
from delift_core.analysis.owners import owner_order
from delift_core.analysis.trust import Trust, trust
from delift_core.data import near_duplicates as duplicates
from delift_core.data.example import ProblemKind
from delift_core.runs.run import Run
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.choice import groups
from delift_core.selection.objectives import OBJECTIVES, facility_location
from delift_core.selection.outcome import Outcome
from pages.session import cache


@st.cache_resource(max_entries=8, show_spinner=False)
def _texts(_run: Run, folder: Path) -> list[str]:
    return [
        "\n".join([*(turn.content for turn in example.turns), example.response]).casefold()
        for example in _run.pool
    ]


def texts(run: Run) -> list[str]:
    """Everything each example of the pool says, in lower case."""
    return _texts(run, run.folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _similarity(
    _run: Run, folder: Path, name: str, measure: str, transform: str, diagonal: str
) -> np.ndarray:
    return cache.kernel(_run, name).similarity(measure, transform, diagonal)


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_cover(
    _run: Run, _chosen: Outcome, folder: Path, name: str, request: str
) -> tuple[np.ndarray, np.ndarray]:
    objective = _chosen.objective
    if OBJECTIVES[objective.name].kernels[0] != name:
        choice = _chosen.choice
        scale = str(choice.measure), str(choice.transform), str(choice.diagonal)
        objective = facility_location(_similarity(_run, folder, name, *scale))
    return owner_order(objective, _chosen.selection.indices, cache.kernel(_run, name).square)


def by_cover(run: Run, name: str, chosen: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices, examples with the same owner adjacent.

    The owners are those of the choice's objective; on a kernel whose rows the objective does not
    cover, those of facility location over it.
    """
    request = json.dumps(asdict(chosen.choice), sort_keys=True)
    return _by_cover(run, chosen, run.folder, name, request)


@st.cache_resource(max_entries=8, show_spinner="Clustering the utilities")
def _by_cluster(_run: Run, folder: Path, name: str, measure: str) -> tuple[np.ndarray, np.ndarray]:
    kernel = cache.kernel(_run, name)
    return order_by_cluster(kernel.completed(Measure(measure)), kernel.square)


def by_cluster(run: Run, name: str, measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices, those with like utilities side by side."""
    return _by_cluster(run, run.folder, name, str(measure))


@st.cache_resource(max_entries=32, show_spinner="Looking through the pairs")
def _standouts(
    _run: Run, folder: Path, name: str, measure: str, what: str, most: int
) -> extremes.Pairs | extremes.Partners:
    kernel = cache.kernel(_run, name)
    return STANDOUTS[what](kernel.measured(Measure(measure)), kernel.square, most)


STANDOUTS = {
    "hurts_most": extremes.hurts_most,
    "helped_by_nobody": extremes.helped_by_nobody,
    "helps_nobody": extremes.helps_nobody,
    "most_asymmetric": lambda values, square, most: extremes.most_asymmetric(values, most),
}


def standouts(
    run: Run, name: str, measure: Measure, what: str, most: int
) -> extremes.Pairs | extremes.Partners:
    """What stands out of a kernel, by the name of its function in `analysis.extremes`."""
    return _standouts(run, run.folder, name, str(measure), what, most)


@st.cache_resource(max_entries=16, show_spinner="Averaging groups")
def _group_means(
    _run: Run, folder: Path, name: str, measure: str, field: str, most: int
) -> GroupMeans:
    kernel, roles = cache.kernel(_run, name), KERNELS[name]
    answered, shown = (folded(_groups_of(_run, role, field), most) for role in roles)
    return group_means(kernel.measured(Measure(measure)), answered, shown, kernel.square)


def _groups_of(run: Run, role: str, field: str) -> list[str]:
    """The value of a field for every example of a role; the role itself where its rows have no such
    field.
    """
    dataset = run.datasets[role]
    there = any(field in example.extra for example in dataset)
    return (
        [value or "(empty)" for value in groups(dataset, field)] if there else [role] * len(dataset)
    )


def mean_utilities(run: Run, name: str, measure: Measure, field: str, most: int) -> GroupMeans:
    """Mean utilities between the values of a field, at most so many and one for all others."""
    return _group_means(run, run.folder, name, str(measure), field, most)


@st.cache_resource(max_entries=16, show_spinner=False)
def _limit(_run: Run, folder: Path, name: str, measure: str) -> float:
    return robust_limit(cache.kernel(_run, name).measured(Measure(measure)))


def limit(run: Run, name: str, measure: Measure) -> float:
    """Where the colours of a heatmap end."""
    return _limit(run, run.folder, name, str(measure))


@st.cache_resource(max_entries=16, show_spinner=False)
def _inferred(_run: Run, folder: Path, name: str, measure: str) -> np.ndarray:
    return cache.kernel(_run, name).imputed(Measure(measure))


def imputed(run: Run, name: str, measure: Measure) -> np.ndarray:
    """(answered,) what a pair that the plan left out counts as."""
    return _inferred(run, run.folder, name, str(measure))


@st.cache_resource(max_entries=16, show_spinner=False)
def _trusted(_run: Run, folder: Path, name: str) -> Trust:
    return trust(cache.kernel(_run, name), _run.alone(KERNELS[name][1]).response_tokens)


def trusted(run: Run, name: str) -> Trust:
    """What to know of a finished kernel."""
    return _trusted(run, run.folder, name)


@st.cache_resource(max_entries=8, show_spinner="Averaging blocks")
def _overview(
    _run: Run, folder: Path, name: str, measure: str, rows: bytes, columns: bytes
) -> tuple:
    values = cache.kernel(_run, name).measured(Measure(measure))  # (answered, shown)
    return block_means(
        values[np.ix_(np.frombuffer(rows, np.int64), np.frombuffer(columns, np.int64))]
    )


def overview(run: Run, name: str, measure: Measure, rows: np.ndarray, columns: np.ndarray) -> tuple:
    """Block means of a kernel in an order of its rows and columns, as `block_means` gives them."""
    return _overview(
        run,
        run.folder,
        name,
        str(measure),
        rows.astype(np.int64).tobytes(),
        columns.astype(np.int64).tobytes(),
    )


@st.cache_resource(max_entries=8, show_spinner="Looking for near duplicates")
def _near_duplicates(_run: Run, folder: Path) -> dict[int, int]:
    return duplicates.near_duplicates(_run.pool.examples)


def near_duplicates(run: Run) -> dict[int, int]:
    """Place in the pool of each near duplicate, and of the first of its group."""
    return _near_duplicates(run, run.folder)


def links(run: Run) -> np.ndarray:
    """(pairs, 2) each near duplicate in the pool and the first of its group; there is none to look
    for if none was kept at loading.
    """
    noticed = any(problem.kind is ProblemKind.NEAR_DUPLICATE for problem in run.pool.problems)
    found = near_duplicates(run) if noticed and not run.pool.collapsed else {}
    return np.array(list(found.items()), dtype=np.int64).reshape(-1, 2)
