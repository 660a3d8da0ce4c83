"""Budgets: how much may be chosen, in rows, as a fraction of the pool, or in response tokens."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from numbers import Integral, Real

from delift_core.errors import InvalidBudget

ACCEPTED = "Give rows (50), a fraction of the pool (0.3, 30%), or tokens (4000 tokens)."


class BudgetUnit(StrEnum):
    """What a budget counts."""

    ROWS = "rows"
    FRACTION = "fraction"
    TOKENS = "tokens"


@dataclass(frozen=True)
class Budget:
    """How much may be chosen: whole rows, a fraction of the pool, or whole response tokens."""

    amount: float  # rows and tokens at least 1, a fraction above 0 and at most 1
    unit: BudgetUnit

    def __post_init__(self):
        if self.unit is BudgetUnit.FRACTION:
            if not 0 < self.amount <= 1:
                raise InvalidBudget(
                    f"A fraction of the pool lies above 0 and at most 1, not {self.amount:g}."
                    f" {ACCEPTED}"
                )
        elif not isinstance(self.amount, int) or self.amount < 1:
            raise InvalidBudget(
                f"A budget in {self.unit} is a whole number of at least 1, not {self.amount}."
                f" {ACCEPTED}"
            )

    @classmethod
    def parse(cls, value: "Budget | float | str") -> "Budget":
        """A whole number is rows (1 is one row), a float a fraction (1.0 is the whole pool).

        Text is read as on the command line. Raises InvalidBudget.
        """
        if isinstance(value, Budget):
            return value
        if isinstance(value, str):
            return _parse_text(value)
        if isinstance(value, Integral) and not isinstance(value, bool):
            return cls(int(value), BudgetUnit.ROWS)
        if isinstance(value, Real) and not isinstance(value, bool):
            return cls(float(value), BudgetUnit.FRACTION)
        raise InvalidBudget(f"The budget {value!r} is neither a number nor text. {ACCEPTED}")

    def rows(self, pool: int) -> int:
        """Rows out of a pool of n: a fraction f is max(1, floor(f n + 1/2)), so 0.25 of 36 is 9.

        Raises InvalidBudget for a budget in tokens.
        """
        if self.unit is BudgetUnit.TOKENS:
            raise InvalidBudget(
                f"{self} is not a number of rows. Give rows (50) or a fraction of the pool (0.3,"
                " 30%)."
            )
        if self.unit is BudgetUnit.FRACTION:
            return max(1, math.floor(self.amount * pool + 0.5))
        return int(self.amount)

    def __str__(self) -> str:
        if self.unit is BudgetUnit.FRACTION:
            return f"{self.amount * 100:g}%"
        return f"{self.amount} {self.unit}"


ROWS = re.compile(r"(\d+)(?: ?rows?)?")
TOKENS = re.compile(r"(\d+) ?(?:tokens?|t)")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
FRACTION = re.compile(r"(\d*\.\d+)")


def _parse_text(text: str) -> Budget:
    """A budget as typed: 50, 0.25, 25%, 4000 tokens, 4000t."""
    typed = text.strip().lower()
    if match := ROWS.fullmatch(typed):
        return Budget(int(match[1]), BudgetUnit.ROWS)
    if match := TOKENS.fullmatch(typed):
        return Budget(int(match[1]), BudgetUnit.TOKENS)
    if match := PERCENT.fullmatch(typed):
        return Budget(float(match[1]) / 100, BudgetUnit.FRACTION)
    if match := FRACTION.fullmatch(typed):
        return Budget(float(match[1]), BudgetUnit.FRACTION)
    raise InvalidBudget(f"The budget {text!r} cannot be read. {ACCEPTED}")
