"""What a validation measures and how: all that its cells follow from, as it is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.errors import InvalidValidation
from delift_core.files import digest
from delift_core.selection.choice import Choice, choice_of
from delift_core.validation.arms import LEAST, USUAL, Design

VERSION = 1  # raised when the same settings would mean something else


@dataclass(frozen=True)
class ValidationSettings:
    """A selection, what it is measured beside, and how models are tuned and measured."""

    selection: str  # the arm that the sentence is about
    chosen: Mapping[str, tuple[int, ...]]  # arm -> rows of the pool, in order of choice
    method: str  # that made the selection
    choice: Choice  # whose constraints random selections keep to
    held_out: str  # fingerprint of the held-out examples
    model: Mapping[str, Any]  # the record of the model that is tuned
    template: str
    tuner: str
    options: Mapping[str, Any]  # of the tuner, all of them
    learning_rates: tuple[float, ...]  # the first is that of the sentence
    design: Design = USUAL
    rows_per_step: int = 8
    answers: bool = False  # whether held-out prompts are answered and the answers scored
    group_by: str | None = None  # a field of the rows
    cluster_by: str | None = None  # a field of held-out rows; those of a value are drawn together
    growth: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # budget -> rows
    sources: bool = False  # whether each group is left out, and added to the rest
    matrix: bool = False  # whether models are tuned on each group alone, and measured on all
    equal_tokens: bool = False  # whether every arm is tuned for equally many tokens as well

    def __post_init__(self):
        if not self.learning_rates or min(self.learning_rates) <= 0:
            raise InvalidValidation("A learning rate is a number above 0, such as 0.0002.")

    @property
    def record(self) -> dict:
        """The settings as JSON, as earlier versions wrote them where those had all of them."""
        record = {"version": VERSION, **asdict(self)}
        if not self.equal_tokens:
            del record["equal_tokens"]
        return record

    @property
    def address(self) -> str:
        """What names the validation in its run, as 12 hexadecimal digits."""
        return digest(self.record)[:12]


def settings_of(record: Mapping[str, Any]) -> ValidationSettings:
    """The settings that a JSON object keeps. Raises KeyError, TypeError and ValueError."""
    fields = dict(record)
    if fields.pop("version") != VERSION:
        raise ValueError("it is of another version")
    fields["choice"] = choice_of(fields["choice"])
    fields["design"] = Design(**fields["design"])
    fields["learning_rates"] = tuple(fields["learning_rates"])
    for name in ("chosen", "growth"):
        fields[name] = rows_by_name(fields[name])
    return ValidationSettings(**fields)


def rows_by_name(listed: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Name -> rows of the pool."""
    return {name: tuple(rows) for name, rows in listed.items()}


def refuse_one_measured(held_out: Dataset, cluster_by: str | None = None) -> None:
    """Raise InvalidValidation where all that is measured is one example, or one cluster."""
    owners = groups(held_out, cluster_by) or [example.id for example in held_out]
    measured = {owner for owner, example in zip(owners, held_out) if example.response}
    if len(measured) < LEAST:
        raise InvalidValidation(
            f"{held_out.source}: a difference has no interval without {LEAST} held-out examples or"
            f" clusters with a response; there is {len(measured)}. Give more, or another field of"
            " clusters."
        )
