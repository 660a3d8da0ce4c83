"""A plan as a person writes it: its name, and a share of the pairs or a number an example."""

import math

from delift_core.errors import InvalidPlan
from delift_core.scoring.plan import LEAST_NUMBER, Plan, PlanKind, kind_named

MOST_DIGITS = 9  # of a number of pairs an example


def plan_named(kind: str, pairs: str = "20%", seed: int = 0) -> Plan:
    """The plan of that name. Raises InvalidPlan.

    pairs: the share that is scored, 20% or 0.2, or the number behind each shown example, 64.
    """
    plan_kind, number, share = kind_named(kind), number_written(pairs), 1.0
    if number is None:
        share = share_written(pairs)
    if plan_kind is PlanKind.ALL or (number is None and share == 1):
        return Plan()
    return Plan(plan_kind, share, seed, number=number)


def number_written(written: str) -> int | None:
    """A number of pairs an example, from 64; None where no such number is written."""
    digits = written.strip()
    if not digits.isdecimal() or len(digits) > MOST_DIGITS or int(digits) < LEAST_NUMBER:
        return None
    return int(digits)


def share_written(written: str) -> float:
    """A share of the pairs, above 0 and up to 1, from 20% or 0.2. Raises InvalidPlan."""
    number, percent, rest = written.strip().partition("%")
    try:
        share = float(number)
    except ValueError:
        share = math.nan
    if percent:
        share /= 100
    if rest or not 0 < share <= 1:
        raise InvalidPlan(
            f"The pairs {written!r} cannot be read; write a share, 20% or 0.2, or how many behind"
            " each example, 64."
        )
    return share
