"""What a finished validation found: evidence at each learning rate, its further parts, the cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from delift_core.data.groups import groups
from delift_core.validation.ablation import SourceEffect, source_effects_of
from delift_core.validation.arms import Arm
from delift_core.validation.evidence import Evidence, evidence_of
from delift_core.validation.forgetting import Forgetting, forgetting_of
from delift_core.validation.group_matrix import GroupMatrix, matrix_of
from delift_core.validation.growth import Growth, growth_of
from delift_core.validation.learned import Learned, learned_of
from delift_core.validation.learning_rates import OrderFlip, order_flips
from delift_core.validation.record import (
    equal_tokens_record,
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
    """What the models of a finished validation say, each part worked out once it is asked for."""

    validation: Validation

    @property
    def settings(self) -> ValidationSettings:
        return self.validation.settings

    @property
    def sentence(self) -> str:
        """Whether the selection is better than random ones, with the interval."""
        return self.main.sentence

    @cached_property
    def main(self) -> Evidence:
        """The evidence of the sentence: that of the first learning rate."""
        return main_evidence(self.validation)

    @cached_property
    def evidence(self) -> Mapping[float, Evidence]:
        """Learning rate -> evidence."""
        first, *others = self.settings.learning_rates
        return {first: self.main} | {rate: evidence_at(self.validation, rate) for rate in others}

    @cached_property
    def flips(self) -> Sequence[OrderFlip]:
        """Which orders of two arms turn round between learning rates."""
        return order_flips(self.evidence)

    @cached_property
    def at_equal_tokens(self) -> Evidence | None:
        """The evidence of arms that read equally many tokens; None where that was not measured."""
        validation = self.validation
        if not validation.equal_token_arms:
            return None
        return evidence_of_arms(validation, validation.equal_token_arms)

    @cached_property
    def growth(self) -> Growth | None:
        """How loss falls with the budget; None where that was not measured."""
        validation = self.validation
        if not validation.growth_arms:
            return None
        return growth_of(validation.store, validation.growth_arms, self.groups, self.clusters)

    @cached_property
    def matrix(self) -> GroupMatrix | None:
        """What models of single groups are worth on all; None where that was not measured."""
        validation = self.validation
        if not validation.matrix_arms or self.groups is None:
            return None
        return matrix_of(validation.store, validation.matrix_arms, self.groups, self.clusters)

    @cached_property
    def sources(self) -> Sequence[SourceEffect]:
        """What each source does; nothing where that was not measured."""
        validation = self.validation
        if not validation.source_arms:
            return ()
        return source_effects_of(validation.store, validation.source_arms, self.clusters)

    @cached_property
    def forgetting(self) -> Forgetting | None:
        """What tuning costs on known examples; None where the run has none."""
        validation = self.validation
        known = validation.run.datasets.get("known")
        if known is None:
            return None
        arms = validation.arms[validation.rate]
        return forgetting_of(validation.store, arms, known.text_fingerprint, self.clusters)

    @cached_property
    def learned(self) -> Learned:
        """The loss of every example of the pool before and after tuning on the selection."""
        validation = self.validation
        arms, pool = validation.arms[validation.rate], validation.run.pool.text_fingerprint
        return learned_of(validation.store, arms, self.settings.selection, pool)

    @cached_property
    def seconds(self) -> TuningSeconds:
        """What the selection costs beside tuning on everything."""
        return tuning_seconds(self.validation)

    @property
    def groups(self) -> list[str] | None:
        """(held out,) the group of each, None where nothing is grouped."""
        return self.validation.held_out_groups

    @property
    def clusters(self) -> list[str] | None:
        """(held out,) the cluster of each, None without a field of clusters."""
        return groups(self.validation.held_out, self.settings.cluster_by)


def findings_of(validation: Validation) -> Findings:
    """What a validation found. Raises NotValidated while cells are missing."""
    validation.require_finished()
    return Findings(validation)


def main_evidence(validation: Validation) -> Evidence:
    """The evidence of the sentence. Raises DamagedRun where a cell is not stored."""
    return evidence_at(validation, validation.rate)


def evidence_at(validation: Validation, rate: float) -> Evidence:
    """The evidence at a learning rate. Raises DamagedRun where a cell is not stored."""
    return evidence_of_arms(validation, validation.arms[rate])


def evidence_of_arms(validation: Validation, arms: Sequence[Arm]) -> Evidence:
    """The evidence of arms of a validation. Raises DamagedRun where a cell is not stored."""
    settings = validation.settings
    return evidence_of(
        validation.store,
        arms,
        settings.selection,
        validation.held_out_groups,
        groups(validation.held_out, settings.cluster_by),
    )


def parts_record(findings: Findings) -> dict:
    """Everything that was measured besides the evidence, as JSON; null where it was not."""
    validation, equal = findings.validation, findings.at_equal_tokens
    growth, matrix, forgetting = findings.growth, findings.matrix, findings.forgetting
    return {
        "equal_tokens": (
            None if equal is None else equal_tokens_record(validation.equal_tokens, equal)
        ),
        "growth": None if growth is None else growth_record(growth),
        "matrix": None if matrix is None else matrix_record(matrix),
        "sources": sources_record(findings.sources),
        "forgetting": None if forgetting is None else forgetting_record(forgetting),
    }
