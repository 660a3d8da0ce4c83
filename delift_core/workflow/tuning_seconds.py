"""What a selection costs beside tuning on everything: seconds of scoring and of tuning."""

from dataclasses import dataclass

import numpy as np

from delift_core.files import read_json
from delift_core.validation.arms import WHOLE_AT_EQUAL_EPOCHS, Arm
from delift_core.validation.validations import RECEIPT
from delift_core.workflow.validation import Validation


@dataclass(frozen=True)
class TuningSeconds:
    """Seconds on the machine of a validation; None where they are not known."""

    scoring: float | None  # every pair that the method needs, at the rate measured there
    selection: float | None  # one model tuned on the selection, and measured
    whole: float | None  # one tuned on the whole pool for as many epochs
    all_models: float | None  # of the validation


def tuning_seconds(validation: Validation) -> TuningSeconds:
    """What the receipt and the cells of a validation say of its cost."""
    work = (read_json(validation.folder / RECEIPT) or {}).get("work", {})
    arms = {arm.name: arm for arm in validation.arms[validation.rate]}
    return TuningSeconds(
        scoring=work.get("scoring_seconds"),
        selection=model_seconds(validation, arms[validation.settings.selection]),
        whole=model_seconds(validation, arms[WHOLE_AT_EQUAL_EPOCHS]),
        all_models=work.get("seconds"),
    )


def model_seconds(validation: Validation, arm: Arm) -> float | None:
    """The median time of an arm's models; None where none is known."""
    times = [validation.store.read_time(cell) for seeds in arm.cells for cell in seeds]
    known = [time.seconds for time in times if time is not None]
    if not known:
        return None
    return float(np.median(known))
