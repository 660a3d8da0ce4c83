"""The gradients of a run's examples in its folder, for method `gradients`.

gradients/ADDRESS/settings.json              what they were computed by; ADDRESS follows from it
gradients/ADDRESS/checkpoint-1.safetensors   adapters and Adam's moments after the first epoch
gradients/ADDRESS/features-1/pool-0.parquet  features of the first examples there
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.files import digest, refusing_unwritable, replacing_file
from delift_core.runs.run import Run
from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.selection.gradient_features import FeatureKind
from delift_core.selection.gradient_settings import GradientSettings

VERSION = 1  # raised when the same settings would give other features
BLOCK = 32  # examples of one file
COMPUTE_AGAIN = "Choose by gradients again: what is broken is made anew, and nothing else."


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint as it is stored: tensors by name, and the mean learning rate of its epoch."""

    tensors: Mapping[str, np.ndarray]
    rate: float


@dataclass(frozen=True)
class FeatureBlock:
    """Some examples of a role, at a checkpoint."""

    epoch: int
    role: str
    number: int
    examples: range


@dataclass(frozen=True)
class GradientStore:
    """The gradients of a run under some settings, as far as they are stored."""

    run: Run
    settings: GradientSettings

    @property
    def record(self) -> dict:
        """What the features depend on, besides the run."""
        return {"version": VERSION, **asdict(self.settings)}

    @property
    def folder(self) -> Path:
        return self.run.folder / "gradients" / digest(self.record)[:12]

    @property
    def epochs(self) -> range:
        """The epochs of the warm-up; each ends in a checkpoint."""
        return range(1, self.settings.epochs + 1)

    @property
    def has_target(self) -> bool:
        """Whether a target is there; else the pool's mean gradient stands for it."""
        return "target" in self.run.roles

    @property
    def kinds(self) -> dict[str, tuple[FeatureKind, ...]]:
        """Role -> the features that are kept of its examples."""
        if self.has_target:
            return {"pool": (FeatureKind.DIRECTION,), "target": (FeatureKind.GRADIENT,)}
        return {"pool": (FeatureKind.DIRECTION, FeatureKind.GRADIENT)}

    def size(self, role: str) -> int:
        """Examples of a role; 0 where the run has no such role."""
        if role not in self.run.roles:
            return 0
        return self.run.data[role]["examples"]

    def blocks(self) -> Iterator[FeatureBlock]:
        """Every block, checkpoint after checkpoint."""
        for epoch in self.epochs:
            for role in self.kinds:
                yield from self.blocks_of(epoch, role)

    def blocks_of(self, epoch: int, role: str) -> Iterator[FeatureBlock]:
        """The blocks of a role at a checkpoint."""
        size = self.size(role)
        for number, start in enumerate(range(0, size, BLOCK)):
            yield FeatureBlock(epoch, role, number, range(start, min(start + BLOCK, size)))

    def checkpoint_path(self, epoch: int) -> Path:
        return self.folder / f"checkpoint-{epoch}.safetensors"

    def block_path(self, block: FeatureBlock) -> Path:
        return self.folder / f"features-{block.epoch}" / f"{block.role}-{block.number}.parquet"

    def write_checkpoint(self, epoch: int, checkpoint: Checkpoint) -> None:
        """Store what an epoch ended in."""
        from safetensors.numpy import save_file

        # one entry: safetensors writes several in no particular order
        record = {"rate": checkpoint.rate, "checksum": checksum(checkpoint.tensors)}
        with replacing_file(self.checkpoint_path(epoch)) as partial:
            save_file(dict(checkpoint.tensors), partial, {"checkpoint": json.dumps(record)})

    def read_checkpoint(self, epoch: int) -> Checkpoint:
        """What an epoch ended in. Raises DamagedRun."""
        from safetensors import SafetensorError, safe_open

        path = self.checkpoint_path(epoch)
        with refusing_damage(path, COMPUTE_AGAIN):
            try:
                with safe_open(path, "numpy") as file:
                    record = json.loads(file.metadata()["checkpoint"])
                    names = file.keys()
                    tensors = {name: file.get_tensor(name) for name in names}
            except SafetensorError as reason:
                raise ValueError(str(reason)) from reason
            if record["checksum"] != checksum(tensors):
                raise ValueError("it fails its checksum")
            return Checkpoint(tensors, float(record["rate"]))

    def write_block(self, block: FeatureBlock, features: Mapping[FeatureKind, np.ndarray]) -> None:
        """Store features, each (block, dimension)."""
        columns = {
            str(kind): pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
            for kind, values in features.items()
        }
        write_table(pa.table(columns), self.block_path(block))

    def read_block(self, block: FeatureBlock) -> dict[FeatureKind, np.ndarray]:
        """Kind -> (block, dimension) float32. Raises DamagedRun."""
        path = self.block_path(block)
        with refusing_damage(path, COMPUTE_AGAIN):
            table = read_table(path, COMPUTE_AGAIN)
            shape = (len(block.examples), self.settings.dimension)
            return {
                kind: table[kind].combine_chunks().flatten().to_numpy().reshape(shape)
                for kind in self.kinds[block.role]
            }


def checksum(tensors: Mapping[str, np.ndarray]) -> int:
    """A checksum over tensors and their names."""
    total = 0
    for name in sorted(tensors):
        total = zlib.crc32(tensors[name].tobytes(), zlib.crc32(name.encode(), total))
    return total


def remove_partial_files(store: GradientStore) -> None:
    """Remove what a killed process left half written. The caller holds the run's lock."""
    for file in store.folder.rglob("*.partial"):
        with refusing_unwritable(file):
            file.unlink()
