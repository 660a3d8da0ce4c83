"""What every plan would cost on this machine, and the best of those that fit into some minutes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import InvalidPlan, refusing_when_out_of_memory
from delift_core.runs.integrity import MissingWork
from delift_core.runs.record import create_record
from delift_core.runs.run import Run
from delift_core.runs.store import list_runs
from delift_core.scoring.kernel_names import KERNELS, is_square
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import scorer_for
from delift_core.scoring.plan import (
    Cost,
    Plan,
    PlanKind,
    Tile,
    best_within,
    count_tokens,
    offered,
    predict,
    tiles,
)
from delift_core.scoring.throughput import measure_throughput, memory_in_use, token_counts
from delift_core.units import duration
from delift_core.wording import plan_name
from delift_core.workflow.score import role_lengths


@dataclass(frozen=True, eq=False)
class ScoringInputs:
    """What is to be scored with what, before a plan makes a run of it."""

    data: Mapping[str, Dataset]  # role -> examples
    model: CausalModel
    template: str
    kernels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Measured:
    """What decides the cost of a plan: a rate of this machine, and the lengths of the examples."""

    rate: float  # tokens per second
    memory: int  # bytes
    # kernel -> tokens of each answered, of each shown example
    tokens: Mapping[str, tuple[np.ndarray, np.ndarray]]
    unscored: Mapping[str, list[Tile]]  # kernel -> tiles still to score where every pair is

    def cost(self, plan: Plan) -> Cost:
        """Of the passes alone and the pairs of a plan; of every pair, those not scored yet."""
        alone: dict[str, np.ndarray] = {}  # role -> (examples,) tokens
        for name, both in self.tokens.items():
            alone.update(zip(KERNELS[name], both, strict=True))
        pairs, tokens = 0, sum(int(own.sum()) for own in alone.values())
        for name, (answered, shown) in self.tokens.items():
            work = self.tiles_of(name, plan)
            share = plan.per_column(len(answered), is_square(name)) / len(answered)
            pairs += round(share * sum(tile.pairs for tile in work))
            tokens += count_tokens(work, answered, shown, share)
        return predict(pairs, tokens, self.rate, self.memory)

    def tiles_of(self, name: str, plan: Plan) -> list[Tile]:
        """The tiles of a kernel that a plan has to score."""
        if plan.is_all:
            return self.unscored[name]
        answered, shown = self.tokens[name]
        return list(tiles(*plan.grid(len(answered), len(shown), is_square(name))))


def plan_within(minutes: float, seed: int, workspace: Path, inputs: ScoringInputs) -> Plan:
    """The plan that the same minutes chose before, or else the best that fits.

    A rate that is measured anew would leave a run half done and begin another. Raises InvalidPlan
    where even the smallest plan takes longer, OutOfMemory.
    """
    runs = runs_by_plan(workspace, inputs)
    for plan in runs:
        if (plan.minutes, plan.seed) == (minutes, seed):
            return plan
    unscored = unscored_tiles(inputs, runs.get(Plan()))
    if not any(unscored.values()):
        return Plan()
    return best_fit(measure(inputs, unscored), minutes, seed)


def runs_by_plan(workspace: Path, inputs: ScoringInputs) -> dict[Plan, Run]:
    """The runs of a workspace that have the same inputs, by their plan."""
    base = create_record(inputs.data, inputs.model.record, inputs.template, Plan())
    base["plan"] = None
    return {run.plan: run for run in list_runs(workspace) if {**run.record, "plan": None} == base}


def unscored_tiles(inputs: ScoringInputs, run: Run | None) -> dict[str, list[Tile]]:
    """Kernel -> tiles that the run of every pair lacks; all of them where there is no such run."""
    if run:
        return {name: run.missing(name) for name in inputs.kernels}
    sizes = {role: len(dataset) for role, dataset in inputs.data.items()}
    return {name: list(tiles(*(sizes[role] for role in KERNELS[name]))) for name in inputs.kernels}


def measure(inputs: ScoringInputs, unscored: Mapping[str, list[Tile]]) -> Measured:
    """A few seconds of scoring, and the lengths of everything.

    unscored: kernel -> tiles not scored yet. Raises OutOfMemory.
    """
    model, data = inputs.model, inputs.data
    scorer = scorer_for(model, inputs.template)
    roles = {role for name in unscored for role in KERNELS[name]}
    own = {role: token_counts(scorer.prompter, data[role].examples) for role in roles}
    answered, shown = (data[role].examples for role in KERNELS[next(iter(unscored))])
    with refusing_when_out_of_memory(
        lambda cause: (
            f"{model.name}: the model ran out of memory while this machine was measured ({cause})."
            " End other programs, or name a plan instead of minutes: smaller and smaller packs are"
            " then tried."
        )
    ):
        rate = measure_throughput(scorer, answered, shown)
    return Measured(rate, memory_in_use(model.device), kernel_lengths(own, unscored), unscored)


def kernel_lengths(
    own: Mapping[str, np.ndarray], kernels: Mapping[str, list[Tile]]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Kernel -> tokens of each answered, of each shown example. own: role -> (examples,) tokens."""
    pairs = {name: KERNELS[name] for name in kernels}
    return {name: (own[answered], own[shown]) for name, (answered, shown) in pairs.items()}


def best_fit(measured: Measured, minutes: float, seed: int = 0) -> Plan:
    """The best plan that takes no longer. Raises InvalidPlan where even the smallest does."""
    fewest = min(len(answered) for answered, _ in measured.tokens.values())
    plans = [Plan(), *offered(PlanKind.NEAREST, fewest, seed, minutes)]
    seconds = [measured.cost(plan).seconds for plan in plans]
    best = best_within(plans, seconds, minutes)
    if best is None:
        raise InvalidPlan(
            f"{minutes:g} minutes are too few: the smallest plan, {plan_name(plans[-1])}, would"
            f" take about {duration(seconds[-1])}. Give more minutes, or fewer examples with"
            " --limit."
        )
    return best


def plan_costs(work: MissingWork, model: CausalModel, cost: Cost) -> list[dict]:
    """Every plan that is worth offering for a run, with its cost.

    cost: of the missing work under the run's own plan; it gives the rate.
    """
    run = work.run
    prompter = scorer_for(model, run.record["template"]).prompter
    own = role_lengths(run, prompter, work.tiles)
    unscored = work.tiles
    if not run.plan.is_all:
        unscored = {name: list(tiles(*run.shape(name))) for name in work.tiles}
    measured = Measured(
        cost.tokens / cost.seconds, cost.memory, kernel_lengths(own, work.tiles), unscored
    )
    fewest = min(run.shape(name)[0] for name in work.tiles)
    offers = []
    for plan in [Plan(), *offered(PlanKind.NEAREST, fewest), *offered(PlanKind.SAMPLED, fewest)]:
        plan_cost = cost
        if not plan.same_pairs_as(run.plan):
            plan_cost = measured.cost(plan)
        amount = {"share": plan.share, "number": plan.number}
        offers.append({"kind": str(plan.kind), **amount, **asdict(plan_cost)})
    return offers
