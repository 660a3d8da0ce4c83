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

from delift_core.errors import ChangedModel, DeliftError, UnknownChoice
from delift_core.jobs.progress import Report

if TYPE_CHECKING:
    from delift_core.data.example import Dataset
    from delift_core.data.rows import RawRows
    from delift_core.runs.store import Run

FIRST_ROWS = 20  # raw rows that a person sees when a mapping has to be given
MODEL = ("dtype", "device", "revision", "context")
COMMIT_DIGITS = 40


def read(arguments: Mapping, report: Report) -> dict:
    """source, name, columns, format, config, split, revision, limit, seed, near_duplicates -> the
    job folder's dataset/ and what was noticed.

    name: what a person calls the source, where that is not where it is kept.
    """
    from delift_core.data.read_options import ReadOptions
    from delift_core.data.readers import dataset_from, read_rows
    from delift_core.runs.tables import write_dataset

    report.doing("reading the rows")
    with called_by_name(arguments):
        options = ReadOptions(**among(arguments, names_of(ReadOptions)))
        raw = read_rows(arguments["source"], options)
        sample = first_rows(raw)
        report.publish(sample)
        report.doing("checking the rows")
        dataset = dataset_from(raw, options)
    dataset = replace(dataset, source=arguments.get("name") or dataset.source)
    report.doing("writing the examples")
    write_dataset(dataset, report.folder / "dataset")
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


def describe(arguments: Mapping, report: Report) -> dict:
    """model, dtype, device, revision, context -> a Description, without reading a weight."""
    report.doing("reading the configuration")
    from delift_core.scoring.describe import describe_model

    return asdict(describe_model(arguments["model"], **among(arguments, MODEL)))


def try_one(arguments: Mapping, report: Report) -> dict:
    """model, dtype, device, revision, context, template, dataset (a folder, or none for the demo),
    answered, shown, workspace -> one pair, scored.
    """
    report.doing("starting torch")
    from delift_core.scoring.pair_trace import trace_pair
    from delift_core.scoring.pairs import prompter_for
    from delift_core.scoring.templates import template_name

    dataset = dataset_of(arguments.get("dataset"))
    answered, shown = (at(dataset, arguments[end]) for end in ("answered", "shown"))
    with loaded(arguments["model"], arguments, report) as (model, loading):
        report.doing("scoring one pair")
        template = template_name(arguments.get("template") or "auto", model.tokenizer)
        prompter, began = prompter_for(model, template), time.monotonic()
        trial = trace_pair(model, prompter, answered, shown)
        seconds = {"loading": loading, "scoring": time.monotonic() - began}
    return {
        "record": model.record,
        "template": template,
        "device": model.device,
        "parameters": model.parameters,
        "seconds": seconds,
        **asdict(trial),
    }


def explain(arguments: Mapping, report: Report) -> dict:
    """run, kernel, answered, shown (positions in their roles), device, workspace -> the pair scored
    again, token by token.
    """
    report.doing("starting torch")
    from delift_core.runs.store import open_run
    from delift_core.scoring.kernel_names import KERNELS
    from delift_core.scoring.pair_trace import trace_pair
    from delift_core.scoring.pairs import prompter_for

    run = open_run(arguments["run"])
    (name,) = kernels_of(run, [arguments["kernel"]])
    answered, shown = (
        at(run.datasets[role], arguments[end])
        for role, end in zip(KERNELS[name], ("answered", "shown"), strict=True)
    )
    with run_model(run, arguments, report) as model:
        report.doing("scoring the pair token by token")
        return asdict(
            trace_pair(model, prompter_for(model, run.record["template"]), answered, shown)
        )


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


