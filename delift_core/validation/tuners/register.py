"""The register of tuners. A new one is one file in this folder and one line in TUNERS."""

from collections.abc import Mapping

from delift_core.validation.tuners.lora import LORA
from delift_core.validation.tuners.tuner import Tuner

TUNERS: Mapping[str, Tuner] = {tuner.name: tuner for tuner in (LORA,)}
