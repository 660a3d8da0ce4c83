"""What a run says of how its selections came about, for the manifest of an export."""

from collections.abc import Mapping
from dataclasses import asdict

from delift_core.data.example import Dataset
from delift_core.export.manifest import Provenance
from delift_core.runs.run import Run
from delift_core.selection.choice import Choice


def provenance_of(run: Run, datasets: Mapping[str, Dataset], choice: Choice) -> Provenance:
    """Data, model, template, plan and options of a selection made in a run.

    datasets: role -> examples, as they were read. The command and what reviewers dropped are added
    by whoever exports.
    """
    return Provenance(
        target=datasets.get("target"),
        known=datasets.get("known"),
        model=run.record["model"],
        template=run.record["template"],
        plan=run.record.get("plan"),
        options=asdict(choice),
    )
