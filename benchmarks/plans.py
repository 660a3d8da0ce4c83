"""Measure what fewer pairs cost a choice and write benchmarks/PLANS.md: python -m benchmarks.plans,
or make bench.

A plan is applied to a kernel that is known whole; what it would not have scored is taken away. What
is then chosen is valued on the whole kernel. Kernels that are not there are scored first, into
build/bench, where they stay; with --stored nothing is scored, and of an unfinished kernel the
largest square is used that is complete.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.reference_kernels import World, worlds
from benchmarks.rows import facts, print_and_keep
from delift_core.scoring.imputation import row_means
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.pair_sampling import cosine_strips, sample_pairs
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.coverage_estimate import SampledRows, estimate_coverage
from delift_core.selection.greedy import maximise
from delift_core.selection.objective import weighted
from delift_core.selection.objectives import facility_location

REPORT = Path(__file__).with_name("PLANS.md")
SHARES, BUDGETS, SEEDS, RANDOM = (0.05, 0.1, 0.2, 0.4), (0.1, 0.3), range(10), range(20)
GOAL, AT = 0.95, 0.2

Chosen = Callable[[float, int], np.ndarray]  # share, seed -> indices


# who chooses


def from_plan(world: World, kind: PlanKind, budget: int, fill: Callable | None = None) -> Chosen:
    """The choice from the pairs of a plan; fill: another way to infer what was left out."""

    def choose(share: float, seed: int) -> np.ndarray:
        drawn = sample_pairs(Plan(kind, share, seed), world.embedding, world.embedding, True)
        kernel = world.kernel(drawn)
        if fill is not None:
            filled = np.where(drawn.mask, kernel.values, fill(world, kernel)).astype(np.float32)
            kernel = UtilityKernel(
                np.asfortranarray(filled), kernel.pmi, kernel.truncated, kernel.alone, True
            )
        objective = facility_location(kernel.similarity())
        return maximise(
            objective if kernel.weights is None else weighted(objective, kernel.weights), budget
        ).indices

    return choose


def likeness(world: World) -> np.ndarray:
    """(n, n) cosines of the embeddings without their mean, 0 on the diagonal."""
    whole = np.concatenate(
        [strip for _, strip in cosine_strips(world.embedding, world.embedding, True)], axis=1
    )
    return np.where(np.isfinite(whole), whole, 0.0)


def from_embeddings(world: World, budget: int) -> np.ndarray:
    """Facility location on plain cosines of the same embeddings: no pair is scored."""
    cosines = world.embedding @ world.embedding.T  # (n, n)
    return maximise(facility_location(cosines.clip(0)), budget).indices


# other ways to infer what was left out


def nothing(world: World, kernel: UtilityKernel) -> np.ndarray:
    return np.zeros(kernel.values.shape)


def rows_and_columns(
    world: World, kernel: UtilityKernel, like: np.ndarray | None = None, shrink: float = 2.0
) -> np.ndarray:
    """U = g + r_i + c_j, and b times the likeness where it is given: least squares by turns, rows
    and columns drawn towards 0.
    """
    known = kernel.requested & np.isfinite(kernel.values)  # (n, n)
    like = np.zeros(known.shape) if like is None else like
    row, column, slope, level = np.zeros(world.size), np.zeros(world.size), 0.0, 0.0
    for _ in range(15):
        left = np.where(known, kernel.values - level - slope * like, 0.0)
        row = (left - known * column).sum(axis=1) / (known.sum(axis=1) + shrink)
        column = (left - known * row[:, None]).sum(axis=0) / (known.sum(axis=0) + shrink)
        rest, at = (kernel.values - row[:, None] - column)[known], like[known]
        slope = float(np.cov(at, rest)[0, 1] / at.var(ddof=1)) if at.any() else 0.0
        level = float((rest - slope * at).mean())
    return level + row[:, None] + column + slope * like


def with_likeness(world: World, kernel: UtilityKernel) -> np.ndarray:
    return rows_and_columns(world, kernel, likeness(world))


def random_row_means(world: World, kernel: UtilityKernel) -> np.ndarray:
    """The mean of the pairs of a row that are not among the nearest half of it."""
    like = likeness(world)
    far = kernel.requested & (like < np.median(like, axis=0))
    return np.broadcast_to(np.nan_to_num(row_means(kernel.values, far, True))[:, None], far.shape)


FILLS = {
    "row means": None,
    "row means of the pairs that are far": random_row_means,
    "row and column effects": rows_and_columns,
    "row and column effects and likeness": with_likeness,
    "nothing": nothing,
}


# the report


def line(world: World, budget: int, name: str, choose: Chosen) -> tuple[str, np.ndarray]:
    """A row of the table, and the share of the whole kernel's choice per share and seed."""
    best = world.value(maximise(facility_location(world.similarity), budget).indices)
    # (shares, seeds)
    found = np.array(
        [[world.value(choose(share, seed)) / best for seed in SEEDS] for share in SHARES]
    )
    cells = [f"{row.mean():.1%} ({row.min():.1%})" for row in found]
    return f"| {name} | {' | '.join(cells)} |", found


