"""How much of a task is among the first tenth chosen for it: python -m benchmarks.target_share

prints the share of gsm8k rows in what each method for a target chooses from a mixed pool, beside
that of random orders and of the pool. Scored once with the bundled model and kept in build/bench.
"""

import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.reference_kernels import DATA, WORKSPACE
from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.data.readers import read_dataset
from delift_core.runs.gradient_work import missing_gradients
from delift_core.runs.gradients import GradientStore
from delift_core.runs.integrity import missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import create_run
from delift_core.selection.choice import Choice
from delift_core.selection.method import MethodOptions
from delift_core.workflow.gradients import complete_gradients
from delift_core.workflow.methods import choose_by_method
from delift_core.workflow.score import score_missing

POOL, POOL_ROWS = "dev_mix_200.jsonl", 60
TARGET, TARGET_ROWS = "dev_target_gsm8k_100.jsonl", 10
TASK = "gsm8k"
NAMES = ("flqmi", "retrieval", "gradients")  # that choose for a target
CHOICE = Choice(objective="flqmi", budget="10%")
SEEDS = 20


def main() -> None:
    missing = [file for file in (POOL, TARGET) if not (DATA / file).exists()]
    if missing:
        sys.exit(f"{DATA}: {' and '.join(missing)} not there, which this measures on.")
    run = scored_run(
        read_dataset(DATA / POOL, limit=POOL_ROWS, seed=0, near_duplicates="keep"),
        read_dataset(DATA / TARGET, limit=TARGET_ROWS, seed=0, near_duplicates="keep"),
    )
    store = GradientStore(run, MethodOptions().gradient_settings)
    complete_gradients(missing_gradients(store), "cpu", WORKSPACE)
    print("\n".join(table(run)))


def scored_run(pool: Dataset, target: Dataset) -> Run:
    """The run of a pool and a target, what its target is helped by scored to the end."""
    from delift_core.scoring.model import load_model

    model = load_model("bundled", device="cpu")
    run = create_run(WORKSPACE, {"pool": pool, "target": target}, model.record, "chat")
    for _, tile in score_missing(missing_work(run, ["target_pool"]), model):
        print(f"scored up to column {tile.columns.stop} of {len(pool)}", file=sys.stderr)
    return run


def table(run: Run) -> Iterator[str]:
    """The lines of the report."""
    of_task = np.array([group == TASK for group in groups(run.pool, "source") or []])  # (pool,)
    yield f"| chosen by | {TASK} among the chosen | share |"
    yield "|---|---:|---:|"
    for name in NAMES:
        chosen = of_task[choose_by_method(run, CHOICE, name)[1].indices]  # (chosen,)
        yield f"| {name} | {chosen.sum()} of {len(chosen)} | {chosen.mean():.0%} |"
    drawn = random_shares(run, of_task)  # (seeds,)
    seeds = f"random, {SEEDS} seeds"
    yield f"| {seeds} | {drawn.min():.0%} to {drawn.max():.0%} | {drawn.mean():.0%} |"
    yield f"| the whole pool | {of_task.sum()} of {len(of_task)} | {of_task.mean():.0%} |"


def random_shares(run: Run, of_task: np.ndarray) -> np.ndarray:
    """(seeds,) share of the task in random choices of the same budget. of_task: (pool,) bool."""
    every = [MethodOptions(seed=seed) for seed in range(SEEDS)]
    chosen = [choose_by_method(run, CHOICE, "random", options)[1].indices for options in every]
    return np.array([of_task[indices].mean() for indices in chosen])


if __name__ == "__main__":
    main()
