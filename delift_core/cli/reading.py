"""Read the roles of a command, and say what was read of each."""

from collections.abc import Mapping

from delift_core.cli.console import Reporter
from delift_core.cli.options.data import DataOptions
from delift_core.data.example import Dataset, ProblemKind, refuse_empty

NOTES_MOST = 10  # lines on how rows were read
SAME_IN_PLURAL = (ProblemKind.ALTERED, ProblemKind.IN_POOL, ProblemKind.IN_TARGET)


def read_roles(reporter: Reporter, options: DataOptions) -> dict[str, Dataset]:
    """Role -> its examples, for every role that has a source, each with a sentence about it.

    Held-out examples are set aside from the pool here, and kept apart from it.
    """
    from delift_core.data.readers import read_dataset

    options.check_held_out()
    datasets = {
        role: refuse_empty(read_dataset(source, **vars(options.read_options(role))))
        for role, source in options.sources.items()
    }
    datasets = with_held_out_apart(datasets, options)
    for role, dataset in datasets.items():
        say_read(reporter, role, dataset)
    return datasets


def with_held_out_apart(
    datasets: Mapping[str, Dataset], options: DataOptions
) -> dict[str, Dataset]:
    """The roles with held-out examples that repeat nothing of pool and target, where requested.

    Raises InvalidHoldOut, InvalidConstraint and NoExamples.
    """
    from delift_core.data.hold_out import hold_out, without_repeats

    apart, target = dict(datasets), datasets.get("target")
    if options.hold_out is not None:
        apart["pool"], apart["held_out"] = hold_out(
            datasets["pool"], options.hold_out, options.hold_out_by, options.seed, target
        )
    elif options.held_out is not None:
        apart["held_out"] = without_repeats(datasets["held_out"], datasets["pool"], target)
    return apart


def say_read(reporter: Reporter, role: str, dataset: Dataset) -> None:
    """Say what was read of a role."""
    from delift_core.scoring.kernel_names import role_name

    reporter.say(
        "read",
        f"{role_name(role)}: {summary(dataset)}",
        role=role,
        source=dataset.source,
        format=dataset.format,
        examples=len(dataset),
        asked=dataset.read_record and dataset.read_record.as_json,
        problems=[
            {
                "row": problem.row,
                "kind": problem.kind,
                "reason": problem.reason,
                "count": problem.count,
            }
            for problem in dataset.problems
        ],
    )


def summary(dataset: Dataset) -> str:
    """36 examples from pool.jsonl (Alpaca, 36 of 36 rows); 3 near duplicates, first: row 7: ..."""
    drawn = _how_drawn(dataset)
    scope = "of all its rows " if drawn else ""
    sentence = f"{len(dataset):,} examples from {dataset.source}"
    sentence += f" ({'; '.join([dataset.format, *drawn])})"
    if not dataset.problems:
        return sentence
    first = dataset.problems[0]
    counts = _problem_counts(dataset)
    sentence = f"{sentence}; {scope}{counts}, first: row {first.row}: {first.reason}"
    return "\n  ".join([sentence, *_further_notes(dataset)])


def _how_drawn(dataset: Dataset) -> list[str]:
    """How these examples were drawn from all that their source holds."""
    record = dataset.read_record
    if record is None:
        return []
    hold_out = record.hold_out.sentence if record.hold_out else ""
    return [phrase for phrase in (record.sample_sentence, hold_out) if phrase]


def _further_notes(dataset: Dataset) -> list[str]:
    """A line on every kind of note but one that the summary names, at most NOTES_MOST of them."""
    notes = [note for note in dataset.notes if note is not dataset.problems[0]]
    lines = [f"note: row {note.row}: {note.reason}" for note in notes[:NOTES_MOST]]
    if len(notes) > NOTES_MOST:
        lines.append(f"and {len(notes) - NOTES_MOST:,} more notes; --json lists all")
    return lines


def _problem_counts(dataset: Dataset) -> str:
    """3 near duplicates, 1 broken row"""
    kinds = dataset.counts.items()
    return ", ".join(f"{count:,} {_plural(kind, count)}" for kind, count in kinds)


def _plural(kind: ProblemKind, count: int) -> str:
    if count == 1 or kind in SAME_IN_PLURAL:
        return str(kind)
    return f"{kind}s"
