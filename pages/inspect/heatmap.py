"""Heatmap: the utility kernel, from an overview of blocks down to one pair."""

from functools import partial

import streamlit as st

from delift_core.runs.run import Run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_names import HELD_OUT_KERNEL
from delift_core.units import percent
from pages.inspect.heatmap_cells import Picture, cells, overview
from pages.inspect.heatmap_groups import kernel_groups
from pages.inspect.heatmap_lists import kernel_tabs
from pages.inspect.heatmap_order import order_control
from pages.inspect.heatmap_pair import holds_pair, pair_panel
from pages.session import cache
from pages.widgets.guards import need_choice
from pages.widgets.scoring import KERNEL_TITLES, possible_kernels


def kernel_control(run: Run) -> str:
    """The kernel being looked at; that of the pair the address names, at first.

    Held-out examples measure what was chosen and explain nothing of it: theirs is left out.
    """
    kernels = [name for name in possible_kernels(run) if name != HELD_OUT_KERNEL]
    complete = [name for name in kernels if cache.is_complete(run, name)]
    with_pair = [position for position, name in enumerate(complete) if holds_pair(run, name)]
    return st.selectbox(
        "Kernel",
        complete,
        index=with_pair[0] if with_pair else 0,
        key="kernel",
        format_func=KERNEL_TITLES.get,
        width=280,
    )


def sample_note(kernel: UtilityKernel) -> None:
    """What is not known of a kernel whose plan leaves pairs out."""
    if kernel.pair_sample is not None:
        st.caption(
            f":material/filter_alt: {percent(kernel.requested.mean())} of these pairs were scored."
            " Open cells were not: lists and means are over what was scored, the choice counts the"
            " others as the pointer says."
        )


def whole_kernel(picture: Picture) -> None:
    """The kernel as a whole, in two tabs."""
    pairs_tab, groups_tab = st.tabs(
        ["All pairs", "Group by group"], key="whole kernel", on_change="rerun"
    )
    with pairs_tab:
        if pairs_tab.open:
            overview(picture)
    with groups_tab:
        if groups_tab.open:
            kernel_groups(picture.run, picture.name)


run, chosen = need_choice("Heatmap")
st.title("Heatmap")
with st.container(horizontal=True, vertical_alignment="bottom"):
    name = kernel_control(run)
    picture = Picture(run, name, *order_control(run, chosen, name))
sample_note(picture.kernel)
whole, details = st.columns(2, gap="medium")
with whole:
    whole_kernel(picture)
with details:
    kernel_tabs(run, name, partial(cells, picture))
pair_panel(run, name)
