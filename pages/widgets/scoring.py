"""The two jobs of a run: predicting what scoring costs, and scoring."""

from collections.abc import Sequence
from pathlib import Path

from delift_core.jobs import jobs
from delift_core.runs.run import Run
from delift_core.selection.choice import objective_for
from delift_core.selection.objective_names import AUTO
from delift_core.selection.objectives import OBJECTIVES
from pages.session import cache, state

TITLES = {
    "pool_pool": "Pool answered, pool shown",
    "target_pool": "Target answered, pool shown",
    "pool_target": "Pool answered, target shown",
    "pool_known": "Pool answered, known shown",
}


def possible(run: Run) -> list[str]:
    """Every kernel that the roles of a run allow, those its usual objective needs first."""
    needed = OBJECTIVES[objective_for(AUTO, run.roles)].kernels
    return sorted(run.possible, key=lambda name: name not in needed)


def needed(run: Run) -> list[str]:
    """The kernels without which nothing can be chosen in a run."""
    return list(OBJECTIVES[objective_for(AUTO, run.roles)].kernels)


def arguments(run: Run, kernels: Sequence[str]) -> dict:
    return {
        "run": str(run.folder),
        "device": state.get("device"),
        "kernels": list(kernels),
        "workspace": str(state.workspace()),
    }


def cost_folder(run: Run, kernels: Sequence[str]) -> Path:
    """Each set of kernels has a prediction of its own."""
    return jobs.run_job(run.folder, "-".join(["cost", *sorted(kernels)]))


def predict(run: Run, kernels: Sequence[str]) -> None:
    """Measure for a few seconds, in a worker, what scoring these kernels will take."""
    jobs.start(cost_folder(run, kernels), "cost", arguments(run, kernels))


def predict_ahead(run: Run, kernels: Sequence[str] | None = None) -> None:
    """The same before anybody asks for it: only where something is missing."""
    kernels = kernels or needed(run)
    if not all(cache.is_complete(run, name) for name in kernels):
        predict(run, kernels)


def score(run: Run, kernels: Sequence[str]) -> None:
    """Score what is missing of these kernels, in a worker."""
    jobs.start(jobs.run_job(run.folder, "score"), "score", arguments(run, kernels))