def cost(arguments: Mapping, report: Report) -> dict:
    """run, device, kernels, workspace -> what scoring the missing tiles will take, against what
    there is and what other plans would take.
    """
    report.doing("starting torch")
    from delift_core.runs.integrity import to_score
    from delift_core.runs.store import open_run
    from delift_core.scoring.describe import free_memory
    from delift_core.scoring.model import pick_device
    from delift_core.workflow.plan import alternatives
    from delift_core.workflow.score import cost_of

    run = open_run(arguments["run"])
    missing = {name: to_score(run, name) for name in kernels_of(run, arguments["kernels"])}
    device, found = (
        pick_device(arguments.get("device") or "auto"),
        {
            "pairs": 0,
            "tokens": 0,
            "seconds": 0.0,
            "memory": 0,
            "disk": 0,
        },
    )
    free = {
        "device": device,
        "free": free_memory(device),
        "free_disk": shutil.disk_usage(run.folder).free,
    }
    if any(missing.values()):
        with run_model(run, arguments, report) as model:
            report.doing("measuring a few seconds of scoring")
            cost = cost_of(run, model, missing)
            found = {**asdict(cost), "plans": alternatives(run, model, cost, missing)}
    return {
        **found,
        **free,
        "tokens_per_second": found["tokens"] / found["seconds"] if found["seconds"] else None,
    }


def score(arguments: Mapping, report: Report) -> dict:
    """run, device, kernels, workspace -> the missing tiles of these kernels in the run; units are
    pairs, those stored before included.
    """
    report.doing("starting torch")
    from delift_core.runs.integrity import lacks_ground, to_score
    from delift_core.runs.store import open_run
    from delift_core.workflow.score import score_missing

    run = open_run(arguments["run"])
    names = kernels_of(run, arguments["kernels"])
    pairs = sum(map(run.pairs, names))
    missing = sum(run.pairs(name, work) for name in names if (work := to_score(run, name)))
    report.total(pairs, pairs - missing)
    if missing or lacks_ground(run, names):
        with run_model(run, arguments, report) as model:
            for _ in score_missing(run, model, names, report.advance, report.doing):
                report.check()
    return {"kernels": list(names), "pairs": pairs, "scored": missing}


def project(arguments: Mapping, report: Report) -> dict:
    """run, of, seed -> the Parquet file with a place on the map for every example of the pool."""
    report.doing("laying out the map")
    from delift_core.runs.store import open_run
    from delift_core.workflow.project import project_run

    return {
        "path": str(project_run(open_run(arguments["run"]), arguments["of"], arguments["seed"]))
    }


TASKS: dict[str, Callable[[Mapping, Report], dict]] = {
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


@contextmanager
def loaded(name: str, arguments: Mapping, report: Report):
    """(model, seconds it took to load), its device held from before it is loaded until the work is
    over.
    """
    from delift_core.scoring.model import load_model, pick_device

    options = {
        **among(arguments, (*MODEL, "pack_tokens")),
        "device": pick_device(arguments.get("device") or "auto"),
    }
    with report.device(options["device"], arguments["workspace"]):
        report.doing("loading the model")
        began = time.monotonic()
        model = load_model(name, **options)
        yield model, time.monotonic() - began


@contextmanager
def run_model(run: "Run", arguments: Mapping, report: Report):
    """The model that a run was made with, and no other."""
    from delift_core.scoring.model import pick_device
    from delift_core.workflow.pack_size import pack_tokens

    record, device = run.record["model"], pick_device(arguments.get("device") or "auto")
    commit = record["revision"] if is_commit(record["revision"]) else None
    wanted = {
        **among(arguments, ("workspace",)),
        "device": device,
        "dtype": record["dtype"],
        "context": record["context"],
        "revision": commit,
        "pack_tokens": pack_tokens(run.folder, device),
    }
    with loaded(record["name"], wanted, report) as (model, _):
        if model.record != record:
            raise ChangedModel(
                f"{run.folder}: scored with {record['name']} {record['revision']}, and what is here"
                f" now is {model.name} {model.revision}. Put the model back or start a new run."
            )
        yield model


def is_commit(revision: str) -> bool:
    """Whether a revision is a commit of the hub; those of folders and of the bundled model only
    tell weights apart.
    """
    return len(revision) == COMMIT_DIGITS and set(revision) <= set("0123456789abcdef")
