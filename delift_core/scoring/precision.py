"""The precisions a model can answer in, and how far each was measured to agree with float32.

Imports nothing heavy: the dashboard needs it before a model is loaded.
"""

import json
from enum import StrEnum
from pathlib import Path

from delift_core.units import whole_percent

MEASURED = Path(__file__).with_name("agreement.json")  # written by `make bench`


class Precision(StrEnum):
    """How numbers are stored and multiplied.

    mixed: the layers' matrix products in bfloat16; the residual stream, attention, softmax and the
    output layer in float32. bfloat16: everything.
    """

    FLOAT32 = "float32"
    MIXED = "mixed"
    BFLOAT16 = "bfloat16"


def agreement(precision: str) -> str:
    """A sentence on what scoring in a precision gives up and gains beside float32.

    Empty for a precision that was not measured, as float32 itself. Ranks are compared row by row:
    Spearman's correlation of utilities less their row's mean, without the diagonal.
    """
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    if precision not in measured["against float32"]:
        return ""
    figures = measured["against float32"][precision]
    return (
        f"{precision} beside float32, measured on {measured['pairs']:,} pairs of the demo with"
        f" {measured['model']}: {figures['speed']:.1f} times as fast, ranks agree to"
        f" {figures['spearman']:.4f}, utilities to {figures['largest error']:.3f},"
        f" {whole_percent(figures['overlap'])} of a choice is the same."
    )
