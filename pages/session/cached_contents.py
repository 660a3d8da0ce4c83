"""What examples that are read hold, before they are a run: lengths, scripts, values."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from delift_core.analysis import telling_pair as alike
from delift_core.data.example import Dataset
from delift_core.data.scripts import script_of
from delift_core.runs.run import Run
from pages.session import address, cached_fields, current

LANGUAGE_FIELDS = ("language", "lang")


class Lengths(NamedTuple):
    """How long prompts and responses are."""

    prompts: np.ndarray  # (examples,)
    responses: np.ndarray  # (examples,)
    unit: str  # tokens, or words where no model has read the examples


@st.cache_resource(max_entries=16, show_spinner="Counting words")
def _word_counts(_dataset: Dataset, fingerprint: str) -> Lengths:
    prompts = np.array([len(example.prompt.split()) for example in _dataset])
    responses = np.array([len(example.response.split()) for example in _dataset])
    return Lengths(prompts, responses, "words")


def lengths(role: str, dataset: Dataset) -> Lengths:
    """The lengths of the examples of a role: tokens where they were scored, words before."""
    run = run_of(role)
    alone = run.alone(role) if run else None
    if alone is None:
        return _word_counts(dataset, dataset.fingerprint)
    return Lengths(alone.prompt_tokens, alone.response_tokens, "tokens")


def run_of(role: str) -> Run | None:
    """The opened run, where the examples of a role are its own."""
    run = current.run()
    if run is None or address.get(role) or role not in run.roles or current.is_changed():
        return None
    return run


@st.cache_resource(max_entries=16, show_spinner=False)
def _languages(_dataset: Dataset, fingerprint: str) -> tuple[str, Sequence[str]]:
    for field in LANGUAGE_FIELDS:
        if any(field in example.extra for example in _dataset):
            return field, cached_fields.groups_of(_dataset, field)
    return "script", [script_of(f"{example.response} {example.prompt}") for example in _dataset]


def languages(dataset: Dataset) -> tuple[str, Sequence[str]]:
    """What tells the languages of examples, a field of theirs or the script, and that of each."""
    return _languages(dataset, dataset.fingerprint)


def values_of(dataset: Dataset, field: str) -> Counter[str]:
    """How often each value of a field comes."""
    return Counter(cached_fields.groups_of(dataset, field))


def categories(dataset: Dataset) -> list[str]:
    """The fields that name groups, those of languages apart."""
    fields = cached_fields.group_fields_of(dataset)
    return [field for field in fields if field not in LANGUAGE_FIELDS]


@st.cache_resource(max_entries=16, show_spinner=False)
def _telling_pair(
    _dataset: Dataset, _embeddings: np.ndarray | None, fingerprint: str, embedded: bool
) -> tuple[int, int]:
    return alike.telling_pair(_dataset.examples, _embeddings)


def telling_pair(pool: Dataset) -> tuple[int, int]:
    """(answered, shown) of the two most alike examples of a pool."""
    run = run_of("pool")
    alone = run.alone("pool") if run else None
    embeddings = None if alone is None else alone.embedding  # (pool, width)
    return _telling_pair(pool, embeddings, pool.fingerprint, alone is not None)
