"""The fields of the address: what a person looks at, in their session and in the query string.

The session holds names of data, never data. A reload, or somebody else's browser, reads the same
fields from the address; each has its own check, and a value that fails it is ignored.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields

import streamlit as st

from delift_core.executors.named import LOCAL
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.selection.choice import Choice

DEMO = "demo"
RUN_ID = re.compile(r"[0-9a-f]{16}")
NONE = "none"  # a role of the run that is left out on purpose
DATASET = re.compile(rf"datasets/[0-9a-f]{{16}}|{NONE}")
FILTER_FIELDS = ("search", "also", "like", "filter", "around")
DATA_ROLES = ("pool", "target", "known", HELD_OUT)
# how held-out examples are set aside from the pool, where they are not loaded
HOLD_OUT_FIELDS = ("hold_out", "hold_out_by")
READ = "address was read"


@dataclass(frozen=True)
class Field:
    """One value of the address: its default, how it is read from parameters, how it is written."""

    default: object
    read: Callable[[list[str]], object]
    write: Callable[[object], list[str]] = lambda value: [str(value)]


def text_field(default: str | None, pattern: str = ".+") -> Field:
    """A text that matches a pattern; the default for any other."""

    def read(parameters: list[str]) -> str | None:
        matches = re.fullmatch(pattern, parameters[-1], re.DOTALL)
        return parameters[-1] if matches else default

    return Field(default, read)


def number_field(default: float) -> Field:
    """A number of an objective."""
    return Field(
        default,
        lambda parameters: float(parameters[-1]),
        lambda value: [f"{value:g}"],
    )


def whole_number_field() -> Field:
    """A whole number, None by default."""
    return Field(None, lambda parameters: int(parameters[-1]))


def texts_field() -> Field:
    """Any number of texts, each a parameter of its own."""
    return Field((), tuple, list)


def quotas_field() -> Field:
    """GROUP=N, a parameter for each group."""

    def read(parameters: list[str]) -> dict[str, int]:
        pairs = [parameter.rpartition("=") for parameter in parameters]
        return {group: int(most) for group, _, most in pairs}

    return Field({}, read, lambda value: [f"{group}={most}" for group, most in value.items()])


CHOICE = Choice()
FIELDS: Mapping[str, Field] = {
    "run": text_field(None, f"{DEMO}|{RUN_ID.pattern}"),
    **{role: text_field(None, DATASET.pattern) for role in DATA_ROLES},
    "hold_out": text_field(None, r"[1-9]\d?%"),
    "hold_out_by": text_field(None),
    "model": text_field("bundled"),
    "revision": text_field(None),
    "dtype": text_field("float32"),
    "device": text_field("auto"),
    "template": text_field("auto"),
    "context": whole_number_field(),
    **{
        name: text_field(str(getattr(CHOICE, name)))
        for name in ("objective", "budget", "measure", "transform", "diagonal")
    },
    "group_by": text_field(None),
    "eta": number_field(CHOICE.eta),
    "nu": number_field(CHOICE.nu),
    "pins": texts_field(),
    "excludes": texts_field(),
    "quotas": quotas_field(),
    "example": text_field(None),
    "answered": text_field(None),
    "shown": text_field(None),
    "colour": text_field(None),
    "matrix": text_field(None),  # what the heatmap shows
    "view": text_field(None),
    "groups": text_field(None),
    "order": text_field(None),
    "box": text_field(None, r"\d{1,9}(_\d{1,9}){3}"),
    "place": text_field("embedding"),
    "layers": texts_field(),  # what the map shows beside the pool
    "matrices": texts_field(),  # kernels picked on the Scoring page
    "compose_by": text_field(None),  # what the chosen are set against the pool by
    "compare": texts_field(),  # what is set side by side, as compared.py names it
    "compare_part": text_field("measures"),
    "compare_by": text_field(None),
    "compare_left": text_field("A"),
    "compare_right": text_field("B"),
    "compare_list": text_field("left"),
    "executor": text_field(LOCAL),
    "tuner": text_field("lora"),
    "tuner_options": texts_field(),  # NAME=VALUE of what is varied about the tuner
    "tuned_model": text_field(""),  # empty: that of the run
    "validated_by": text_field(None),  # how differences of a validation are grouped
    "validation": text_field(None, r"[0-9a-f]{12}"),
    "validation_part": text_field("arms"),
    "validation_rate": text_field(None),
    "search": text_field(""),  # words
    "also": text_field(None, "meaning"),  # what is near to the examples that hold the words
    "like": text_field(None),  # the id of the example that others are to be like
    "filter": texts_field(),  # values of fields, as filters.py writes them
    "around": texts_field(),  # outlines drawn on maps, as outlines.py writes them
    "list": text_field("all", "all|chosen|others"),
    "sort": text_field("rank"),
    "queue": text_field("rank"),
    "reviewer": text_field(None),
}
CHOICE_FIELDS = tuple(field.name for field in fields(Choice))
RUN_FIELDS = (
    *CHOICE_FIELDS,
    *FILTER_FIELDS,
    "example",
    "answered",
    "shown",
    "matrix",
    "view",
    "groups",
    "order",
    "box",
    "colour",
    "layers",
    "matrices",
    "compare",
    "compare_by",
    "compose_by",
    "validated_by",
    "validation",
    "validation_rate",
)


def key(name: str) -> str:
    """The session's key of a field."""
    return f"{name} of this session"


def get(name: str) -> object:
    """The value of a field, its default where none was put."""
    return st.session_state.get(key(name), FIELDS[name].default)


def put(**values: object) -> None:
    """Set fields; the address follows when the page is drawn."""
    for name, value in values.items():
        st.session_state[key(name)] = value


def forget(*names: str) -> None:
    """Return fields to their defaults."""
    for name in names:
        st.session_state.pop(key(name), None)


def read_address() -> None:
    """Take over the query string on a session's first visit.

    Later visits do not: the browser may lag behind what was written there.
    """
    if READ in st.session_state:
        return
    st.session_state[READ] = True
    for name, field in FIELDS.items():
        parameters = st.query_params.get_all(name)
        if not parameters:
            continue
        with suppress(ValueError):
            put(**{name: field.read(parameters)})


def parameters() -> dict[str, list[str]]:
    """Name -> parameters of every field that differs from its default."""
    fields = {name: field for name, field in FIELDS.items() if get(name) != field.default}
    return {name: field.write(get(name)) for name, field in fields.items()}


def write_address() -> None:
    """Write every field that differs from its default into the query string, and no other.

    All that is new goes in one message: each is a change of the address in the browser.
    """
    wanted = parameters()
    for name in FIELDS:
        if name in st.query_params and name not in wanted:
            del st.query_params[name]
    new = {name: value for name, value in wanted.items() if st.query_params.get_all(name) != value}
    if new:
        st.query_params.update(new)
