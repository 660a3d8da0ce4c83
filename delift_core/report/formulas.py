"""What the report says of utilities, similarities, the diagonal and blind sources.

Equations are HTML.
"""

import re
from html import escape

from markupsafe import Markup

from delift_core.audit.queues import Source
from delift_core.scoring.kernel import Measure
from delift_core.scoring.transforms import Diagonal, Transform

UTILITIES = {  # measure -> its equation, and what it means
    Measure.L2: (
        "U_{i, j} = d(i alone) − d(i after j)",
        (
            "d is the root mean square of 1 − p over the tokens of the answer, each token's"
            " probability p given the true ones before it. Above zero, showing example j helps the"
            " model answer example i."
        ),
    ),
    Measure.PMI: (
        "U_{i, j} = log p(i after j) − log p(i alone)",
        (
            "log p is the mean over the tokens of the answer, each given the true ones before it. "
            "Above zero, showing example j helps the model answer example i."
        ),
    ),
}
SIMILARITIES = {  # transform -> its equation, and what it means
    Transform.CLIP: ("s_{i, j} = max(U_{i, j}, 0)", "What does not help counts as nothing."),
    Transform.RAW: ("s_{i, j} = U_{i, j}", "What hurts counts against an example."),
    Transform.MINMAX: (
        "s_{i, j} = (U_{i, j} − low) / (high − low)",
        "One scale from 0 to 1 for all kernels of the run.",
    ),
}
SHOWN_TO_ITSELF = {
    Diagonal.CAPPED: (
        "An example shown to itself would give its answer away; it counts as much as its best other"
        " helper."
    ),
    Diagonal.MASKED: "An example shown to itself would give its answer away; it counts as nothing.",
    Diagonal.KEPT: "Self-score: as it was scored.",
}
BLIND_SOURCES = {
    Source.CHOSEN: "the chosen",
    Source.RANDOM: "random examples of the pool",
    Source.REJECTED: "the rejected",
}


def equation(text: str) -> Markup:
    """An equation with its indices lowered and its letters in italics."""
    lowered = re.sub(r"_\{([^}]*)\}", r"<sub>\1</sub>", escape(text))
    return Markup(re.sub(r"(?<![\w<])([A-Za-zην])(?!\w)", r"<var>\1</var>", lowered))
