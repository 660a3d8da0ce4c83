"""In which numbers a model answers, and how far each was found to agree with float32.

Light: the dashboard imports it.
"""

import json
from enum import StrEnum
from pathlib import Path

MEASURED = Path(__file__).with_name("agreement.json")  # written by `make bench`


class Precision(StrEnum):
    """How numbers are kept and multiplied."""

    FLOAT32 = "float32"
    # the layers' matrix products in bfloat16; residual stream, attention, softmax and output layer
    # in float32
    MIXED = "mixed"
    BFLOAT16 = "bfloat16"  # everything


def agreement(precision: str) -> str:
    """What scoring in a precision gives up and gains, as it was measured beside float32; nothing to
    say of float32 itself.

    The ranks are compared row by row: Spearman's correlation of utilities less their row's mean,
    the diagonal left out.
    """
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    if precision not in found["against float32"]:
        return ""
    one = found["against float32"][precision]
    return (
        f"{precision} beside float32, measured on {found['pairs']:,} pairs of the demo with"
        f" {found['model']}: {one['speed']:.1f} times as fast, ranks agree to"
        f" {one['spearman']:.4f}, utilities to {one['largest error']:.3f}, {one['overlap']:.0%} of"
        " a choice is the same."
    )
