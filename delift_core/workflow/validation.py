"""A validation of a run: the experiments of its settings, and the cells that they are made of."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from delift_core.data.example import Dataset
from delift_core.errors import NotValidated
from delift_core.runs.held_out import with_held_out
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.validation.ablation import source_arms
from delift_core.validation.arms import Arm, Experiment, arms_of, cells_of
from delift_core.validation.cells import Cell, CellStore, Setting, row_digest
from delift_core.validation.equal_tokens import EqualTokens, arms_at_equal_tokens
from delift_core.validation.group_matrix import group_arms
from delift_core.validation.growth import GrowthArm, GrowthBudget, growth_arms
from delift_core.validation.settings import ValidationSettings
from delift_core.validation.tuners.register import TUNERS, pruned_vectors
from delift_core.validation.validations import cell_store, find_validation, validation_folder
from delift_core.workflow.choose import settled_constraints
from delift_core.workflow.grouping import groups_of_role


@dataclass(frozen=True, eq=False)
class Validation:
    """A run and the settings of one of its validations."""

    run: Run  # with the held-out examples that are measured on
    settings: ValidationSettings

    @property
    def folder(self) -> Path:
        return validation_folder(self.run, self.settings)

    @property
    def store(self) -> CellStore:
        return cell_store(self.run)

    @property
    def held_out(self) -> Dataset:
        return self.run.datasets[HELD_OUT]

    @property
    def rate(self) -> float:
        """The learning rate of the sentence, of equal tokens, of growth and of sources."""
        return self.settings.learning_rates[0]

    @cached_property
    def experiments(self) -> Mapping[float, Experiment]:
        """Learning rate -> experiment."""
        return {rate: experiment_at(self, rate) for rate in self.settings.learning_rates}

    @cached_property
    def arms(self) -> Mapping[float, list[Arm]]:
        """Learning rate -> arms; the untuned model is the same in all."""
        return {rate: arms_of(experiment) for rate, experiment in self.experiments.items()}

    @cached_property
    def equal_tokens(self) -> EqualTokens:
        """For how many steps every arm is tuned at equal tokens, measured or not."""
        tokens = self.run.require_alone("pool").response_tokens
        return EqualTokens(self.experiments[self.rate], tokens)

    @cached_property
    def equal_token_arms(self) -> list[Arm]:
        """The arms at equal tokens; none where that is not measured."""
        if not self.settings.equal_tokens:
            return []
        return arms_at_equal_tokens(self.equal_tokens)

    @cached_property
    def growth_arms(self) -> list[GrowthArm]:
        """The arms of every budget; none where growth is not measured."""
        if not self.settings.growth:
            return []
        return growth_arms(self.experiments[self.rate], growth_budgets(self))

    @cached_property
    def source_arms(self) -> list[Arm]:
        """The selection with each source left out, and added; none where that is not measured."""
        if not self.settings.sources or self.pool_groups is None:
            return []
        return source_arms(self.experiments[self.rate], self.pool_groups)

    @cached_property
    def matrix_arms(self) -> list[Arm]:
        """The models of single groups; none where that is not measured."""
        if not self.settings.matrix or self.pool_groups is None:
            return []
        return group_arms(self.experiments[self.rate], self.pool_groups)

    @cached_property
    def pool_groups(self) -> list[str] | None:
        """(pool,) the group of each, None where nothing is grouped."""
        return groups_of_role(self.run, "pool", self.settings.group_by)

    @cached_property
    def held_out_groups(self) -> list[str] | None:
        """(held out,) the group of each, None where nothing is grouped."""
        return groups_of_role(self.run, HELD_OUT, self.settings.group_by)

    @cached_property
    def cells(self) -> list[Cell]:
        """Every cell, each once, those of the sentence first."""
        parts: list[Sequence[Arm]] = [*self.arms.values(), self.equal_token_arms]
        parts += [self.growth_arms, self.source_arms, self.matrix_arms]
        return cells_of(arm for part in parts for arm in part)

    def check(self) -> None:
        """Raise InvalidName for a selection that is named as an arm of every validation."""
        _ = self.cells

    def unfinished(self) -> list[Cell]:
        """The cells that are not stored yet, or damaged."""
        return self.store.unfinished(self.cells)

    def rows_read(self, cells: Iterable[Cell]) -> int:
        """How many rows cells read in training and measuring, as progress counts them."""
        return sum(self.trained_rows(cell) + self.measured_rows(cell) for cell in cells)

    def trained_rows(self, cell: Cell) -> int:
        """How often the training of a cell reads a row; to prune, all is read once more between."""
        rows = sum(row in self.trainable for row in cell.rows)
        if not rows:
            return 0
        if cell.clients:
            return cell.client_epochs * rows
        per_epoch = math.ceil(rows / cell.setting.rows_per_step)
        epochs, further = divmod(cell.steps, per_epoch)
        read = epochs * rows + min(further * cell.setting.rows_per_step, rows)
        if pruned_vectors(cell.setting.tuner, cell.setting.options):
            return read + rows + read
        return read

    def measured_rows(self, cell: Cell) -> int:
        """How many different examples with a response a cell is measured on."""
        names = (cell.setting.held_out, *cell.also)
        return sum(self.responses[name] for name in names)

    @cached_property
    def trainable(self) -> frozenset[str]:
        """Digests of the pool's examples with a response."""
        return frozenset(row_digest(example) for example in self.run.pool if example.response)

    @cached_property
    def responses(self) -> Mapping[str, int]:
        """Fingerprint of the texts -> different examples with a response."""
        return {
            dataset.text_fingerprint: len({row_digest(one) for one in dataset if one.response})
            for dataset in self.run.datasets.values()
        }

    def require_finished(self) -> None:
        """Raise NotValidated while cells are missing."""
        missing = self.unfinished()
        if missing:
            raise NotValidated(
                f"{self.run.folder}: validation {self.settings.address} is not finished"
                f" ({len(self.cells) - len(missing)} models measured, {len(missing)} missing). Run"
                " the same delift validate command again to continue."
            )


