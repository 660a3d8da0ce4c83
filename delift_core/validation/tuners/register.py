"""The register of tuners. A new one is one file in this folder and one line in TUNERS."""

from collections.abc import Mapping
from typing import Any

from delift_core.errors import UnknownChoice
from delift_core.validation.tuners.full import FULL
from delift_core.validation.tuners.ia3 import IA3
from delift_core.validation.tuners.lora import LORA
from delift_core.validation.tuners.mode import MODE
from delift_core.validation.tuners.prefix import PREFIX
from delift_core.validation.tuners.prefix_shared import PREFIX_SHARED
from delift_core.validation.tuners.prompt import PROMPT
from delift_core.validation.tuners.prompt_clients import PROMPT_CLIENTS
from delift_core.validation.tuners.tuner import Tuner

TUNERS: Mapping[str, Tuner] = {
    tuner.name: tuner
    for tuner in (
        LORA,
        IA3,
        PREFIX,
        PREFIX_SHARED,
        PROMPT,
        PROMPT_CLIENTS,
        MODE,
        FULL,
    )
}


def pruned_vectors(name: str, options: Mapping[str, Any]) -> int:
    """How many vectors a tuner with its options prunes; training is done twice for that."""
    tuner = TUNERS[name]
    return tuner.pruned_vectors(tuner.options(**options))


def named_tuner(name: str) -> Tuner:
    """The tuner of that name. Raises UnknownChoice."""
    if name not in TUNERS:
        raise UnknownChoice(f"No tuner is called {name!r}. Choose one of {', '.join(TUNERS)}.")
    return TUNERS[name]
