"""What a finished validation found: evidence at each learning rate, and the sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from delift_core.data.example import Dataset
from delift_core.data.groups import groups
from delift_core.validation.evidence import Evidence, evidence_of
from delift_core.validation.settings import ValidationSettings
from delift_core.workflow.validation import Validation


@dataclass(frozen=True, eq=False)
class Findings:
    """What the models of a validation say of its selection."""

    settings: ValidationSettings
    evidence: Mapping[float, Evidence]  # learning rate -> evidence

    @property
    def main(self) -> Evidence:
        """The evidence of the sentence: that of the first learning rate."""
        return self.evidence[self.settings.learning_rates[0]]

    @property
    def sentence(self) -> str:
        """Whether the selection is better than random ones, with the interval."""
        return self.main.sentence


def findings_of(validation: Validation) -> Findings:
    """What a validation found. Raises NotValidated while cells are missing, DamagedRun."""
    validation.require_finished()
    settings, held_out = validation.settings, validation.held_out
    evidence = {
        rate: evidence_of(
            validation.store,
            arms,
            settings.selection,
            groups=labels(held_out, settings.group_by),
            clusters=labels(held_out, settings.cluster_by),
        )
        for rate, arms in validation.arms.items()
    }
    return Findings(settings, evidence)


def labels(held_out: Dataset, field: str | None) -> list[str] | None:
    """(held out,) the value of a field; None without one, and where no example has it."""
    if not any(field in example.extra for example in held_out):
        return None
    return groups(held_out, field)
