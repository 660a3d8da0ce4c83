"""What tuning costs on known examples, beside what it gains on the held-out ones."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from delift_core.validation.arm_losses import labels_of, scored_losses
from delift_core.validation.arms import Arm
from delift_core.validation.cells import CellStore
from delift_core.validation.statistics import Difference, difference


@dataclass(frozen=True, eq=False)
class Forgetting:
    """Losses after tuning beside those of the base model; above 0: forgotten."""

    before: float  # mean NLL of the base model on the known examples, in nats
    known: Mapping[str, Difference]  # arm -> on the known examples
    new: Mapping[str, Difference]  # arm -> on the held-out examples

    def after(self, arm: str) -> float:
        """Mean NLL of an arm on the known examples."""
        return self.before + self.known[arm].mean


def forgetting_of(
    store: CellStore,
    arms: Sequence[Arm],
    known: str,
    clusters: Sequence[Hashable] | None = None,
) -> Forgetting:
    """What the cells of an experiment with known examples say. Raises DamagedRun.

    arms: of `arms_of`, the base model first. known: fingerprint of the known examples.
    clusters: (held out,) that of each; examples of a cluster are drawn together.
    """
    names = [arm.name for arm in arms[1:]]
    _, (before, *after) = scored_losses(store, arms, known)
    scored, (base, *tuned) = scored_losses(store, arms)
    owner = labels_of(clusters, scored)
    return Forgetting(
        before=float(before.by_example.mean()),
        known={name: difference(losses, before) for name, losses in zip(names, after)},
        new={name: difference(losses, base, owner) for name, losses in zip(names, tuned)},
    )
