"""The utility kernel, values[answered, shown], and the similarities objectives are built on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from delift_core.errors import UnknownChoice
from delift_core.scoring.imputation import impute, row_means
from delift_core.scoring.pair_sampling import PairSample


class Measure(StrEnum):
    """Which of the two stored utilities."""

    L2 = "l2"
    PMI = "pmi"


class Transform(StrEnum):
    """How a utility becomes a similarity."""

    CLIP = "clip"  # max(U, 0)
    RAW = "raw"  # U
    MINMAX = "minmax"  # (U - low) / (high - low), one scale for all kernels of a run


class Diagonal(StrEnum):
    """What an example shown to itself is worth in a square kernel (it leaks its own answer)."""

    CAPPED = "capped"  # as much as its best other helper
    MASKED = "masked"  # nothing
    KEPT = "kept"  # as scored: the authors' choice


@dataclass(frozen=True, eq=False)
class Alone:
    """The pass over each example by itself."""

    distance: np.ndarray  # (n,) float32   d(y | x); NaN where nothing can be scored
    log_probability: np.ndarray  # (n,) float32   mean log p of the scored tokens
    response_tokens: np.ndarray  # (n,) int       scored tokens, end of turn included
    prompt_tokens: np.ndarray  # (n,) int
    truncated: np.ndarray  # (n,) bool
    embedding: np.ndarray  # (n, width) float32, L2-normalised


@dataclass(frozen=True, eq=False)
class UtilityKernel:
    """How much each shown example (column) helps the model answer each answered one (row).

    Raw, diagonal included.
    """

    # (answered, shown) float32 d(alone) - d(shown); NaN where nothing was scored
    values: np.ndarray
    pmi: np.ndarray  # (answered, shown) float32   mean log p(shown) - mean log p(alone)
    truncated: np.ndarray  # (answered, shown) bool      the pair did not fit the context
    alone: np.ndarray  # (answered,) float32         d(alone)
    square: bool  # answered and shown are the same examples
    pair_sample: PairSample | None = None  # which pairs were to be scored; None where all were

    @classmethod
    def from_planes(
        cls, planes: np.ndarray, alone: Alone, square: bool, sample: PairSample | None = None
    ) -> "UtilityKernel":
        """From (3, answered, shown) as tiles are stored: utility, information, truncated."""
        return cls(planes[0], planes[1], planes[2] == 1, alone.distance, square, sample)

    @property
    def asked(self) -> np.ndarray:
        """(answered, shown) bool, the pairs that were to be scored: NaN in one of them means that
        nothing could be.
        """
        return (
            np.broadcast_to(True, self.values.shape)
            if self.pair_sample is None
            else self.pair_sample.mask
        )

    @property
    def weights(self) -> np.ndarray | None:
        """(answered,) how many rows each stands for, 0 where it was not sampled; None where every
        row stands for itself.
        """
        return None if self.pair_sample is None else self.pair_sample.weights

    @property
    def imputes(self) -> bool:
        """Whether pairs that were not scored count at what their row gives on average."""
        return self.pair_sample is not None and self.pair_sample.kind.imputes

    def measured(self, measure: Measure) -> np.ndarray:
        """(answered, shown) utilities in one of the two measures."""
        return self.values if measure is Measure.L2 else self.pmi

    def imputed(self, measure: Measure) -> np.ndarray:
        """(answered,) what a pair that a plan left out counts as: the mean of its row, NaN where
        nothing is inferred.
        """
        if not self.imputes:
            return np.full(len(self.alone), np.nan, np.float32)
        means = row_means(self.measured(measure), self.pair_sample.mask, self.square)
        return np.where(np.isnan(self.alone), np.float32(np.nan), means)

    def completed(self, measure: Measure) -> np.ndarray:
        """(answered, shown) utilities with what a plan left out inferred, where it is; NaN stays
        where nothing could be scored.
        """
        values = self.measured(measure)
        return (
            impute(values, self.pair_sample.mask, self.imputed(measure)) if self.imputes else values
        )

    def similarity(
        self,
        measure: str = Measure.L2,
        transform: str = Transform.CLIP,
        diagonal: str = Diagonal.CAPPED,
    ) -> np.ndarray:
        """(answered, shown) float32, without NaN: what an objective takes."""
        return similarities({"": self}, measure, transform, diagonal)[""]


def similarities(
    kernels: Mapping[str, UtilityKernel],
    measure: str = Measure.L2,
    transform: str = Transform.CLIP,
    diagonal: str = Diagonal.CAPPED,
) -> dict[str, np.ndarray]:
    """Similarities of all kernels of a run by name, on one scale.

    Pairs that could not be scored are worth nothing, nor are those of rows that a plan left out;
    others that it left out are worth what is inferred.
    """
    measure, transform, diagonal = (
        chosen(Measure, measure),
        chosen(Transform, transform),
        chosen(Diagonal, diagonal),
    )
    low, high = (
        common_scale(kernels.values(), measure) if transform is Transform.MINMAX else (0.0, 1.0)
    )
    transformed = {
        name: TRANSFORMS[transform](kernel.completed(measure), low, high)
        for name, kernel in kernels.items()
    }
    for name, kernel in kernels.items():
        if kernel.square:
            refuse_unscored(kernel.imputes, diagonal)
            DIAGONALS[diagonal](transformed[name])
    return transformed


def refuse_unscored(imputes: bool, diagonal: str) -> None:
    """A diagonal is kept only where it was scored.

    infers: whether pairs that a plan left out count as inferred.
    """
    if imputes and diagonal == Diagonal.KEPT:
        raise UnknownChoice(
            "diagonal 'kept' needs examples scored behind themselves, which this plan left out."
            " Choose capped or masked."
        )


def chosen(choices: type[StrEnum], asked: str) -> StrEnum:
    """One of the choices, or the sentence that lists them."""
    if asked not in list(choices):
        raise UnknownChoice(
            f"{choices.__name__.lower()} {asked!r} is not known. Choose one of"
            f" {', '.join(choices)}."
        )
    return choices(asked)


def common_scale(kernels: Iterable[UtilityKernel], measure: Measure) -> tuple[float, float]:
    """(low, high) over every scored pair of two different examples."""
    ends = [
        (np.nanmin(values), np.nanmax(values))
        for kernel in kernels
        if np.isfinite(values := off_diagonal(kernel, measure)).any()
    ]
    return (
        (float(min(low for low, _ in ends)), float(max(high for _, high in ends)))
        if ends
        else (0.0, 0.0)
    )


def off_diagonal(kernel: UtilityKernel, measure: Measure) -> np.ndarray:
    """A kernel's utilities with its own diagonal, where it has one, as not scored."""
    values = kernel.measured(measure)
    return np.where(np.eye(len(values), dtype=bool), np.nan, values) if kernel.square else values


