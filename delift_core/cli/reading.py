"""Read the roles of a command, and say what was read of each."""

from delift_core.cli.console import Reporter
from delift_core.cli.options.data import DataOptions
from delift_core.data.example import Dataset, ProblemKind, refuse_empty

NOTES_MOST = 10  # lines on how rows were read


def read_roles(reporter: Reporter, options: DataOptions) -> dict[str, Dataset]:
    """Role -> its examples, for every role that has a source, each with a sentence about it."""
    from delift_core.data.readers import read_dataset

    datasets = {}
    for role, source in options.sources.items():
        dataset = refuse_empty(read_dataset(source, **vars(options.read_options(role))))
        datasets[role] = dataset
        reporter.say(
            "read",
            f"{role}: {summary(dataset)}",
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
    return datasets


def summary(dataset: Dataset) -> str:
    """36 examples from pool.jsonl (Alpaca, 36 of 36 rows); 3 near duplicates, first: row 7: ..."""
    sample = ""
    if dataset.read_record:
        sample = dataset.read_record.sample_sentence
    details, scope = dataset.format, ""
    if sample:
        details, scope = f"{dataset.format}; {sample}", "of all its rows "
    sentence = f"{len(dataset):,} examples from {dataset.source} ({details})"
    if not dataset.problems:
        return sentence
    first = dataset.problems[0]
    counts = _problem_counts(dataset)
    sentence = f"{sentence}; {scope}{counts}, first: row {first.row}: {first.reason}"
    return "\n  ".join([sentence, *_further_notes(dataset)])


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
    if count == 1 or kind is ProblemKind.ALTERED:
        return str(kind)
    return f"{kind}s"
