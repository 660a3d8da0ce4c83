"""Attach held-out examples to a scored run, and score how the pool helps them."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.progress import ScoringProgress
from delift_core.cli.reading import say_read
from delift_core.cli.scoring import complete_kernels

if TYPE_CHECKING:
    from delift_core.runs.run import Run


def run_with_held_out(reporter: Reporter, folder: Path, source: str | None) -> "Run":
    """The run in a folder, with held-out examples that are scored; as it is without a source.

    What is stored is not scored again; only where something is missing is the model loaded.
    """
    from delift_core.data.example import refuse_empty
    from delift_core.data.hold_out import without_repeats
    from delift_core.data.readers import read_dataset
    from delift_core.runs.held_out import attach_held_out
    from delift_core.runs.integrity import missing_work
    from delift_core.runs.store import open_run
    from delift_core.scoring.kernel_names import HELD_OUT, HELD_OUT_KERNEL

    run = open_run(folder)
    if source is None:
        return run
    run = replace(run, held_out=None)  # those attached before may be damaged
    read = refuse_empty(read_dataset(source))
    held_out = without_repeats(read, run.pool, run.datasets.get("target"))
    say_read(reporter, HELD_OUT, held_out)
    run = attach_held_out(run, held_out)
    if not missing_work(run, [HELD_OUT_KERNEL]).is_empty:
        score_kernel(reporter, run, HELD_OUT_KERNEL)
    return run


def score_kernel(reporter: Reporter, run: "Run", name: str) -> None:
    """Score a kernel of a run with the run's own model."""
    from delift_core.runs.store import workspace_of
    from delift_core.workflow.models import model_of_run

    model_name = run.record["model"]["name"]
    reporter.say("model", f"loading model {model_name}", model=model_name)
    progress = ScoringProgress(reporter)
    with model_of_run(run, "auto", workspace_of(run), progress) as model:
        complete_kernels(run, model, (name,), progress)
