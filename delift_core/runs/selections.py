"""The selections in a run folder: each a choice, and the examples that it selects."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.errors import DamagedRun, NotARun
from delift_core.files import digest, stamp_last
from delift_core.runs.run import Run
from delift_core.runs.saved_selections import (
    CHOOSE_AGAIN,
    RECORD_KEY,
    checked_name,
    find_saved,
    record_in,
    saved_selection,
    selection_files,
)
from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.selection.budget import Budget
from delift_core.selection.choice import Choice, choice_of
from delift_core.selection.greedy import Selection
from delift_core.selection.method import MethodOptions
from delift_core.selection.objective_names import ObjectiveName


def selection_name(choice: Choice, selection: Selection | None = None) -> str:
    """The digest of what a choice selects: its file is named by it, and it finds the selection.

    selection: where another method than the objective of the choice made it.
    """
    record = asdict(choice)
    if selection is not None and selection.method != selection.objective:
        record |= {"method": selection.method, "options": dict(selection.options)}
    return digest(record)[:12]


def save_selection(run: Run, choice: Choice, selection: Selection, name: str | None = None) -> Path:
    """Store a selection in its run; the same choice is the same file.

    name: of the user's; left out, a selection that is stored already keeps its own.

    Raises InvalidName.
    """
    path = run.folder / "selections" / f"{selection_name(choice, selection)}.parquet"
    name = stored_name(path) if name is None else checked_name(run, name, path)
    ids = [run.pool[index].id for index in selection.indices]
    record = {
        "choice": asdict(choice),
        "objective": selection.objective,
        "method": selection.method,
        "parameters": dict(selection.parameters),
        "budget": str(selection.budget),
        "pinned": selection.pinned,
    }
    if name:
        record["name"] = name
    if selection.options:
        record["options"] = dict(selection.options)
    columns = {
        "rank": np.arange(1, len(selection) + 1),
        "index": selection.indices,
        "id": ids,
        "gain": selection.gains,
    }
    if selection.costs is not None:
        columns["tokens"] = selection.costs
    write_table(pa.table(columns).replace_schema_metadata({RECORD_KEY: json.dumps(record)}), path)
    stamp_last(path, path.parent.glob("*.parquet"))
    return path


def stored_name(path: Path) -> str:
    """The name of the selection in a file; empty where none can be read."""
    try:
        return saved_selection(path).name
    except DamagedRun:
        return ""


def read_selection(path: Path) -> tuple[Choice, Selection]:
    """A stored selection and its choice. Raises DamagedRun."""
    with refusing_damage(path, CHOOSE_AGAIN):
        table = read_table(path, CHOOSE_AGAIN)
        record = record_in(table.schema.metadata)
        tokens = None
        if "tokens" in table.column_names:
            tokens = table["tokens"].to_numpy()
        options = record.get("options", {})
        MethodOptions(**options)  # refuses those that this version does not know
        return choice_of(record["choice"]), Selection(
            table["index"].to_numpy(),
            table["gain"].to_numpy(),
            Budget.parse(record["budget"]),
            ObjectiveName(record["objective"]),
            record["parameters"],
            tokens,
            record["pinned"],
            record.get("method", ""),
            options,
        )


def find_selection(run: Run, name: str | None = None) -> Path:
    """The file of a selection by name or digest, or of the one stored last.

    Raises NotARun, UnknownChoice.
    """
    files = selection_files(run)
    if not files:
        raise NotARun(
            f"{run.folder}: nothing has been chosen in this run yet. Run: delift select"
            f" {run.folder}"
        )
    if name is None:
        return files[-1]
    if name in {file.stem for file in files}:
        return run.folder / "selections" / f"{name}.parquet"
    return find_saved(run, name).path
