"""What is broken in a run folder, found before scoring and mended by it: what is sound is never
scored again.
"""

from collections.abc import Iterable

from delift_core.errors import ChangedScoring, DamagedRun
from delift_core.files import writing
from delift_core.runs.record import SCORING
from delift_core.runs.store import Run
from delift_core.runs.tiles import chunk_key, describe_array
from delift_core.scoring.kernel_names import KERNELS
from delift_core.scoring.plan import Tile


def to_score(run: Run, name: str) -> list[Tile]:
    """The tiles of a kernel that are not stored or are damaged: all that are there are read.

    A description of the kernel that is cut off is written anew, a draw that is damaged is taken
    away to be drawn again. Raises DamagedRun where the description is another array's,
    ChangedScoring where the tiles that are stored were scored in another way than new ones would
    be.
    """
    try:
        run.pair_sample(name)  # one that is absent stays so: another process may be writing it
    except DamagedRun:
        with writing(draw := run.kernel_folder(name) / "drawn.parquet"):
            draw.unlink(missing_ok=True)
    tiles = [tile for tile in run.tiles(name) if not is_sound(run, name, tile)]
    if tiles and run.record["scoring"] != SCORING:
        raise ChangedScoring(
            f"{run.folder}: scored by version {run.record['scoring']} of scoring, and this is"
            f" version {SCORING}: what is missing would not be comparable. What is scored can be"
            " used as it is; for the rest, score the data again as a new run."
        )
    if len(tiles) < len(run.tiles(name)):
        with writing(run.kernel_folder(name)):
            describe_array(run.kernel_folder(name), run.grid(name))
    return tiles


def is_sound(run: Run, name: str, tile: Tile) -> bool:
    """Whether a tile is stored and passes its checksum."""
    if not (run.kernel_folder(name) / chunk_key(tile, run.grid(name))).exists():
        return False
    try:
        run.read_tile(name, tile)
        return True
    except DamagedRun:
        return False


def has_alone(run: Run, role: str) -> bool:
    """Whether the pass over a role's examples by themselves is stored and whole."""
    try:
        return run.alone(role) is not None
    except DamagedRun:
        return False


def has_draw(run: Run, name: str) -> bool:
    """Whether it is known, and stored whole, which pairs of a kernel are scored."""
    try:
        return run.plan.is_all or run.pair_sample(name) is not None
    except DamagedRun:
        return False


def lacks_ground(run: Run, names: Iterable[str]) -> bool:
    """Whether something is missing or damaged that the tiles of these kernels rest on."""
    return not all(
        has_draw(run, name) and all(has_alone(run, role) for role in KERNELS[name])
        for name in names
    )


def sweep(run: Run) -> None:
    """Take away what a killed process left half written among the scores.

    Only whoever holds the run's lock writes there.
    """
    halves = [
        *run.folder.glob("*/.alone.parquet.*.partial"),
        *run.folder.glob("kernels/**/*.partial"),
    ]
    for half in halves:
        with writing(half):
            half.unlink()
