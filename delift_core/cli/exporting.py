"""Write a selection of a run to a file, and say what was written and what reviewers dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.options.export import ExportOptions
from delift_core.errors import NoDatabase

if TYPE_CHECKING:
    from delift_core.data.example import Dataset
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


def export_selection(
    reporter: Reporter,
    chosen: ChosenInRun,
    out: Path,
    options: ExportOptions,
    provenance: "Provenance",
) -> None:
    """Write the chosen rows and the manifest beside them.

    provenance: that of `chosen` with the command and the seed; the dropped examples are added here.
    """
    from delift_core.export.manifest import manifest_of
    from delift_core.export.subset import export_subset
    from delift_core.workflow.reselect import dropped

    pool, selection = chosen.datasets["pool"], chosen.selection
    verdicts = read_verdicts(reporter, chosen.run, needed=options.needs_verdicts)
    dropped_ids = dropped(pool, selection, verdicts)
    left_out = dropped_ids if options.without_dropped else []
    if dropped_ids:
        say_dropped(reporter, dropped_ids, len(selection), options.without_dropped)
    provenance = replace(provenance, dropped=dropped_ids, left_out=options.without_dropped)
    path = export_subset(
        pool,
        selection,
        out,
        shape=options.shape,
        with_rank=options.with_rank,
        with_gain=options.with_gain,
        verdicts=verdicts if options.with_verdict else None,
        without=left_out,
        manifest=manifest_of(pool, selection, provenance),
    )
    rows = len(selection) - len(left_out)
    reporter.say(
        "exported",
        f"{rows:,} rows written to {path}, how they were made to {path}.manifest.json",
        path=path,
        rows=rows,
    )


def say_dropped(reporter: Reporter, ids: Sequence[str], chosen: int, left_out: bool) -> None:
    """Say which of the chosen examples reviewers dropped, and what can be done about it."""
    from delift_core.workflow.reselect import dropped_line

    advice = "Choose others in their place with --exclude"
    if not left_out:
        advice += " or leave them out with --without-dropped"
    reporter.say(
        "dropped",
        f"{dropped_line(ids, chosen, left_out)} {advice}.",
        ids=list(ids),
        left_out=left_out,
    )


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
