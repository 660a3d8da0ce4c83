"""The steps of a command, in order: read the roles, score what the run lacks, choose.

Each says what it did.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from delift_core.cli.console import Reporter
from delift_core.units import duration, size

if TYPE_CHECKING:
    from delift_core.cli.progress import ScoringProgress
    from delift_core.data.example import Dataset
    from delift_core.runs.run import Run
    from delift_core.scoring.model import CausalModel
    from delift_core.scoring.plan import Cost, Plan
    from delift_core.selection.choice import Choice
    from delift_core.selection.greedy import Selection
    from delift_core.workflow.plan import ScoringInputs

ROLES = ("pool", "target", "known")


def read_roles(report: Reporter, given: dict) -> dict:
    """The datasets of the roles given, and a sentence about each."""
    from delift_core.data.example import refuse_empty
    from delift_core.data.readers import read_dataset

    data = {}
    for role in (role for role in ROLES if given[role]):
        limit = given["limit" if role == "pool" else f"{role}_limit"]
        columns = given["columns" if role == "pool" else f"{role}_columns"]
        dataset = read_dataset(
            given[role],
            columns=mapping(columns),
            limit=limit,
            seed=given["seed"],
            near_duplicates=given["near_duplicates"],
        )
        data[role] = refuse_empty(dataset)
        report.say(
            "read",
            f"{role}: {summary(dataset)}",
            role=role,
            source=dataset.source,
            format=dataset.format,
            examples=len(dataset),
            asked=dataset.read_record.as_json,
            problems=[
                {"row": problem.row, "kind": problem.kind, "reason": problem.reason}
                for problem in dataset.problems
            ],
        )
    return data


def summary(dataset) -> str:
    """36 examples from pool.jsonl (Alpaca, 36 of 36 rows); 3 near duplicates, first: row 7: ..."""
    from delift_core.data.example import ProblemKind

    kinds = Counter(problem.kind for problem in dataset.problems)
    told = ", ".join(
        f"{count:,} {kind}{'s' if count > 1 and kind is not ProblemKind.ALTERED else ''}"
        for kind, count in kinds.items()
    )
    draw = dataset.read_record.sample_sentence if dataset.read_record else ""
    first = (
        f"; {'of all its rows ' if draw else ''}{told}, first: row {dataset.problems[0].row}:"
        f" {dataset.problems[0].reason}"
        if kinds
        else ""
    )
    return (
        f"{len(dataset):,} examples from {dataset.source}"
        f" ({dataset.format}{draw and f'; {draw}'}){first}"
    )


def mapping(text: str | None) -> dict | None:
    """prompt=a+b,response=c -> {"prompt": ["a", "b"], "response": "c"}"""
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(key and equals and value for key, equals, value in pairs):
        raise click.UsageError(
            f"The mapping {text!r} cannot be read. Write prompt=COLUMN,response=COLUMN."
        )
    return {key.strip(): value.split("+") if "+" in value else value for key, _, value in pairs}


def choice_from(given: dict):
    """The choice the options describe, checked as far as it can be before anything is scored."""
    from delift_core.selection.choice import Choice
    from delift_core.selection.constraints import Budget

    Budget.parse(given["budget"])
    names = (
        "objective",
        "budget",
        "eta",
        "nu",
        "measure",
        "transform",
        "diagonal",
        "pins",
        "excludes",
        "group_by",
    )
    return Choice(
        **{name: given[name] for name in names},
        quotas=dict(quota(text) for text in given["quotas"]),
    )


def quota(text: str) -> tuple[str, int]:
    """gsm8k=10 -> ("gsm8k", 10)"""
    group, equals, most = text.rpartition("=")
    if not equals or not re.fullmatch("[0-9]{1,18}", most):
        raise click.UsageError(f"The quota {text!r} cannot be read. Write GROUP=N.")
    return group, int(most)


def kernels_for(
    choice: "Choice", data: Mapping[str, "Dataset"], plan: "Plan | None"
) -> tuple[str, ...]:
    """The kernels that a choice's objective needs; what cannot be met is refused before anything is
    scored. plan: None where minutes choose one.
    """
    from delift_core.selection.choice import check_choice, check_diagonal, objective_for
    from delift_core.selection.objectives import OBJECTIVES

    check_choice(data["pool"], choice)
    kernels = OBJECTIVES[objective_for(choice.objective, tuple(data))].kernels
    if plan:
        check_diagonal(choice, kernels, plan)
    return kernels


def every_kernel(data: Mapping[str, "Dataset"]) -> tuple[str, ...]:
    """Every kernel that the roles given allow."""
    from delift_core.scoring.kernel_names import KERNELS

    return tuple(name for name, roles in KERNELS.items() if set(roles) <= set(data))


def plan_from(given: dict) -> "Plan | None":
    """The plan the options name, None where minutes are to choose one; checked before anything is
    read.
    """
    from delift_core.scoring.plan import plan_named

    if given["minutes"] is not None:
        if given["plan"] or given["pairs"]:
            raise click.UsageError(
                "--minutes chooses the plan; leave --plan and --pairs out, or give them without"
                " --minutes."
            )
        return None
    if given["plan"] == "all" and given["pairs"]:
        raise click.UsageError(
            "--plan all scores every pair; leave --pairs out, or choose sampled or nearest."
        )
    return plan_named(
        given["plan"] or ("nearest" if given["pairs"] else "all"),
        given["pairs"] or "20%",
        given["seed"],
    )


def settled_plan(report: Reporter, inputs: "ScoringInputs", given: dict) -> "Plan":
    """The plan named, or the best that fits into the minutes given; those that chose once choose
    the same again.
    """
    from delift_core.wording import plan_line
    from delift_core.workflow.plan import plan_within

    plan, minutes = plan_from(given), given["minutes"]
    if plan is None:
        plan = plan_within(minutes, given["seed"], workspace_of(given), inputs)
    if minutes is not None or not plan.is_all:
        report.say(
            "plan",
            f"plan: {plan_line(plan)}",
            kind=str(plan.kind),
            share=plan.share,
            seed=plan.seed,
            minutes=minutes,
        )
    return plan


def plan_words(run: "Run") -> dict:
    """The options that give a run's plan on any machine, whatever minutes chose it here."""
    plan = run.plan
    return {
        "minutes": None,
        **({} if plan.is_all else {"plan": str(plan.kind), "pairs": repr(plan.share)}),
    }


