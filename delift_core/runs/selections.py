"""From a run's kernels to a selection, and the selections a run keeps: the choice as asked for, and what came of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.data.example import Dataset
from delift_core.data.text import as_text, is_single, json_text
from delift_core.errors import InvalidConstraint, NotARun, NotScored, UnknownChoice
from delift_core.files import digest, stamp_last
from delift_core.runs.store import Run, is_square
from delift_core.runs.tables import read_table, sound, write_table
from delift_core.scoring.kernel import Diagonal, Measure, Transform, UtilityKernel, refuse_unscored, similarities
from delift_core.scoring.plan import Plan
from delift_core.selection.constraints import Budget, BudgetUnit, most_rows, settle
from delift_core.selection.estimate import Reach, sampled_reach
from delift_core.selection.greedy import Selection, maximise
from delift_core.selection.objectives import (
    RECIPES,
    Objective,
    ObjectiveName,
    build_objective,
    checked_weight,
    named_objective,
    recommended_objective,
    weighted,
)
from delift_core.selection.resuming import kept

AUTO = "auto"


@dataclass(frozen=True)
class Choice:
    """What a person asks for when they choose; everything a selection depends on besides the kernels."""

    objective: str = AUTO
    budget: str = "0.3"
    eta: float = 1.0
    nu: float = 1.0
    measure: str = Measure.L2
    transform: str = Transform.CLIP
    diagonal: str = Diagonal.CAPPED
    pins: tuple[str, ...] = ()                              # example ids, chosen first
    excludes: tuple[str, ...] = ()                          # example ids, never chosen
    group_by: str | None = None                             # a field of the original rows
    quotas: Mapping[str, int] = field(default_factory=dict)   # most rows of each value of that field


def choice_of(record: Mapping) -> Choice:
    """A choice as JSON kept it."""
    return Choice(**{name: tuple(value) if isinstance(value, list) else value for name, value in record.items()})


def objective_for(asked: str, roles: tuple[str, ...]) -> ObjectiveName:
    """The objective asked for, or the one the roles imply. Raises UnknownObjective, or NotScored when it needs a role not given."""
    name = recommended_objective(target="target" in roles, known="known" in roles) if asked == AUTO else named_objective(asked)
    needed = {role for kernel in RECIPES[name].kernels for role in kernel.split("_")}
    if lacking := sorted(needed - set(roles)):
        raise NotScored(f"objective {name} needs a {' and a '.join(lacking)} set. Give one with --{' and --'.join(lacking)}, "
                        "or choose another objective.")
    return name


def choose(run: Run, choice: Choice) -> tuple[Objective, Selection]:
    """The objective of a choice over a run's kernels, and what it selects. Raises NotScored while a kernel it needs is unfinished."""
    objective = objective_of(run, choice, run.kernel)
    return objective, maximise(objective, choice.budget, costs=costs(run), **constraints(run.pool, choice))


def objective_of(run: Run, choice: Choice, kernel: Callable[[str], UtilityKernel]) -> Objective:
    """The objective of a choice. kernel: where kernels come from by name, the run itself or something that keeps them at hand."""
    name = objective_for(choice.objective, run.roles)
    kernels = {needed: kernel(needed) for needed in RECIPES[name].kernels}
    objective = build_objective(name, similarities(kernels, choice.measure, choice.transform, choice.diagonal), choice.eta, choice.nu)
    weights = kernels[RECIPES[name].kernels[0]].weights                           # all kernels of an objective are answered by the same rows
    return objective if weights is None else weighted(objective, weights)


def full_order(run: Run, choice: Choice, objective: Objective, before: tuple[Choice, Selection] | None = None) -> Selection:
    """The greedy order to its end: as many rows as the pins, excludes and quotas of a choice allow. Its budget does not matter.

    before: another choice of the same objective, and its full order; what still holds of it is not worked out again.
    """
    rules = constraints(run.pool, choice)
    known = still_known(run, choice, objective, *before) if before else []
    most = most_rows(len(run.pool), **rules)
    return maximise(objective, most, costs=costs(run), known=known[:most], **rules)


def still_known(run: Run, choice: Choice, objective: Objective, other: Choice, order: Selection) -> list[int]:
    """The first picks of another choice's order that are this one's too."""
    if (choice.group_by, choice.quotas) != (other.group_by, other.quotas):
        return []
    pins, excludes, freed = (positions(run.pool, ids) for ids in (choice.pins, choice.excludes, set(other.excludes) - set(choice.excludes)))
    return order.indices[:kept(objective, order, pins, excludes, set(freed) - set(pins))].tolist()


def within(run: Run, choice: Choice, objective: Objective, order: Selection) -> Selection:
    """What `choose` selects, taken from the full order where the budget is in rows: greedy choices are nested."""
    budget, rules = Budget.parse(choice.budget), constraints(run.pool, choice)
    settle(budget, len(run.pool), costs=costs(run), **rules)
    if budget.unit is BudgetUnit.TOKENS:
        return maximise(objective, budget, costs=costs(run), **rules)
    return replace(order.prefix(budget.rows(len(run.pool))), budget=budget)


