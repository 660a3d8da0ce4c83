"""What a run folder lacks or holds damaged, and its repair before scoring.

Looking changes nothing. Repair belongs under the run's scoring lock; what is sound is never scored
again.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from delift_core.errors import ChangedScoring, DamagedRun
from delift_core.files import refusing_unwritable
from delift_core.runs.record import SCORING
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import KERNELS
from delift_core.scoring.plan import Tile


@dataclass(frozen=True)
class MissingWork:
    """What has to be scored before some kernels of a run are complete."""

    run: Run
    tiles: Mapping[str, list[Tile]]  # kernel -> tiles that are not stored or damaged

    @property
    def pairs(self) -> int:
        """Pairs to score."""
        return sum(count_pairs(self.run, name, tiles) for name, tiles in self.tiles.items())

    @property
    def all_pairs(self) -> int:
        """Pairs of the kernels, those that are stored included."""
        return sum(count_pairs(self.run, name, self.run.tiles(name)) for name in self.tiles)

    @property
    def is_empty(self) -> bool:
        """Whether the kernels are complete, with everything that their tiles rest on."""
        if any(self.tiles.values()):
            return False
        return all(has_basis(self.run, name) for name in self.tiles)


def missing_work(run: Run, names: Iterable[str]) -> MissingWork:
    """What some kernels of a run lack; reads every stored tile once and changes nothing.

    Raises UnknownChoice for a kernel that the roles do not allow, DamagedRun and ChangedScoring as
    missing_tiles does.
    """
    names = list(names)
    run.require_kernels(names)
    return MissingWork(run, {name: missing_tiles(run, name) for name in names})


def missing_tiles(run: Run, name: str) -> list[Tile]:
    """The tiles of a kernel that are not stored or fail their checksum. Changes nothing.

    Raises DamagedRun where the folder holds another array, ChangedScoring where the stored tiles
    were scored in another way than new ones would be.
    """
    run.tile_store(name).is_described()
    missing = [tile for tile in run.tiles(name) if not is_sound(run, name, tile)]
    if missing:
        refuse_other_scoring(run)
    return missing


def refuse_other_scoring(run: Run) -> None:
    """Raise ChangedScoring where new scores would not be comparable with those of a run."""
    if run.record["scoring"] != SCORING:
        raise ChangedScoring(
            f"{run.folder}: scored by version {run.record['scoring']} of scoring, and this is"
            f" version {SCORING}: what is missing would not be comparable. What is scored can be"
            " used as it is; for the rest, score the data again as a new run."
        )


def count_pairs(run: Run, name: str, tiles: list[Tile]) -> int:
    """Pairs of some tiles that the plan scores. A damaged pair mask counts as one not drawn yet."""
    if not tiles:
        return 0
    if has_pair_mask(run, name):
        return run.pairs(name, tiles)
    return run.planned_pairs(name)


def is_sound(run: Run, name: str, tile: Tile) -> bool:
    """Whether a tile is stored and passes its checksum."""
    if not run.tile_store(name).path(tile).exists():
        return False
    try:
        run.read_tile(name, tile)
    except DamagedRun:
        return False
    return True


def has_basis(run: Run, name: str) -> bool:
    """Whether what the tiles of a kernel rest on is stored and whole.

    That is the description of the array, the pair mask, and the passes alone of both roles. Raises
    DamagedRun where the folder holds another array.
    """
    return (
        run.tile_store(name).is_described()
        and has_pair_mask(run, name)
        and all(has_alone(run, role) for role in KERNELS[name])
    )


def has_alone(run: Run, role: str) -> bool:
    """Whether the pass over a role's examples by themselves is stored and whole."""
    try:
        return run.alone(role) is not None
    except DamagedRun:
        return False


def has_pair_mask(run: Run, name: str) -> bool:
    """Whether it is known, and stored whole, which pairs of a kernel are scored."""
    try:
        return run.plan.is_all or run.pair_sample(name) is not None
    except DamagedRun:
        return False


def repair(run: Run, names: Iterable[str]) -> None:
    """Prepare some kernels of a run for scoring. The caller holds the run's scoring lock.

    Removes partial files and damaged pair masks, and rewrites array descriptions that are cut off.
    """
    remove_partial_files(run)
    for name in names:
        remove_damaged_pair_mask(run, name)
        with refusing_unwritable(run.kernel_folder(name)):
            run.tile_store(name).describe()


def remove_damaged_pair_mask(run: Run, name: str) -> None:
    """Remove a pair mask that cannot be read, so that the same pairs are drawn again."""
    try:
        run.pair_sample(name)
    except DamagedRun:
        with refusing_unwritable(run.pair_mask_path(name)):
            run.pair_mask_path(name).unlink(missing_ok=True)


def remove_partial_files(run: Run) -> None:
    """Remove what a killed process left half written among the scores."""
    partial_files = [
        *run.folder.glob("*/.alone.parquet.*.partial"),
        *run.folder.glob("*/.unprompted.parquet.*.partial"),
        *run.folder.glob("kernels/**/*.partial"),
        *run.folder.glob("held_out/**/*.partial"),
    ]
    for file in partial_files:
        with refusing_unwritable(file):
            file.unlink()


def stored_utilities(run: Run, name: str) -> np.ndarray:
    """(answered, shown) utilities of a kernel, NaN where they are not stored or damaged."""
    values = np.full(run.shape(name), np.nan, np.float32)  # (answered, shown)
    store = run.tile_store(name)
    for tile in run.tiles(name):
        with suppress(DamagedRun):
            values[store.cells(tile)] = store.read(tile)[0]
    return values
