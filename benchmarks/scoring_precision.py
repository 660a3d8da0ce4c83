"""What each faster precision gains and gives up, on a square part of the demo's kernel."""

import json
import statistics
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from benchmarks.scoring_setting import score_column, timed
from delift_core.data.example import Dataset
from delift_core.runs.store import bundled_run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.model import load_model
from delift_core.scoring.model_files import BUNDLED_NAME
from delift_core.scoring.pairs import score_alone, scorer_for
from delift_core.scoring.precision import MEASURED, Precision
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location

SQUARE = 64  # examples of the pool that is scored in every precision


def precisions() -> Iterator[str]:
    """The table, and the file that the dashboard and the command line read it from."""
    run = bundled_run()
    part = Dataset(run.pool.examples[:SQUARE])
    exact = square_of(run.kernel("pool_pool"))
    slow = pairs_per_second(part, Precision.FLOAT32)
    yield from (
        "",
        "## Precision",
        "",
        "| precision | pairs a second | times float32 | Spearman | largest error | same choice |",
        "|---|---:|---:|---:|---:|---:|",
        f"| float32 | {slow:.1f} | 1.0 | | | |",
    )
    measured = {}
    for precision in (Precision.MIXED, Precision.BFLOAT16):
        fast = pairs_per_second(part, precision)
        rounded = score_utilities(part, model=load_model(dtype=precision))
        figures = {"speed": fast / slow, **agreement_of(exact, rounded)}
        measured[precision] = figures
        yield (
            f"| {precision} | {fast:.1f} | {figures['speed']:.2f} | {figures['spearman']:.4f} |"
            f" {figures['largest error']:.4f} | {figures['overlap']:.1%} |"
        )
    record = {"model": BUNDLED_NAME, "pairs": SQUARE**2, "against float32": measured}
    MEASURED.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def square_of(kernel: UtilityKernel) -> UtilityKernel:
    """The pairs among the first examples of a kernel."""
    return replace(
        kernel,
        values=kernel.values[:SQUARE, :SQUARE],
        pmi=kernel.pmi[:SQUARE, :SQUARE],
        truncated=kernel.truncated[:SQUARE, :SQUARE],
    )


def pairs_per_second(part: Dataset, precision: str) -> float:
    """The median over four columns."""
    scorer, examples = scorer_for(load_model(dtype=precision)), part.examples
    alone, rows = score_alone(scorer, examples), slice(0, len(part))
    seconds = [
        timed(score_column, scorer, examples, example, alone, rows)[0] for example in examples[:4]
    ]
    return len(part) / statistics.median(seconds)


def agreement_of(exact: UtilityKernel, rounded: UtilityKernel) -> dict[str, float]:
    """Spearman of rows less their mean, the largest error, and the overlap of two choices.

    The diagonal is left out; the overlap is the mean over budgets of 10 to 50 %.
    """
    off_diagonal = ~np.eye(len(exact.values), dtype=bool)  # (answered, shown)
    kernels = (exact, rounded)
    values = [np.where(off_diagonal, kernel.values, np.nan) for kernel in kernels]
    centred = [own - np.nanmean(own, axis=1, keepdims=True) for own in values]
    orders = [maximise(facility_location(kernel.similarity()), 0.5).indices for kernel in kernels]
    counts = range(max(1, len(off_diagonal) // 10), len(off_diagonal) // 2 + 1)
    overlaps = [len(set(orders[0][:count]) & set(orders[1][:count])) / count for count in counts]
    ranks = spearmanr(centred[0][off_diagonal], centred[1][off_diagonal])
    return {
        "spearman": float(ranks.statistic),
        "largest error": float(np.abs(values[0] - values[1])[off_diagonal].max()),
        "overlap": statistics.mean(overlaps),
    }
