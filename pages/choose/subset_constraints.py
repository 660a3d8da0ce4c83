"""Pins, excludes and quotas: what a choice holds, never holds, and holds at most so often."""

from collections import Counter

import streamlit as st

from delift_core.runs.run import Run
from delift_core.units import counted, value_text
from pages.session import address, cache, cached_fields, widget_state
from pages.widgets.literal import literal

OTHER_LIST = {"pins": "excludes", "excludes": "pins"}
FIELD_KEY = "group field"


def constraint_controls(run: Run) -> None:
    """Chips for pinned and excluded examples, and for the most rows of a group."""
    expander = st.expander(
        "Pins, excludes and group limits",
        icon=":material/keep:",
        key="constraints",
        on_change="rerun",
    )
    if active_line():
        st.caption(active_line())
    if not expander.open:
        return
    with expander:
        pins, excludes = st.columns(2)
        with pins:
            id_chips(run, "Pinned: chosen first", "pins")
        with excludes:
            id_chips(run, "Excluded: never chosen", "excludes")
        quota_controls(run)


def active_line() -> str:
    """1 pin, 2 group limits active; empty without any."""
    nouns = {"pins": "pin", "excludes": "exclude", "quotas": "group limit"}
    counts = {noun: len(address.get(name)) for name, noun in nouns.items()}
    active = [counted(count, noun) for noun, count in counts.items() if count]
    return f"{', '.join(active)} active" if active else ""


def id_chips(run: Run, label: str, name: str) -> None:
    """The ids of a list as chips that can be taken off; another id is typed."""
    ids = list(address.get(name))
    key = f"chips of {name}"
    widget_state.show(key, ids)
    st.multiselect(
        label,
        ids,
        key=key,
        accept_new_options=True,
        placeholder="Type an id, or use the buttons of an example",
        on_change=take_ids,
        args=(run, key, name),
    )
    unknown = widget_state.take(f"unknown {name}")
    if unknown:
        st.error(f"No example of the pool has the id {literal(unknown)}.", icon=":material/error:")


def take_ids(run: Run, key: str, name: str) -> None:
    """Take the ids that the pool has, off the other list too; name the first that it has not."""
    typed = widget_state.value(key)
    known = tuple(id for id in typed if cache.position(run, id) is not None)
    unknown = [id for id in typed if id not in known]
    if unknown:
        widget_state.put(f"unknown {name}", unknown[0])
    other = OTHER_LIST[name]
    rest = tuple(id for id in address.get(other) if id not in known)
    address.put(**{name: known, other: rest})


def quota_controls(run: Run) -> None:
    """A field that names groups, and the most rows of each."""
    fields = cached_fields.group_fields(run)
    if not fields:
        st.caption("The rows have no field with few values to limit groups by.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        field = field_control(fields)
        if field is None:
            return
        limit_controls(Counter(cached_fields.groups_of(run.pool, field)))
    quota_chips()


def field_control(fields: list[str]) -> str | None:
    """The field that names groups."""
    grouped_by = address.get("group_by")
    return st.selectbox(
        "Groups by field",
        fields,
        index=fields.index(grouped_by) if grouped_by in fields else None,
        placeholder="none",
        key=FIELD_KEY,
        on_change=take_field,
        width=220,
        help="A field whose values are groups: of each, no more than a limit is chosen.",
    )


def take_field() -> None:
    """Another field has other groups: their limits start anew."""
    address.put(group_by=widget_state.value(FIELD_KEY), quotas={})


def limit_controls(sizes: Counter[str]) -> None:
    """A group, the most rows of it, and the button that limits it. sizes: rows of each group."""
    group = st.selectbox("Group", list(sizes), key="quota group", format_func=value_text, width=220)
    most = st.number_input(
        f"At most (of {sizes[group]:,})",
        0,
        sizes[group],
        min(10, sizes[group]),
        key="quota most",
        width=160,
    )
    if st.button("Limit", icon=":material/add:"):
        address.put(quotas={**address.get("quotas"), group: int(most)})
        st.rerun()


def quota_chips() -> None:
    """Every limit as a chip that can be taken off."""
    quotas = address.get("quotas")
    labels = {f"{value_text(group)}: at most {most}": group for group, most in quotas.items()}
    key = "chips of quotas"
    widget_state.show(key, list(labels))
    if labels:
        st.multiselect("Limits", list(labels), key=key, on_change=take_quotas, args=(key, labels))


def take_quotas(key: str, labels: dict[str, str]) -> None:
    """Take the limits whose chips remain. labels: chip -> group."""
    quotas = address.get("quotas")
    remaining = [labels[label] for label in widget_state.value(key)]
    address.put(quotas={group: quotas[group] for group in remaining})
