"""What a run says of how its selections came about, for the manifest of an export."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict

import numpy as np

from delift_core.analysis.owners import cover_weights
from delift_core.data.example import Dataset
from delift_core.errors import DamagedRun
from delift_core.export.manifest import Provenance
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.selection.choice import Choice, objective_for
from delift_core.selection.greedy import Selection
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import OBJECTIVES
from delift_core.workflow.receipt import receipt_for
from delift_core.workflow.run_notes import method_notes, scoring_notes, truncation_notes
from delift_core.workflow.truncation import Truncation, truncation_of

# the bundled model as trainers find it
HUB_NAMES = {"bundled": "HuggingFaceTB/SmolLM2-135M-Instruct"}


def tuned_model(run: Run) -> str:
    """The model of a run by the name that a trainer loads it by."""
    name = run.record["model"]["name"]
    return HUB_NAMES.get(name, name)


def weights_of(objective: Objective, chosen: np.ndarray, is_left_out: np.ndarray) -> list[float]:
    """(chosen,) the weight of each chosen example in training, by what it covers; 1 on average.

    Those that are left out have 0: what they covered counts for those exported.

    chosen: indices in order of choice. is_left_out: (chosen,) bool.
    """
    weights = np.zeros(len(chosen))
    weights[~is_left_out] = cover_weights(objective, chosen[~is_left_out])
    return weights.tolist()


def edits_of_chosen(
    pool: Dataset, indices: np.ndarray, edits: Mapping[str, str], without: Collection[str]
) -> dict[str, str]:
    """Id -> response as it was edited, of the chosen in order of choice but for some.

    indices: (chosen,). edits: of any example of the pool. without: ids that are left out.
    """
    ids = [pool[index].id for index in indices.tolist()]
    return {id: edits[id] for id in ids if id in edits and id not in without}


def provenance_of(
    run: Run, datasets: Mapping[str, Dataset], choice: Choice, selection: Selection
) -> Provenance:
    """Data, model, template, plan, options and validation of a selection made in a run.

    datasets: role -> examples, as they were read. The command and what reviewers dropped are added
    by whoever exports.
    """
    kernels = OBJECTIVES[objective_for(choice.objective, run.roles)].kernels
    truncations = _truncations(run, kernels)
    notes = [
        *scoring_notes(run, kernels),
        *truncation_notes(run, truncations),
        *method_notes(run, selection.method),
    ]
    return Provenance(
        target=datasets.get("target"),
        known=datasets.get("known"),
        held_out=datasets.get(HELD_OUT),
        model=run.record["model"],
        template=run.record["template"],
        plan=run.record.get("plan"),
        truncated={count.pop("kernel"): count for count in map(asdict, truncations)},
        notes=[{"kind": str(note.kind), "sentence": note.sentence} for note in notes],
        options=asdict(choice),
        validation=receipt_for(run, selection.indices.tolist()),
    )


def _truncations(run: Run, kernels: Iterable[str]) -> list[Truncation]:
    """What of some kernels did not fit the context.

    Nothing where a kernel is damaged: a selection that is stored can be exported all the same.
    """
    try:
        return truncation_of(run, kernels)
    except DamagedRun:
        return []
