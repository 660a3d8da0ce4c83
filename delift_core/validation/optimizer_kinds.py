"""Optimisers by name, without the library that steps."""

from enum import StrEnum


class OptimizerKind(StrEnum):
    """How steps follow from gradients."""

    ADAMW = "adamw"  # arXiv 1711.05101
    ADAFACTOR = "adafactor"  # arXiv 1804.04235, steps in proportion to the size of a weight
