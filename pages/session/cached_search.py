"""Examples found by their words, and by likeness of their stored embeddings: no model is needed."""

from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.analysis.likeness import likeness, most_alike
from delift_core.runs.run import Run
from pages.session import cached_analysis

LIKE_MOST = 30  # examples that are called like another one, or near in meaning


@st.cache_resource(max_entries=32, show_spinner=False)
def _holding(_run: Run, folder: Path, words: str) -> np.ndarray:
    terms = words.casefold().split()
    texts = cached_analysis.searchable_texts(_run)
    return np.array([all(term in text for term in terms) for text in texts], dtype=bool)


@st.cache_resource(max_entries=32, show_spinner=False)
def _found(_run: Run, folder: Path, words: str, by_meaning: bool) -> np.ndarray:
    holding = _holding(_run, folder, words)  # (pool,)
    if by_meaning and holding.any():
        near = _nearest(_run, np.flatnonzero(holding))
        return holding | np.isin(np.arange(len(holding)), near)
    return holding


def found(run: Run, words: str, by_meaning: bool) -> np.ndarray:
    """(pool,) bool, the examples that hold every word.

    by_meaning: also the 30 whose embeddings are nearest to the mean of those.
    """
    return _found(run, run.folder, words, by_meaning and has_embeddings(run))


@st.cache_resource(max_entries=32, show_spinner=False)
def _like(_run: Run, folder: Path, index: int) -> np.ndarray:
    alike = np.append(_nearest(_run, np.array([index])), index)
    return np.isin(np.arange(len(_run.pool)), alike)


def like(run: Run, index: int) -> np.ndarray:
    """(pool,) bool, an example and the 30 whose embeddings are nearest to its own."""
    if not has_embeddings(run):
        return np.ones(len(run.pool), dtype=bool)
    return _like(run, run.folder, index)


def likeness_to(run: Run, examples: np.ndarray) -> np.ndarray:
    """(pool,) cosine of every embedding with the mean of some. examples: (some,) indices."""
    return likeness(run.alone("pool").embedding, examples)


def has_embeddings(run: Run) -> bool:
    """Whether the model has read the pool."""
    return run.alone("pool") is not None


def _nearest(run: Run, examples: np.ndarray) -> np.ndarray:
    """(at most 30,) indices of the others that are most like these."""
    return most_alike(run.alone("pool").embedding, examples, LIKE_MOST)
