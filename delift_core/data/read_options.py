"""The options of `read_dataset`, and the record of what a source was read with."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from delift_core.errors import InvalidLimit, UnknownChoice

DUPLICATE_POLICIES = {"collapse": "duplicates collapsed", "keep": "duplicates kept"}


@dataclass(frozen=True)
class ReadOptions:
    """The keyword arguments of `read_dataset`, under the same names.

    Raises UnknownChoice for another `near_duplicates`, InvalidLimit for a limit below 1.
    """

    limit: int | None = None
    seed: int = 0
    near_duplicates: str = "collapse"
    columns: Mapping[str, Any] | None = None  # prompt, response, system, id -> name or names
    format: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None

    def __post_init__(self) -> None:
        if self.near_duplicates not in DUPLICATE_POLICIES:
            raise UnknownChoice(
                f"There is no near_duplicates={self.near_duplicates!r}. Choose one of"
                f" {', '.join(DUPLICATE_POLICIES)}."
            )
        if self.limit is not None and self.limit < 1:
            raise InvalidLimit(
                f"limit={self.limit} leaves no examples. Give 1 or more, or leave it out."
            )

    @property
    def keeps_duplicates(self) -> bool:
        """Whether exact and near duplicates stay in the dataset."""
        return self.near_duplicates == "keep"


@dataclass(frozen=True)
class HoldOut:
    """How held-out examples were set aside from a pool before anything was scored."""

    amount: str  # as it was typed: 20%, 0.2, 40
    group_by: str | None
    seed: int
    count: int  # examples set aside
    of: int  # examples of the pool before

    @property
    def sentence(self) -> str:
        """32 of 160 set aside as held-out (20%, by topic, seed 0)"""
        by_group = f", by {self.group_by}" if self.group_by else ""
        return (
            f"{self.count:,} of {self.of:,} set aside as held-out"
            f" ({self.amount}{by_group}, seed {self.seed})"
        )


@dataclass(frozen=True)
class ReadRecord:
    """What a source was read with, and how many examples there were to sample from.

    Together with the bytes of the source, all that its examples follow from.
    """

    options: ReadOptions
    usable: int  # examples of the source, duplicates collapsed where they are
    hold_out: HoldOut | None = None  # of both parts of a pool that was split

    @classmethod
    def from_json(cls, stored: Mapping) -> Self:
        """The record that `as_json` wrote; raises TypeError and KeyError for anything else."""
        options = dict(stored)
        usable, hold_out = options.pop("usable"), options.pop("hold_out", None)
        return cls(ReadOptions(**options), usable, hold_out and HoldOut(**hold_out))

    @property
    def as_json(self) -> dict:
        """The number of usable examples and everything else that was set, by name."""
        record = {
            "usable": self.usable,
            **vars(self.options),
            "hold_out": self.hold_out and asdict(self.hold_out),
        }
        return {name: value for name, value in record.items() if value is not None}

    @property
    def is_sampled(self) -> bool:
        """Whether the limit left anything out."""
        limit = self.options.limit
        return limit is not None and limit < self.usable

    @property
    def sample_sentence(self) -> str:
        """a draw of 24 of 120 with seed 0; empty where all were taken"""
        if not self.is_sampled:
            return ""
        limit, seed = self.options.limit, self.options.seed
        return f"a draw of {limit:,} of {self.usable:,} with seed {seed}"

    @property
    def sentence(self) -> str:
        """a draw of 24 of 120 with seed 0, duplicates kept, columns prompt=a+b response=c"""
        policy = DUPLICATE_POLICIES[self.options.near_duplicates]
        parts = [self.sample_sentence, policy, *self._option_phrases()]
        return ", ".join(filter(None, parts))

    def _option_phrases(self) -> Iterator[str]:
        if self.options.columns:
            columns = [
                f"{role}={_column_text(names)}" for role, names in self.options.columns.items()
            ]
            yield f"columns {' '.join(columns)}"
        for name in ("format", "config", "split", "revision"):
            value = getattr(self.options, name)
            if value:
                yield f"{name} {value}"
        if self.hold_out:
            yield self.hold_out.sentence


def _column_text(names) -> str:
    return names if isinstance(names, str) else "+".join(names)
