"""Stored cells -> what they say of a selection: differences, intervals, and the sentence."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.selection.rank_correlation import spearman
from delift_core.validation.arm_losses import labels_of, losses_on, measured_arm, measured_groups
from delift_core.validation.arms import RANDOM, UNTUNED, WHOLE_POOL_ARMS, Arm
from delift_core.validation.cells import CellStore
from delift_core.validation.statistics import Difference, Losses, difference, noise_floor, way_to
from delift_core.validation.verdict import verdict


@dataclass(frozen=True, eq=False)
class Evidence:
    """What an experiment found; a difference below 0 is a lower loss than that of random ones."""

    selection: str  # the arm that the sentence is about; all others are descriptive
    scored: np.ndarray  # (scored,) held-out examples with a response, which all losses are of
    losses: Mapping[str, Losses]  # arm -> losses
    scores: Mapping[str, float]  # arm -> mean score of its answers, NaN where none were asked for
    differences: Mapping[str, Difference]  # arm -> beside random
    by_group: Mapping[str, Difference]  # group -> the selection beside random, within it
    way: Mapping[str, tuple[float, float, float]]  # arm of the whole pool -> share, low, high
    noise_floor: float  # standard deviation over random selections of their mean loss, nats
    clusters: Sequence[Hashable] | None = None  # (scored,) examples of one are drawn together
    beyond: Difference | None = None  # that of the selection with whole groups drawn

    @property
    def sentence(self) -> str:
        """Whether the selection is better than random ones, with the interval."""
        return verdict(self.differences[self.selection], beyond=self.beyond)

    @property
    def agreement(self) -> float:
        """Spearman's correlation of mean loss and mean score over the arms; NaN without scores.

        -1: the lower the loss of an arm, the better its answers.
        """
        scores = np.array([self.scores[name] for name in self.losses])  # (arms,)
        if np.isnan(scores).any():
            return float("nan")
        means = [losses.by_example.mean() for losses in self.losses.values()]
        return spearman(np.array(means), scores)


def evidence_of(
    store: CellStore,
    arms: Sequence[Arm],
    selection: str,
    groups: Sequence[str] | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> Evidence:
    """What the cells of all arms say. Raises DamagedRun where one is not stored.

    groups: (held out,) of each example, to tell the difference within each that has two or more.
    clusters: (held out,) that of each; examples of a cluster are drawn together.
    """
    measured = {arm.name: measured_arm(store, arm) for arm in arms}
    scored = np.flatnonzero(np.isfinite(measured[UNTUNED][0][0, 0]))  # (scored,)
    losses = {name: Losses(values[..., scored]) for name, (values, _) in measured.items()}
    owner, group_of = labels_of(clusters, scored), labels_of(groups, scored)
    random = losses[RANDOM]
    beside = [name for name in losses if name != RANDOM]
    whole = [name for name in WHOLE_POOL_ARMS if name in losses]
    return Evidence(
        selection=selection,
        scored=scored,
        losses=losses,
        scores={name: mean_score(scores) for name, (_, scores) in measured.items()},
        differences={name: difference(losses[name], random, owner) for name in beside},
        by_group=group_differences(losses[selection], random, group_of, owner),
        way={name: way_to(losses[selection], random, losses[name], owner) for name in whole},
        noise_floor=noise_floor(random),
        clusters=owner,
        beyond=None if groups == clusters else beyond_groups(losses[selection], random, group_of),
    )


def mean_score(scores: np.ndarray) -> float:
    """Mean score of the answers of an arm, NaN without any."""
    given = scores[np.isfinite(scores)]
    if not len(given):
        return float("nan")
    return float(given.mean())


def group_differences(
    arm: Losses, random: Losses, groups: Sequence[str] | None, clusters: Sequence[Hashable] | None
) -> dict[str, Difference]:
    """Group -> the difference over its examples, of groups with two or more."""
    return {
        group: difference(
            losses_on(arm, members), losses_on(random, members), labels_of(clusters, members)
        )
        for group, members in measured_groups(groups, clusters).items()
    }


def beyond_groups(arm: Losses, random: Losses, groups: Sequence[str] | None) -> Difference | None:
    """The difference with whole groups drawn: for others like them. None of fewer than two."""
    if groups is None or len(set(groups)) < 2:
        return None
    return difference(arm, random, groups)
