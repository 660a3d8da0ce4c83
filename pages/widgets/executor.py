"""Where pieces of work are done: one process, several of this machine, the configured cluster."""

from collections.abc import Mapping

import streamlit as st

from delift_core.executors.named import LOCAL, configured_cluster, cores
from pages.session import address, widget_state

HELP = "Each process holds a model of its own, and the cores are shared out among them."


def offered_executors() -> Mapping[str, str]:
    """Executor by name -> its title. The address can name no other."""
    titles = {LOCAL: "One process"}
    count = 2
    while count <= cores():
        titles[f"{LOCAL}:{count}"] = f"{count} processes"
        count *= 2
    cluster = configured_cluster()
    if cluster:
        titles[cluster] = "Ray cluster"
    return titles


def executor_title(name: str | None) -> str:
    """What an executor is called; None: the one process of a job."""
    return offered_executors().get(name or LOCAL, LOCAL)


def picked_executor() -> str | None:
    """The executor of the address, of those on offer; None for the one process of a job."""
    picked = address.get("executor")
    return picked if picked != LOCAL and picked in offered_executors() else None


def is_counted(name: str | None) -> bool:
    """Whether it is known how many processes an executor has."""
    return name is None or name.startswith(LOCAL)


def executor_control() -> str | None:
    """The executor that is picked, by name; None for the one process of a job."""
    titles = offered_executors()
    if address.get("executor") not in titles:
        address.forget("executor")
    if len(titles) > 1:
        widget_state.bound(
            st.selectbox,
            "Executor",
            "executor",
            list(titles),
            format_func=titles.get,
            width=160,
            help=" ".join([HELP, *cluster_help()]),
        )
    return picked_executor()


def cluster_help() -> list[str]:
    """What the cluster needs, where one is configured."""
    cluster = configured_cluster()
    return [f"Every node of {cluster} needs the same model under the same name."] if cluster else []
