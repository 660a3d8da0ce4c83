"""What tuning does to each example of the pool: known before, learned, not yet, or forgotten.

An example counts as known where NLL <= ln 2: the geometric mean probability of its response tokens
is 1/2 or more, so that on average the right token is likelier than all others together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from delift_core.validation.arms import UNTUNED, Arm
from delift_core.validation.cells import CellStore

KNOWN_NATS = math.log(2)


class Learning(StrEnum):
    """What became of an example."""

    KNOWN = "known to the model"  # before tuning, and after it
    LEARNED = "learned"  # after tuning only
    NOT_YET = "not yet"  # neither before nor after
    FORGOTTEN = "forgotten"  # before tuning only


@dataclass(frozen=True, eq=False)
class Learned:
    """The loss of every example of the pool before and after tuning on the selection."""

    before: np.ndarray  # (pool,) float32 NLL of the base model in nats, NaN without a response
    after: np.ndarray  # (pool,) that of the first model of the selection

    @property
    def fall(self) -> np.ndarray:
        """(pool,) by how much the loss fell."""
        return self.before - self.after

    def states(self, threshold: float = KNOWN_NATS) -> list[Learning | None]:
        """(pool,) what became of each example; None without a response.

        threshold: the highest loss of an example that is known, in nats.
        """
        scored = np.isfinite(self.before).tolist()
        known = zip((self.before <= threshold).tolist(), (self.after <= threshold).tolist())
        return [STATES[pair] if has_loss else None for has_loss, pair in zip(scored, known)]


STATES = {  # (known before, known after)
    (True, True): Learning.KNOWN,
    (False, True): Learning.LEARNED,
    (False, False): Learning.NOT_YET,
    (True, False): Learning.FORGOTTEN,
}


def learned_of(store: CellStore, arms: Sequence[Arm], selection: str, pool: str) -> Learned:
    """What an experiment whose `learned` is set says of the pool. Raises DamagedRun.

    arms: of `arms_of`. pool: fingerprint of the texts of the pool.
    """
    first = {arm.name: arm.cells[0][0] for arm in arms}
    before, after = (store.read(first[name]).also[pool] for name in (UNTUNED, selection))
    return Learned(before, after)
