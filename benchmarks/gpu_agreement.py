"""How far utilities of a GPU are from those of the CPU, and what each precision gains and loses."""

import json
from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.gpu_setting import Card, free_memory, seconds_of
from benchmarks.rows import ROOT, yes_or_no
from benchmarks.scoring_precision import agreement_of
from delift_core.data.example import Dataset, Example, Turn
from delift_core.errors import DeliftError
from delift_core.runs.store import bundled_run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.precision import Precision

GOLDEN = ROOT / "tests" / "scoring" / "paper_kernel.json"
MOST_DIFFERENCE = 1e-4  # of a utility in float32


def differences(card: Card) -> Iterator[str]:
    """The table of stored kernels of the CPU, scored anew in float32."""
    model = card.load(Precision.FLOAT32)
    kernels = {
        "golden, template paper": (*golden_kernel(card.sizes.golden), "paper"),
        "demo": demo_kernel(card.sizes.square),
    }
    yield from ("| kernel | pairs | largest difference | within 1e-4 |", "|---|---:|---:|---|")
    for name, (pool, stored, template) in kernels.items():
        scored = score_utilities(pool, model=model, template=template).values
        largest = float(np.abs(scored - stored).max())
        kept = yes_or_no(largest <= MOST_DIFFERENCE)
        yield f"| {name} | {stored.size:,} | {largest:.1e} | {kept} |"


def golden_kernel(count: int) -> tuple[Dataset, np.ndarray]:
    """The first examples of the reference implementation's kernel, and their utilities."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    examples = [
        Example(str(number), row["prompt"], row["response"], (Turn("user", row["prompt"]),))
        for number, row in enumerate(golden["examples"][:count])
    ]
    return Dataset(tuple(examples)), np.array(golden["utility"])[:count, :count]


def demo_kernel(count: int) -> tuple[Dataset, np.ndarray, str]:
    """The first examples of the demo, their stored utilities and their template."""
    run = bundled_run()
    stored = run.kernel("pool_pool").values[:count, :count]  # (count, count)
    return Dataset(run.pool.examples[:count]), stored, run.record["template"]


def precisions(card: Card) -> Iterator[str]:
    """The table of all precisions: speed, and agreement with float32 on the same card."""
    pool, _, template = demo_kernel(card.sizes.square)
    yield from (
        "| precision | pairs a second | Spearman | largest error | same choice |",
        "|---|---:|---:|---:|---:|",
    )
    exact = None
    for precision in Precision:
        try:
            rate, kernel = scored_kernel(card, pool, template, precision)
        except DeliftError as refusal:
            yield f"| {precision} | {refusal} | | | |"
            continue
        exact = exact or kernel  # float32 comes first
        cells = " | ".join(agreement_cells(exact, kernel))
        yield f"| {precision} | {rate:,.1f} | {cells} |"
        free_memory(card)


def scored_kernel(
    card: Card, pool: Dataset, template: str, precision: str
) -> tuple[float, UtilityKernel]:
    """Pairs a second of the whole kernel, the pass over each example included, and the kernel."""
    score = partial(score_utilities, model=card.load(precision), template=template)
    score(Dataset(pool.examples[: max(1, len(pool) // 8)]))  # the first passes choose what runs
    seconds, kernel = seconds_of(card, score, pool)
    return kernel.values.size / seconds, kernel


def agreement_cells(exact: UtilityKernel, rounded: UtilityKernel) -> tuple[str, str, str]:
    """Spearman, largest error and same choice; empty for the exact kernel itself."""
    if rounded is exact:
        return "", "", ""
    figures = agreement_of(exact, rounded)
    return (
        f"{figures['spearman']:.4f}",
        f"{figures['largest error']:.4f}",
        f"{figures['overlap']:.1%}",
    )
