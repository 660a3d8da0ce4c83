"""What one person is looking at: the run, its datasets and the choice, by the address."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.errors import DamagedRun
from delift_core.runs.run import Run
from delift_core.runs.run_labels import run_name, stamp_opened
from delift_core.runs.store import default_workspace, open_demo
from delift_core.scoring.kernel import Measure
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.selection.choice import Choice
from delift_core.selection.objective_names import AUTO, ObjectiveName
from delift_core.selection.outcome import Outcome
from pages.session import cache, cached_choice
from pages.session.address import (
    CHOICE_FIELDS,
    DATA_ROLES,
    DEMO,
    HOLD_OUT_FIELDS,
    RUN_FIELDS,
    forget,
    get,
    put,
)

DEMO_GOAL = str(ObjectiveName.FLQMI)  # its picture needs no guide


def workspace() -> Path:
    """The folder that holds runs, datasets and uploads."""
    return default_workspace()


def open_run(id: str) -> None:
    """Look at a run, with nothing chosen in it yet."""
    forget(*RUN_FIELDS, *DATA_ROLES, *HOLD_OUT_FIELDS)
    put(run=id)
    stamp_opened(run())


def run() -> Run | None:
    """The run being looked at. Raises NotARun when the address names one that is not there."""
    id = get("run")
    if id == DEMO:
        id = open_demo(workspace()).id
        put(run=id)
        if get("objective") == AUTO:
            put(objective=DEMO_GOAL)
    return cache.opened_run(workspace(), id) if id else None


def run_title(opened: Run) -> str:
    """The name a person gave, else the file or data set of the pool; of a damaged run its id."""
    name = run_name(opened.folder)
    if name:
        return name
    if opened.id == cache.demo_id():
        return DEMO
    with suppress(DamagedRun):
        source = cache.pool_source(opened)
        return Path(source).name if Path(source).suffix else source
    return opened.id


def dataset(role: str) -> Dataset | None:
    """The examples of a role: those just loaded, or those of the run."""
    folder = dataset_folder(role)
    if folder is None:
        return None
    if get(role):
        return cache.read_dataset(folder)
    return run().datasets[role]


def datasets() -> dict[str, Dataset]:
    """Role -> the examples that a run is to be made of, the held-out ones apart from the others.

    Raises InvalidHoldOut, InvalidConstraint, and NoExamples where pool or target repeat them all.
    """
    roles = {role: dataset(role) for role in DATA_ROLES}
    data = {role: examples for role, examples in roles.items() if examples is not None}
    pool, target = data.get("pool"), data.get("target")
    if pool is None:
        return data
    if get("hold_out"):
        rest, held_out = cache.held_out_share(pool, target, get("hold_out"), get("hold_out_by"))
        return {**data, "pool": rest, HELD_OUT: held_out}
    if HELD_OUT in data and is_changed():
        data[HELD_OUT] = cache.held_out_apart(data[HELD_OUT], pool, target)
    return data


def is_changed() -> bool:
    """Whether examples were loaded, or set aside, that are in no run yet."""
    return any(get(name) for name in (*DATA_ROLES, "hold_out"))


def dataset_folder(role: str) -> Path | None:
    """The folder in which the examples of a role are stored."""
    if get(role):
        folder = workspace() / get(role) / "dataset"
        return folder if (folder / "examples.parquet").exists() else None
    opened = run()
    if opened is None or role not in opened.roles:
        return None
    return opened.role_folder(role)


def choice() -> Choice:
    """What is asked for on the Subset page."""
    return Choice(**{name: get(name) for name in CHOICE_FIELDS})


def chosen() -> Outcome | None:
    """What the choice selects; None without a run or before the kernels it needs are scored."""
    opened = run()
    if opened is None or not cache.is_scored(opened, choice()):
        return None
    return cached_choice.outcome(opened, choice())


def example(run: Run, first: int | None = None) -> int | None:
    """The index in the pool of the open example: the one the address names, else the first.

    first: of a list; by default the first chosen, None where nothing is chosen yet.
    """
    named = cache.position(run, get("example"))
    if named is not None or first is not None:
        return first if named is None else named
    outcome = chosen()
    if outcome is None or not len(outcome.selection):
        return None
    return int(outcome.selection.indices[0])


def measure() -> Measure:
    """Which of the two utilities is shown."""
    return Measure(get("measure")) if get("measure") in list(Measure) else Measure.L2


def remember(name: str, value: object) -> None:
    """Keep a value until another run is opened or the page is loaded anew."""
    st.session_state[f"held {name}"] = (get("run"), value)


def recall(name: str, default: object = None) -> object:
    """The value kept of this run under a name."""
    owner, value = st.session_state.get(f"held {name}", (None, default))
    return value if owner == get("run") else default
