"""Explain pairs of a run token by token: on demand, and the notable ones of the demo in advance."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

import numpy as np

from delift_core.analysis.extremes import Pairs, hurts_most, most_asymmetric
from delift_core.data.example import Dataset, Example
from delift_core.errors import UnknownChoice
from delift_core.files import write_json
from delift_core.runs.folders import pair_folder
from delift_core.runs.run import Run
from delift_core.scoring.kernel import Measure, UtilityKernel
from delift_core.scoring.kernel_names import KERNELS
from delift_core.scoring.model import CausalModel, load_model
from delift_core.scoring.pair_trace import PairTrace, trace_pair
from delift_core.scoring.pairs import scorer_for
from delift_core.selection.choice import Choice
from delift_core.selection.objective_names import ObjectiveName
from delift_core.workflow.choose import choose

FIRST = 3  # chosen examples of which as many pairs as of every other kind are notable
MOST = 8  # pairs of a kind

Pair = tuple[int, int]  # positions (answered, shown)


def explain_pairs(
    run: Run, model: CausalModel, name: str, pairs: Iterable[Pair]
) -> Iterator[PairTrace]:
    """Pairs of a kernel scored again with the run's model, each token by token.

    Raises UnknownChoice for a kernel or a position that the run does not have.
    """
    scorer = scorer_for(model, run.record["template"])
    for pair in pairs:
        answered, shown = pair_examples(run, name, pair)
        yield trace_pair(scorer, answered, shown)


def store_explanations(run: Run, model: CausalModel, name: str, pairs: Iterable[Pair]) -> None:
    """Keep the traces of some pairs of a kernel where the pages look for them."""
    pairs = list(pairs)
    for pair, trace in zip(pairs, explain_pairs(run, model, name, pairs), strict=True):
        write_json(asdict(trace), pair_folder(run.folder, name, *pair) / "result.json")


def pair_examples(run: Run, name: str, pair: Pair) -> tuple[Example, Example]:
    """The (answered, shown) examples of a pair. Raises UnknownChoice where there are none."""
    run.require_kernels([name])
    answered, shown = (run.datasets[role] for role in KERNELS[name])
    return example_at(answered, pair[0]), example_at(shown, pair[1])


def example_at(dataset: Dataset, position: int) -> Example:
    """The example at a position of a dataset. Raises UnknownChoice."""
    if not 0 <= position < len(dataset):
        raise UnknownChoice(
            f"{dataset.source}: there is no example at position {position}. Positions are 0 to"
            f" {len(dataset) - 1}."
        )
    return dataset[position]


def store_notable_explanations(run: Run) -> None:
    """Keep the traces of the notable pairs of a run's pool."""
    model = load_model(run.record["model"]["name"], device="cpu")
    _, selection = choose(run, Choice(ObjectiveName.FACILITY_LOCATION))
    pairs = notable_pairs(run.kernel("pool_pool"), selection.indices)
    store_explanations(run, model, "pool_pool", pairs)


def notable_pairs(kernel: UtilityKernel, chosen: np.ndarray) -> list[Pair]:
    """(answered, shown) pairs of a square kernel, each once and in order.

    chosen: (chosen,) indices in order of choice. The pairs are
      - the one that each chosen example helps most, and the eight of the first three,
      - those that help most and that hurt most,
      - those that differ most by direction, both ways.
    """
    values = kernel.off_diagonal(Measure.L2)  # (answered, shown), NaN on the diagonal
    asymmetric = pairs_in(most_asymmetric(values, MOST))
    return sorted(
        {
            *helped_pairs(kernel, chosen),
            *pairs_in(hurts_most(-values, True, MOST)),
            *pairs_in(hurts_most(values, True, MOST)),
            *asymmetric,
            *((shown, answered) for answered, shown in asymmetric),
        }
    )


def helped_pairs(kernel: UtilityKernel, chosen: np.ndarray) -> Iterator[Pair]:
    """The pairs of a square kernel in which chosen examples help most."""
    rows = np.arange(len(kernel.alone))  # (answered,)
    for rank, shown in enumerate(chosen.tolist()):
        helped = kernel.block(Measure.L2, rows, np.array([shown]))[:, 0]  # (answered,)
        scored = np.flatnonzero(np.isfinite(helped) & (rows != shown))  # (scored,)
        most_helped = scored[np.argsort(-helped[scored], kind="stable")]  # (scored,)
        for answered in most_helped[: MOST if rank < FIRST else 1].tolist():
            yield answered, shown


def pairs_in(pairs: Pairs) -> list[Pair]:
    """Pairs one by one."""
    return list(zip(pairs.answered.tolist(), pairs.shown.tolist(), strict=True))
