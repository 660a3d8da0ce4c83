"""Compute the gradients that a method chooses from, and say what that takes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.progress import ScoringProgress

if TYPE_CHECKING:
    from delift_core.cli.options.method import MethodVariation
    from delift_core.runs.run import Run


def require_gradients(
    reporter: Reporter, run: "Run", names: Iterable[str], variation: "MethodVariation"
) -> None:
    """Compute what the gradients of a run lack where one of some methods needs them."""
    from delift_core.selection.method import Need
    from delift_core.selection.methods import named_method

    if not any(Need.GRADIENTS in named_method(name).needs for name in names):
        return
    from delift_core.runs.gradient_work import missing_gradients
    from delift_core.runs.gradients import GradientStore
    from delift_core.wording import MEAN_GRADIENT

    store = GradientStore(run, variation.options.gradient_settings)
    if not store.has_target:
        reporter.say("target", MEAN_GRADIENT)
    work = missing_gradients(store)
    reporter.say(
        "gradients",
        f"gradients in {store.folder}: {work.examples:,} examples to read",
        folder=store.folder,
        examples=work.examples,
    )
    if work.is_empty:
        return
    from delift_core.runs.store import workspace_of
    from delift_core.workflow.gradients import complete_gradients

    progress, workspace = ScoringProgress(reporter), workspace_of(run)
    with progress.bar(work.examples, "examples", "gradients"):
        complete_gradients(work, variation.device, workspace, progress)
