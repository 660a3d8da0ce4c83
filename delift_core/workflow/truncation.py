"""How many examples and pairs of a run did not fit the context of the model and were shortened."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS


@dataclass(frozen=True, slots=True)
class Truncation:
    """What of one kernel did not fit."""

    kernel: str
    examples: int  # answered examples that did not fit by themselves
    examples_scored: int
    pairs: int
    pairs_scored: int

    @property
    def is_any(self) -> bool:
        """Whether anything was shortened."""
        return bool(self.examples or self.pairs)


def truncation_of(run: Run, kernels: Iterable[str]) -> list[Truncation]:
    """What did not fit, for each of some kernels that is complete; read tile by tile."""
    return [_of_kernel(run, name) for name in kernels if not run.missing(name)]


def _of_kernel(run: Run, name: str) -> Truncation:
    alone = run.alone(KERNELS[name][0])
    pairs = scored = 0
    for tile in run.tiles(name):
        utility, _, truncated = run.read_tile(name, tile)  # (rows, columns) each
        is_scored = np.isfinite(utility)
        scored += int(is_scored.sum())
        pairs += int(((truncated == 1) & is_scored).sum())
    examples = examples_scored = 0
    if alone is not None:
        examples, examples_scored = int(alone.truncated.sum()), len(alone.truncated)
    return Truncation(name, examples, examples_scored, pairs, scored)


def truncation_line(run: Run, truncations: Iterable[Truncation]) -> str:
    """What was shortened, in a sentence; empty where everything fitted."""
    phrases = [
        f"{truncation.pairs:,} of {truncation.pairs_scored:,} pairs and {truncation.examples:,} of"
        f" {truncation.examples_scored:,} answered examples by themselves ({truncation.kernel})"
        for truncation in truncations
        if truncation.is_any
    ]
    if not phrases:
        return ""
    context = run.record["model"]["context"]
    return (
        f"Truncated to the {context:,} tokens of the model's context: {'; '.join(phrases)}. The"
        " shown example is shortened first, then the answered prompt, a response only where it does"
        " not fit by itself."
    )
