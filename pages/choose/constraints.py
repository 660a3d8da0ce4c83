"""Pins, excludes and quotas: what a choice must hold, must not hold, and may hold at most so often."""

from collections import Counter

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.choice import groups
from pages.session import cache, state
from pages.widgets.literal import literal


def constraint_controls(run: Run) -> None:
    """Chips for pinned and excluded examples, and for the most rows of a group."""
    counts = {
        "pinned": len(state.get("pins")),
        "excluded": len(state.get("excludes")),
        "limited groups": len(state.get("quotas")),
    }
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    expander = st.expander(
        "Pins, excludes and quotas", icon=":material/keep:", key="constraints", on_change="rerun"
    )
    if told:
        st.caption(f"In force: {told}.")
    if not expander.open:
        return
    with expander:
        pins, excludes = st.columns(2)
        with pins:
            id_chips(run, "Pinned: chosen first", "pins")
        with excludes:
            id_chips(run, "Excluded: never chosen", "excludes")
        quota_controls(run)


def id_chips(run: Run, label: str, name: str) -> None:
    """The ids of a list as chips that can be taken off; a new one is typed, or added from an
    example's panel.
    """
    ids = list(state.get(name))
    place = f"chips of {name}"
    if st.session_state.get(place) != ids:
        st.session_state[place] = ids
    st.multiselect(
        label,
        ids,
        key=place,
        accept_new_options=True,
        placeholder="Type an id, or use the buttons of an example",
        on_change=take_ids,
        args=(run, place, name),
    )
    if unknown := st.session_state.pop(f"unknown {name}", None):
        st.error(f"No example of the pool has the id {literal(unknown)}.", icon=":material/error:")


def take_ids(run: Run, place: str, name: str) -> None:
    """Keep the ids that the pool has; name the first that it has not."""
    ids = st.session_state[place]
    unknown = [id for id in ids if cache.position(run, id) is None]
    if unknown:
        st.session_state[f"unknown {name}"] = unknown[0]
    other = {"pins": "excludes", "excludes": "pins"}[name]
    kept = tuple(id for id in ids if id not in unknown)
    state.put(**{name: kept, other: tuple(id for id in state.get(other) if id not in kept)})


def quota_controls(run: Run) -> None:
    """A field that names groups, and the most rows of each."""
    fields = cache.group_fields(run)
    if not fields:
        st.caption("The rows have no field with few values to limit groups by.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        current = state.get("group_by")
        field = st.selectbox(
            "Groups by field",
            fields,
            index=fields.index(current) if current in fields else None,
            placeholder="none",
            key="group field",
            on_change=take_field,
            width=220,
        )
        if field is None:
            return
        sizes = Counter(groups(run.pool, field))
        group = st.selectbox("Group", list(sizes), key="quota group", width=220)
        most = st.number_input(
            f"At most (of {sizes[group]:,})",
            0,
            sizes[group],
            min(10, sizes[group]),
            key="quota most",
            width=160,
        )
        if st.button("Limit", icon=":material/add:"):
            state.put(quotas={**state.get("quotas"), group: int(most)})
            st.rerun()
    quota_chips()


def take_field() -> None:
    """Another field has other groups: their limits start anew."""
    state.put(group_by=st.session_state["group field"], quotas={})


def quota_chips() -> None:
    """Every limit as a chip that can be taken off."""
    quotas = state.get("quotas")
    told = {f"{group}: at most {most}": group for group, most in quotas.items()}
    place = "chips of quotas"
    if st.session_state.get(place) != list(told):
        st.session_state[place] = list(told)
    if told:
        st.multiselect(
            "Limits",
            list(told),
            key=place,
            on_change=lambda: state.put(
                quotas={told[text]: quotas[told[text]] for text in st.session_state[place]}
            ),
        )
