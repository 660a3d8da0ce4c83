"""The groups by which pictures are coloured and averaged: values of a field, or clusters."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from delift_core.analysis.groups import GroupMeans, group_means, with_rest
from delift_core.runs.run import Run
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_names import KERNELS
from delift_core.units import value_text
from delift_core.workflow.grouping import TEXT_CLUSTERS, cluster_of_each
from pages.session import cache, cached_analysis, cached_fields
from pages.session.cached_analysis import KernelKey


@st.cache_resource(max_entries=8, show_spinner="Clustering the examples")
def _clusters(_run: Run, folder: Path) -> list[str]:
    return cluster_of_each(_run, "pool")


def offered(run: Run) -> list[str]:
    """Every way to group the pool: the fields whose values repeat, and clusters."""
    fields = cached_fields.group_fields(run)
    if run.alone("pool") is None or TEXT_CLUSTERS in cached_fields.fields(run):
        return fields
    return [*fields, TEXT_CLUSTERS]


def likely(run: Run) -> str | None:
    """The grouping that tells most: a field that names topics, else clusters, else any field."""
    topic, ways = cached_fields.likely_topic(run), offered(run)
    if topic is not None or not ways:
        return topic
    return TEXT_CLUSTERS if TEXT_CLUSTERS in ways else ways[0]


def group_of(run: Run, way: str) -> Sequence[str]:
    """(pool,) the group of each example by one of the ways offered."""
    if way == TEXT_CLUSTERS and way not in cached_fields.fields(run):
        return _clusters(run, run.folder)
    return cached_fields.groups_of(run.pool, way)


@st.cache_resource(max_entries=16, show_spinner=False)
def _named_groups(_run: Run, folder: Path, role: str, way: str, most: int) -> list[str]:
    return with_rest(_groups_of_role(_run, role, way), most)


def named_groups(run: Run, role: str, way: str, most: int) -> list[str]:
    """The group of each example of a role, the smaller ones as "all others" beyond so many.

    Examples that have no group of that kind are one group, called by their role.
    """
    return _named_groups(run, run.role_folder(role), role, way, most)


def _groups_of_role(run: Run, role: str, way: str) -> Sequence[str]:
    dataset = run.datasets[role]
    if any(way in example.extra for example in dataset):
        return [value_text(value) for value in cached_fields.groups_of(dataset, way)]
    return group_of(run, way) if role == "pool" else [role] * len(dataset)


@st.cache_resource(max_entries=16, show_spinner="Averaging groups")
def _mean_utilities(_run: Run, key: KernelKey, way: str, most: int) -> GroupMeans:
    answered, shown = (named_groups(_run, role, way, most) for role in KERNELS[key.name])
    square = cache.kernel(_run, key.name).square
    return group_means(cached_analysis.measured(_run, key), answered, shown, square)


def mean_utilities(run: Run, name: str, measure: Measure, way: str, most: int) -> GroupMeans:
    """Mean utilities between groups, at most so many and one for all others."""
    return _mean_utilities(run, cached_analysis.kernel_key(run, name, measure), way, most)
