"""Examples found by their words, and by likeness of their stored embeddings: no model is needed."""

from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.analysis.likeness import likeness, most_alike
from delift_core.data.example import Dataset, Example
from delift_core.runs.run import Run

LIKE_MOST = 30  # examples that are called like another one, or near in meaning


def _text(example: Example) -> str:
    turns = [turn.content for turn in example.turns]
    return "\n".join([example.id, *turns, example.response]).casefold()


@st.cache_resource(max_entries=8, show_spinner=False)
def _texts(_dataset: Dataset, fingerprint: str) -> list[str]:
    return [_text(example) for example in _dataset]


@st.cache_resource(max_entries=32, show_spinner=False)
def _holding(_dataset: Dataset, fingerprint: str, words: str) -> np.ndarray:
    terms = words.casefold().split()
    texts = _texts(_dataset, fingerprint)
    return np.array([all(term in text for term in terms) for text in texts], dtype=bool)


def holding(dataset: Dataset, words: str) -> np.ndarray:
    """(examples,) bool, those that hold every word in their id, prompt or response."""
    return _holding(dataset, dataset.fingerprint, words)


@st.cache_resource(max_entries=32, show_spinner=False)
def _found(_run: Run, folder: Path, words: str, by_meaning: bool) -> np.ndarray:
    exact = holding(_run.pool, words)  # (pool,)
    if by_meaning and exact.any():
        near = _nearest(_run, np.flatnonzero(exact))
        return exact | np.isin(np.arange(len(exact)), near)
    return exact


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
