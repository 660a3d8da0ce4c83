"""What the Compare page sets side by side, as the address names it, and how it is called.

choice              what the Subset page asks for
NAME                a method, an objective included
highest:FIELD       a numeric field of the rows, the highest first; lowest:FIELD the lowest
saved:DIGEST        a stored selection
table:SHA256:NAME   an imported table or list of ids, and the name of its file
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from delift_core.charts.looks import MOST
from delift_core.errors import DeliftError, UnknownChoice
from delift_core.runs.gradient_work import is_complete
from delift_core.runs.gradients import GradientStore
from delift_core.runs.held_out import held_out_address
from delift_core.runs.rounds import RoundStore
from delift_core.runs.run import Run
from delift_core.runs.saved_selections import SavedSelection
from delift_core.runs.unprompted import unprompted_path
from delift_core.selection.choice import objective_for
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.selection.method import Method, MethodOptions, Need, refuse_missing
from delift_core.selection.methods import methods
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.round_settings import RoundSettings
from delift_core.workflow.methods import method_inputs
from pages.session import address, cache, cached_fields, cached_selections, current
from pages.session.uploads import upload_path

CURRENT, CURRENT_TITLE = "choice", "Current choice"
SAVED = "saved:"
FIELD_ORDERS = {"highest:": "Highest {}", "lowest:": "Lowest {}"}
TABLE = re.compile(r"table:([0-9a-f]{64}):(.+)", re.DOTALL)
SUFFIXES = ("csv", "jsonl", "json", "parquet", "txt")  # of files that can be imported
FIRST_SIGHT = (CURRENT, "longest", "random", "embedding_coverage")
NOT_SCORED = "Its score matrix is not finished yet: score it on the Scoring page."


def names(run: Run) -> tuple[str, ...]:
    """What is compared: that of the address, or else what tells most at first sight."""
    asked = tuple(dict.fromkeys(address.get("compare")))[:MOST]
    if asked:
        return asked
    usable = usable_methods(run)
    return tuple(name for name in FIRST_SIGHT if name == CURRENT or name in usable)


def compare_saved(chosen: Sequence[SavedSelection]) -> None:
    """Set the current choice and some stored selections side by side."""
    saved = tuple(f"{SAVED}{stored.digest}" for stored in chosen)
    address.put(compare=saved[:MOST] if len(saved) > 1 else (CURRENT, *saved))


def offered(run: Run) -> list[str]:
    """Everything that can be compared in a run."""
    fields = [
        f"{order}{name}" for name in cached_fields.number_fields(run) for order in FIELD_ORDERS
    ]
    saved = [f"{SAVED}{stored.digest}" for stored in cached_selections.saved(run).sound]
    return [CURRENT, *usable_methods(run), *fields, *saved]


def title(run: Run, name: str) -> str:
    """What a name of the address is called on the page."""
    register = methods()
    if name == CURRENT:
        return CURRENT_TITLE
    if name in register:
        return register[name].title
    if name.startswith(SAVED):
        digest = name.removeprefix(SAVED)
        stored = cached_selections.saved(run).sound
        return next((each.label for each in stored if each.digest == digest), digest)
    for order, wording in FIELD_ORDERS.items():
        if name.startswith(order):
            return wording.format(name.removeprefix(order))
    table = TABLE.fullmatch(name)
    return table[2] if table else name


def unique_titles(run: Run, names: Iterable[str]) -> dict[str, str]:
    """Name -> title, each title once: what is called alike is numbered."""
    titles: dict[str, str] = {}
    for name in names:
        wording, count = title(run, name), 1
        while wording in titles.values():
            count += 1
            wording = f"{title(run, name)} ({count})"
        titles[name] = wording
    return titles


def usable_methods(run: Run) -> list[str]:
    """The methods whose needs are met, by name."""
    return [name for name, sentence in missing(run).items() if sentence is None]


def unusable_methods(run: Run) -> dict[str, str]:
    """Name -> what is missing, of the methods whose needs are not met."""
    return {name: sentence for name, sentence in missing(run).items() if sentence is not None}


def missing(run: Run) -> Mapping[str, str | None]:
    """Name -> what a method lacks in a run, None where it can choose.

    Methods that choose by a field or by what is imported have names of their own.
    """
    scored = [str(name) for name in cache.scored_objectives(run)]
    stamp = [scored, address.get("group_by"), pass_stamp(run)]
    return _missing(run, run.folder, json.dumps(stamp))


@st.cache_resource(max_entries=32, show_spinner=False)
def _missing(_run: Run, folder: Path, stamp: str) -> Mapping[str, str | None]:
    return {
        name: _lacks(_run, method)
        for name, method in methods().items()
        if "table" not in method.reads
    }


def _lacks(run: Run, method: Method) -> str | None:
    try:
        if method.order is None:
            objective_for(method.name, run.roles)
            scored = ObjectiveName(method.name) in cache.scored_objectives(run)
        else:
            refuse_missing(method, method_inputs(run, current.choice(), method, MethodOptions()))
            scored = Need.KERNEL not in method.needs or cache.is_complete(run, "pool_pool")
    except DeliftError as refusal:
        return str(refusal)
    return None if scored else NOT_SCORED


def table_of(name: str) -> Path | None:
    """The imported file that a name of the address asks for; None for another name.

    Raises UnknownChoice where the file is not here.
    """
    table = TABLE.fullmatch(name)
    if table is None:
        return None
    file = upload_path(table[1], suffix_of(table[2]))
    if not file.is_file():
        raise UnknownChoice(
            f"{table[2]}: it was imported elsewhere. Import it here, or take it off."
        )
    return file


def table_name(digest: str, name: str) -> str:
    """How the address names an imported file. name: what the browser calls it, never a path."""
    return f"table:{digest}:{name}"


def suffix_of(name: str) -> str:
    """The suffix that an imported file is stored with; a list of ids where it is unknown."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix.removeprefix(".") in SUFFIXES else ".txt"


def pass_stamp(run: Run) -> str:
    """What changes when a pass, gradients, rounds or held-out examples are added to a run."""
    file = unprompted_path(run, "pool")
    made_at = file.stat().st_mtime_ns if file.exists() else 0
    has_gradients = is_complete(GradientStore(run, GradientSettings()))
    has_rounds = RoundStore(run, RoundSettings()).order() is not None
    return f"{made_at} {has_gradients} {has_rounds} {held_out_address(run)}"
