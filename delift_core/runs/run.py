"""A run is one folder, and nothing else holds state: data, model, kernels, selections.

run.json               what was scored with what; its address is the folder's name
pool/ target/ known/   examples.parquet, problems.parquet, alone.parquet (the pass over each
                       example), unprompted.parquet (the pass without prompts, where needed)
held_out/ADDRESS/      the same of held-out examples, with their kernel: runs/held_out.py
kernels/NAME.zarr      NAME is answered_shown, such as pool_pool; one chunk is one tile, a
                       missing chunk is unfinished work; drawn.parquet in it says which pairs
                       are scored where the plan leaves some out
kernels/NAME.pairs     the same where the plan scores so many pairs an example: see pair_tiles.py
selections/            one Parquet file each
pairs/                 pairs explained token by token
gradients/             adapters and gradients of examples, see gradients.py
rounds/                what each round of tuning picks, see rounds.py
projections/ jobs/     maps of the pool; background work on the run
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import SCORE_AGAIN, DamagedRun, NotScored, UnknownChoice
from delift_core.runs.pair_masks import read_pair_sample, write_pair_sample
from delift_core.runs.tables import read_alone, read_sound, write_alone
from delift_core.runs.tile_stores import ArrayTiles, PairTiles, TileStore
from delift_core.scoring.kernel import Alone, UtilityKernel
from delift_core.scoring.kernel_names import HELD_OUT, KERNELS, is_square, kernels_between
from delift_core.scoring.pair_sampling import PairSample, sample_pairs
from delift_core.scoring.plan import Grid, Plan, Tile, plan_of, tiles


@dataclass(frozen=True)
class Run:
    """A run folder, its record, `run.json`, and what is recorded of its held-out examples."""

    folder: Path
    record: Mapping
    held_out: Mapping | None = None  # None where none are attached

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def data(self) -> Mapping[str, Mapping]:
        """Role -> what is recorded of its examples."""
        if self.held_out is None:
            return self.record["data"]
        return {**self.record["data"], HELD_OUT: self.held_out}

    @property
    def roles(self) -> tuple[str, ...]:
        """Which of pool, target, known and held_out were given."""
        return tuple(self.data)

    def role_folder(self, role: str) -> Path:
        """The folder of a role's examples."""
        if role != HELD_OUT:
            return self.folder / role
        return self.folder / HELD_OUT / self.data[HELD_OUT]["fingerprint"][:16]

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """Role -> its examples. Raises DamagedRun where they are not those the run was made of."""
        return {role: read_sound(self.role_folder(role), self.data[role]) for role in self.roles}

    @property
    def pool(self) -> Dataset:
        return self.datasets["pool"]

    @property
    def plan(self) -> Plan:
        """Which pairs of every kernel are scored."""
        return plan_of(self.record)

    def shape(self, name: str) -> tuple[int, int]:
        """(answered, shown) of a kernel."""
        answered, shown = KERNELS[name]
        return self.data[answered]["examples"], self.data[shown]["examples"]

    def grid(self, name: str) -> Grid:
        """How a kernel lies in tiles."""
        return self.plan.grid(*self.shape(name), is_square(name))

    @cached_property
    def passes(self) -> dict[str, Alone]:
        """Passes alone that were read already; once made they stay as they are."""
        return {}

    def alone_path(self, role: str) -> Path:
        """The file of the pass over a role's examples by themselves."""
        return self.role_folder(role) / "alone.parquet"

    def alone(self, role: str) -> Alone | None:
        """The pass over a role's examples by themselves, None where it was not made."""
        path = self.alone_path(role)
        if role not in self.passes and path.exists():
            self.passes[role] = read_alone(path, self.data[role]["examples"])
        return self.passes.get(role)

    def require_alone(self, role: str) -> Alone:
        """The pass over a role's examples by themselves. Raises DamagedRun where it is lost."""
        alone = self.alone(role)
        if alone is None:
            raise DamagedRun(
                f"{self.role_folder(role)}: alone.parquet is not there, which scoring writes before"
                f" any pair. {SCORE_AGAIN}"
            )
        return alone

    def write_alone(self, role: str, alone: Alone) -> None:
        """Store the pass over a role's examples by themselves."""
        write_alone(alone, self.alone_path(role))

    def kernel_folder(self, name: str) -> Path:
        """The tiles of a kernel and what was noticed when they were scored."""
        ending = "pairs" if self.plan.is_sparse else "zarr"
        if HELD_OUT in KERNELS[name]:
            return self.role_folder(HELD_OUT) / f"{name}.{ending}"
        return self.folder / "kernels" / f"{name}.{ending}"

    def tile_store(self, name: str) -> TileStore:
        """Where the tiles of a kernel lie, and how they are read and written."""
        folder, grid = self.kernel_folder(name), self.grid(name)
        if self.plan.is_all:
            return ArrayTiles(folder, grid, lambda: None)
        kind = PairTiles if self.plan.is_sparse else ArrayTiles
        return kind(folder, grid, lambda: self.require_pair_sample(name))

    def pair_mask_path(self, name: str) -> Path:
        """The file that says which pairs of a kernel a plan scores."""
        return self.kernel_folder(name) / "drawn.parquet"

    def tiles(self, name: str) -> list[Tile]:
        """Every tile of a kernel."""
        return list(tiles(*self.grid(name)))

    def missing(self, name: str) -> list[Tile]:
        """The tiles of a kernel that are not stored yet."""
        store = self.tile_store(name)
        return [tile for tile in self.tiles(name) if not store.path(tile).exists()]

    def pairs(self, name: str, work: Iterable[Tile] | None = None) -> int:
        """How many pairs are scored in some tiles of a kernel, in all by default.

        Before pairs are sampled it is the number that the plan scores in the whole kernel.
        """
        if work is None:
            work = self.tiles(name)
        if self.plan.is_all:
            return sum(tile.pairs for tile in work)
        sample = self.pair_sample(name)
        if sample is None:
            return self.planned_pairs(name)
        return sum(sample.pairs(tile) for tile in work)

    def planned_pairs(self, name: str) -> int:
        """How many pairs of a kernel the plan scores."""
        return self.plan.pairs(*self.shape(name), is_square(name))

    def pair_sample(self, name: str) -> PairSample | None:
        """Which pairs of a kernel are scored; None where all are, and before they are sampled."""
        path = self.pair_mask_path(name)
        if name not in self.pair_samples and not self.plan.is_all and path.exists():
            self.pair_samples[name] = read_pair_sample(path, self.plan.kind, self.shape(name))
        return self.pair_samples.get(name)

    def require_pair_sample(self, name: str) -> PairSample:
        """Which pairs of a kernel a plan scores. Raises DamagedRun where that is lost."""
        sample = self.pair_sample(name)
        if sample is None:
            raise DamagedRun(
                f"{self.kernel_folder(name)}: drawn.parquet is not there, which says what was"
                f" scored. {SCORE_AGAIN}"
            )
        return sample

    @cached_property
    def pair_samples(self) -> dict[str, PairSample]:
        """Pair samples that were read already; once made they stay as they are."""
        return {}

    def sample_pairs(self, name: str) -> None:
        """Sample the pairs of a kernel, once. Both of its roles have been read alone."""
        if self.plan.is_all or self.pair_sample(name) is not None:
            return
        answered, shown = (self.require_alone(role).embedding for role in KERNELS[name])
        sample = sample_pairs(self.plan, answered, shown, is_square(name))
        write_pair_sample(sample, self.pair_mask_path(name))

    def read_tile(self, name: str, tile: Tile) -> np.ndarray:
        """(3, rows, columns) of one tile, or (3, pairs) of lists; NaN where it is not stored.

        Raises DamagedRun where it is broken.
        """
        return self.tile_store(name).read(tile)

    def write_tile(self, name: str, tile: Tile, planes: np.ndarray) -> None:
        """Store a finished tile, (3, rows, columns), or (3, pairs) of lists."""
        self.tile_store(name).write(tile, planes)

    def require_finished(self, name: str) -> None:
        """Raise NotScored while tiles of a kernel are missing."""
        missing = self.missing(name)
        if missing:
            done = len(self.tiles(name)) - len(missing)
            raise NotScored(
                f"{self.folder}: kernel {name} is not finished ({done} tiles stored, {len(missing)}"
                " missing). Run the same delift score or delift run command again to continue."
            )

    def kernel(self, name: str) -> UtilityKernel:
        """A kernel, complete.

        Raises NotScored while tiles are missing, DamagedRun where one is broken.
        """
        self.require_finished(name)
        alone = self.require_alone(KERNELS[name][0])
        return self.tile_store(name).kernel(alone, is_square(name))

    def read(self, name: str) -> np.ndarray:
        """(3, answered, shown) as stored, column-major, or (3, pairs) of lists.

        Raises DamagedRun where a tile is broken.
        """
        return self.tile_store(name).read_all()

    @property
    def possible(self) -> list[str]:
        """Names of the kernels that the roles allow."""
        return list(kernels_between(self.roles))

    def require_kernels(self, names: Iterable[str]) -> None:
        """Raise UnknownChoice for a kernel that the roles do not allow."""
        for name in names:
            if name not in self.possible:
                raise UnknownChoice(
                    f"{self.folder}: this run has no kernel {name!r}. Choose among"
                    f" {', '.join(self.possible)}."
                )

    def complete(self) -> list[str]:
        """Names of the kernels that are finished."""
        return [name for name in self.possible if not self.missing(name)]
