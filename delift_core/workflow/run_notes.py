"""What a person should know of how a run was scored, in sentences that are the same everywhere.

Command line, pages, manifest and report read them here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from delift_core.data.notes import ROWS_LISTED
from delift_core.runs.run import Run
from delift_core.runs.scoring_notes import read_scoring_notes
from delift_core.scoring.kernel_names import KERNELS, role_name
from delift_core.scoring.prompt_notes import sentence_on
from delift_core.selection.baselines.gradients import GRADIENTS
from delift_core.wording import MEAN_GRADIENT, date_line, reading_line
from delift_core.workflow.truncation import Truncation, truncation_line, truncation_of

GROUPS_LISTED = 10  # reasons why rows cannot be written


class NoteKind(StrEnum):
    """What a note is about."""

    READING = "reading"  # the model is not read in packs
    DATE = "date"  # the template's date is fixed
    UNWRITABLE = "unwritable"  # rows that the template cannot write
    PROMPTS = "prompts"  # what the template leaves out of rows, and rows it cannot write together
    TRUNCATED = "truncated"  # what did not fit the context
    MEAN_GRADIENT = "mean gradient"  # that of the pool stands for a target's


@dataclass(frozen=True)
class RunNote:
    """A sentence, and what it says as JSON holds it."""

    kind: NoteKind
    sentence: str
    record: Mapping[str, object] = field(default_factory=dict)


def run_notes(run: Run, kernels: Iterable[str]) -> list[RunNote]:
    """Everything to know of how some kernels of a run were scored. Raises DamagedRun."""
    kernels = list(kernels)
    return [*scoring_notes(run, kernels), *truncation_notes(run, truncation_of(run, kernels))]


def scoring_notes(run: Run, kernels: Iterable[str]) -> list[RunNote]:
    """What was noticed before the pairs of some kernels were scored; no tile is read."""
    kernels = list(kernels)
    obstacles = [read_scoring_notes(run, name).obstacle for name in kernels]
    return [*reading_notes(obstacles), *date_notes(run), *template_notes(run, kernels)]


def reading_notes(obstacles: Iterable[str]) -> list[RunNote]:
    """That a model is not read in packs, for each reason why it is not."""
    return [
        RunNote(NoteKind.READING, reading_line(obstacle), {"obstacle": obstacle})
        for obstacle in dict.fromkeys(obstacles)
        if obstacle
    ]


def date_notes(run: Run) -> list[RunNote]:
    """That the date of the template is fixed, where it writes one."""
    date = run.record["model"].get("date")
    if date is None:
        return []
    return [RunNote(NoteKind.DATE, date_line(date), {"date": date})]


def template_notes(run: Run, kernels: Iterable[str]) -> list[RunNote]:
    """What the template does not write, of which rows."""
    kernels = list(kernels)
    return [*unwritable_notes(run, kernels), *prompt_notes(run, kernels)]


def prompt_notes(run: Run, kernels: Iterable[str]) -> list[RunNote]:
    """What the template leaves out of rows, and rows that it cannot write together."""
    notes = {}  # sentence -> note: two kernels may answer the same examples
    for name in kernels:
        answered, shown = (run.datasets[role].examples for role in KERNELS[name])
        for note in read_scoring_notes(run, name).prompts:
            role = KERNELS[name][0]
            sentence = f"The {role_name(role)}'s {sentence_on(note, answered, shown)}"
            rows = [answered[index].row for index in note.answered]
            record = {"role": role, "rows": rows, "reason": note.reason}
            notes[sentence] = RunNote(NoteKind.PROMPTS, sentence, record)
    return list(notes.values())


def unwritable_notes(run: Run, kernels: Iterable[str]) -> list[RunNote]:
    """The rows that the template cannot write: a sentence for each reason, with the rows.

    What is beyond GROUPS_LISTED reasons is counted.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}  # (role, ends, reason) -> indices
    for (role, index), (ends, reason) in sorted(unwritable_examples(run, kernels).items()):
        groups.setdefault((role, ends, reason), []).append(index)
    notes = [unwritable_note(run, *group, indices) for group, indices in groups.items()]
    beyond = notes[GROUPS_LISTED:]
    if beyond:
        sentence = f"{len(beyond):,} more reasons why rows cannot be written are not listed."
        notes[GROUPS_LISTED:] = [RunNote(NoteKind.UNWRITABLE, sentence)]
    return notes


def unwritable_examples(run: Run, kernels: Iterable[str]) -> dict[tuple[str, int], tuple[str, str]]:
    """(role, index) of every example that cannot be written -> (at which ends, the reason)."""
    found: dict[tuple[str, int], dict[str, str]] = {}  # -> end -> reason
    for name in kernels:
        role_at = dict(zip(("answered", "shown"), KERNELS[name]))
        for example in read_scoring_notes(run, name).unwritable:
            reasons = found.setdefault((role_at[example.end], example.index), {})
            reasons.setdefault(example.end, example.reason)
    return {
        key: (" or ".join(sorted(reasons)), next(iter(reasons.values())))
        for key, reasons in found.items()
    }


def unwritable_note(run: Run, role: str, ends: str, reason: str, indices: list[int]) -> RunNote:
    """Rows of a role that cannot be written for one reason.

    The pool's row 2 (id b) cannot be answered or shown: ... Nothing of it is scored, ...
    """
    examples = [run.datasets[role][index] for index in indices]
    rows = [example.row for example in examples]
    who = f"row {rows[0]} (id {examples[0].id})"
    if len(rows) > 1:
        who = f"{len(rows):,} rows ({', '.join(map(str, rows[:ROWS_LISTED]))}"
        who += ", ...)" if len(rows) > ROWS_LISTED else ")"
    sentence = f"The {role_name(role)}'s {who} cannot be {ends}: {reason}"
    if role == "pool" and "shown" in ends:
        sentence += " What cannot be shown is chosen after all other examples."
    record = {"role": role, "rows": rows, "reason": reason}
    return RunNote(NoteKind.UNWRITABLE, sentence, record)


def truncation_notes(run: Run, truncations: Iterable[Truncation]) -> list[RunNote]:
    """What did not fit the context, where anything did not."""
    truncations = list(truncations)
    sentence = truncation_line(run, truncations)
    if not sentence:
        return []
    record = {"kernels": [asdict(truncation) for truncation in truncations]}
    return [RunNote(NoteKind.TRUNCATED, sentence, record)]


def method_notes(run: Run, method: str) -> list[RunNote]:
    """That the pool's mean gradient stands for a target's, where the method takes it so."""
    if method != GRADIENTS.name or "target" in run.roles:
        return []
    return [RunNote(NoteKind.MEAN_GRADIENT, MEAN_GRADIENT)]
