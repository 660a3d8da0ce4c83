"""Cells: one tuned model each, measured on held-out examples and kept in a file of its own.

FOLDER/ADDRESS.parquet   a row per held-out example; the metadata say which cell, ADDRESS follows
FOLDER/ADDRESS.json      the seconds it took
                         a cell that measures further examples has rows of these behind them

Cells do not depend on each other. One whose file is absent or damaged is unfinished work.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.data.example import Example, digest_of_records, texts_of
from delift_core.errors import DamagedRun
from delift_core.files import digest, read_json, write_json
from delift_core.runs.tables import read_table, refusing_damage, write_table

VERSION = 1  # raised when the same cell would be measured otherwise
OF_ONE_STEP = 2  # instead, for a single step, which version 1 left untrained
VALIDATE_AGAIN = "Validate again: what is broken is made anew, and nothing else."
OF_TUNING = ("tuner", "options", "learning_rate", "rows_per_step")


@dataclass(frozen=True)
class Setting:
    """What all cells of an experiment share."""

    model: Mapping[str, object]  # the record of the base model
    template: str
    held_out: str  # fingerprint of the texts of the held-out examples
    tuner: str
    options: Mapping[str, object]  # of the tuner
    learning_rate: float
    rows_per_step: int = 8
    answers: bool = False  # whether the held-out prompts are answered and scored too


@dataclass(frozen=True)
class Cell:
    """One tuned model, by all that its losses depend on."""

    setting: Setting
    rows: tuple[str, ...] = ()  # digests of the training rows, in order; none: not tuned
    steps: int = 0
    seed: int = 0
    also: tuple[str, ...] = ()  # fingerprints of the texts of further examples that are measured
    clients: tuple[int, ...] = ()  # which client trains on each row; none: all are read together

    @property
    def record(self) -> dict:
        """What the address depends on; a model that is not tuned has nothing of tuning in it."""
        record = {"version": self.version, **asdict(self.setting)}
        if self.also:
            record["also"] = list(self.also)
        if self.clients:
            record["clients"] = list(self.clients)
        if not self.rows:
            return {name: value for name, value in record.items() if name not in OF_TUNING}
        return {**record, "rows": list(self.rows), "steps": self.steps, "seed": self.seed}

    @property
    def version(self) -> int:
        """That of how the cell is measured."""
        return OF_ONE_STEP if self.has_one_step else VERSION

    @property
    def has_one_step(self) -> bool:
        """Whether a model, or that of a client, is trained for a single step."""
        if not self.clients:
            return self.steps == 1
        fewest = min(Counter(self.clients).values())
        return self.client_epochs == 1 and fewest <= self.setting.rows_per_step

    @property
    def client_epochs(self) -> int:
        """Whole epochs in which clients train: the nearest to the steps, one at least."""
        per_epoch = math.ceil(len(self.rows) / self.setting.rows_per_step)
        return max(1, round(self.steps / per_epoch))

    @cached_property
    def address(self) -> str:
        """sha256 of the record."""
        return digest(self.record)


@dataclass(frozen=True, eq=False)
class Measured:
    """What a model answers on the held-out examples, and its losses on further ones."""

    losses: np.ndarray  # (held out,) float32 mean NLL of the response in nats, NaN without one
    scores: np.ndarray  # (held out,) float32 of its own answers, NaN where none were asked for
    also: Mapping[str, np.ndarray] = field(default_factory=dict)  # fingerprint -> (examples,) NLL


@dataclass(frozen=True)
class CellTime:
    """What tuning and measuring a cell took, and where."""

    seconds: float
    device: str
    threads: int


@dataclass(frozen=True)
class CellStore:
    """The cells that are measured, in a folder."""

    folder: Path

    def path(self, cell: Cell) -> Path:
        return self.folder / f"{cell.address}.parquet"

    def write(self, cell: Cell, measured: Measured) -> None:
        """Store a cell."""
        table = table_of(cell, measured)
        described = table.replace_schema_metadata({"cell": json.dumps(cell.record)})
        write_table(described, self.path(cell))

    def read(self, cell: Cell) -> Measured:
        """A stored cell. Raises DamagedRun, also where none is stored."""
        path = self.path(cell)
        with refusing_damage(path, VALIDATE_AGAIN):
            table = read_table(path, VALIDATE_AGAIN)
            described = table.schema.metadata[b"cell"]
            if digest(json.loads(described)) != cell.address:
                raise ValueError("it is of another cell")
            return measured_in(table, cell)

    def write_time(self, cell: Cell, taken: CellTime) -> None:
        """Store what a cell took beside it, since its own file is the same on every day."""
        write_json(asdict(taken), self.time_path(cell))

    def read_time(self, cell: Cell) -> CellTime | None:
        """What a cell took; None where that is not known."""
        record = read_json(self.time_path(cell))
        if record is None or set(record) != {part.name for part in fields(CellTime)}:
            return None
        return CellTime(**record)

    def time_path(self, cell: Cell) -> Path:
        return self.folder / f"{cell.address}.json"

    def has(self, cell: Cell) -> bool:
        """Whether a cell is stored and sound."""
        try:
            self.read(cell)
        except DamagedRun:
            return False
        return True

    def unfinished(self, cells: Iterable[Cell]) -> list[Cell]:
        """Those that are not stored, each once, in their order."""
        different = {cell.address: cell for cell in cells}
        return [cell for cell in different.values() if not self.has(cell)]


def table_of(cell: Cell, measured: Measured) -> pa.Table:
    """What a cell measured, as it is stored."""
    if not cell.also:
        return pa.table({"loss": measured.losses, "score": measured.scores})
    further = [measured.also[examples] for examples in cell.also]
    parts = [measured.losses, *further]
    unscored = np.full(sum(map(len, further)), np.nan, dtype=np.float32)  # (further,)
    return pa.table(
        {
            "part": np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
            "loss": np.concatenate(parts),
            "score": np.concatenate([measured.scores, unscored]),
        }
    )


def measured_in(table: pa.Table, cell: Cell) -> Measured:
    """What a cell measured, from how it is stored."""
    losses, scores = (table[name].to_numpy() for name in ("loss", "score"))
    if not cell.also:
        return Measured(losses, scores)
    part = table["part"].to_numpy()  # (rows,) 0: of the held-out examples, then of further ones
    further = {name: losses[part == number] for number, name in enumerate(cell.also, start=1)}
    return Measured(losses[part == 0], scores[part == 0], further)


def row_digest(example: Example) -> str:
    """sha256 of all that a model reads of an example."""
    return digest_of_records([texts_of(example)])
