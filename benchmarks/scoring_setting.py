"""What is scored, by whom and how it is timed: the same examples, tokens and weights for all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from benchmarks import scoring_peers as peers
from benchmarks.rows import ROOT
from delift_core.data.example import Example
from delift_core.data.readers import read_dataset
from delift_core.scoring.kernel import Alone
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import KernelTask, Scorer, score_tile, scorer_for
from delift_core.scoring.plan import Tile

DEMO = ROOT / "delift_core/data/bundled/pool.jsonl"
ANSWERED = 48  # examples of a setting
SORTED = "sorted, padded by 16, cached"

WAYS: dict[str, Callable[[torch.nn.Module, peers.Columns], np.ndarray]] = {
    "reference": peers.reference,
    "one at a time": peers.one_at_a_time,
    "one at a time, cached": peers.one_cached,
    "padded by 8, cached": partial(peers.padded, size=8),
    "padded by 16, cached": partial(peers.padded, size=16),
    SORTED: partial(peers.padded, size=16, by_length=True),
}
SIMPLE = [way for way in WAYS if way not in ("reference", SORTED)]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Setting:
    """Examples, and the same weights as this project and as transformers load them."""

    name: str
    scorer: Scorer
    plain: torch.nn.Module  # as transformers loads it
    answered: Sequence[Example]
    shown: Sequence[Example]

    @classmethod
    def of(cls, path: Path, shown: int, model: CausalModel, plain: torch.nn.Module) -> "Setting":
        """The first examples of a file: so many shown ones behind the answered ones."""
        examples = read_dataset(path, limit=ANSWERED + shown, near_duplicates="keep").examples
        name = "demo" if path == DEMO else path.stem
        scorer = scorer_for(model)
        return cls(name, scorer, plain, examples[:ANSWERED], examples[ANSWERED:])

    def columns(self, shown: Example) -> peers.Columns:
        """One column of the kernel as prompts."""
        return [self.scorer.prompter.pairs(shown, self.answered)]


def score_column(
    scorer: Scorer, answered: Sequence[Example], shown: Example, alone: Alone, rows: slice
) -> np.ndarray:
    """(rows,) utilities of one shown example."""
    task = KernelTask(answered, [shown], alone)
    return score_tile(scorer, task, Tile(rows, slice(0, 1)))[0]


def clock() -> float:
    """Seconds of processor time with one thread, of wall time with several.

    With one thread, waiting for a core that others use counts for nobody.
    """
    if torch.get_num_threads() == 1:
        return time.process_time()
    return time.perf_counter()


def timed(work: Callable[..., Result], *arguments) -> tuple[float, Result]:
    """Seconds that a call takes, and its result."""
    start = clock()
    result = work(*arguments)
    return clock() - start, result
