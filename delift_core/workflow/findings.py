"""What a finished validation found: evidence at each learning rate, its further parts, the cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from delift_core.data.groups import groups
from delift_core.validation.ablation import SourceEffect, source_effects_of
from delift_core.validation.evidence import Evidence, evidence_of
from delift_core.validation.forgetting import Forgetting, forgetting_of
from delift_core.validation.group_matrix import GroupMatrix, matrix_of
from delift_core.validation.growth import Growth, growth_of
from delift_core.validation.learned import Learned, learned_of
from delift_core.validation.learning_rates import RateFlips, rate_flips
from delift_core.validation.record import (
    forgetting_record,
    growth_record,
    matrix_record,
    sources_record,
)
from delift_core.validation.settings import ValidationSettings
from delift_core.workflow.tuning_seconds import TuningSeconds, tuning_seconds
from delift_core.workflow.validation import Validation


@dataclass(frozen=True, eq=False)
class Findings:
    """What the models of a validation say of its selection."""

    settings: ValidationSettings
    evidence: Mapping[float, Evidence]  # learning rate -> evidence
    growth: Growth | None  # these, where they were measured
    matrix: GroupMatrix | None
    sources: Sequence[SourceEffect]
    forgetting: Forgetting | None
    learned: Learned
    seconds: TuningSeconds

    @property
    def main(self) -> Evidence:
        """The evidence of the sentence: that of the first learning rate."""
        return self.evidence[self.settings.learning_rates[0]]

    @property
    def sentence(self) -> str:
        """Whether the selection is better than random ones, with the interval."""
        return self.main.sentence

    @cached_property
    def flips(self) -> RateFlips:
        """What is not the same at all learning rates."""
        return rate_flips(self.evidence)


def findings_of(validation: Validation) -> Findings:
    """What a validation found. Raises NotValidated while cells are missing, DamagedRun."""
    validation.require_finished()
    settings, held_out, store = validation.settings, validation.held_out, validation.store
    members = groups(held_out, settings.group_by)
    clusters = groups(held_out, settings.cluster_by)
    arms = validation.arms[validation.rate]
    return Findings(
        settings=settings,
        evidence={rate: evidence_at(validation, rate) for rate in settings.learning_rates},
        growth=growth_found(validation, members, clusters),
        matrix=matrix_found(validation, members, clusters),
        sources=sources_found(validation, clusters),
        forgetting=forgetting_found(validation, clusters),
        learned=learned_of(store, arms, settings.selection, validation.run.pool.text_fingerprint),
        seconds=tuning_seconds(validation),
    )


def main_evidence(validation: Validation) -> Evidence:
    """The evidence of the sentence. Raises DamagedRun where a cell is not stored."""
    return evidence_at(validation, validation.rate)


def evidence_at(validation: Validation, rate: float) -> Evidence:
    """The evidence at a learning rate. Raises DamagedRun where a cell is not stored."""
    settings, held_out = validation.settings, validation.held_out
    return evidence_of(
        validation.store,
        validation.arms[rate],
        settings.selection,
        groups(held_out, settings.group_by),
        groups(held_out, settings.cluster_by),
    )


def growth_found(
    validation: Validation, members: list[str] | None, clusters: list[str] | None
) -> Growth | None:
    """How loss falls with the budget; None where that was not measured."""
    if not validation.growth_arms:
        return None
    return growth_of(validation.store, validation.growth_arms, members, clusters)


def matrix_found(
    validation: Validation, members: list[str] | None, clusters: list[str] | None
) -> GroupMatrix | None:
    """What models of single groups are worth on all; None where that was not measured."""
    if not validation.matrix_arms or members is None:
        return None
    return matrix_of(validation.store, validation.matrix_arms, members, clusters)


def sources_found(validation: Validation, clusters: list[str] | None) -> Sequence[SourceEffect]:
    """What each source does; nothing where that was not measured."""
    if not validation.source_arms:
        return ()
    return source_effects_of(validation.store, validation.source_arms, clusters)


def forgetting_found(validation: Validation, clusters: list[str] | None) -> Forgetting | None:
    """What tuning costs on known examples; None where the run has none."""
    known = validation.run.datasets.get("known")
    if known is None:
        return None
    arms = validation.arms[validation.rate]
    return forgetting_of(validation.store, arms, known.text_fingerprint, clusters)


def parts_record(findings: Findings) -> dict:
    """Everything that was measured besides the evidence, as JSON; null where it was not."""
    growth, matrix, forgetting = findings.growth, findings.matrix, findings.forgetting
    return {
        "growth": None if growth is None else growth_record(growth),
        "matrix": None if matrix is None else matrix_record(matrix),
        "sources": sources_record(findings.sources),
        "forgetting": None if forgetting is None else forgetting_record(forgetting),
    }
