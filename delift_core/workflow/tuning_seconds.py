"""What a selection costs beside tuning on everything: seconds of scoring and of tuning."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from delift_core.files import read_json
from delift_core.selection.methods import named_method
from delift_core.units import counted, duration
from delift_core.validation.arms import WHOLE_AT_EQUAL_EPOCHS, Arm
from delift_core.validation.validations import RECEIPT
from delift_core.workflow.compare import run_cost
from delift_core.workflow.methods import DEFAULTS
from delift_core.workflow.validation import Validation


@dataclass(frozen=True)
class TuningSeconds:
    """Seconds on the machine of a validation; None where they are not known."""

    pairs: int  # that the method needs scored
    passes: int  # over single examples that it needs, with its options as usual
    scoring: float | None  # of every pair, predicted at the rate measured there
    selection: float | None  # one model tuned on the selection, and measured
    whole: float | None  # one tuned on the whole pool for as many epochs
    all_models: float | None  # of the validation, added up though several were tuned at a time

    @property
    def scoring_and_selection(self) -> float | None:
        """What is to be compared with one model of the whole pool.

        None where a part is not known: passes of a method without pairs are not timed.
        """
        if not self.pairs:
            return None if self.passes else self.selection
        if self.scoring is None or self.selection is None:
            return None
        return self.scoring + self.selection

    @property
    def record(self) -> dict:
        """All of it as JSON."""
        return {**vars(self), "scoring_and_selection": self.scoring_and_selection}

    @property
    def rows(self) -> dict[str, str]:
        """Work -> what it takes, as a table reads; without what is not known."""
        times = {
            "Scoring every pair that the method needs (predicted)": self.scoring,
            "One model tuned on the selection": self.selection,
            "Both together": self.scoring_and_selection if self.pairs else None,
            "One model tuned on the whole pool, equal epochs": self.whole,
            "All models of this validation, one after another": self.all_models,
        }
        known = {work: duration(taken) for work, taken in times.items() if taken is not None}
        if self.pairs or not self.passes:
            return known
        passes = f"{counted(self.passes, 'pass', 'passes')}, not timed"
        return {"The model over single examples, for the method": passes, **known}

    @property
    def notes(self) -> Iterator[str]:
        """A sentence on each thing that the table leaves open."""
        tuning = [self.selection, self.whole, self.all_models]
        if tuning == [None] * 3:
            yield "What tuning took was not recorded."
        elif None in tuning:
            yield "What some of the models took was not recorded."
        if self.pairs and self.scoring is None:
            yield "What scoring takes could not be measured."
        elif self.pairs:
            yield (
                "Scoring is predicted at a rate that was measured when the models were tuned. It is"
                " done once; choosing takes next to nothing."
            )


def tuning_seconds(validation: Validation) -> TuningSeconds:
    """What the receipt and the cells of a validation say of its cost."""
    settings = validation.settings
    needed = run_cost(validation.run, named_method(settings.method), DEFAULTS)
    work = (read_json(validation.folder / RECEIPT) or {}).get("work", {})
    arms = {arm.name: arm for arm in validation.arms[validation.rate]}
    return TuningSeconds(
        pairs=needed.pairs,
        passes=needed.passes,
        scoring=work.get("scoring_seconds"),
        selection=model_seconds(validation, arms[settings.selection]),
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
