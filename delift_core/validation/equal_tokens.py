"""The arms of an experiment once more, each tuned on as many response tokens as the selection.

    tokens a step   a(rows) = sum_j t_j / ceil(n / rows a step)      over the n rows with a response
    tokens to read  T = a(selection) * steps of the selection        those of all its epochs
    steps of an arm max(1, round(T / a(rows)))                       that read nearest to T

Long responses take fewer steps. Clients train for the whole epochs nearest to their steps.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from delift_core.validation.arms import (
    WHOLE_AT_EQUAL_TOKENS,
    Arm,
    Experiment,
    Rows,
    arms_of_selections,
)


@dataclass(frozen=True, eq=False)
class EqualTokens:
    """For how many steps each arm of an experiment is tuned."""

    experiment: Experiment
    tokens: np.ndarray  # (pool,) response tokens of each example, 0 without a response

    @cached_property
    def to_read(self) -> float:
        """T: response tokens that the selection reads in all its epochs."""
        rows = self.experiment.chosen[self.experiment.selection]
        # T = a(selection) * steps of the selection
        return self.per_step(rows) * self.experiment.steps(len(rows))

    def per_step(self, rows: Rows) -> float:
        """Response tokens that a step through rows reads on average.

        1 where none has a response: such rows are refused when they are to be trained on.
        """
        tokens = self.tokens[np.asarray(rows)]  # (rows,)
        per_epoch = math.ceil(np.count_nonzero(tokens) / self.experiment.setting.rows_per_step)
        # a(rows) = sum_j t_j / ceil(n / rows a step)
        return max(int(tokens.sum()), 1) / max(per_epoch, 1)

    def steps(self, rows: Rows) -> int:
        """The steps that read nearest to T response tokens: max(1, round(T / a(rows)))."""
        return max(1, round(self.to_read / self.per_step(rows)))


def arms_at_equal_tokens(equal: EqualTokens) -> list[Arm]:
    """Every arm at equal tokens, the untuned model first; the selection has the cells it has."""
    whole = range(len(equal.experiment.pool))
    return [
        *arms_of_selections(equal.experiment, equal.steps),
        equal.experiment.tuned(WHOLE_AT_EQUAL_TOKENS, whole, equal.steps(whole)),
    ]


def equal_tokens_line(equal: EqualTokens) -> str:
    """What every model at equal tokens reads."""
    length = "whole epochs" if equal.experiment.sources is not None else "steps"
    return (
        f"Every model is tuned for the {length} that read nearest to {equal.to_read:,.0f} response"
        " tokens, as many as the selection reads in all its epochs."
    )
