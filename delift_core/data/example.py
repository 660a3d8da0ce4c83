"""The records that flow through the engine: turns make an example, examples make a dataset."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import takewhile

from delift_core.data.read_options import ReadRecord
from delift_core.data.text import json_text, plain
from delift_core.errors import NoExamples


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; role is system, user, assistant or tool."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and its response, the last assistant turn; earlier turns belong to the prompt."""

    id: str
    prompt: str
    response: str
    turns: tuple[Turn, ...]  # everything before the response
    extra: Mapping[str, object] = field(default_factory=dict)  # the original row, untouched
    row: int = 0  # 1-based line or record in the source


class ProblemKind(StrEnum):
    """What can be wrong with a row."""

    BROKEN = "broken row"
    EMPTY = "empty response"
    EXACT_DUPLICATE = "exact duplicate"
    NEAR_DUPLICATE = "near duplicate"
    IN_POOL = "repeated in the pool"
    IN_TARGET = "repeated in the target"
    ALTERED = "read differently"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row, or several alike, to know of; they may or may not still be used."""

    row: int  # 1-based line or record in the source
    reason: str  # one sentence, ready to show
    kind: ProblemKind = ProblemKind.BROKEN
    count: int = 1  # rows that it is about; `row` is the first of them


@dataclass(frozen=True)
class Dataset:
    """Examples in source order, what was noticed about them, and where they came from."""

    examples: tuple[Example, ...]
    problems: tuple[Problem, ...] = ()
    source: str = "rows"
    format: str = ""  # "Alpaca, 999 of 999 rows"
    # representative id -> its duplicates
    collapsed: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    # sha256 of the file's bytes, where the source is a file
    file_digest: str = field(default="", compare=False)
    # what the source was read with, where that is known
    read_record: ReadRecord | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    def __getitem__(self, index: int) -> Example:
        return self.examples[index]

    @cached_property
    def index_of(self) -> Mapping[str, int]:
        """Id -> index of every example."""
        return {example.id: index for index, example in enumerate(self.examples)}

    @property
    def altered(self) -> int:
        """How many times a row is used and was read differently."""
        return sum(problem.count for problem in self.notes)

    @property
    def problem_rows(self) -> int:
        """The number of problems that are more than notes."""
        return len(self.left_out)

    @property
    def left_out(self) -> list[Problem]:
        """The problems that are more than notes, in the order of rows."""
        return [problem for problem in self.problems if problem.kind is not ProblemKind.ALTERED]

    @property
    def notes(self) -> list[Problem]:
        """The problems that are but notes, one a kind: their rows are used."""
        return [problem for problem in self.problems if problem.kind is ProblemKind.ALTERED]

    @property
    def counts(self) -> Counter[ProblemKind]:
        """The number of rows with each kind of problem, in order of first appearance."""
        counts: Counter[ProblemKind] = Counter()
        for problem in self.problems:
            counts[problem.kind] += problem.count
        return counts

    @cached_property
    def fingerprint(self) -> str:
        """sha256 over everything loaded, in order.

        Ids, texts, original rows and collapsed duplicates.
        """
        examples: list = [
            [example.id, texts_of(example), example.extra] for example in self.examples
        ]
        groups = [
            [key, [duplicate.id for duplicate in group]] for key, group in self.collapsed.items()
        ]
        return digest_of_records(examples + groups)

    @cached_property
    def text_fingerprint(self) -> str:
        """sha256 over what the model sees: every example's turns and response, in order."""
        return digest_of_records(map(texts_of, self.examples))

    def sample(self, limit: int | None, seed: int = 0) -> "Dataset":
        """At most `limit` examples drawn without replacement, kept in source order."""
        if limit is None or limit >= len(self):
            return self
        indices = sorted(random.Random(seed).sample(range(len(self)), limit))
        examples = tuple(self.examples[index] for index in indices)
        ids = {example.id for example in examples}
        collapsed = {key: group for key, group in self.collapsed.items() if key in ids}
        return replace(self, examples=examples, collapsed=collapsed)


def refuse_empty(dataset: Dataset) -> Dataset:
    """The dataset, or NoExamples with the first reason why nothing of it can be used."""
    if dataset.examples:
        return dataset
    first = ""
    if dataset.problems:
        first = f" (row {dataset.problems[0].row}: {dataset.problems[0].reason})"
    raise NoExamples(
        f"{dataset.source}: none of its rows can be used{first}. Mend the rows, or name the columns"
        " that hold prompt and response."
    )


def prompt_text(turns: tuple[Turn, ...]) -> str:
    """Turns as one text.

    System turns at the start, an empty line, then the only other turn as it is or several as
    `role: content` lines.
    """
    systems = list(takewhile(lambda turn: turn.role == "system", turns))
    texts = [turn.content for turn in systems]
    others = turns[len(systems) :]
    if len(others) == 1:
        texts.append(others[0].content)
    elif others:
        texts.append("\n".join(f"{turn.role}: {turn.content}" for turn in others))
    return "\n\n".join(texts)


def texts_of(example: Example) -> list:
    """Everything of an example that a model reads: [[[role, content], ...], response]."""
    return [[[turn.role, turn.content] for turn in example.turns], example.response]


def digest_of_records(records: Iterable[object]) -> str:
    """sha256 over records, each written as one line of JSON."""
    total = hashlib.sha256()
    for record in records:
        total.update(json_text(plain(record)).encode() + b"\n")
    return total.hexdigest()
