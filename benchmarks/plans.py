"""Measure what fewer pairs cost a choice and write benchmarks/PLANS.md.

python -m benchmarks.plans, or make bench. A plan is applied to a kernel of which every pair is
scored: the pairs that it leaves out are taken away, and what is then chosen is valued on the whole
kernel. Kernels that are not there are scored first, into build/bench, where they stay; with
--stored nothing is scored, and of an unfinished kernel the largest complete square is used.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.imputations import IMPUTATIONS, Imputation, rows_alone, squared_errors
from benchmarks.reference_kernels import ReferenceKernel, reference_kernels
from benchmarks.rows import facts, print_and_write
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.pair_sampling import PairSample, sample_pairs
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.coverage_estimate import SampledRows, estimate_coverage
from delift_core.selection.greedy import maximise
from delift_core.selection.objective import weighted
from delift_core.selection.objectives import facility_location

REPORT = Path(__file__).with_name("PLANS.md")
SHARES = (0.05, 0.1, 0.2, 0.4)  # of the pairs
BUDGETS = (0.1, 0.3)  # of the rows
SEEDS = range(10)  # of a plan
RANDOM_SEEDS = range(20)  # of random subsets
GOAL, GOAL_SHARE = 0.95, 0.2  # of the whole kernel's choice, from so many of the pairs
CELLS = "5 % | 10 % | 20 % | 40 % |"
RULE = "---:|---:|---:|---:|"

Choose = Callable[[float, int], np.ndarray]  # (share, seed) -> indices


def pair_sample(reference: ReferenceKernel, plan: Plan) -> PairSample:
    """The pairs that a plan scores."""
    return sample_pairs(plan, reference.embedding, reference.embedding, True)


def choose_from_plan(
    reference: ReferenceKernel, kind: PlanKind, budget: int, impute: Imputation | None = None
) -> Choose:
    """The choice from the pairs of a plan. impute: another way to complete the kernel."""

    def choose(share: float, seed: int) -> np.ndarray:
        sample = pair_sample(reference, Plan(kind, share, seed))
        kernel = reference.kernel(sample)
        if impute is not None:
            kernel = completed(kernel, sample, impute(reference, kernel))
        objective = facility_location(kernel.similarity())
        if kernel.weights is not None:
            objective = weighted(objective, kernel.weights)
        return maximise(objective, budget).indices

    return choose


def completed(kernel: UtilityKernel, sample: PairSample, imputed: np.ndarray) -> UtilityKernel:
    """A kernel with imputed values where no pair was scored."""
    values = np.where(sample.mask, kernel.values, imputed).astype(np.float32)
    return UtilityKernel(
        np.asfortranarray(values), kernel.pmi, kernel.truncated, kernel.alone, True
    )


def choose_from_embeddings(reference: ReferenceKernel, budget: int) -> np.ndarray:
    """Facility location on plain cosines of the same embeddings: no pair is scored."""
    cosines = reference.embedding @ reference.embedding.T  # (n, n)
    return maximise(facility_location(cosines.clip(0)), budget).indices


def best_value(reference: ReferenceKernel, budget: int) -> float:
    """The value of the whole kernel's own choice."""
    return reference.value(maximise(facility_location(reference.similarity), budget).indices)


def relative_values(reference: ReferenceKernel, budget: int, choose: Choose) -> np.ndarray:
    """(shares, seeds) values of a choice over that of the whole kernel's choice."""
    values = [[reference.value(choose(share, seed)) for seed in SEEDS] for share in SHARES]
    return np.array(values) / best_value(reference, budget)


def value_line(name: str, values: np.ndarray) -> str:
    """A row of a table: mean and least of every share. values: (shares, seeds)."""
    cells = [f"{row.mean():.1%} ({row.min():.1%})" for row in values]
    return f"| {name} | {' | '.join(cells)} |"


def plan_table(reference: ReferenceKernel, rows: float) -> Iterator[str]:
    """What every plan keeps of the whole kernel's choice, beside random subsets and embeddings."""
    budget = round(rows * reference.size)
    yield from (
        f"### {reference.name}, {reference.size} rows, {budget} chosen",
        "",
        f"| scored | {CELLS}",
        f"|---|{RULE}",
    )
    values = {}
    for kind in (PlanKind.NEAREST, PlanKind.SAMPLED):
        values[kind] = relative_values(reference, budget, choose_from_plan(reference, kind, budget))
        yield value_line(str(kind), values[kind])
    random = random_values(reference, budget)  # (seeds,)
    bar = random.mean() + 2 * random.std(ddof=1)
    embeddings = reference.value(choose_from_embeddings(reference, budget))
    yield from (
        "",
        (
            f"No pair scored: embeddings alone {embeddings / best_value(reference, budget):.1%};"
            f" random subsets {random.mean():.1%} on average, {bar:.1%} with two standard"
            f" deviations on top. {goal_sentence(values, bar)}"
        ),
        "",
    )


def random_values(reference: ReferenceKernel, budget: int) -> np.ndarray:
    """(seeds,) values of random subsets over that of the whole kernel's choice."""
    orders = [np.random.default_rng(seed).permutation(reference.size) for seed in RANDOM_SEEDS]
    values = [reference.value(order[:budget]) for order in orders]
    return np.array(values) / best_value(reference, budget)


