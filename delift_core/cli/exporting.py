"""Write a selection of a run to a file, and say what was written and what reviewers dropped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.options.export import ExportOptions
from delift_core.errors import NoDatabase, NoTrainer, UnwritableFile
from delift_core.scoring.training_rows import TRL_LENGTH

if TYPE_CHECKING:
    from delift_core.data.example import Dataset, Example
    from delift_core.export.manifest import Provenance
    from delift_core.runs.run import Run
    from delift_core.selection.choice import Choice
    from delift_core.selection.greedy import Selection


@dataclass(frozen=True, eq=False)
class ChosenInRun:
    """A selection, the run that it was made in, and the examples as this command read them."""

    run: "Run"
    datasets: Mapping[str, "Dataset"]
    choice: "Choice"
    selection: "Selection"

    @property
    def provenance(self) -> "Provenance":
        """How the selection came about, as far as the run records it."""
        from delift_core.workflow.export import provenance_of

        return provenance_of(self.run, self.datasets, self.choice, self.selection)


@dataclass(frozen=True, eq=False)
class Audited:
    """A selection of a run as reviewers leave it."""

    chosen: ChosenInRun
    verdicts: Mapping[str, str]  # example id -> what the reviewers agree on
    dropped: Sequence[str]  # ids of the chosen that were dropped
    leaves_out: bool  # whether those are left out
    edits: Mapping[str, str]  # id of an exported example -> its response as reviewers edited it
    pool: "Dataset"  # with those edits where they are exported

    @property
    def left_out(self) -> Sequence[str]:
        """Ids of chosen examples that are left out."""
        return self.dropped if self.leaves_out else ()

    @property
    def examples(self) -> "list[Example]":
        """What is exported, in order of choice. Raises NoExamples where nothing is left."""
        from delift_core.export.subset import ExtraColumns, chosen_rows

        selection = self.chosen.selection
        return chosen_rows(self.pool, selection, ExtraColumns(), self.left_out)[0]

    @property
    def edited(self) -> Sequence[str]:
        """Ids of exported examples whose response is as reviewers edited it."""
        return list(self.edits) if self.pool is not self.chosen.datasets["pool"] else ()


def audited(reporter: Reporter, chosen: ChosenInRun, options: ExportOptions) -> Audited:
    """What reviewers say of the chosen; says which of them were dropped or edited."""
    from delift_core.export.edits import with_edits
    from delift_core.workflow.reselect import dropped

    verdicts = read_verdicts(reporter, chosen.run, needed=options.needs_verdicts)
    pool, selection = chosen.datasets["pool"], chosen.selection
    ids = dropped(pool, selection, verdicts)
    if ids:
        say_dropped(reporter, ids, len(selection), options.leaves_out)
    gone = ids if options.leaves_out else []
    edits = edits_wanted(chosen, gone)
    if edits:
        say_edited(reporter, list(edits), options.with_edits)
    if edits and options.with_edits:
        pool = with_edits(pool, edits, options.shape)
    return Audited(chosen, verdicts, ids, options.leaves_out, edits, pool)


def edits_wanted(chosen: ChosenInRun, without: Collection[str]) -> dict[str, str]:
    """Id -> edited response of the chosen but for some; none where verdicts cannot be read.

    That they cannot be is said already.
    """
    from delift_core.analysis.audit_summary import edits_in
    from delift_core.workflow.export import edits_of_chosen

    try:
        edits = edits_in(chosen.run.folder)
    except NoDatabase:
        return {}
    return edits_of_chosen(chosen.datasets["pool"], chosen.selection.indices, edits, without)


def export_selection(
    reporter: Reporter,
    audited: Audited,
    out: Path,
    options: ExportOptions,
    provenance: "Provenance",
    longest: int = TRL_LENGTH,
) -> None:
    """Write the chosen rows, and beside them the manifest and files for trainers.

    provenance: that of the selection with the command and the seed; what reviewers dropped is
    added here. longest: tokens of a row that a trainer keeps.
    """
    from delift_core.export.manifest import manifest_of
    from delift_core.export.subset import export_subset

    pool, selection = audited.chosen.datasets["pool"], audited.chosen.selection
    provenance = replace(
        provenance,
        dropped=audited.dropped,
        left_out=audited.leaves_out,
        edited=audited.edited,
    )
    path = export_subset(
        audited.pool,
        selection,
        out,
        shape=options.shape,
        with_rank=options.with_rank,
        with_gain=options.with_gain,
        verdicts=audited.verdicts if options.with_verdict else None,
        weights=weights_in(audited) if options.with_weight else None,
        without=audited.left_out,
        manifest=manifest_of(pool, selection, provenance),
    )
    rows = len(selection) - len(audited.left_out)
    reporter.say(
        "exported",
        f"{rows:,} rows written to {path}, how they were made to {path}.manifest.json",
        path=path,
        rows=rows,
    )
    if options.is_for_trainers(path):
        write_for_trainers(reporter, audited, path, options.shape, longest)


def weights_in(audited: Audited) -> list[float]:
    """(chosen,) the weight of each chosen example in training, by what it covers."""
    import numpy as np

    from delift_core.workflow.choose import objective_of
    from delift_core.workflow.export import weights_of

    chosen = audited.chosen
    pool, indices = chosen.datasets["pool"], chosen.selection.indices
    is_left_out = np.array([pool[index].id in audited.left_out for index in indices.tolist()])
    objective = objective_of(chosen.run, chosen.choice, chosen.run.kernel)
    return weights_of(objective, indices, is_left_out)


def write_for_trainers(
    reporter: Reporter, audited: Audited, path: Path, shape: str, longest: int
) -> None:
    """Write files for trainers beside an export, or say why none is written."""
    from delift_core.export.trainers.writing import trained_file, write_trainer_files
    from delift_core.workflow.export import tuned_model

    model = tuned_model(audited.chosen.run)
    try:
        file = trained_file(path.name, audited.examples, shape, model, longest)
        written = write_trainer_files(path.parent, file)
    except (NoTrainer, UnwritableFile) as reason:
        reporter.say("no trainers", str(reason))
        return
    names = ", ".join(other.name for other in written)
    reporter.say("trainers", f"Beside it for trainers: {names}", paths=written)


def say_dropped(reporter: Reporter, ids: Sequence[str], chosen: int, left_out: bool) -> None:
    """Say which of the chosen examples reviewers dropped, and what can be done about it."""
    from delift_core.workflow.reselect import dropped_line

    advice = "Choose others in their place with --exclude"
    if left_out:
        advice += " or export them all the same with --with-dropped"
    else:
        advice += " or leave out --with-dropped"
    reporter.say(
        "dropped",
        f"{dropped_line(ids, chosen, left_out)} {advice}.",
        ids=list(ids),
        left_out=left_out,
    )


def say_edited(reporter: Reporter, ids: Sequence[str], are_taken: bool) -> None:
    """Say which exported responses reviewers edited, and how to have them so."""
    from delift_core.workflow.reselect import edited_line

    advice = "" if are_taken else " Export them as edited with --with-edits."
    reporter.say("edited", f"{edited_line(ids, are_taken)}{advice}", ids=ids, taken=are_taken)


def read_verdicts(reporter: Reporter, run: "Run", needed: bool) -> dict[str, str]:
    """Example id -> what the reviewers of a run agree on.

    Where they cannot be read and are not needed, says so and returns none.
    """
    from delift_core.analysis.audit_summary import audit_of

    try:
        audit = audit_of(run.folder)
    except NoDatabase as reason:
        if needed:
            raise
        reporter.say("unread", f"{reason} Whether any chosen example was dropped is not known.")
        return {}
    if not audit:
        return {}
    return {id: str(verdict) for id, verdict in audit.verdicts.items()}