def reach_of(run: Run, choice: Choice, objective: Objective, selection: Selection) -> Reach | None:
    """How far a selection reaches where rows were sampled, with an error bar; None where no row stands for others."""
    drawn, rules = run.drawn(RECIPES[objective.name].kernels[0]), constraints(run.pool, choice)
    if drawn is None or drawn.weights is None:
        return None
    return sampled_reach(objective, selection.indices, drawn.stratum, drawn.weights,
                         lambda part: maximise(part, choice.budget, costs=costs(run), **rules).indices)


def constraints(pool: Dataset, choice: Choice) -> dict:
    """Pins, excludes, groups and quotas of a choice, as `maximise` takes them."""
    return {"pins": positions(pool, choice.pins), "excludes": positions(pool, choice.excludes),
            "groups": groups(pool, choice.group_by), "quotas": choice.quotas or None}


def check_choice(pool: Dataset, choice: Choice) -> None:
    """Refuse before hours of scoring what `choose` would refuse after them; token counts are not known yet and count as one each."""
    for name in ("eta", "nu"):
        checked_weight(name, getattr(choice, name))
    settle(choice.budget, len(pool), costs=np.ones(len(pool), int), **constraints(pool, choice))


def check_diagonal(choice: Choice, kernels: Iterable[str], plan: Plan) -> None:
    """Refuse before hours of scoring a diagonal that a plan leaves out of one of these kernels."""
    if any(map(is_square, kernels)):
        refuse_unscored(plan.kind.infers, choice.diagonal)


def costs(run: Run) -> np.ndarray | None:
    """(pool,) response tokens of every example; one that nothing can be scored of costs its end of turn."""
    alone = run.alone("pool")
    return None if alone is None else np.maximum(alone.response_tokens, 1)


def positions(pool: Dataset, ids: tuple[str, ...]) -> list[int]:
    """Where examples stand in the pool."""
    places = {example.id: index for index, example in enumerate(pool)}
    unknown = [id for id in ids if id not in places]
    if unknown:
        raise InvalidConstraint(f"No example of the pool has the id {unknown[0]!r}. Ids are those of the data, or row numbers without any.")
    return [places[id] for id in ids]


def groups(pool: Dataset, column: str | None) -> list[str] | None:
    """The value of one original field for every example of the pool, as text."""
    if column is None:
        return None
    fields = Counter(name for example in pool for name in example.extra)
    if column not in fields:
        raise InvalidConstraint(f"The pool has no field {column!r} to group by. Fields are {', '.join(fields)}.")
    values = [example.extra.get(column) for example in pool]
    return [(as_text(value) or "") if is_single(value) else json_text(value) for value in values]


def selection_name(choice: Choice) -> str:
    """The name under which a run keeps what a choice selects."""
    return digest(asdict(choice))[:12]


def save_selection(run: Run, choice: Choice, selection: Selection) -> Path:
    """Keep a selection in its run; the same choice is the same file."""
    path = run.folder / "selections" / f"{selection_name(choice)}.parquet"
    ids = [run.pool[index].id for index in selection.indices]
    record = {"choice": asdict(choice), "objective": selection.objective, "parameters": dict(selection.parameters),
              "budget": str(selection.budget), "pinned": selection.pinned}
    columns = {"rank": np.arange(1, len(selection) + 1), "index": selection.indices, "id": ids, "gain": selection.gains}
    if selection.costs is not None:
        columns["tokens"] = selection.costs
    write_table(pa.table(columns).replace_schema_metadata({"selection": json.dumps(record)}), path)
    stamp_last(path, path.parent.glob("*.parquet"))
    return path


def read_selection(path: Path) -> tuple[Choice, Selection]:
    """A kept selection and the choice it answers."""
    with sound(path, advice := "Choose again with the same options: that writes the file anew."):
        table = read_table(path, advice)
        record = json.loads(table.schema.metadata[b"selection"])
        tokens = table["tokens"].to_numpy() if "tokens" in table.column_names else None
        return choice_of(record["choice"]), Selection(table["index"].to_numpy(), table["gain"].to_numpy(), Budget.parse(record["budget"]),
                                           ObjectiveName(record["objective"]), record["parameters"], tokens, record["pinned"])


def find_selection(run: Run, name: str | None = None) -> Path:
    """A kept selection by name, or the one kept last."""
    files = sorted((run.folder / "selections").glob("*.parquet"), key=lambda file: file.stat().st_mtime_ns)
    if not files:
        raise NotARun(f"{run.folder}: nothing has been chosen in this run yet. Run: delift select {run.folder}")
    if name is None:
        return files[-1]
    if not (found := [file for file in files if file.stem == name]):
        raise UnknownChoice(f"{run.folder}: no selection {name!r}. There are {', '.join(file.stem for file in files)}.")
    return found[0]
