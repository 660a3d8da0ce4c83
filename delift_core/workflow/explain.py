"""The pairs that say most of a run, explained ahead of time: whoever opens it can read them without
a model.
"""

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from delift_core.analysis.extremes import hurts_most, most_asymmetric
from delift_core.files import write_json
from delift_core.runs.run import Run, pair_folder
from delift_core.scoring.kernel import Measure, UtilityKernel, off_diagonal
from delift_core.scoring.kernel_names import KERNELS
from delift_core.scoring.model import CausalModel, load_model
from delift_core.scoring.pair_trace import trace_pair
from delift_core.scoring.pairs import scorer_for
from delift_core.selection.choice import Choice
from delift_core.selection.objective_names import ObjectiveName
from delift_core.workflow.choose import choose

FIRST = 3  # choices whose most helped examples are all told
MOST = 8  # pairs of every other kind


def telling_pairs(kernel: UtilityKernel, chosen: np.ndarray) -> list[tuple[int, int]]:
    """(answered, shown) pairs of a square kernel, each once and in order: whom every choice helps
    most, whom the first choices help, the pairs that help most, that hurt most, and that differ
    most by direction, both ways. chosen: indices in order of choice.
    """
    values = off_diagonal(kernel, Measure.L2)  # (answered, shown), NaN on the diagonal
    # (answered, shown) down each column
    most_helped = np.argsort(-np.nan_to_num(values, nan=-np.inf), axis=0, kind="stable")
    helped = [
        (int(most_helped[turn, shown]), shown)
        for place, shown in enumerate(chosen.tolist())
        for turn in range(MOST if place < FIRST else 1)
    ]
    lists = [
        hurts_most(-values, True, MOST),
        hurts_most(values, True, MOST),
        most_asymmetric(values, MOST),
    ]
    found = helped + [
        pair for one in lists for pair in zip(one.answered.tolist(), one.shown.tolist())
    ]
    found += [pair[::-1] for pair in zip(lists[-1].answered.tolist(), lists[-1].shown.tolist())]
    return sorted(set(found))


def explain_choice(run: Run) -> None:
    """Explain the telling pairs of the pool under the choice that a run opens with."""
    pairs = telling_pairs(
        run.kernel("pool_pool"), choose(run, Choice(ObjectiveName.FACILITY_LOCATION))[1].indices
    )
    for _ in explain_pairs(
        run, load_model(run.record["model"]["name"], device="cpu"), "pool_pool", pairs
    ):
        pass


def explain_pairs(
    run: Run, model: CausalModel, name: str, pairs: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Score pairs of a kernel again, token by token, and keep each in the run where the pages look
    for it.
    """
    scorer = scorer_for(model, run.record["template"])
    answered, shown = (run.datasets[role] for role in KERNELS[name])
    for pair in pairs:
        trial = trace_pair(scorer, answered[pair[0]], shown[pair[1]])
        write_json(asdict(trial), pair_folder(run.folder, name, *pair) / "result.json")
        yield pair
