"""The parts of a prompt, and what a template has to offer."""

from dataclasses import dataclass
from typing import Protocol

from delift_core.data.example import Example


@dataclass(frozen=True, slots=True)
class Parts:
    """A prompt in the order the model reads it; only `shown` may be shortened, from the left."""

    head: str  # what stands before the shown example: system text, instruction
    shown: str  # the shown example; empty for a prompt alone
    query: str  # the answered example's prompt, up to where its response begins

    @property
    def prefix(self) -> str:
        """What every answered example continues when this example is shown."""
        return self.head + self.shown


class Template(Protocol):
    """Writes the prompt of an answered example alone, and behind a shown one."""

    @property
    def splits_response(self) -> bool:
        """Whether the response is tokenised by itself, not as a part of the whole text."""
        ...

    @property
    def end_of_turn(self) -> int:
        """The token that closes a response."""
        ...

    def alone(self, answered: Example) -> Parts: ...

    def pair(self, shown: Example, answered: Example) -> Parts: ...

    def response(self, example: Example) -> str:
        """The scored text, up to the end of turn."""
        ...

    def verify(self, shown: Example, answered: Example) -> None:
        """Raise UnwritableConversation unless the parts of a pair are the text of the whole."""
        ...
