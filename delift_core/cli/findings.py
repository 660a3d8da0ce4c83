"""What a validation found, as tables in a terminal or as JSON lines; the sentence comes last."""

from collections.abc import Iterator, Sequence
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.errors import printable
from delift_core.units import counted, whole_percent
from delift_core.validation.equal_tokens import equal_tokens_line
from delift_core.validation.learning_rates import flip_sentences
from delift_core.validation.verdict import agreement_line, interval, nats, way_line

if TYPE_CHECKING:
    from rich.table import Table

    from delift_core.validation.ablation import SourceEffect
    from delift_core.validation.evidence import Evidence
    from delift_core.validation.forgetting import Forgetting
    from delift_core.validation.group_matrix import GroupMatrix
    from delift_core.validation.growth import Growth
    from delift_core.workflow.findings import Findings
    from delift_core.workflow.tuning_seconds import TuningSeconds
    from delift_core.workflow.validation import Validation

CAPTION = "Mean NLL of the held-out responses, in nats a token; differences with 95 % intervals."


def say_findings(reporter: Reporter, validation: "Validation", findings: "Findings") -> None:
    """Print the tables of a validation, what flips between learning rates, then the sentence."""
    from delift_core.validation.record import evidence_record
    from delift_core.workflow.findings import parts_record

    for rate, evidence in findings.evidence.items():
        tables = partial(arm_tables, evidence, f"learning rate {rate:g}")
        reporter.show("evidence", tables, learning_rate=rate, **evidence_record(evidence))
        say_agreement(reporter, rate, evidence.agreement)
    reporter.show("parts", partial(part_tables, findings), **parts_record(findings))
    for sentence in flip_sentences(findings.flips, findings.settings.selection):
        reporter.say("flip", sentence, sentence=sentence)
    say_context(reporter, validation, findings.main)
    tables = partial(seconds_tables, findings.seconds)
    reporter.show("seconds", tables, **findings.seconds.record)
    reporter.say(
        "validated",
        findings.sentence,
        validation=validation.settings.address,
        folder=validation.folder,
        selection=findings.settings.selection,
        sentence=findings.sentence,
    )


def say_agreement(reporter: Reporter, rate: float, correlation: float) -> None:
    """Whether arms of lower loss answer better; nothing where no answers were scored."""
    if not isnan(correlation):
        line = agreement_line(correlation)
        reporter.say("agreement", line, learning_rate=rate, correlation=correlation)


def say_context(reporter: Reporter, validation: "Validation", evidence: "Evidence") -> None:
    """What the sentence is read with: the way to the whole pool, what would be found, the tries."""
    from delift_core.validation.record import evidence_record
    from delift_core.validation.validations import selections_tried, stored_validations

    reporter.say("way", way_line(evidence.way), way=evidence_record(evidence)["way"])
    detectable = evidence.differences[evidence.selection].detectable
    reporter.say(
        "detectable",
        f"A true difference of {nats(detectable)} nats is found in four of five validations as"
        " large as this one.",
        detectable=detectable,
    )
    tried = selections_tried(validation.run, stored_validations(validation.run))
    line = f"{counted(tried, 'selection')} tried in the finished validations of this run."
    reporter.say("tried", line, selections=tried)


def arm_tables(evidence: "Evidence", title: str, caption: str = CAPTION) -> "list[Table]":
    """A line an arm: its models, losses and differences from random selections."""
    table = new_table(title, caption)
    for column in ("models", "loss", "against random", "improved", "answers"):
        table.add_column(column, justify="right")
    for name, losses in evidence.losses.items():
        models = losses.values.shape[0] * losses.values.shape[1]
        mean = nats(float(losses.by_example.mean()))
        table.add_row(printable(name), f"{models}", mean, *difference_texts(evidence, name))
    return [table]


def difference_texts(evidence: "Evidence", name: str) -> Iterator[str]:
    """Difference from random selections, share of improved examples and score of an arm."""
    difference = evidence.differences.get(name)
    score = evidence.scores[name]
    if difference is None:
        yield f"noise floor {nats(evidence.noise_floor)}"
        yield ""
    else:
        yield interval(difference)
        yield whole_percent(difference.improved)
    yield "" if isnan(score) else f"{score:.2f}"


def part_tables(findings: "Findings") -> "Iterator[Table]":
    """The tables of everything else that was measured."""
    if findings.at_equal_tokens is not None:
        line = equal_tokens_line(findings.validation.equal_tokens)
        yield from arm_tables(findings.at_equal_tokens, "equal tokens", line)
    if findings.main.by_group:
        yield group_table(findings.main)
    if findings.growth is not None:
        yield growth_table(findings.growth, findings.settings.selection)
    if findings.matrix is not None:
        yield matrix_table(findings.matrix)
    if findings.sources:
        yield source_table(findings.sources)
    if findings.forgetting is not None:
        yield forgetting_table(findings.forgetting)


def group_table(evidence: "Evidence") -> "Table":
    """The selection beside random ones, within each group."""
    table = new_table("group")
    table.add_column(f"{printable(evidence.selection)} against random", justify="right")
    for group, difference in evidence.by_group.items():
        table.add_row(printable(group), interval(difference))
    return table


def growth_table(growth: "Growth", selection: str) -> "Table":
    """The selection and random ones at every budget."""
    from delift_core.validation.arms import RANDOM

    table = new_table("budget")
    for title in ("examples", printable(selection), RANDOM, "against random"):
        table.add_column(title, justify="right")
    for chosen, drawn in zip(growth.curve(selection), growth.curve(RANDOM)):
        beside = "" if chosen.beside_random is None else interval(chosen.beside_random)
        low, high = drawn.band
        table.add_row(
            chosen.budget,
            f"{chosen.rows:,}",
            nats(chosen.loss),
            f"{nats(low)} to {nats(high)}",
            beside,
        )
    return table


def matrix_table(matrix: "GroupMatrix") -> "Table":
    """Loss on each group (columns) of a model that is tuned on one (rows)."""
    table = new_table("tuned on")
    for group in matrix.measured_on:
        table.add_column(printable(group), justify="right")
    table.add_row("nothing", *map(nats, matrix.untuned.tolist()))
    for group, losses in zip(matrix.tuned_on, matrix.losses.tolist()):
        table.add_row(printable(group), *map(nats, losses))
    return table


def source_table(sources: "Sequence[SourceEffect]") -> "Table":
    """What leaving each source out, and adding it, does to the loss."""
    table = new_table("source")
    for title in ("change", "examples", "difference"):
        table.add_column(title, justify="right")
    for effect in sources:
        table.add_row(
            printable(effect.source),
            effect.change,
            f"{effect.rows:,}",
            interval(effect.difference),
        )
    return table


def forgetting_table(forgetting: "Forgetting") -> "Table":
    """What tuning does to the loss on known examples, beside that on the held-out ones."""
    table = new_table("beside untuned")
    for title in ("known examples", "held-out examples"):
        table.add_column(title, justify="right")
    for name, known in forgetting.known.items():
        table.add_row(printable(name), interval(known), interval(forgetting.new[name]))
    return table


def seconds_tables(seconds: "TuningSeconds") -> "list[Table]":
    """What the selection costs beside tuning on everything."""
    table = new_table("work", " ".join(seconds.notes) or None)
    table.add_column("time", justify="right")
    for work, taken in seconds.rows.items():
        table.add_row(work, taken)
    return [table]


def new_table(title: str, caption: str | None = None) -> "Table":
    """A table whose first column has a title."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, pad_edge=False, caption_justify="left", caption=caption)
    table.add_column(title)
    return table
