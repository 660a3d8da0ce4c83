"""Values of widgets by their keys, and widgets that show a field of the address and change it."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.session import address

PAGE, CAME = "page of the widgets", "another page was shown before"


def value(key: str, default: object = None) -> object:
    """What a widget holds, or what was put under a key."""
    return st.session_state.get(key, default)


def put(key: str, new: object) -> None:
    """Set a value; that of a widget before it is drawn, or in a callback."""
    st.session_state[key] = new


def take(key: str) -> object:
    """A value, once: a message that a callback left for the next drawing."""
    return st.session_state.pop(key, None)


def enter(page: str) -> None:
    """Widgets that are drawn from now on are those of a page."""
    put(CAME, value(PAGE) != page)
    put(PAGE, page)


def came_anew() -> bool:
    """Whether another page was shown before this run of the page."""
    return bool(value(CAME))


def show(key: str, wanted: object, version: object = None) -> None:
    """Let a widget show a value, unless it shows it already.

    version: what makes it another widget, as the ends of a slider: a new one is given its value.
    That of the page before is another widget too, although its value is still there by its key.
    """
    version_key, version = f"{key} version", (value(PAGE), version)
    if (value(key), value(version_key)) == (wanted, version):
        return
    put(key, wanted)
    put(version_key, version)


def writer(
    field: str, key: str, required: bool | None = None, clears: Sequence[str] = ()
) -> Callable[[], None]:
    """A callback that writes what a widget holds to a field of the address.

    clears: fields that are of what was held before.

    A browser that draws a required widget may tell of it before it has its value: nothing is
    written then, and the widget is given its value again. A field that is never empty is required.
    """
    if required is None:
        required = address.FIELDS[field].default is not None

    def write() -> None:
        new = st.session_state[key]
        if new is not None or not required:
            address.put(**dict.fromkeys(clears), **{field: new})

    return write


def selection(key: str) -> Mapping:
    """What a person has selected in a chart or table."""
    return st.session_state[key]["selection"]


def bound(widget: Callable, label: str, field: str, *args, **options) -> object:
    """A widget that shows a field of the address and writes what a person does to it back."""
    key = f"widget {field}"
    show(key, address.get(field))
    if widget is st.text_input:  # to a browser that draws a later run first, it would be empty
        options["value"] = address.get(field) or ""
    return widget(label, *args, key=key, on_change=writer(field, key), **options)


def pick(
    widget: Callable,
    label: str,
    field: str,
    offered: Sequence[str],
    default: str,
    clears: Sequence[str] = (),
    **options,
) -> str:
    """One of what is offered, as the address names it; the default where it names none of them.

    clears: fields of the address that are of what was picked before.
    """
    key, asked = f"widget {field}", address.get(field)
    picked = asked if asked in offered else default
    show(key, picked)
    write = writer(field, key, required=True, clears=clears)
    widget(label, offered, key=key, on_change=write, **options)
    return picked


def number(label: str, start: int, least: int, most: int) -> int:
    """A number field that shows a value of the page; returns what a person makes of it."""
    key = f"number {label}"
    start_key = f"{key} shown"
    # a field that was not drawn is forgotten
    if key not in st.session_state or value(start_key) != start:
        put(key, start)
        put(start_key, start)
    return st.number_input(label, least, most, key=key, width=160)
