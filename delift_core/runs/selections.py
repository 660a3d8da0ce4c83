"""The selections in a run folder: each a choice, and the examples that it selects."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.errors import NotARun, UnknownChoice
from delift_core.files import digest, stamp_last
from delift_core.runs.run import Run
from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.selection.budget import Budget
from delift_core.selection.choice import Choice, choice_of
from delift_core.selection.greedy import Selection
from delift_core.selection.objective_names import ObjectiveName

CHOOSE_AGAIN = "Choose again with the same options: that writes the file anew."


def selection_name(choice: Choice, selection: Selection | None = None) -> str:
    """The name of what a choice selects.

    selection: where another method than the objective of the choice made it.
    """
    record = asdict(choice)
    if selection is not None and selection.method != selection.objective:
        record |= {"method": selection.method, "options": dict(selection.options)}
    return digest(record)[:12]


def save_selection(run: Run, choice: Choice, selection: Selection) -> Path:
    """Store a selection in its run; the same choice is the same file."""
    path = run.folder / "selections" / f"{selection_name(choice, selection)}.parquet"
    ids = [run.pool[index].id for index in selection.indices]
    record = {
        "choice": asdict(choice),
        "objective": selection.objective,
        "method": selection.method,
        "parameters": dict(selection.parameters),
        "budget": str(selection.budget),
        "pinned": selection.pinned,
    }
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
    write_table(pa.table(columns).replace_schema_metadata({"selection": json.dumps(record)}), path)
    stamp_last(path, path.parent.glob("*.parquet"))
    return path


def read_selection(path: Path) -> tuple[Choice, Selection]:
    """A stored selection and its choice. Raises DamagedRun."""
    with refusing_damage(path, CHOOSE_AGAIN):
        table = read_table(path, CHOOSE_AGAIN)
        record = json.loads(table.schema.metadata[b"selection"])
        tokens = None
        if "tokens" in table.column_names:
            tokens = table["tokens"].to_numpy()
        return choice_of(record["choice"]), Selection(
            table["index"].to_numpy(),
            table["gain"].to_numpy(),
            Budget.parse(record["budget"]),
            ObjectiveName(record["objective"]),
            record["parameters"],
            tokens,
            record["pinned"],
            record.get("method", ""),
            record.get("options", {}),
        )


def find_selection(run: Run, name: str | None = None) -> Path:
    """The file of a selection by name, or of the one stored last. Raises NotARun, UnknownChoice."""
    files = sorted(
        (run.folder / "selections").glob("*.parquet"), key=lambda file: file.stat().st_mtime_ns
    )
    if not files:
        raise NotARun(
            f"{run.folder}: nothing has been chosen in this run yet. Run: delift select"
            f" {run.folder}"
        )
    if name is None:
        return files[-1]
    for file in files:
        if file.stem == name:
            return file
    raise UnknownChoice(
        f"{run.folder}: no selection {name!r}. There are {', '.join(file.stem for file in files)}."
    )
