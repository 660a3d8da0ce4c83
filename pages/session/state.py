"""What one person is looking at: kept in their session, written into the address, and so safe from
a reload and ready to share.

Data never lives here, only names of it. Every field is read from the address through its own check;
what does not pass is ignored.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.runs.run import Run
from delift_core.runs.store import default_workspace, open_demo
from delift_core.scoring.kernel import Measure
from delift_core.selection.choice import Choice
from delift_core.selection.outcome import Outcome
from pages.session import cache

DEMO = "demo"
RUN_ID = re.compile(r"[0-9a-f]{16}")
NONE = "none"  # a role of the run that is left out on purpose
DATASET = re.compile(rf"datasets/[0-9a-f]{{16}}|{NONE}")
ROLES = ("pool", "target", "known")
READ = "address was read"


@dataclass(frozen=True)
class Field:
    """A value that lives in the address: its default, and how one or several parameters become it."""

    default: object
    read: Callable[[list[str]], object]
    write: Callable[[object], list[str]] = lambda value: [str(value)]


def text(default: str | None, pattern: str = ".+") -> Field:
    """One text that matches a pattern."""
    return Field(
        default, lambda given: given[-1] if re.fullmatch(pattern, given[-1], re.DOTALL) else default
    )


def weight(default: float) -> Field:
    return Field(default, lambda given: float(given[-1]), lambda value: [f"{value:g}"])


def names() -> Field:
    """Any number of texts, each a parameter of its own."""
    return Field((), tuple, list)


def quotas() -> Field:
    """GROUP=N, once per group."""
    return Field(
        {},
        lambda given: {
            group: int(most) for group, _, most in (one.rpartition("=") for one in given)
        },
        lambda value: [f"{group}={most}" for group, most in value.items()],
    )


CHOICE = Choice()
FIELDS: Mapping[str, Field] = {
    "run": text(None, f"{DEMO}|{RUN_ID.pattern}"),
    **{role: text(None, DATASET.pattern) for role in ROLES},
    "model": text("bundled"),
    "revision": text(None),
    "dtype": text("float32"),
    "device": text("auto"),
    "template": text("auto"),
    "context": Field(None, lambda given: int(given[-1])),
    **{
        name: text(str(getattr(CHOICE, name)))
        for name in ("objective", "budget", "measure", "transform", "diagonal")
    },
    "group_by": text(None),
    "eta": weight(CHOICE.eta),
    "nu": weight(CHOICE.nu),
    "pins": names(),
    "excludes": names(),
    "quotas": quotas(),
    "example": text(None),
    "answered": text(None),
    "shown": text(None),
    "colour": text(None),
    "place": text("embedding"),
    "queue": text("rank"),
    "reviewer": text(None),
}
OF_A_RUN = [*(field.name for field in fields(Choice)), "example", "answered", "shown", "colour"]


def get(name: str) -> object:
    return st.session_state.get(key(name), FIELDS[name].default)


def put(**values: object) -> None:
    for name, value in values.items():
        st.session_state[key(name)] = value


def key(name: str) -> str:
    return f"{name} of this session"


def read_address() -> None:
    """Take over what the address says on a session's first visit; later the browser may lag behind
    what was written there.
    """
    if READ in st.session_state:
        return
    st.session_state[READ] = True
    for name in FIELDS:
        if given := st.query_params.get_all(name):
            with suppress(ValueError):
                put(**{name: FIELDS[name].read(given)})


def write_address() -> None:
    """Put everything that differs from its default into the address."""
    wanted = {
        name: field.write(get(name)) for name, field in FIELDS.items() if get(name) != field.default
    }
    for name in FIELDS:
        if name in wanted and st.query_params.get_all(name) != wanted[name]:
            st.query_params[name] = wanted[name]
        elif name not in wanted and name in st.query_params:
            del st.query_params[name]


# the run


def workspace() -> Path:
    return default_workspace()


def open_run(run: str) -> None:
    """Look at a run, with nothing chosen in it yet."""
    forget(*OF_A_RUN, *ROLES)
    put(run=run)


def forget(*names: str) -> None:
    for name in names:
        st.session_state.pop(key(name), None)


def run() -> Run | None:
    """The run being looked at. Raises NotARun when the address names one that is not there."""
    asked = get("run")
    if asked == DEMO:
        asked = open_demo(workspace()).id
        put(run=asked)
    return cache.run(workspace(), asked) if asked else None


def dataset(role: str) -> Dataset | None:
    """The examples of a role: those just loaded, or those of the run."""
    place = dataset_folder(role)
    if place is None:
        return None
    return cache.dataset(place) if get(role) else run().datasets[role]


def dataset_folder(role: str) -> Path | None:
    """Where the examples of a role are stored."""
    if place := get(role):
        folder = workspace() / place / "dataset"
        return folder if (folder / "examples.parquet").exists() else None
    found = run() if get("run") else None
    return found.folder / role if found and role in found.roles else None


# the choice


def choice() -> Choice:
    """What is asked for on the Subset page."""
    return Choice(**{field.name: get(field.name) for field in fields(Choice)})


def chosen() -> Outcome | None:
    """What the choice selects in the run being looked at; None without a run or before its kernels
    are scored.
    """
    found = run()
    return cache.outcome(found, choice()) if found and cache.is_scored(found, choice()) else None


def measure() -> Measure:
    """Which of the two utilities is shown."""
    return Measure(get("measure")) if get("measure") in list(Measure) else Measure.L2


# what is held of a run beside the address


def hold(name: str, value: object) -> None:
    """Remember something until another run is opened or the page is loaded anew."""
    st.session_state[f"held {name}"] = (get("run"), value)


def held(name: str, default: object = None) -> object:
    """What was held of this run under that name."""
    owner, value = st.session_state.get(f"held {name}", (None, default))
    return value if owner == get("run") else default


def selection(chart: str) -> Mapping:
    """What a person has selected in a chart or table, by its key."""
    return st.session_state[chart]["selection"]


# widgets that show a field and change it


def bound(widget: Callable, label: str, name: str, *args, **options) -> object:
    """A widget that shows a field of the address and writes what a person does to it back."""
    place = f"widget {name}"
    if st.session_state.get(place) != get(name):
        st.session_state[place] = get(name)
    return widget(
        label, *args, key=place, on_change=lambda: put(**{name: st.session_state[place]}), **options
    )


def number(label: str, value: int, least: int, most: int) -> int:
    """A number field that shows a value of the page and returns what a person makes of it."""
    place = f"number {label}"
    # a field that was not drawn is forgotten
    if place not in st.session_state or st.session_state.get(f"{place} shown") != value:
        st.session_state[place] = st.session_state[f"{place} shown"] = value
    return st.number_input(label, least, most, key=place, width=160)
