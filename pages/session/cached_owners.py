"""Who covers whom in a choice, worked out once for a run and shared by sessions."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.analysis.owners import owner_order, owners
from delift_core.runs.run import Run
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import OBJECTIVES, facility_location
from delift_core.selection.outcome import Outcome
from pages.session import cache
from pages.session.cached_analysis import Indices, ScaleKey

POOL_KERNEL = "pool_pool"


@st.cache_resource(max_entries=4, show_spinner=False)
def _similarity(_run: Run, scale: ScaleKey) -> np.ndarray:
    kernel = cache.kernel(_run, scale.name)
    return kernel.similarity(scale.measure, scale.transform, scale.diagonal)


def _covering(run: Run, chosen: Outcome, name: str) -> Objective:
    """The objective whose owners a kernel shows.

    That of the choice; on a kernel whose rows it does not cover, facility location over it.
    """
    if OBJECTIVES[chosen.objective.name].kernels[0] == name:
        return chosen.objective
    choice = chosen.choice
    settings = (str(choice.measure), str(choice.transform), str(choice.diagonal))
    return facility_location(_similarity(run, ScaleKey(run.folder, name, *settings)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cover_order(_run: Run, _chosen: Outcome, folder: Path, name: str, request: str) -> Indices:
    objective, indices = _covering(_run, _chosen, name), _chosen.selection.indices
    return owner_order(objective, indices, cache.kernel(_run, name).square)


def cover_order(run: Run, name: str, chosen: Outcome) -> Indices:
    """(answered,) and (shown,) indices, examples with the same owner adjacent."""
    return _cover_order(run, chosen, run.folder, name, _request(chosen))


@st.cache_resource(max_entries=8, show_spinner=False)
def _pool_owners(_run: Run, _chosen: Outcome, folder: Path, request: str) -> np.ndarray:
    return owners(_covering(_run, _chosen, POOL_KERNEL), _chosen.selection.indices)


def pool_owners(run: Run, chosen: Outcome) -> np.ndarray:
    """(pool,) index of the chosen example that covers each, NOBODY where none does."""
    return _pool_owners(run, chosen, run.folder, _request(chosen))


def _request(chosen: Outcome) -> str:
    """What was asked for, as text."""
    return json.dumps(asdict(chosen.choice), sort_keys=True)
