"""What a worker can do.

Each task takes the arguments of its job and a report, and returns what goes into result.json.

Everything heavy is imported inside, so that the worker has its lock, and can say so, before torch
is there.
"""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.errors import DeliftError, UnknownChoice
from delift_core.jobs.progress import JobProgress

if TYPE_CHECKING:
    from delift_core.data.example import Dataset
    from delift_core.data.rows import RawRows
    from delift_core.runs.run import Run
    from delift_core.workflow.models import ModelOptions

FIRST_ROWS = 20  # raw rows that a person sees when a mapping has to be given
MODEL = ("dtype", "device", "revision", "context")


def read(arguments: Mapping, progress: JobProgress) -> dict:
    """source, name, columns, format, config, split, revision, limit, seed, near_duplicates -> the
    job folder's dataset/ and what was noticed.

    name: what a person calls the source, where that is not where it is kept.
    """
    from delift_core.data.read_options import ReadOptions
    from delift_core.data.readers import dataset_from, read_rows
    from delift_core.runs.tables import write_dataset

    progress.stage("reading the rows")
    with called_by_name(arguments):
        options = ReadOptions(**among(arguments, names_of(ReadOptions)))
        raw = read_rows(arguments["source"], options)
        sample = first_rows(raw)
        progress.publish(sample)
        progress.stage("checking the rows")
        dataset = dataset_from(raw, options)
    dataset = replace(dataset, source=arguments.get("name") or dataset.source)
    progress.stage("writing the examples")
    write_dataset(dataset, progress.folder / "dataset")
    return {
        **sample,
        "examples": len(dataset),
        "format": dataset.format,
        "source": dataset.source,
        "kinds": Counter(str(problem.kind) for problem in dataset.problems),
        "collapsed": sum(map(len, dataset.collapsed.values())),
    }


@contextmanager
def called_by_name(arguments: Mapping):
    """Refusals name the source as a person does."""
    try:
        yield
    except DeliftError as refusal:
        if name := arguments.get("name"):
            raise type(refusal)(str(refusal).replace(arguments["source"], name)) from refusal
        raise


def first_rows(raw: "RawRows") -> dict:
    """The columns and the first rows as they were written."""
    from delift_core.data.text import json_text, plain

    rows = [
        {"row": row.row, "fields": json.loads(json_text(plain(row.fields)))}
        for row in raw.rows[:FIRST_ROWS]
    ]
    return {"columns": raw.columns, "raw": rows}


def describe(arguments: Mapping, progress: JobProgress) -> dict:
    """model, dtype, device, revision, context -> a Description, without reading a weight."""
    progress.stage("reading the configuration")
    from delift_core.scoring.describe import describe_model

    return asdict(describe_model(arguments["model"], **among(arguments, MODEL)))


def try_one(arguments: Mapping, progress: JobProgress) -> dict:
    """model, dtype, device, revision, context, template, dataset (a folder, or none for the demo),
    answered, shown, workspace -> one pair, scored.
    """
    progress.stage("starting torch")
    from delift_core.scoring.pair_trace import trace_pair
    from delift_core.scoring.pairs import scorer_for
    from delift_core.scoring.templates import template_name
    from delift_core.workflow.models import held_device, load

    dataset = dataset_of(arguments.get("dataset"))
    answered, shown = (at(dataset, arguments[end]) for end in ("answered", "shown"))
    options, workspace = model_options(arguments), Path(arguments["workspace"])
    with held_device(options.device, workspace, progress) as device:
        progress.stage("loading the model")
        began = time.monotonic()
        model = load(options, device)
        loading = time.monotonic() - began
        progress.stage("scoring one pair")
        template = template_name(arguments.get("template") or "auto", model.tokenizer)
        scorer, began = scorer_for(model, template), time.monotonic()
        trial = trace_pair(scorer, answered, shown)
        seconds = {"loading": loading, "scoring": time.monotonic() - began}
    return {
        "record": model.record,
        "template": template,
        "device": model.device,
        "parameters": model.parameters,
        "seconds": seconds,
        **asdict(trial),
    }


def explain(arguments: Mapping, progress: JobProgress) -> dict:
    """run, kernel, answered, shown (positions in their roles), device, workspace -> the pair scored
    again, token by token.
    """
    progress.stage("starting torch")
    from delift_core.runs.store import open_run
    from delift_core.scoring.kernel_names import KERNELS
    from delift_core.scoring.pair_trace import trace_pair
    from delift_core.scoring.pairs import scorer_for
    from delift_core.workflow.models import model_of_run

    run = open_run(arguments["run"])
    (name,) = kernels_of(run, [arguments["kernel"]])
    answered, shown = (
        at(run.datasets[role], arguments[end])
        for role, end in zip(KERNELS[name], ("answered", "shown"), strict=True)
    )
    with model_of_run(
        run, arguments.get("device") or "auto", Path(arguments["workspace"]), progress
    ) as model:
        progress.stage("scoring the pair token by token")
        return asdict(trace_pair(scorer_for(model, run.record["template"]), answered, shown))


