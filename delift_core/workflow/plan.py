"""What every plan would cost on this machine, and the best of those that fit into the minutes
given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import InvalidPlan, refusing_when_out_of_memory
from delift_core.runs.record import create_record
from delift_core.runs.store import Run, list_runs
from delift_core.scoring.kernel_names import KERNELS, is_square
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import prompter_for
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
from delift_core.scoring.throughput import lengths, tokens_per_second, used_memory
from delift_core.units import duration


@dataclass(frozen=True, eq=False)
class Measured:
    """What decides the cost of a plan: a rate of this machine, and the lengths of the examples."""

    rate: float  # tokens per second
    memory: int  # bytes
    # kernel -> tokens of each answered, of each shown example
    tokens: Mapping[str, tuple[np.ndarray, np.ndarray]]
    left: Mapping[str, list[Tile]]  # kernel -> tiles still to score where every pair is

    def cost(self, plan: Plan) -> Cost:
        """Of the pass over each example alone and of the pairs of a plan; of every pair, those not
        scored yet.
        """
        alone = {
            role: own
            for name, both in self.tokens.items()
            for role, own in zip(KERNELS[name], both, strict=True)
        }
        pairs, tokens = 0, sum(int(own.sum()) for own in alone.values())
        for name, (answered, shown) in self.tokens.items():
            work = (
                self.left[name]
                if plan.is_all
                else list(tiles(len(answered), len(shown), plan.share))
            )
            share = plan.per_column(len(answered), is_square(name)) / len(answered)
            pairs += round(share * sum(tile.pairs for tile in work))
            tokens += count_tokens(work, answered, shown, share)
        return predict(pairs, tokens, self.rate, self.memory)


def measure(
    model: CausalModel, template: str, data: Mapping[str, Dataset], left: Mapping[str, list[Tile]]
) -> Measured:
    """A few seconds of scoring, and the lengths of everything.

    left: tiles of every kernel not scored yet. Raises OutOfMemory.
    """
    prompter = prompter_for(model, template)
    own = {
        role: lengths(prompter, data[role])
        for role in {role for name in left for role in KERNELS[name]}
    }
    with refusing_when_out_of_memory(
        lambda what: (
            f"{model.name}: the model ran out of memory while this machine was measured ({what})."
            " End other programs, or name a plan instead of minutes: smaller and smaller packs are"
            " then tried."
        )
    ):
        rate = tokens_per_second(
            model, prompter, *(data[role] for role in KERNELS[next(iter(left))])
        )
    return Measured(
        rate,
        used_memory(model),
        {name: tuple(own[role] for role in KERNELS[name]) for name in left},
        left,
    )


def fitting(measured: Measured, minutes: float, seed: int = 0) -> Plan:
    """The best plan that takes no longer. Raises InvalidPlan where even the smallest does."""
    fewest = min(len(answered) for answered, _ in measured.tokens.values())
    plans = [Plan(), *offered(PlanKind.NEAREST, fewest, seed, minutes)]
    seconds = [measured.cost(plan).seconds for plan in plans]
    if (found := best_within(plans, seconds, minutes)) is None:
        raise InvalidPlan(
            f"{minutes:g} minutes are too few: {plans[-1].share:.0%} of the pairs would take about"
            f" {duration(seconds[-1])}. Give more minutes, or fewer examples with --limit."
        )
    return found


def alternatives(
    run: Run, model: CausalModel, cost: Cost, missing: Mapping[str, list[Tile]]
) -> list[dict]:
    """Every plan that is worth offering for a run, with its cost.

    cost: of what its own plan still lacks, which gives the rate; missing: that.
    """
    prompter = prompter_for(model, run.record["template"])
    own = {role: lengths(prompter, run.datasets[role]) for role in run.roles}
    left = {
        name: work if run.plan.is_all else list(tiles(*run.shape(name)))
        for name, work in missing.items()
    }
    measured = Measured(
        cost.tokens / cost.seconds,
        cost.memory,
        {name: tuple(own[role] for role in KERNELS[name]) for name in missing},
        left,
    )
    fewest = min(run.shape(name)[0] for name in missing)
    plans = [Plan(), *offered(PlanKind.NEAREST, fewest), *offered(PlanKind.SAMPLED, fewest)]
    costs = [cost if plan.same_pairs_as(run.plan) else measured.cost(plan) for plan in plans]
    return [
        {"kind": str(plan.kind), "share": plan.share, **asdict(found)}
        for plan, found in zip(plans, costs)
    ]


def plan_within(
    minutes: float,
    workspace: Path,
    data: Mapping[str, Dataset],
    model: CausalModel,
    template: str,
    kernels: Iterable[str],
    seed: int = 0,
) -> Plan:
    """The plan that the same minutes have chosen before, or else the best that fits: a rate
    measured anew leaves no run half done.
    """
    base = create_record(data, model.record, template, Plan())
    same = {
        run.plan: run
        for run in list_runs(workspace)
        if {**run.record, "plan": None} == {**base, "plan": None}
    }
    if kept := next((plan for plan in same if (plan.minutes, plan.seed) == (minutes, seed)), None):
        return kept
    every = same.get(Plan())
    left = {
        name: (
            every.missing(name)
            if every
            else list(tiles(*(len(data[role]) for role in KERNELS[name])))
        )
        for name in kernels
    }
    return (
        fitting(measure(model, template, data, left), minutes, seed)
        if any(left.values())
        else Plan()
    )
