"""What a run was scored from, as `run.json` tells it; the folder is named by its digest."""

import json
import re
from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path

from delift_core.data.example import Dataset
from delift_core.errors import InvalidPlan, NotARun
from delift_core.files import digest
from delift_core.scoring.kernel_names import HELD_OUT
from delift_core.scoring.plan import Plan, plan_of
from delift_core.scoring.template_names import TemplateName

LAYOUT = 1  # raised when the folder's shape changes: an older one is refused by name, never misread
SCORING = 1  # raised when the same texts and model would score differently
ADDRESS = re.compile("[0-9a-f]{16}")
TOP = ("scoring", "template")  # what everything reads of a record
DATA = ("examples", "fingerprint", "texts")  # of what it says of each role
MODEL = ("name", "revision", "dtype", "context")  # and of the model


def create_record(
    data: Mapping[str, Dataset], model: Mapping[str, object], template: str, plan: Plan
) -> dict:
    """What a run is made of: its address follows from this, and not from held-out examples."""
    described = {role: describe(dataset) for role, dataset in data.items() if role != HELD_OUT}
    return {
        "layout": LAYOUT,
        "scoring": SCORING,
        "data": described,
        "model": recorded_model(model, template),
        "template": template,
        **plan.record,
    }


def recorded_model(model: Mapping[str, object], template: str) -> dict:
    """What a run records of its model: the date that stands in prompts only where one does."""
    record = dict(model)
    if template != TemplateName.CHAT:
        record.pop("date", None)
    return record


def describe(dataset: Dataset) -> dict:
    """What a run records of a dataset, besides the examples themselves."""
    return {
        "examples": len(dataset),
        "fingerprint": dataset.fingerprint,
        "texts": dataset.text_fingerprint,
    }


def read_record(folder: Path) -> Mapping:
    """The record of the run in a folder.

    Raises NotARun where there is none, it is damaged, or another version's.
    """
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        layout = record["layout"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as reason:
        raise NotARun(
            f"{folder}: not a run folder (no readable run.json in it). Give the folder that delift"
            " run printed; if this is it, the command that made it writes run.json anew."
        ) from reason
    if layout != LAYOUT:
        raise NotARun(
            f"{folder}: written in layout {layout}, this version reads layout {LAYOUT}. Open it"
            " with the version that wrote it."
        )
    if ADDRESS.fullmatch(folder.name) and folder.name != digest(record)[: len(folder.name)]:
        raise NotARun(
            f"{folder / 'run.json'}: this is not the record that the folder was made for. Run the"
            " command that made it again: it writes the file anew and scores nothing twice."
        )
    check(record, folder)
    return record


def require_record(folder: Path) -> None:
    """Raise NotARun where a run is gone: whatever is written there would make its folder anew."""
    if not (folder / "run.json").exists():
        raise NotARun(
            f"{folder}: this run was deleted or moved since it was listed. Bring it back on the"
            " Start page, or open another."
        )


def check(record: Mapping, folder: Path) -> None:
    """Refuse a record that says less than a run needs, or a plan that this version does not know.

    Raises NotARun.
    """
    try:
        roles = [record["data"]["pool"], *record["data"].values()]
        for part, names in [
            (record, TOP),
            (record["model"], MODEL),
            *((role, DATA) for role in roles),
        ]:
            itemgetter(*names)(part)
        # TypeError unless every one is a whole number
        range(sum(role["examples"] for role in roles))
        plan_of(record)
    except KeyError as reason:
        raise NotARun(
            f"{folder / 'run.json'}: it lacks {reason.args[0]!r}, which this version reads. Open it"
            " with the version that wrote it."
        ) from reason
    except (InvalidPlan, TypeError, AttributeError) as reason:
        raise NotARun(
            f"{folder / 'run.json'}: this version cannot read it ({str(reason).rstrip('.')}). Open"
            " it with the version that wrote it."
        ) from reason
