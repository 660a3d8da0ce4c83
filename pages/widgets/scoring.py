"""The kernels of a run, and its two jobs: predicting what scoring costs, and scoring."""

from collections.abc import Sequence

from delift_core.jobs import jobs
from delift_core.jobs.requests import CostRequest, ScoreRequest, score_folder, stored_request
from delift_core.runs.held_out import held_out_address
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import HELD_OUT_KERNEL, KERNELS
from delift_core.selection.choice import objective_for
from delift_core.selection.objective_names import AUTO
from delift_core.selection.objectives import OBJECTIVES
from delift_core.wording import kernel_title
from pages.session import address, cache, current

KERNEL_TITLES = {name: kernel_title(name) for name in KERNELS}
MATRIX_HELP = (
    "The utility of every pair: how much showing the one helps the model answer the other."
)


def needed_kernels(run: Run) -> list[str]:
    """The kernels without which nothing can be chosen in a run, or measured on its held-out."""
    needed = list(OBJECTIVES[objective_for(AUTO, run.roles)].kernels)
    if run.held_out:
        needed.append(HELD_OUT_KERNEL)
    return needed


def possible_kernels(run: Run) -> list[str]:
    """Every kernel that the roles of a run allow, those its usual objective needs first."""
    needed = needed_kernels(run)
    return sorted(run.possible, key=lambda name: name not in needed)


def kernels_at_work(run: Run) -> list[str]:
    """The kernels of the job that scores a run; none while nothing does."""
    folder = score_folder(run.folder)
    status = jobs.status(folder)
    if status is None or not status.active:
        return []
    return list(stored_request(folder).kernels)


def cost_request(run: Run, kernels: Sequence[str]) -> CostRequest:
    """A prediction; each set of kernels has one of its own."""
    workspace, device = str(current.workspace()), address.get("device")
    return CostRequest(str(run.folder), kernels, workspace, device, held_out_address(run))


def start_prediction(run: Run, kernels: Sequence[str]) -> None:
    """Measure for a few seconds, in a worker, what scoring these kernels will take."""
    jobs.start(cost_request(run, kernels))


def predict_ahead(run: Run, kernels: Sequence[str]) -> None:
    """The same before anybody requests it, where one of the kernels is incomplete."""
    if not all(cache.is_complete(run, name) for name in kernels):
        start_prediction(run, kernels)


def start_scoring(run: Run, kernels: Sequence[str], executor: str | None = None) -> None:
    """Score what is missing of these kernels, in a worker or on an executor that it directs."""
    workspace, device = str(current.workspace()), address.get("device")
    held_out = held_out_address(run)
    jobs.start(ScoreRequest(str(run.folder), kernels, workspace, device, held_out, executor))
