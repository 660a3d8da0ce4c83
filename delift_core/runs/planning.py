"""What every plan would cost on this machine, and the best of those that fit into the minutes given.

The rule is fixed: every pair if there is time for it; else nearest pairs, as many as there is time for. In benchmarks/PLANS.md nearest
pairs lost least at every share on every data set, and more of them never lost more; sampled rows are for who wants an error bar.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import InvalidPlan
from delift_core.runs.record import create_record
from delift_core.runs.store import KERNELS, is_square, list_runs
from delift_core.scoring.calibration import lengths, tokens_per_second, used_memory
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import prompter_for
from delift_core.scoring.plan import Cost, Plan, PlanKind, Tile, count_tokens, predict, tiles
from delift_core.units import duration

SHARES = (0.4, 0.2, 0.1, 0.05, 0.02, 0.01)
FEWEST = 4                       # rows behind a shown example: with fewer, a share is not offered


@dataclass(frozen=True, eq=False)
class Measured:
    """What decides the cost of a plan: a rate of this machine, and the lengths of the examples."""

    rate: float                                                  # tokens per second
    memory: int                                                  # bytes
    tokens: Mapping[str, tuple[np.ndarray, np.ndarray]]          # kernel -> tokens of each answered, of each shown example
    left: Mapping[str, list[Tile]]                               # kernel -> tiles still to score where every pair is

    def cost(self, plan: Plan) -> Cost:
        """Of the pass over each example alone and of the pairs of a plan; of every pair, those not scored yet."""
        alone = {role: own for name, both in self.tokens.items() for role, own in zip(KERNELS[name], both, strict=True)}
        pairs, tokens = 0, sum(int(own.sum()) for own in alone.values())
        for name, (answered, shown) in self.tokens.items():
            work = self.left[name] if plan.is_all else list(tiles(len(answered), len(shown), plan.share))
            share = plan.per_column(len(answered), is_square(name)) / len(answered)
            pairs += round(share * sum(tile.pairs for tile in work))
            tokens += count_tokens(work, answered, shown, share)
        return predict(pairs, tokens, self.rate, self.memory)


def measure(model: CausalModel, template: str, data: Mapping[str, Dataset], left: Mapping[str, list[Tile]]) -> Measured:
    """A few seconds of scoring, and the lengths of everything. left: tiles of every kernel that are not scored yet."""
    prompter = prompter_for(model, template)
    own = {role: lengths(prompter, data[role]) for role in {role for name in left for role in KERNELS[name]}}
    rate = tokens_per_second(model, prompter, *(data[role] for role in KERNELS[next(iter(left))]))
    return Measured(rate, used_memory(model), {name: tuple(own[role] for role in KERNELS[name]) for name in left}, left)


def offered(kind: PlanKind, answered: int, seed: int = 0, minutes: float | None = None) -> Iterator[Plan]:
    """The plans of a kind that are worth offering for so many answered examples, the largest share first."""
    for share in SHARES:
        if round(share * answered) >= FEWEST:
            yield Plan(kind, share, seed, minutes)


def fitting(measured: Measured, minutes: float, seed: int = 0) -> Plan:
    """The best plan that takes no longer. Raises InvalidPlan where even the smallest does."""
    fewest = min(len(answered) for answered, _ in measured.tokens.values())
    plans = [Plan(), *offered(PlanKind.NEAREST, fewest, seed, minutes)]
    costs = [measured.cost(plan) for plan in plans]
    found = next((plan for plan, cost in zip(plans, costs, strict=True) if cost.seconds <= 60 * minutes), None)
    if found is None:
        raise InvalidPlan(f"{minutes:g} minutes are too few: {plans[-1].share:.0%} of the pairs would take about {duration(costs[-1].seconds)}. "
                          "Give more minutes, or fewer examples with --limit.")
    return found


def plan_within(minutes: float, workspace: Path, data: Mapping[str, Dataset], model: CausalModel, template: str, kernels: Iterable[str],
                seed: int = 0) -> Plan:
    """The plan that the same minutes have chosen before, or else the best that fits: a rate measured anew leaves no run half done."""
    base = create_record(data, model.record, template, Plan())
    same = {run.plan: run for run in list_runs(workspace) if {**run.record, "plan": None} == {**base, "plan": None}}
    if kept := next((plan for plan in same if (plan.minutes, plan.seed) == (minutes, seed)), None):
        return kept
    every = same.get(Plan())
    left = {name: every.missing(name) if every else list(tiles(*(len(data[role]) for role in KERNELS[name]))) for name in kernels}
    return fitting(measure(model, template, data, left), minutes, seed) if any(left.values()) else Plan()
