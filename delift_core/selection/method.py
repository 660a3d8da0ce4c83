"""What is known of a way to choose, and what it chooses from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.scoring.kernel import Alone, Unprompted, UtilityKernel
from delift_core.scoring.plan import DENSE_MOST
from delift_core.selection.gradient_features import GradientFeatures
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.selection.round_settings import RoundSettings


class Need(StrEnum):
    """What a method works from besides the examples of the pool."""

    KERNEL = "utility kernel"
    TARGET = "target"
    KNOWN = "known"
    ALONE = "pass over each example alone"
    UNPROMPTED = "pass over each response without its prompt"
    GROUPS = "group field"
    SCORES = "score of each example"
    LIST = "list of ids"
    GRADIENTS = "gradient of each example"
    ROUNDS = "order of tuning rounds"
    EVERY_TWO = "likeness of every two examples"


MISSING = {
    Need.KERNEL: "Score the pool, or give kernel=... or model=....",
    Need.TARGET: "Give examples of the task with --target, or target=... with model=....",
    Need.KNOWN: "Give known examples with --known.",
    Need.ALONE: "Score the pool, or give model=....",
    Need.UNPROMPTED: "delift select makes it in a run that is scored; or give model=....",
    Need.GROUPS: "Name a field of the rows with --group-by, or group_by=....",
    Need.SCORES: "Name a numeric field of the rows with --field, or a table with --table.",
    Need.LIST: "Name a file of ids in order with --table, or give ids=....",
    Need.GRADIENTS: "Run delift select RUN --method gradients, or give gradients=....",
    Need.ROUNDS: "Run delift select RUN --method rounds, or give rounds=....",
    Need.EVERY_TWO: (
        f"It is worked out in pools of up to {DENSE_MOST:,} examples. Choose by another method."
    ),
}


@dataclass(frozen=True)
class MethodOptions:
    """What can be varied about a method; each uses what it has a use for."""

    seed: int = 0
    field: str | None = None  # of the rows, which holds the score of each example
    ascending: bool = False  # lowest score first
    max_cosine: float | None = None  # examples more similar to a better one go last
    table: str | None = None  # name of the imported file with ids or scores
    table_digest: str | None = None  # the first digits of its sha256
    rank: int = GradientSettings.rank  # these four of method gradients
    dimension: int = GradientSettings.dimension
    epochs: int = GradientSettings.epochs
    warm_up: float = GradientSettings.warm_up
    rounds: int = RoundSettings.rounds  # these four of method rounds
    initial: float = RoundSettings.initial
    step: float = RoundSettings.step
    picks_by: str = RoundSettings.picks_by

    @property
    def changed(self) -> dict[str, object]:
        """The options that are not at their default, by name."""
        default = MethodOptions()
        return {
            name: value for name, value in vars(self).items() if value != getattr(default, name)
        }

    @property
    def gradient_settings(self) -> GradientSettings:
        """What gradients are computed by. Raises UnknownChoice."""
        return GradientSettings(self.rank, self.dimension, self.epochs, self.warm_up, self.seed)

    @property
    def round_settings(self) -> RoundSettings:
        """What the order of rounds is computed by. Raises UnknownChoice."""
        return RoundSettings(self.rounds, self.initial, self.step, self.picks_by, self.seed)


@dataclass(frozen=True, eq=False)
class MethodInputs:
    """What methods choose from, as far as it is there."""

    size: int  # examples of the pool
    options: MethodOptions = field(default_factory=MethodOptions)
    pool_pass: Alone | None = None
    target_pass: Alone | None = None
    unprompted_pass: Unprompted | None = None  # of the pool
    kernel: Callable[[], UtilityKernel] | None = None  # pool x pool, read when it is needed
    groups: Sequence[str] | None = None  # (pool,)
    scores: np.ndarray | None = None  # (pool,) NaN where an example has none
    listed: np.ndarray | None = None  # (listed,) indices in order
    gradients: GradientFeatures | None = None
    rounds: np.ndarray | None = None  # (pool,) indices, round after round

    @property
    def available(self) -> set[Need]:
        """The needs that are met."""
        values = {
            Need.KERNEL: self.kernel,
            Need.TARGET: self.target_pass,
            Need.ALONE: self.pool_pass,
            Need.UNPROMPTED: self.unprompted_pass,
            Need.GROUPS: self.groups,
            Need.SCORES: self.scores,
            Need.LIST: self.listed,
            Need.GRADIENTS: self.gradients,
            Need.ROUNDS: self.rounds,
            Need.EVERY_TWO: self.pool_pass if self.size <= DENSE_MOST else None,
        }
        return {need for need, value in values.items() if value is not None}

    def alone(self) -> Alone:
        """The pass over each example of the pool. Raises MethodUnavailable."""
        if self.pool_pass is None:
            raise MethodUnavailable(missing_sentence(Need.ALONE))
        return self.pool_pass

    def negative_log_likelihood(self) -> np.ndarray:
        """(pool,) mean -log p(y | x) of the response tokens, in nats; NaN where there is none."""
        return self.alone().negative_log_likelihood

    def unprompted_negative_log_likelihood(self) -> np.ndarray:
        """(pool,) mean -log p(y) of the same tokens without the prompt; NaN where there is none.

        Raises MethodUnavailable.
        """
        if self.unprompted_pass is None:
            raise MethodUnavailable(missing_sentence(Need.UNPROMPTED))
        return self.unprompted_pass.negative_log_likelihood

    def embeddings(self) -> np.ndarray:
        """(pool, width) position-weighted means of the last layer, L2-normalised."""
        return self.alone().embedding.astype(np.float64)  # (pool, width)

    def utilities(self) -> UtilityKernel:
        """The kernel of the pool, (answered, shown). Raises MethodUnavailable."""
        if self.kernel is None:
            raise MethodUnavailable(missing_sentence(Need.KERNEL))
        return self.kernel()


@dataclass(frozen=True)
class Method:
    """A way to choose, as it is offered, recorded and cited."""

    name: str  # in files, on the command line and in the dashboard
    title: str
    sentence: str
    needs: tuple[Need, ...]
    cost: str  # passes of the model
    source: str
    reads: tuple[str, ...] = ()  # the names of the options that it has a use for
    # (ranked,) indices, best first; None where greedy on an objective gives the order
    order: Callable[[MethodInputs], np.ndarray] | None = field(default=None, compare=False)


def missing_sentence(need: Need) -> str:
    """What is missing, and how it is given."""
    return f"The {need} is missing. {MISSING[need]}"


def refuse_missing(method: Method, inputs: MethodInputs) -> None:
    """Raise MethodUnavailable for the first need of a method that is not met."""
    for need in method.needs:
        if need not in inputs.available:
            raise MethodUnavailable(
                f"Method {method.name} cannot be used here. {missing_sentence(need)}"
            )
