"""What each round of method `rounds` picks, in a run's folder.

rounds/ADDRESS/settings.json     what the rounds are computed by; ADDRESS follows from it
rounds/ADDRESS/round-1.parquet   the picks of the model that is tuned first, in order
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.errors import DamagedRun
from delift_core.files import digest
from delift_core.runs.run import Run
from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.selection.baselines.rounds import first_picks
from delift_core.selection.round_settings import RoundSettings

VERSION = 1  # raised when the same settings would give other picks
COMPUTE_AGAIN = "Choose by rounds again: what is broken is made anew, and what follows from it."


@dataclass(frozen=True)
class RoundStore:
    """The rounds of a run under some settings, as far as they are stored."""

    run: Run
    settings: RoundSettings

    @property
    def record(self) -> dict:
        """What the picks depend on, besides the run."""
        return {"version": VERSION, **asdict(self.settings)}

    @property
    def folder(self) -> Path:
        return self.run.folder / "rounds" / digest(self.record)[:12]

    @property
    def size(self) -> int:
        """Examples of the pool."""
        return self.run.data["pool"]["examples"]

    def path(self, number: int) -> Path:
        return self.folder / f"round-{number}.parquet"

    def write(self, number: int, picks: np.ndarray) -> None:
        """Store what a round picks; 1 is the first."""
        write_table(pa.table({"row": picks}), self.path(number))

    def read(self, number: int) -> np.ndarray:
        """(picks,) what a round picks. Raises DamagedRun."""
        path = self.path(number)
        with refusing_damage(path, COMPUTE_AGAIN):
            picks = read_table(path, COMPUTE_AGAIN)["row"].to_numpy()
            if len(picks) != self.settings.picks(number, self.size):
                raise ValueError("it is of another pool")
            return picks

    def finished(self) -> list[np.ndarray]:
        """What the first rounds pick, up to one that is not stored or damaged."""
        found: list[np.ndarray] = []
        for number in range(1, self.settings.rounds + 1):
            try:
                found.append(self.read(number))
            except DamagedRun:
                break
        return found

    @property
    def missing(self) -> range:
        """The rounds that are not finished."""
        return range(len(self.finished()) + 1, self.settings.rounds + 1)

    @property
    def unread(self) -> int:
        """Examples that the rounds that are not finished will read."""
        return sum(self.settings.read(number, self.size) for number in self.missing)

    def order(self) -> np.ndarray | None:
        """(pool,) indices, round after round; None where not all of them are there yet."""
        finished = self.finished()
        if len(finished) < self.settings.rounds:
            return None
        return np.concatenate([first_picks(self.settings, self.size), *finished])