def table(world: World, rows: float) -> Iterator[str]:
    """What every plan keeps of the whole kernel's choice, beside chance and beside embeddings
    alone.
    """
    budget = round(rows * world.size)
    best = world.value(maximise(facility_location(world.similarity), budget).indices)
    chance = (
        np.array(
            [
                world.value(np.random.default_rng(seed).permutation(world.size)[:budget])
                for seed in RANDOM
            ]
        )
        / best
    )
    bar, plain = (
        chance.mean() + 2 * chance.std(ddof=1),
        world.value(from_embeddings(world, budget)) / best,
    )
    yield from (
        f"### {world.name}, {world.size} rows, {budget} chosen",
        "",
        "| scored | 5 % | 10 % | 20 % | 40 % |",
        "|---|---:|---:|---:|---:|",
    )
    kept = {}
    for kind in (PlanKind.NEAREST, PlanKind.SAMPLED):
        written, kept[kind] = line(world, budget, str(kind), from_plan(world, kind, budget))
        yield written
    told = (
        f"embeddings alone {plain:.1%}; random subsets {chance.mean():.1%} on average, {bar:.1%}"
        " with two standard deviations on top"
    )
    yield from ("", f"No pair scored: {told}. {verdict(kept, bar)}", "")


def verdict(kept: dict[PlanKind, np.ndarray], bar: float) -> str:
    """Whether the goals are met, plan by plan."""
    at = SHARES.index(AT)
    told = [
        f"{kind}: {GOAL:.0%} at {AT:.0%} of the pairs"
        f" {'**reached**' if found[at].mean() >= GOAL else '**not reached**'}"
        f" ({found[at].mean():.1%}), above that bar in {(found > bar).sum()} of {found.size} draws"
        for kind, found in kept.items()
    ]
    return f"{'; '.join(told)}."


def inferences(world: World, rows: float = 0.1) -> Iterator[str]:
    """Nearest pairs, completed in other ways."""
    budget = round(rows * world.size)
    for name, fill in FILLS.items():
        yield line(
            world, budget, f"{world.name}, {name}", from_plan(world, PlanKind.NEAREST, budget, fill)
        )[0]


def estimates(world: World, rows: float = 0.3) -> Iterator[str]:
    """What the dashboard would say of the share reached, less what is true."""
    budget = round(rows * world.size)
    near, shown, caught, widths = ([[] for _ in SHARES] for _ in range(4))
    for place, share in enumerate(SHARES):
        for seed in SEEDS:
            objective = facility_location(
                world.kernel(
                    sample_pairs(
                        Plan(PlanKind.NEAREST, share, seed), world.embedding, world.embedding, True
                    )
                ).similarity()
            )
            selection = maximise(objective, budget)
            near[place].append(
                selection.value / objective.whole - world.value(selection.indices) / world.whole
            )
            drawn = sample_pairs(
                Plan(PlanKind.SAMPLED, share, seed), world.embedding, world.embedding, True
            )
            objective = weighted(facility_location(world.kernel(drawn).similarity()), drawn.weights)
            picks = maximise(objective, budget).indices
            reach = estimate_coverage(
                objective,
                picks,
                SampledRows(drawn.stratum, drawn.weights),
                lambda one: maximise(one, budget).indices,
            )
            true, (low, high) = world.value(picks) / world.whole, reach.bounds
            shown[place].append(reach.coverage - true)
            caught[place].append(low <= true <= high)
            widths[place].append((high - low) / 2)
    yield (
        f"| {world.name}, nearest: shown less true |"
        f" {' | '.join(f'{np.mean(cell):+.1%}' for cell in near)} |"
    )
    yield (
        f"| {world.name}, sampled: shown less true |"
        f" {' | '.join(f'{np.mean(cell):+.1%}' for cell in shown)} |"
    )
    yield (
        f"| {world.name}, sampled: half width, and how often the interval holds what is true | "
        f"{' | '.join(f'{np.mean(width):.1%}, {np.mean(held):.0%}' for width, held in zip(widths, caught, strict=True))} |"
    )


def lines(stored: bool) -> Iterator[str]:
    """The report, as it comes."""
    there = list(worlds(stored))
    found = [one for one in there if isinstance(one, World)]
    yield from (
        "# Fewer pairs, measured",
        "",
        *facts()[:2],
        "- SmolLM2-135M, float32, template chat; facility location, capped diagonal",
        "- How to read it: [README.md](README.md)",
        *(one for one in there if isinstance(one, str)),
        "",
    )
    for rows in BUDGETS:
        yield from (f"## {rows:.0%} of the rows chosen", "")
        for world in found:
            yield from table(world, rows)
    head = ("| 5 % | 10 % | 20 % | 40 % |", "|---:|---:|---:|---:|")
    yield from (
        "## Nearest pairs, completed in other ways, 10 % of the rows chosen",
        "",
        f"| inferred from {head[0]}",
        f"|---{head[1]}",
    )
    for world in found:
        yield from inferences(world)
    yield from (
        "",
        "## The share that is shown, 30 % of the rows chosen",
        "",
        f"| {head[0]}",
        f"|---{head[1]}",
    )
    for world in found:
        yield from estimates(world)


def main() -> None:
    with threadpool_limits(1):
        print_and_keep(lines("--stored" in sys.argv[1:]), REPORT)


if __name__ == "__main__":
    main()
