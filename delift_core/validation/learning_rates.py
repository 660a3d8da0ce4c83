"""What another learning rate turns round: the order of two arms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from delift_core.validation.evidence import Evidence
from delift_core.validation.statistics import Difference, difference


@dataclass(frozen=True, eq=False)
class OrderFlip:
    """Two arms of which one has the lower mean loss at one learning rate, the other at another."""

    better: tuple[str, str]  # arm at the first rate, arm at the second
    rates: tuple[float, float]
    differences: tuple[Difference, Difference]  # of the first arm beside the second, at each rate

    @property
    def is_detected(self) -> bool:
        """Whether both orders are more than chance."""
        return all(difference.is_detected for difference in self.differences)


def order_flips(evidence: Mapping[float, Evidence]) -> list[OrderFlip]:
    """What turns round between any two learning rates; evidence: by rate, of the same arms."""
    flips = []
    for rates in combinations(evidence, 2):
        pair = [evidence[rate] for rate in rates]
        for arms in combinations(pair[0].losses, 2):
            first, second = (mean_difference(found, *arms) for found in pair)
            if first * second < 0:
                better = arms if first < 0 else arms[::-1]
                flips.append(OrderFlip(better, rates, differences_between(pair, better)))
    return flips


def mean_difference(evidence: Evidence, arm: str, other: str) -> float:
    """Mean loss of an arm less that of another."""
    losses = evidence.losses
    return float(losses[arm].by_example.mean() - losses[other].by_example.mean())


def differences_between(
    evidence: Sequence[Evidence], arms: tuple[str, str]
) -> tuple[Difference, Difference]:
    """How two arms differ at each of two learning rates."""
    first, second = (
        difference(found.losses[arms[0]], found.losses[arms[1]], found.clusters)
        for found in evidence
    )
    return first, second


def flip_sentences(
    flips: Sequence[OrderFlip], selection: str, title: Callable[[str], str] = str
) -> list[str]:
    """Which orders of two arms turn round between learning rates, those of the selection first.

    title: what an arm is called.
    """
    orders = sorted(flips, key=lambda flip: selection not in flip.better)
    return [order_sentence(flip, title) for flip in orders]


def order_sentence(flip: OrderFlip, title: Callable[[str], str]) -> str:
    """Which of two arms is better at each of two learning rates."""
    first, second = map(title, flip.better)
    ending = "." if flip.is_detected else ", which may be chance."
    return (
        f"{first} is better than {second} at learning rate {flip.rates[0]:g}, worse at"
        f" {flip.rates[1]:g}{ending}"
    )
