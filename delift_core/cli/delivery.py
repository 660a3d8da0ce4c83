"""The last steps of a command: the files and the page that it leaves behind.

Each says what it did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.errors import NoDatabase
from delift_core.units import size

if TYPE_CHECKING:
    from delift_core.data.example import Dataset
    from delift_core.runs.run import Run
    from delift_core.selection.choice import Choice
    from delift_core.selection.greedy import Selection


def check_out(out: Path, given: dict, sources: Iterable[str]) -> None:
    """Refuse a file that cannot be written before hours of scoring, not after.

    sources: what is read, which is never written over.
    """
    from delift_core.export.target import check_target

    check_target(
        out,
        given["shape"],
        added=given["with_rank"] or given["with_gain"] or given["with_verdict"],
        sources=sources,
    )


def export(
    report: Reporter,
    run: "Run",
    data: Mapping[str, "Dataset"],
    choice: "Choice",
    chosen: "Selection",
    out: Path,
    given: dict,
    command: str,
) -> None:
    """Write the chosen rows and the manifest beside them; say which of them people dropped."""
    from delift_core.export.manifest import manifest_of
    from delift_core.export.subset import export_subset
    from delift_core.workflow.export import provenance_of
    from delift_core.workflow.reselect import dropped

    verdicts = verdicts_read(report, run, needed=given["with_verdict"] or given["without_dropped"])
    unwanted, without = dropped(data["pool"], chosen, verdicts), given["without_dropped"]
    if unwanted:
        say_dropped(report, unwanted, len(chosen), without)
    provenance = replace(
        provenance_of(run, data, choice),
        seed=given.get("seed"),
        command=command,
        dropped=unwanted,
        left_out=without,
    )
    path = export_subset(
        data["pool"],
        chosen,
        out,
        shape=given["shape"],
        with_rank=given["with_rank"],
        with_gain=given["with_gain"],
        verdicts=verdicts if given["with_verdict"] else None,
        without=unwanted if without else (),
        manifest=manifest_of(data["pool"], chosen, provenance),
    )
    rows = len(chosen) - (len(unwanted) if without else 0)
    report.say(
        "exported",
        f"{rows:,} rows written to {path}, how they were made to {path}.manifest.json",
        path=path,
        rows=rows,
    )


def say_dropped(report: Reporter, ids: Iterable[str], chosen: int, without: bool) -> None:
    """Say which of the chosen people dropped, and what can be done about it."""
    from delift_core.workflow.reselect import dropped_line

    advice = "" if without else " or leave them out with --without-dropped"
    report.say(
        "dropped",
        f"{dropped_line(ids, chosen, without)} Choose others in their place with"
        f" --exclude{advice}.",
        ids=list(ids),
        left_out=without,
    )


def verdicts_read(report: Reporter, run: "Run", needed: bool) -> dict[str, str]:
    """The verdicts of a run; where they cannot be read and the file can do without them, that is
    said and there are none.
    """
    try:
        return verdicts_of(run)
    except NoDatabase as reason:
        if needed:
            raise
        report.say("unread", f"{reason} Whether any chosen example was dropped is not known.")
        return {}


def verdicts_of(run: "Run") -> dict[str, str]:
    """Example id -> what the reviewers of a run say of it together."""
    from delift_core.analysis.audit_summary import audit_of

    audit = audit_of(run.folder)
    return {id: str(verdict) for id, verdict in audit.verdicts.items()} if audit else {}


def report(reporter: Reporter, run: "Run", choice: "Choice", out: Path) -> None:
    """Write the page; a map that was never laid out is laid out first."""
    from delift_core.report.document import check_page, write_report
    from delift_core.runs.projections import read_projection

    check_page(out)
    if read_projection(run) is None:
        reporter.say(
            "map",
            f"laying out the map of {len(run.pool):,} examples: once for this run, up to a few"
            " minutes",
            examples=len(run.pool),
        )
    path = write_report(run, choice, out)
    reporter.say(
        "reported",
        f"report written to {path} ({size(path.stat().st_size)}): open it with a double click",
        path=path,
        bytes=path.stat().st_size,
    )
