"""The files of an export (subset, manifest, rejected) and the commands that make them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from delift_core.data.example import Dataset
from delift_core.export.edits import with_edits
from delift_core.export.manifest import manifest_of, manifest_path
from delift_core.export.subset import export_rows, export_subset, preview, rejected
from delift_core.runs.run import Run
from delift_core.runs.selections import selection_name
from delift_core.selection.outcome import Outcome
from delift_core.workflow.command_lines import (
    export_command_line,
    report_command_line,
    select_command_line,
)
from delift_core.workflow.export import provenance_of, weights_of
from pages.deliver.export_options import ExportOptions
from pages.widgets.report_file import REPORT, written


@dataclass(frozen=True, eq=False)
class ExportFiles:
    """A choice and how it is written. Each file is made when it is downloaded."""

    run: Run
    chosen: Outcome
    options: ExportOptions
    dropped: Sequence[str]  # ids of chosen examples that reviewers dropped
    leaves_out: bool  # whether those are left out
    edits: Mapping[str, str]  # example id -> its edited response, where edits are exported

    @cached_property
    def pool(self) -> Dataset:
        """The pool, with edited responses where they are exported."""
        return with_edits(self.run.pool, self.edits, self.options.shape)

    @cached_property
    def indices(self) -> list[int]:
        """Positions in the pool of what is exported, in order of choice."""
        chosen = self.chosen.selection.indices.tolist()
        return [index for index in chosen if self.run.pool[index].id not in self.without]

    @property
    def key(self) -> str:
        """What tells the exported examples from others."""
        parts = [str(self.run.folder), self.indices, sorted(self.edits.items())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def weights(self) -> list[float] | None:
        """(chosen,) the weight of each chosen example, where it is added."""
        if not self.options.weight:
            return None
        indices = self.chosen.selection.indices
        is_left_out = ~np.isin(indices, self.indices)
        return weights_of(self.chosen.objective, indices, is_left_out)

    @property
    def without(self) -> Sequence[str]:
        """Ids of chosen examples that are left out."""
        return self.dropped if self.leaves_out else ()

    def preview(self) -> list[dict]:
        """The first rows as they are written. Raises what the engine refuses to write."""
        options = self.options
        return preview(
            self.pool,
            self.chosen.selection,
            options.shape,
            with_rank=options.rank,
            with_gain=options.gain,
            verdicts=options.verdicts,
            weights=self.weights,
            without=self.without,
        )

    def subset(self) -> bytes:
        """The chosen examples."""
        return written(self.options.file_name, self.write_subset)

    def manifest(self) -> bytes:
        """The record of how the subset came about."""
        return written(self.options.file_name, lambda path: manifest_path(self.write_subset(path)))

    def rejected(self) -> bytes:
        """The examples that were not chosen."""
        return written(f"rejected{self.options.suffix}", self.write_rejected)

    def write_subset(self, path: Path) -> Path:
        options = self.options
        return export_subset(
            self.pool,
            self.chosen.selection,
            path,
            shape=options.shape,
            with_rank=options.rank,
            with_gain=options.gain,
            verdicts=options.verdicts,
            weights=self.weights,
            without=self.without,
            manifest=self.manifest_record(),
        )

    def write_rejected(self, path: Path) -> Path:
        pool = self.run.pool
        examples = [pool[index] for index in rejected(pool, self.chosen.selection)]
        return export_rows(examples, path, shape=self.options.shape, source=pool.source)

    def manifest_record(self) -> Mapping:
        """What the manifest says of data, model, choice and audit."""
        provenance = replace(
            provenance_of(
                self.run,
                self.run.datasets,
                self.chosen.choice,
                self.chosen.selection,
            ),
            command=" && ".join(self.commands()),
            dropped=self.dropped,
            left_out=self.leaves_out,
            edited=list(self.edits),
        )
        return manifest_of(self.run.pool, self.chosen.selection, provenance)

    def commands(self) -> list[str]:
        """The command lines that choose and export the same."""
        folder, choice, options = self.run.folder, self.chosen.choice, self.options
        return [
            select_command_line(folder, choice),
            export_command_line(
                folder,
                selection_name(choice),
                options.file_name,
                options.shape,
                options.added,
                with_dropped=bool(self.dropped) and not self.leaves_out,
                with_edits=bool(self.edits),
            ),
        ]

    def report_command(self) -> str:
        """The command line that writes the report."""
        return report_command_line(self.run.folder, selection_name(self.chosen.choice), REPORT)
