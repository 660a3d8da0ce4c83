"""Compute the rounds of tuning that a run lacks, each stored when it is done; predict their cost.

Any number of calls, one after another or cut off half way, end in the same bytes.
"""

from pathlib import Path

from delift_core.errors import refusing_when_out_of_memory
from delift_core.files import write_json
from delift_core.runs.lock import scoring_lock
from delift_core.runs.rounds import RoundStore
from delift_core.validation.rounds import tuning_rounds
from delift_core.validation.rounds_cost import rounds_cost
from delift_core.validation.tuners.tuner import require_peft
from delift_core.validation.tuning_cost import NOTHING, TuningCost
from delift_core.workflow.models import held_device, memory_sentence, model_anew
from delift_core.workflow.progress import SILENT, Progress


def complete_rounds(
    store: RoundStore, device: str, workspace: Path, progress: Progress = SILENT
) -> None:
    """Compute and store the rounds that a run lacks; nothing is loaded where nothing is.

    progress: advances by examples. Raises MethodUnavailable without peft, ChangedModel, RunBusy
    while another process writes to the run, OutOfMemory, UnwritableFile.
    """
    if not store.missing:
        return
    require_peft("Method rounds")
    run = store.run
    with (
        held_device(device, workspace, progress) as held,
        scoring_lock(run.folder),
        refusing_when_out_of_memory(lambda cause: memory_sentence(run, cause)),
    ):
        finished = store.finished()
        write_json(store.record, store.folder / "settings.json")
        rounds = tuning_rounds(
            run.pool,
            lambda: model_anew(run, held),
            template=run.record["template"],
            settings=store.settings,
            finished=finished,
            advance=progress.advance,
        )
        for number in range(len(finished) + 1, store.settings.rounds + 1):
            progress.stage(f"tuning round {number} of {store.settings.rounds}")
            store.write(number, next(rounds))
            progress.check()


def cost_of_rounds(
    store: RoundStore, device: str, workspace: Path, progress: Progress = SILENT
) -> TuningCost:
    """What the missing rounds will take, from some seconds of measuring; nothing is stored.

    Raises MethodUnavailable without peft, ChangedModel, OutOfMemory.
    """
    if not store.missing:
        return NOTHING
    require_peft("Method rounds")
    run = store.run
    with (
        held_device(device, workspace, progress) as held,
        refusing_when_out_of_memory(lambda cause: memory_sentence(run, cause)),
    ):
        progress.stage("measuring a few steps of tuning")
        return rounds_cost(
            run.pool,
            lambda: model_anew(run, held),
            run.record["template"],
            store.settings,
            store.missing,
        )
