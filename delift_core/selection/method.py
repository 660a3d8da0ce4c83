"""What is known of a way to choose: its name, what it needs, what it costs, where it comes from."""

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """What a method works from besides the examples of the pool."""

    KERNEL = "utility kernel"
    TARGET = "target"
    KNOWN = "known"


@dataclass(frozen=True)
class Method:
    """A way to choose, as it is offered, recorded and cited."""

    name: str  # in files, on the command line and in the dashboard
    title: str
    sentence: str
    needs: tuple[Need, ...]
    cost: str  # passes of the model
    source: str
