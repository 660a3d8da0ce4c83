"""Score the responses of a run without their prompts, once, for the methods that need it."""

from delift_core.runs.integrity import refuse_other_scoring, remove_partial_files
from delift_core.runs.lock import scoring_lock
from delift_core.runs.run import Run
from delift_core.runs.unprompted import has_unprompted, write_unprompted
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import score_unprompted, scorer_for
from delift_core.workflow.models import require_same_model
from delift_core.workflow.pack_size import with_remembered_packs, within_memory
from delift_core.workflow.progress import SILENT, Progress


def complete_unprompted(
    run: Run, model: CausalModel, role: str = "pool", progress: Progress = SILENT
) -> None:
    """Score and store that pass of a role; nothing where it is stored and whole.

    progress: advances by examples. Raises ChangedScoring, ChangedModel for another model than the
    run's, RunBusy while another process scores the run, OutOfMemory, UnwritableFile.
    """
    refuse_other_scoring(run)
    require_same_model(run, model)
    model = with_remembered_packs(run.folder, model)
    scorer = scorer_for(model, run.record["template"])
    with scoring_lock(run.folder):
        if has_unprompted(run, role):
            return
        remove_partial_files(run)
        progress.stage(f"reading each {role} response without its prompt")
        with within_memory(run.folder, scorer.model):
            examples = run.datasets[role].examples
            unprompted = score_unprompted(scorer, examples, progress.advance)
        write_unprompted(run, role, unprompted)
