"""What was noticed when a kernel of a run was scored, kept beside its tiles.

kernels/NAME.zarr/notes.json     why the model was read unpacked, which examples its template
                                 cannot write, and what it leaves out of others, by their index:
                                 another run of the same texts may have them in other rows
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from delift_core.files import read_json, write_json
from delift_core.runs.run import Run
from delift_core.runs.tables import refusing_damage
from delift_core.scoring.prompt_notes import PromptNote
from delift_core.scoring.rehearsal import UnwritableExample

REMOVE_NOTES = "Remove the file: no score depends on it."


@dataclass(frozen=True, slots=True)
class ScoringNotes:
    """What was noticed when a kernel was scored."""

    obstacle: str = ""  # why the model was not read in packs; empty where it was
    unwritable: tuple[UnwritableExample, ...] = ()
    prompts: tuple[PromptNote, ...] = ()  # what is left out of prompts, and pairs not written


def notes_path(run: Run, name: str) -> Path:
    """The file of what was noticed when a kernel was scored."""
    return run.kernel_folder(name) / "notes.json"


def write_scoring_notes(run: Run, name: str, notes: ScoringNotes) -> None:
    """Store what was noticed. The caller holds the run's scoring lock."""
    write_json(asdict(notes), notes_path(run, name))


def read_scoring_notes(run: Run, name: str) -> ScoringNotes:
    """What was noticed; nothing in a run of an earlier version, or before it was scored.

    Raises DamagedRun for a record that this version does not read.
    """
    path = notes_path(run, name)
    record = read_json(path)
    if record is None:
        return ScoringNotes()
    with refusing_damage(path, REMOVE_NOTES):
        unwritable = tuple(UnwritableExample(**found) for found in record["unwritable"])
        prompts = tuple(
            PromptNote(note["reason"], tuple(note["answered"]), tuple(note["shown"]))
            for note in record.get("prompts", ())  # an earlier version noticed none
        )
        return ScoringNotes(record["obstacle"], unwritable, prompts)


def noticed_at(run: Run, names: Iterable[str]) -> int:
    """A value that changes when something is noticed anew in some kernels."""
    paths = [notes_path(run, name) for name in names]
    return max((path.stat().st_mtime_ns for path in paths if path.exists()), default=0)
