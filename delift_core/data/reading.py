"""How a source was read: with the source itself, all that its examples follow from."""

from collections.abc import Mapping
from dataclasses import dataclass

DUPLICATES = {"collapse": "duplicates collapsed", "keep": "duplicates kept"}


@dataclass(frozen=True)
class ReadOptions:
    """What was asked of the readers, and how many examples there were to draw from."""

    usable: int  # examples of the source, duplicates collapsed where they are
    limit: int | None = None
    seed: int = 0
    near_duplicates: str = "collapse"
    columns: Mapping[str, object] | None = None  # prompt, response, system, id -> name or names
    format: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None

    @property
    def is_draw(self) -> bool:
        """Whether the limit left anything out."""
        return self.limit is not None and self.limit < self.usable

    @property
    def draw(self) -> str:
        """a draw of 24 of 120 with seed 0; nothing where all were taken"""
        return (
            f"a draw of {self.limit:,} of {self.usable:,} with seed {self.seed}"
            if self.is_draw
            else ""
        )

    @property
    def sentence(self) -> str:
        """a draw of 24 of 120 with seed 0, duplicates kept, columns prompt=a+b response=c"""
        mapping = " ".join(
            f"{part}={name if isinstance(name, str) else '+'.join(name)}"
            for part, name in (self.columns or {}).items()
        )
        named = [
            f"{name} {value}"
            for name in ("format", "config", "split", "revision")
            if (value := getattr(self, name))
        ]
        return ", ".join(
            filter(
                None,
                [
                    self.draw,
                    DUPLICATES[self.near_duplicates],
                    mapping and f"columns {mapping}",
                    *named,
                ],
            )
        )

    @property
    def record(self) -> dict:
        """What of it was said, as JSON holds it."""
        return {name: value for name, value in vars(self).items() if value is not None}
