"""The utility kernel, values[answered, shown], and the similarities objectives are built on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from delift_core.data.example import Problem
from delift_core.errors import UnknownChoice
from delift_core.scoring.finite import extremes_of, means_of
from delift_core.scoring.imputation import impute, row_means
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.transforms import (
    Diagonal,
    Transform,
    apply_diagonal,
    refuse_unscored_diagonal,
    transform_values,
)

Member = TypeVar("Member", bound=StrEnum)
Indices = np.ndarray | int


class Measure(StrEnum):
    """Which of the two stored utilities."""

    L2 = "l2"
    PMI = "pmi"


@dataclass(frozen=True, eq=False)
class Alone:
    """The pass over each example by itself."""

    distance: np.ndarray  # (n,) float32  d(y | x); NaN where nothing can be scored
    log_probability: np.ndarray  # (n,) float32  mean log p of the scored tokens
    response_tokens: np.ndarray  # (n,) int  scored tokens, end of turn included
    prompt_tokens: np.ndarray  # (n,) int
    truncated: np.ndarray  # (n,) bool
    embedding: np.ndarray  # (n, width) float32, L2-normalised

    @property
    def negative_log_likelihood(self) -> np.ndarray:
        """(n,) float64 mean -log p(y | x) of the scored tokens, in nats; NaN without one."""
        return -self.log_probability.astype(np.float64)  # (n,)


@dataclass(frozen=True, eq=False)
class Unprompted:
    """The pass over each response without its prompt; its scored tokens are those of Alone."""

    log_probability: np.ndarray  # (n,) float32  mean log p; NaN where nothing can be scored
    response_tokens: np.ndarray  # (n,) int  scored tokens, end of turn included

    @property
    def negative_log_likelihood(self) -> np.ndarray:
        """(n,) float64 mean -log p(y) of the scored tokens, in nats; NaN without one."""
        return -self.log_probability.astype(np.float64)  # (n,)


@dataclass(frozen=True, eq=False)
class UtilityKernel:
    """How much each shown example (column) helps the model answer each answered one (row).

    Raw, diagonal included. Where a plan scores so many pairs an example, values, pmi and truncated
    are SciPy CSC arrays that hold the pairs of the plan: see sparse_kernel.py.
    """

    values: np.ndarray  # (answered, shown) float32  d(alone) - d(shown); NaN where not scored
    pmi: np.ndarray  # (answered, shown) float32  mean log p(shown) - mean log p(alone)
    truncated: np.ndarray  # (answered, shown) bool  the pair did not fit the context
    alone: np.ndarray  # (answered,) float32  d(alone)
    square: bool  # answered and shown are the same examples
    pair_sample: PairSample | None = None  # which pairs were to be scored; None where all were
    problems: tuple[
        Problem, ...
    ] = ()  # rows and pairs that the template cannot write: NaN; and notes

    @classmethod
    def from_planes(
        cls, planes: np.ndarray, alone: Alone, square: bool, sample: PairSample | None = None
    ) -> "UtilityKernel":
        """From (3, answered, shown) as tiles are stored: utility, information, truncated."""
        return cls(planes[0], planes[1], planes[2] == 1, alone.distance, square, sample)

    @property
    def requested(self) -> np.ndarray:
        """(answered, shown) bool, the pairs that were to be scored.

        NaN in one of them means that nothing could be scored.
        """
        if self.pair_sample is None:
            return np.broadcast_to(True, self.values.shape)
        return self.pair_sample.mask

    @property
    def weights(self) -> np.ndarray | None:
        """(answered,) how many rows each stands for, 0 where it was not sampled.

        None where every row stands for itself.
        """
        return None if self.pair_sample is None else self.pair_sample.weights

    @property
    def unscored(self) -> np.ndarray:
        """(shown,) bool, the examples that are shown in no pair that could be scored."""
        return np.isnan(np.fmax.reduce(self.values, axis=0))

    @property
    def imputes(self) -> bool:
        """Whether pairs that were not scored count as what their row gives on average."""
        return self.pair_sample is not None and self.pair_sample.kind.imputes

    @property
    def is_sparse(self) -> bool:
        """Whether only the pairs of its plan are held."""
        return False

    def measured(self, measure: Measure) -> np.ndarray:
        """(answered, shown) utilities in one of the two measures."""
        return self.values if measure is Measure.L2 else self.pmi

    def block(self, measure: Measure, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """(rows, columns) utilities of some examples, NaN where a pair was not scored."""
        return self.measured(measure)[np.ix_(rows, columns)]

    def at(self, plane: Any, answered: Indices, shown: Indices) -> np.ndarray:
        """(pairs,) what an array of the kernel holds of some pairs; nothing scored is NaN or False.

        answered, shown: both ends of each; one of them may be a single example.
        """
        return plane[answered, shown]

    def off_diagonal(self, measure: Measure) -> np.ndarray:
        """(answered, shown) utilities, NaN on the diagonal of a square kernel."""
        values = self.measured(measure)
        if not self.square:
            return values
        return np.where(np.eye(len(values), dtype=bool), np.nan, values)

    def shown_means(self, measure: Measure = Measure.L2) -> np.ndarray:
        """(shown,) mean_{i != j} U[i, j], how much each shown example helps on average.

        NaN where nothing of it was scored.
        """
        values = self.off_diagonal(measure)
        scored = np.isfinite(values)  # (answered, shown)
        sums = values.sum(axis=0, where=scored, dtype=np.float64)  # (shown,)
        return means_of(sums, scored.sum(axis=0))

    def extremes(self, measure: Measure) -> tuple[float, float] | None:
        """The least and the greatest utility of two different examples; None where none is."""
        return extremes_of(self.off_diagonal(measure))

    def imputed(self, measure: Measure) -> np.ndarray:
        """(answered,) what a pair that a plan left out counts as: the mean of its row.

        NaN where nothing is imputed.
        """
        if self.pair_sample is None or not self.imputes:
            return np.full(len(self.alone), np.nan, np.float32)
        means = row_means(self.measured(measure), self.pair_sample.mask, self.square)
        return np.where(np.isnan(self.alone), np.float32(np.nan), means)

    def completed(self, measure: Measure) -> np.ndarray:
        """(answered, shown) utilities with the imputed pairs filled in.

        NaN stays where nothing could be scored, and where a plan does not impute.
        """
        values = self.measured(measure)
        if self.pair_sample is None or not self.imputes:
            return values
        return impute(values, self.pair_sample.mask, self.imputed(measure))

    def transformed(
        self,
        measure: Measure,
        transform: Transform,
        scale: tuple[float, float],
        diagonal: Diagonal,
    ) -> Any:
        """(answered, shown) similarities without NaN; a SparseSimilarity of a sparse kernel.

        scale: (low, high), used by minmax.
        """
        # (answered, shown)
        similarity = transform_values(self.completed(measure), transform, scale)
        if self.square:
            apply_diagonal(similarity, diagonal)
        return similarity

    def similarity(
        self,
        measure: str = Measure.L2,
        transform: str = Transform.CLIP,
        diagonal: str = Diagonal.CAPPED,
    ) -> Any:
        """(answered, shown) float32, without NaN: what an objective takes.

        A SparseSimilarity of a sparse kernel.
        """
        return similarities({"": self}, measure, transform, diagonal)[""]


def similarities(
    kernels: Mapping[str, UtilityKernel],
    measure: str = Measure.L2,
    transform: str = Transform.CLIP,
    diagonal: str = Diagonal.CAPPED,
) -> dict[str, Any]:
    """Similarities of all kernels of a run by name, (answered, shown) float32, on one scale.

    Pairs that could not be scored are worth 0, and so are the rows that a plan left out; other
    pairs that it left out are imputed. Raises UnknownChoice.
    """
    measure = choice_named(Measure, measure)
    transform = choice_named(Transform, transform)
    diagonal = choice_named(Diagonal, diagonal)
    scale = (0.0, 1.0)
    if transform is Transform.MINMAX:
        scale = common_scale(kernels.values(), measure)
    for kernel in kernels.values():
        refuse_unscored_diagonal(kernel.square and kernel.imputes, diagonal)
    return {
        name: kernel.transformed(measure, transform, scale, diagonal)
        for name, kernel in kernels.items()
    }


def choice_named(choices: type[Member], name: str) -> Member:
    """The choice of that name. Raises UnknownChoice with a sentence that lists all of them."""
    if name not in list(choices):
        raise UnknownChoice(
            f"{choices.__name__.lower()} {name!r} is not known. Choose one of {', '.join(choices)}."
        )
    return choices(name)


def common_scale(kernels: Iterable[UtilityKernel], measure: Measure) -> tuple[float, float]:
    """(low, high) over every scored pair of two different examples; (0, 0) where there is none."""
    extremes = [found for kernel in kernels if (found := kernel.extremes(measure))]
    lows, highs = [low for low, _ in extremes], [high for _, high in extremes]
    return min(lows, default=0.0), max(highs, default=0.0)
