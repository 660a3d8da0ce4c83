"""Make the passes that methods need and a run lacks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.progress import ScoringProgress

if TYPE_CHECKING:
    from delift_core.runs.run import Run


def complete_passes(reporter: Reporter, run: "Run", names: Iterable[str]) -> None:
    """Make what methods of these names need and the run lacks; only then is the model loaded."""
    from delift_core.workflow.methods import lacks_unprompted

    if not lacks_unprompted(run, names):
        return
    from delift_core.runs.store import workspace_of
    from delift_core.workflow.models import model_of_run
    from delift_core.workflow.unprompted import complete_unprompted

    name, examples = run.record["model"]["name"], len(run.pool)
    reporter.say(
        "model",
        f"loading model {name} to read {examples:,} responses without their prompts, once",
        model=name,
    )
    progress = ScoringProgress(reporter)
    with (
        model_of_run(run, "auto", workspace_of(run), progress) as model,
        progress.bar(examples, "examples"),
    ):
        complete_unprompted(run, model, "pool", progress)
