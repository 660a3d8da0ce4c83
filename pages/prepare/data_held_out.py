"""Held-out examples on the Data page: a share of the pool, set aside before it is scored."""

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.hold_out import examples_held_out
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.units import counted
from pages.session import address, cached_fields, current
from pages.widgets.literal import literal

SHARE, OWN = "A share of the pool", "Examples of their own"
USUAL_SHARE = 20  # percent of the pool, until another share is set


def takes_share() -> bool:
    """Whether held-out examples are set aside from the pool rather than loaded."""
    way = st.segmented_control(
        "Held-out examples are",
        [SHARE, OWN],
        default=OWN if address.get(HELD_OUT) else SHARE,
        key="held-out way",
        required=True,
        help=(
            "Those that repeat an example of pool or target, or nearly, are left out in both ways."
        ),
    )
    return way == SHARE


def share_controls() -> None:
    """How much of the pool is set aside, and the groups that keep their shares."""
    pool = current.dataset("pool")
    if pool is None:
        st.info("Load a pool first: a share of it can then be set aside.", icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        share, group_by = share_fields(pool)
        if st.button("Set aside", type="primary", icon=":material/call_split:"):
            address.forget(HELD_OUT)
            address.put(hold_out=f"{share}%", hold_out_by=group_by)
            st.rerun()
    if not address.get("hold_out"):
        count = examples_held_out(f"{share}%", len(pool))
        st.caption(
            f"{counted(count, 'example')} of the pool would measure what is chosen, and"
            f" {len(pool) - count:,} would be left to choose from."
        )


def share_fields(pool: Dataset) -> tuple[int, str | None]:
    """The percentage, and the field of the groups."""
    percentage = (address.get("hold_out") or f"{USUAL_SHARE}%").removesuffix("%")
    share = st.number_input(
        "Share of the pool (%)",
        1,
        99,
        int(percentage),
        key="hold-out share",
        width=160,
        help="The same examples for the same ids and seed, whatever the order of the pool.",
    )
    fields = cached_fields.group_fields_of(pool)
    current_field = address.get("hold_out_by")
    group_by = st.selectbox(
        "Groups that keep their shares",
        fields,
        index=fields.index(current_field) if current_field in fields else None,
        key="hold-out groups",
        placeholder="none",
        width=240,
        help="Each value of this field has its share of the held-out, to within one example.",
    )
    return int(share), group_by


def set_aside_note() -> None:
    """How many examples of the pool are set aside, and how many are left to choose from."""
    if not address.get("hold_out"):
        return
    data = current.datasets()
    by_group = f", by {literal(address.get('hold_out_by'))}" if address.get("hold_out_by") else ""
    st.caption(
        f":material/call_split: {address.get('hold_out')} of the pool is set aside as"
        f" held-out{by_group}: {len(data['pool']):,} examples are left to choose from,"
        f" {len(data[HELD_OUT]):,} measure what is chosen."
    )