def experiment_at(validation: Validation, rate: float) -> Experiment:
    """The experiment of a validation at a learning rate."""
    run, settings = validation.run, validation.settings
    return Experiment(
        pool=run.pool,
        selection=settings.selection,
        chosen=settings.chosen,
        constraints=settled_constraints(run, settings.choice),
        setting=Setting(
            model=settings.model,
            template=settings.template,
            held_out=validation.held_out.text_fingerprint,
            tuner=settings.tuner,
            options=settings.options,
            learning_rate=rate,
            rows_per_step=settings.rows_per_step,
            answers=settings.answers,
        ),
        design=settings.design,
        known=run.datasets.get("known"),
        sources=validation.pool_groups if TUNERS[settings.tuner].by_clients else None,
        learned=True,
    )


def growth_budgets(validation: Validation) -> list[GrowthBudget]:
    """Every budget of a validation, with what the selection's method chooses there."""
    run, settings = validation.run, validation.settings
    return [
        GrowthBudget(
            label=budget,
            chosen={settings.selection: rows},
            constraints=settled_constraints(run, replace(settings.choice, budget=budget)),
        )
        for budget, rows in settings.growth.items()
    ]


def open_validation(run: Run, address: str | None = None) -> Validation:
    """A validation of a run by its address, or the one begun last. Raises NotValidated."""
    settings = find_validation(run, address)
    return validation_of(run, settings)


def validation_of(run: Run, settings: ValidationSettings) -> Validation:
    """The validation of settings. Raises NotValidated where its held-out examples are gone."""
    measured_on = with_held_out(replace(run, held_out=None), settings.held_out[:16])
    if measured_on.held_out is None:
        raise NotValidated(
            f"{run.folder}: the held-out examples of validation {settings.address} are not there."
            f" Validate again: delift validate {run.folder} --held-out FILE"
        )
    return Validation(measured_on, settings)