def goal_sentence(values: dict[PlanKind, np.ndarray], bar: float) -> str:
    """Whether the goals are met, plan by plan."""
    sentences = []
    for kind, own in values.items():
        mean = own[SHARES.index(GOAL_SHARE)].mean()
        verdict = "**reached**" if mean >= GOAL else "**not reached**"
        sentences.append(
            f"{kind}: {GOAL:.0%} at {GOAL_SHARE:.0%} of the pairs {verdict} ({mean:.1%}), above"
            f" that bar in {(own > bar).sum()} of {own.size} draws"
        )
    return f"{'; '.join(sentences)}."


def imputation_lines(reference: ReferenceKernel, rows: float = 0.1) -> Iterator[str]:
    """Nearest pairs, completed in other ways."""
    budget = round(rows * reference.size)
    for name, impute in IMPUTATIONS.items():
        choose = choose_from_plan(reference, PlanKind.NEAREST, budget, impute)
        values = relative_values(reference, budget, choose)
        yield value_line(f"{reference.name}, {name}", values)


def error_lines(reference: ReferenceKernel) -> Iterator[str]:
    """Errors on the pairs that the nearest plan leaves out, over those of row means."""
    scored = [
        [
            reference.kernel(pair_sample(reference, Plan(PlanKind.NEAREST, share, seed)))
            for seed in SEEDS
        ]
        for share in SHARES
    ]
    usual = squared_errors(reference, scored, rows_alone)  # (shares, seeds)
    for name, impute in IMPUTATIONS.items():
        if impute is not None:
            ratios = np.sqrt(squared_errors(reference, scored, impute) / usual)  # (shares, seeds)
            cells = [f"{row.mean():.2f}" for row in ratios]
            yield f"| {reference.name}, {name} | {' | '.join(cells)} |"


def estimate_lines(reference: ReferenceKernel, rows: float = 0.3) -> Iterator[str]:
    """What the dashboard would say of the coverage, less the true coverage."""
    budget = round(rows * reference.size)
    nearest, errors, hits, widths = [], [], [], []
    for share in SHARES:
        nearest.append([nearest_error(reference, budget, share, seed) for seed in SEEDS])
        sampled = [sampled_error(reference, budget, share, seed) for seed in SEEDS]
        errors.append([error for error, _, _ in sampled])
        hits.append([is_inside for _, is_inside, _ in sampled])
        widths.append([width for _, _, width in sampled])
    yield error_line(f"{reference.name}, nearest: shown less true", nearest)
    yield error_line(f"{reference.name}, sampled: shown less true", errors)
    cells = [
        f"{np.mean(width):.1%}, {np.mean(hit):.0%}" for width, hit in zip(widths, hits, strict=True)
    ]
    yield (
        f"| {reference.name}, sampled: half width, and how often the interval holds what is true |"
        f" {' | '.join(cells)} |"
    )


def error_line(name: str, errors: list[list[float]]) -> str:
    """A row of a table: the mean error of every share."""
    return f"| {name} | {' | '.join(f'{np.mean(own):+.1%}' for own in errors)} |"


def nearest_error(reference: ReferenceKernel, budget: int, share: float, seed: int) -> float:
    """Coverage shown from nearest pairs less the true one."""
    sample = pair_sample(reference, Plan(PlanKind.NEAREST, share, seed))
    objective = facility_location(reference.kernel(sample).similarity())
    selection = maximise(objective, budget)
    coverage = selection.value / objective.whole
    return coverage - reference.value(selection.indices) / reference.whole


def sampled_error(
    reference: ReferenceKernel, budget: int, share: float, seed: int
) -> tuple[float, bool, float]:
    """Estimate less the true coverage, whether the interval holds it, and its half width."""
    sample = pair_sample(reference, Plan(PlanKind.SAMPLED, share, seed))
    kernel = reference.kernel(sample)
    objective = weighted(facility_location(kernel.similarity()), sample.weights)
    picks = maximise(objective, budget).indices
    estimate = estimate_coverage(
        objective,
        picks,
        SampledRows(sample.stratum, sample.weights),
        lambda part: maximise(part, budget).indices,
    )
    true = reference.value(picks) / reference.whole
    low, high = estimate.bounds
    return estimate.coverage - true, bool(low <= true <= high), (high - low) / 2


def report_lines(stored: bool) -> Iterator[str]:
    """The report, line by line as it is measured."""
    everything = list(reference_kernels(stored))
    references = [kernel for kernel in everything if isinstance(kernel, ReferenceKernel)]
    yield from (
        "# Fewer pairs, measured",
        "",
        *facts()[:2],
        "- SmolLM2-135M, float32, template chat; facility location, capped diagonal",
        "- How to read it: [README.md](README.md)",
        *(sentence for sentence in everything if isinstance(sentence, str)),
        "",
    )
    for rows in BUDGETS:
        yield from (f"## {rows:.0%} of the rows chosen", "")
        for reference in references:
            yield from plan_table(reference, rows)
    yield from (
        "## Nearest pairs, completed in other ways, 10 % of the rows chosen",
        "",
        f"| inferred from | {CELLS}",
        f"|---|{RULE}",
    )
    for reference in references:
        yield from imputation_lines(reference)
    yield from (
        "",
        "## Errors on the pairs that were left out, over those of row means",
        "",
        f"| inferred from | {CELLS}",
        f"|---|{RULE}",
    )
    for reference in references:
        yield from error_lines(reference)
    yield from (
        "",
        "## The share that is shown, 30 % of the rows chosen",
        "",
        f"| | {CELLS}",
        f"|---|{RULE}",
    )
    for reference in references:
        yield from estimate_lines(reference)


def main() -> None:
    with threadpool_limits(1):
        print_and_write(report_lines("--stored" in sys.argv[1:]), REPORT)


if __name__ == "__main__":
    main()
