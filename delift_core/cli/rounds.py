"""Compute the rounds of tuning that a method chooses by, and say what that takes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.progress import ScoringProgress

if TYPE_CHECKING:
    from delift_core.cli.options.method import MethodVariation
    from delift_core.runs.run import Run


def require_rounds(
    reporter: Reporter, run: "Run", names: Iterable[str], variation: "MethodVariation"
) -> None:
    """Compute the rounds that a run lacks where one of some methods needs them."""
    from delift_core.selection.method import Need
    from delift_core.selection.methods import named_method

    if not any(Need.ROUNDS in named_method(name).needs for name in names):
        return
    from delift_core.runs.rounds import RoundStore

    store = RoundStore(run, variation.options.round_settings)
    examples = store.unread
    reporter.say(
        "rounds",
        f"rounds in {store.folder}: {examples:,} examples to read",
        folder=store.folder,
        examples=examples,
    )
    if not store.missing:
        return
    from delift_core.runs.store import workspace_of
    from delift_core.workflow.rounds import complete_rounds

    progress, workspace = ScoringProgress(reporter), workspace_of(run)
    with progress.bar(examples, "examples", "rounds"):
        complete_rounds(store, variation.device, workspace, progress)
