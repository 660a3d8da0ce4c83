"""The sentence on a measured difference: never without its interval."""

import math
from collections.abc import Mapping

from delift_core.selection.rank_correlation import correlation_text
from delift_core.units import MINUS, number, whole_percent
from delift_core.validation.statistics import Difference

DECIMALS = 3  # of nats
WHOLE = "whole pool, "  # begins the name of an arm of the whole pool


def verdict(difference: Difference, other: str = "random", beyond: Difference | None = None) -> str:
    """Whether an arm is better than another, by how much, or what could not have been seen.

    A difference below 0 is a lower loss. Amounts are in nats a response token.
    beyond: the same difference with whole groups drawn, for groups that were not held out.
    """
    if not difference.is_detected:
        said = f"No difference from {other} detected: {amounts(difference, beyond)}"
        return (
            f"{said} One smaller than about {nats(difference.detectable)} could not have been seen."
        )
    if difference.mean < 0:
        gain, gain_beyond = -difference, None if beyond is None else -beyond
        return f"Better than {other} by {amounts(gain, gain_beyond)}"
    return f"Worse than {other} by {amounts(difference, beyond)}"


def amounts(difference: Difference, beyond: Difference | None) -> str:
    """0.016 [0.005, 0.028] nats; on other groups like these [-0.008, 0.044]."""
    told = f"{interval(difference)} nats"
    if beyond is not None:
        told += f"; on other groups like these {ends(beyond)}"
    return f"{told}."


def agreement_line(correlation: float) -> str:
    """How far arms of lower loss answer better, where answers were scored and both vary."""
    return (
        "Spearman's rank correlation of loss and score of answers over the arms:"
        f" {correlation_text(correlation)}. It is {MINUS}1 where a lower loss always goes with"
        " better answers."
    )


def nats(value: float) -> str:
    """A loss or a difference of losses."""
    return number(value, f".{DECIMALS}f")


def interval(difference: Difference) -> str:
    """−0.031 [−0.052, −0.010]: a difference with its interval, in nats."""
    return f"{nats(difference.mean)} {ends(difference)}"


def ends(difference: Difference) -> str:
    """[−0.052, −0.010]: an interval in nats."""
    return f"[{nats(difference.low)}, {nats(difference.high)}]"


def way_line(ways: Mapping[str, tuple[float, float, float]]) -> str:
    """How much of the way from random selections to the whole pool a selection goes.

    ways: arm of the whole pool -> share, low, high.
    """
    shares = [f"{way_text(way)} at {name.removeprefix(WHOLE)}" for name, way in ways.items()]
    return f"Way from random selections to the whole pool: {', '.join(shares)}."


def way_text(way: tuple[float, float, float]) -> str:
    """5 % [1 %, 8 %]: a share of the way to the whole pool with its interval, or "none"."""
    if math.isnan(way[0]):
        return "none"
    share, low, high = (whole_percent(end) for end in way)
    return f"{share} [{low}, {high}]"