def mean_given(kernel: UtilityKernel, measure: Measure = Measure.L2) -> np.ndarray:
    """(shown,) mean_{i != j} U[i, j], what each shown example gives on average; NaN where nothing
    of it was scored.
    """
    return column_means(off_diagonal(kernel, measure))


def column_means(values: np.ndarray) -> np.ndarray:
    """(shown,) mean of what was scored of every column of (answered, shown), NaN where nothing was."""
    scored = np.isfinite(values)  # (answered, shown)
    # (shown,) both
    sums, counts = values.sum(axis=0, where=scored, dtype=np.float64), scored.sum(axis=0)
    return np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)


def clip(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """s = max(U, 0)"""
    return np.fmax(values, 0.0)


def raw(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """s = U"""
    return np.nan_to_num(values, nan=0.0)


def minmax(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """s = (U - low) / (high - low), within [0, 1]; a constant kernel is all zeros."""
    span = high - low
    return (
        np.nan_to_num(np.clip((values - low) / span, 0, 1), nan=0.0).astype(np.float32)
        if span > 0
        else np.zeros_like(values)
    )


def cap(similarity: np.ndarray) -> None:
    """s_ii = max over j != i of s_ij, in place: an example covers itself as well as its best helper
    does, and 0 without another.
    """
    np.fill_diagonal(similarity, -np.inf)
    np.fill_diagonal(similarity, similarity.max(axis=1) if len(similarity) > 1 else 0.0)


def mask(similarity: np.ndarray) -> None:
    """s_ii = 0, in place."""
    np.fill_diagonal(similarity, 0.0)


def keep(similarity: np.ndarray) -> None:
    """s_ii as scored."""


TRANSFORMS = {Transform.CLIP: clip, Transform.RAW: raw, Transform.MINMAX: minmax}
DIAGONALS = {Diagonal.CAPPED: cap, Diagonal.MASKED: mask, Diagonal.KEPT: keep}