def dataset_of(folder: str | None) -> "Dataset":
    """The dataset written to a folder, or the demo pool."""
    from delift_core.runs.store import bundled_run
    from delift_core.runs.tables import read_dataset_folder

    return read_dataset_folder(Path(folder)) if folder else bundled_run().pool


def at(dataset: "Dataset", index: int):
    """The example at a position of the pool."""
    if not 0 <= index < len(dataset):
        raise UnknownChoice(
            f"{dataset.source}: there is no example at position {index}. Positions are 0 to"
            f" {len(dataset) - 1}."
        )
    return dataset[index]


def cost(arguments: Mapping, progress: JobProgress) -> dict:
    """run, device, kernels, workspace -> what scoring the missing tiles will take, against what
    there is and what other plans would take.
    """
    progress.stage("starting torch")
    from delift_core.runs.integrity import missing_work
    from delift_core.runs.store import open_run
    from delift_core.scoring.describe import free_memory
    from delift_core.scoring.model import pick_device
    from delift_core.scoring.plan import Cost
    from delift_core.workflow.models import model_of_run
    from delift_core.workflow.plan import plan_costs
    from delift_core.workflow.score import cost_of

    run, workspace = open_run(arguments["run"]), Path(arguments["workspace"])
    work = missing_work(run, kernels_of(run, arguments["kernels"]))
    device = pick_device(arguments.get("device") or "auto")
    predicted, plans = Cost(0, 0, 0.0, 0, 0), {}
    if any(work.tiles.values()):
        with model_of_run(run, device, workspace, progress) as model:
            progress.stage("measuring a few seconds of scoring")
            predicted = cost_of(work, model)
            plans = {"plans": plan_costs(work, model, predicted)}
    seconds = predicted.seconds
    return {
        **asdict(predicted),
        **plans,
        "device": device,
        "free": free_memory(device),
        "free_disk": shutil.disk_usage(run.folder).free,
        "tokens_per_second": predicted.tokens / seconds if seconds else None,
    }


def score(arguments: Mapping, progress: JobProgress) -> dict:
    """run, device, kernels, workspace -> the missing tiles of these kernels in the run; units are
    pairs, those stored before included.
    """
    progress.stage("starting torch")
    from delift_core.runs.integrity import missing_work
    from delift_core.runs.store import open_run
    from delift_core.workflow.models import model_of_run
    from delift_core.workflow.score import score_missing

    run, workspace = open_run(arguments["run"]), Path(arguments["workspace"])
    work = missing_work(run, kernels_of(run, arguments["kernels"]))
    pairs, total = work.pairs, work.all_pairs
    progress.total(total, total - pairs)
    if not work.is_empty:
        with model_of_run(run, arguments.get("device") or "auto", workspace, progress) as model:
            for _ in score_missing(work, model, progress):
                pass
    return {"kernels": list(work.tiles), "pairs": total, "scored": pairs}


def project(arguments: Mapping, progress: JobProgress) -> dict:
    """run, of, seed -> the Parquet file with a place on the map for every example of the pool."""
    progress.stage("laying out the map")
    from delift_core.runs.store import open_run
    from delift_core.workflow.project import project_run

    return {
        "path": str(project_run(open_run(arguments["run"]), arguments["of"], arguments["seed"]))
    }


TASKS: dict[str, Callable[[Mapping, JobProgress], dict]] = {
    "read": read,
    "describe": describe,
    "try": try_one,
    "cost": cost,
    "score": score,
    "project": project,
    "explain": explain,
}


def names_of(record: type) -> tuple[str, ...]:
    """The field names of a dataclass."""
    return tuple(field.name for field in fields(record))


def among(arguments: Mapping, names: tuple[str, ...]) -> dict:
    """Those of the arguments that were given; nothing and null leave the default."""
    return {name: arguments[name] for name in names if arguments.get(name) is not None}


def kernels_of(run: "Run", names: list[str]) -> list[str]:
    """The kernels asked for, if the run's roles allow them."""
    if absent := [name for name in names if name not in run.possible]:
        raise UnknownChoice(
            f"{run.folder}: this run has no kernel {absent[0]!r}. Choose among"
            f" {', '.join(run.possible)}."
        )
    return list(names)


def model_options(arguments: Mapping) -> "ModelOptions":
    """How the model of a request is loaded."""
    from delift_core.workflow.models import ModelOptions

    return ModelOptions(arguments["model"], **among(arguments, MODEL))
