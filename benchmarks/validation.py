"""Measure by tuning whether choices help and write benchmarks/VALIDATION.md.

python -m benchmarks.validation: hours. Kernels and tuned models are kept in build/bench and gone
on with; with --stored nothing is scored or tuned, and what is unfinished is left out.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path

import numpy as np
import torch

from benchmarks.methods import other_rows
from benchmarks.reference_kernels import DATA, WORKSPACE
from benchmarks.rows import facts, print_and_write
from delift_core.data.example import Dataset
from delift_core.data.hold_out import without_repeats
from delift_core.data.readers import read_dataset
from delift_core.errors import DeliftError
from delift_core.runs.held_out import attach_held_out
from delift_core.runs.integrity import missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import bundled_run, create_run, open_demo
from delift_core.selection.choice import Choice
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES
from delift_core.units import duration, whole_percent
from delift_core.validation.arm_losses import labels_of
from delift_core.validation.arms import RANDOM, UNTUNED
from delift_core.validation.evidence import Evidence, beyond_groups
from delift_core.validation.statistics import difference
from delift_core.validation.verdict import ends, interval, nats, verdict, way_text
from delift_core.workflow.findings import Findings, findings_of
from delift_core.workflow.plan_validation import Protocol, chosen_now, plan_validation
from delift_core.workflow.score import score_missing
from delift_core.workflow.unprompted import complete_unprompted
from delift_core.workflow.validate import complete_validation
from delift_core.workflow.validation import Validation

REPORT = Path(__file__).with_name("VALIDATION.md")
BUDGET = "30%"
LEARNING_RATES = (2e-4,)
BESIDE = ("longest", "ifd", "embedding_coverage", "k_center", "mean_helpfulness")
TASK = ("dev_target_gsm8k_100.jsonl", 60)  # half of them the target, half held out


@dataclass(frozen=True)
class Experiment:
    """A pool, what is held out, and which choice is validated beside which others."""

    file: str  # empty: the demo
    rows: int = 0
    held_out: int = 0
    group_by: str | None = None  # a field of the rows
    objective: ObjectiveName = ObjectiveName.FACILITY_LOCATION
    beside: tuple[str, ...] = BESIDE

    @property
    def name(self) -> str:
        name = self.file.removesuffix(".jsonl") or "demo"
        return f"{name}, for gsm8k" if self.objective is ObjectiveName.FLQMI else name

    @property
    def files(self) -> list[Path]:
        """The files it is made of."""
        files = [self.file] if self.file else []
        if self.objective is ObjectiveName.FLQMI:
            files.append(TASK[0])
        return [DATA / file for file in files]


EXPERIMENTS = (
    Experiment("", group_by="topic"),
    Experiment("rg_dev_240.jsonl", 120, 80, "source"),
    Experiment("dev_mix_200.jsonl", 120, 60, "source"),
    Experiment("dev_mix_200.jsonl", 120, objective=ObjectiveName.FLQMI, beside=("retrieval",)),
)


def main() -> None:
    torch.set_num_threads(1)
    print_and_write(report_lines("--stored" in sys.argv[1:]), REPORT)


def report_lines(stored: bool) -> Iterator[str]:
    """The report, experiment by experiment."""
    yield from (
        "# Does a choice help? Measured by tuning",
        "",
        *facts("python -m benchmarks.validation"),
        (
            f"- SmolLM2-135M, float32, LoRA at {LEARNING_RATES[0]:g}, one thread; {BUDGET} of the"
            " pool; losses and differences in nats a response token, with 95 % intervals"
        ),
        "",
    )
    for experiment in EXPERIMENTS:
        yield from ("", f"## {experiment.name}", "")
        missing = [file.name for file in experiment.files if not file.exists()]
        if missing:
            yield f"Not measured: {' and '.join(missing)} not there."
            continue
        yield from experiment_lines(experiment, stored)


def experiment_lines(experiment: Experiment, stored: bool) -> Iterator[str]:
    """A section: the sentence, a table of arms, and what it took."""
    try:
        validation = validation_of(experiment, stored)
        if not stored:
            for cell in complete_validation(validation, "cpu"):
                print(f"{experiment.name}: {cell.address} measured", file=sys.stderr, flush=True)
        findings = findings_of(validation)
    except DeliftError as refusal:
        reason = str(refusal).partition(": ")[2].partition(". ")[0]
        yield f"Not measured yet: {reason}."
        return
    yield from (f"{experiment.objective}: **{findings.sentence}**", "")
    yield from arm_lines(findings.main, findings.groups)
    yield ""
    if findings.groups is not None:
        yield from (*group_lines(findings.main, findings.groups), "")
    if len(experiment.beside) == 1:
        yield f"- {beside_line(findings.main, *experiment.beside)}"
    yield from further_lines(findings, validation)


def validation_of(experiment: Experiment, stored: bool) -> Validation:
    """The validation of an experiment, its run scored to the end unless nothing may be."""
    run = demo() if not experiment.file else run_of(experiment)
    if not stored:
        complete(run, experiment)
    choice = Choice(objective=experiment.objective, budget=BUDGET)
    protocol = Protocol(
        learning_rates=LEARNING_RATES, group_by=experiment.group_by, beside=experiment.beside
    )
    return plan_validation(run, chosen_now(run, choice), protocol)


def demo() -> Run:
    """The demo in the workspace of benchmarks, with what was measured of it."""
    run = open_demo(WORKSPACE)
    if run.held_out is not None:
        return run
    return attach_held_out(run, read_dataset(bundled_run().folder.parent / "held_out.jsonl"))


def run_of(experiment: Experiment) -> Run:
    """The run of some rows of a file, others held out; for a task its own rows."""
    file = DATA / experiment.file
    pool = read_dataset(file, limit=experiment.rows, seed=0, near_duplicates="keep")
    record, data = bundled_run().record["model"], {"pool": pool}
    if experiment.objective is ObjectiveName.FLQMI:
        data |= task_halves(pool)
    else:
        data["held_out"] = other_rows(file, pool, experiment.held_out)
    return create_run(WORKSPACE, data, record, "chat")


def task_halves(pool: Dataset) -> Mapping[str, Dataset]:
    """Rows of the task: every other one is the target, of the rest is held out what is new."""
    rows = read_dataset(DATA / TASK[0], limit=TASK[1], seed=0, near_duplicates="keep")
    target, rest = (replace(rows, examples=rows.examples[start::2]) for start in (0, 1))
    return {"target": target, "held_out": without_repeats(rest, pool, target)}


def complete(run: Run, experiment: Experiment) -> None:
    """Score what the methods of an experiment need."""
    from delift_core.scoring.model import load_model

    kernels = {*OBJECTIVES[experiment.objective].kernels}
    if "mean_helpfulness" in experiment.beside:
        kernels.add("pool_pool")
    model = load_model("bundled", device="cpu")
    for _ in score_missing(missing_work(run, sorted(kernels)), model):
        pass
    if "ifd" in experiment.beside:
        complete_unprompted(run, model)


def arm_lines(evidence: Evidence, groups: Sequence[str] | None) -> Iterator[str]:
    """A line an arm. groups: (held out,) of each example; the last interval draws them whole."""
    yield "| tuned on | models | loss | against random | on other groups | improved |"
    yield "|---|---:|---:|---:|---:|---:|"
    owner = labels_of(groups, evidence.scored)
    for name, losses in evidence.losses.items():
        models = losses.values.shape[0] * losses.values.shape[1]
        cells = [""] * 3
        if name in evidence.differences:
            found = evidence.differences[name]
            beyond = beyond_groups(losses, evidence.losses[RANDOM], owner)
            cells = [interval(found), ends(beyond) if beyond else "", whole_percent(found.improved)]
        mean = nats(float(losses.by_example.mean()))
        yield f"| {' | '.join([name, str(models), mean, *cells])} |"


def group_lines(evidence: Evidence, groups: Sequence[str]) -> Iterator[str]:
    """A line a group: the mean difference of every arm from random selections within it."""
    owner = np.asarray(labels_of(groups, evidence.scored))  # (scored,)
    names = [name for name in evidence.differences if name != UNTUNED]
    yield f"| group | held out | {' | '.join(names)} |"
    yield f"|---|---:|{'---:|' * len(names)}"
    for group in sorted(set(owner.tolist())):
        members = owner == group
        means = [evidence.differences[name].per_example[members].mean() for name in names]
        yield f"| {group} | {members.sum()} | {' | '.join(map(nats, means))} |"


def beside_line(evidence: Evidence, other: str) -> str:
    """How the selection differs from one of another method."""
    own, others = (evidence.losses[name] for name in (evidence.selection, other))
    return f"{evidence.selection} and {other}: {verdict(difference(own, others), other)}"


def further_lines(findings: Findings, validation: Validation) -> Iterator[str]:
    """Sizes, the noise floor, and seconds."""
    rows = len(findings.settings.chosen[findings.settings.selection])
    yield (
        f"- {len(validation.run.pool)} rows, {rows} chosen, {len(findings.main.scored)} held out"
        f"{grouped(findings)};"
        f" random selections alone differ by {nats(findings.main.noise_floor)} (standard deviation)"
    )
    for arm, way in findings.main.way.items():
        if not isnan(way[0]):
            yield f"- {way_text(way)} of the way from random to the {arm}"
    if findings.seconds.all_models is not None:
        yield f"- {len(validation.cells)} models in {duration(findings.seconds.all_models)}"


def grouped(findings: Findings) -> str:
    """In how many groups the held-out examples are, where they are grouped."""
    if findings.groups is None:
        return ""
    return f" in {len(set(findings.groups))} groups ({findings.settings.group_by})"


if __name__ == "__main__":
    main()