def workspace_of(given: dict) -> Path:
    """Where runs are kept."""
    from delift_core.runs.store import default_workspace

    return given["workspace"] or default_workspace()


def score(
    report: Reporter,
    data: Mapping[str, "Dataset"],
    kernels: tuple[str, ...],
    given: dict,
    choice: "Choice | None" = None,
) -> "Run":
    """The run of these data, model and template with the named kernels complete; what is stored
    already is not scored again.
    """
    from delift_core.cli.progress import ScoringProgress
    from delift_core.scoring.precision import agreement
    from delift_core.workflow.models import ModelOptions, loaded_model

    report.say(
        "model",
        f"loading model {given['model']} (the bundled one is unpacked on first use)",
        model=given["model"],
    )
    options = ModelOptions(
        given["model"], given["dtype"], given["device"], given["revision"], given["context"]
    )
    progress = ScoringProgress(report)
    with loaded_model(options, workspace_of(given), progress) as model:
        if sentence := agreement(model.dtype):
            report.say("precision", sentence, dtype=model.dtype)
        run = run_of(report, data, model, kernels, given, choice)
        complete(run, model, kernels, progress)
    return run


def run_of(
    report: Reporter,
    data: Mapping[str, "Dataset"],
    model: "CausalModel",
    kernels: tuple[str, ...],
    given: dict,
    choice: "Choice | None",
) -> "Run":
    """The run of these data and model, under the template and the plan that the options name."""
    from delift_core.runs import store
    from delift_core.scoring.templates import template_name
    from delift_core.selection.choice import check_diagonal
    from delift_core.workflow.plan import ScoringInputs

    inputs = ScoringInputs(data, model, template_name(given["template"], model.tokenizer), kernels)
    plan = settled_plan(report, inputs, given)
    if choice:
        check_diagonal(choice, kernels, plan)  # minutes may have chosen it
    return store.create_run(workspace_of(given), data, model.record, inputs.template, plan)


def complete(
    run: "Run", model: "CausalModel", kernels: tuple[str, ...], progress: "ScoringProgress"
) -> None:
    """Score what the kernels of a run lack, its cost said before."""
    from delift_core.runs.integrity import missing_work
    from delift_core.workflow.score import cost_of, score_missing

    report, work = progress.report, missing_work(run, kernels)
    pairs = work.pairs
    report.say(
        "run", f"run folder {run.folder}: {pairs:,} pairs to score", folder=run.folder, pairs=pairs
    )
    if work.is_empty:
        return
    if pairs:
        say_cost(report, cost_of(work, model), model.device)
    with progress.bar(pairs):
        for _ in score_missing(work, model, progress):
            pass


def say_cost(report: Reporter, cost: "Cost", device: str) -> None:
    """What scoring will take."""
    report.say(
        "cost",
        f"{cost.pairs:,} pairs, {cost.tokens:,} tokens: about {duration(cost.seconds)} on"
        f" {device}, {size(cost.memory)} of memory, at most {size(cost.disk)} of disk",
        pairs=cost.pairs,
        tokens=cost.tokens,
        seconds=round(cost.seconds, 1),
        memory=cost.memory,
        disk=cost.disk,
    )


def say_changed(report: Reporter, run: "Run") -> None:
    """Say which files of a run hold something else by now."""
    from delift_core.runs.sources import changed_sources

    for sentence in changed_sources(run):
        report.say("changed", sentence)


def choose(report: Reporter, run: "Run", choice: "Choice") -> "Selection":
    """Choose, keep the selection in the run, and say what came of it."""
    from delift_core.runs.selections import save_selection
    from delift_core.selection.outcome import coverage_of
    from delift_core.wording import coverage_line
    from delift_core.workflow import choose as choosing

    objective, chosen = choosing.choose(run, choice)
    path = save_selection(run, choice, chosen)
    coverage = coverage_of(chosen, objective)
    reach = choosing.coverage_estimate_of(run, choice, objective, chosen)
    report.say(
        "selected",
        f"{len(chosen):,} of {len(run.pool):,} examples chosen by {chosen.objective}, "
        f"reaching {coverage_line(run.plan, coverage, reach)}",
        estimate=asdict(reach) if reach else None,
        selection=path.stem,
        objective=chosen.objective,
        chosen=len(chosen),
        pool=len(run.pool),
        value=chosen.value,
        share=coverage,
        saturated_at=chosen.saturated_at,
        ids=[run.pool[index].id for index in chosen.indices],
        gains=chosen.gains.tolist(),
    )
    if chosen.saturated_at is not None:
        report.say(
            "saturated",
            f"From rank {chosen.saturated_at + 1} on nothing adds anything: those rows are in the"
            " order of the pool.",
            rank=chosen.saturated_at,
        )
    return chosen
