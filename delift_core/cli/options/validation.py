"""The options that say how a selection is validated."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from delift_core.cli.options.group import LazyChoice, option_group
from delift_core.scoring.device_names import DEVICES

if TYPE_CHECKING:
    from delift_core.workflow.plan_validation import Protocol


@dataclass(frozen=True)
class ValidationOptions:
    """How a selection is validated, as it is typed."""

    selection: str | None
    beside: tuple[str, ...]
    held_out: str | None
    hold_out: str | None
    model: str | None
    tuner: str
    tuner_options: tuple[str, ...]
    learning_rates: tuple[float, ...]
    random: int
    seeds: int
    epochs: int
    rows_per_step: int
    answers: bool
    cluster_by: str | None
    growth: str | None
    sources: bool
    matrix: bool
    equal_tokens: bool
    device: str
    cost: bool

    def protocol(self, group_by: str | None) -> "Protocol":
        """How the selection is validated; group_by: the field of groups."""
        from delift_core.validation.arms import Design
        from delift_core.validation.tuners.options import typed_options
        from delift_core.validation.tuners.register import named_tuner
        from delift_core.workflow.plan_validation import Protocol

        return Protocol(
            tuner=self.tuner,
            learning_rates=self.learning_rates,
            design=Design(self.epochs, self.random, self.seeds),
            rows_per_step=self.rows_per_step,
            answers=self.answers,
            group_by=group_by,
            cluster_by=self.cluster_by,
            growth=budgets(self.growth),
            sources=self.sources,
            matrix=self.matrix,
            equal_tokens=self.equal_tokens,
            beside=self.beside,
            options=typed_options(named_tuner(self.tuner), self.tuner_options),
        )


def budgets(text: str | None) -> tuple[str, ...]:
    """5,10,20 -> 5%, 10%, 20%; a budget that is written whole stays as it is."""
    listed = [part.strip() for part in (text or "").split(",") if part.strip()]
    return tuple(f"{part}%" if part.isdigit() else part for part in listed)


def tuner_names() -> list[str]:
    """The names of the tuners."""
    from delift_core.validation.tuners.register import TUNERS

    return list(TUNERS)


validation_options = option_group(
    "validation_options",
    ValidationOptions,
    click.option(
        "--selection",
        metavar="NAME",
        help="A selection of the run, by name or digest; --budget chooses it anew at another"
        " budget. Without it the objective chooses.",
    ),
    click.option(
        "--beside",
        multiple=True,
        metavar="NAME",
        help="A method, or a selection of the run, to measure as well. May be repeated; longest"
        " always is.",
    ),
    click.option("--held-out", metavar="DATA", help="Examples, never chosen from, to measure on."),
    click.option(
        "--hold-out",
        metavar="AMOUNT",
        help="Measure on 20% or 40 examples of the pool, set aside in a run of their own, in which"
        " the selection is made anew from the rest.",
    ),
    click.option("--model", help="The model to tune; by default that of the run."),
    click.option(
        "--tuner",
        type=LazyChoice(tuner_names),
        default="lora",
        show_default=True,
        help="How models are tuned.",
    ),
    click.option(
        "--tuner-option",
        "tuner_options",
        multiple=True,
        metavar="NAME=VALUE",
        help="What is varied about the tuner, as rank=16. May be repeated.",
    ),
    click.option(
        "--learning-rate",
        "learning_rates",
        type=click.FloatRange(0, min_open=True),
        multiple=True,
        help="May be repeated; the first is that of the sentence. By default both of the tuner.",
    ),
    click.option(
        "--random",
        type=click.IntRange(2),
        default=8,
        show_default=True,
        help="Random selections, each tuned once.",
    ),
    click.option(
        "--seeds",
        type=click.IntRange(2),
        default=3,
        show_default=True,
        help="Times that every other selection is tuned.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(1),
        default=3,
        show_default=True,
        help="Through the selection; all others have as many steps.",
    ),
    click.option(
        "--rows-per-step", type=click.IntRange(1), default=8, show_default=True, help="Batch size."
    ),
    click.option(
        "--answers",
        is_flag=True,
        help="Let every model answer the held-out prompts, and score the answers as well: by the"
        " last number, or else by ROUGE-L, which is 0 in other scripts than a to z.",
    ),
    click.option(
        "--cluster-by",
        metavar="FIELD",
        help="A field of the held-out rows; those of one value are drawn together in intervals.",
    ),
    click.option(
        "--growth",
        metavar="5,10,20,40,100",
        help="Percentages of the pool, or budgets, at which the selection is measured as well.",
    ),
    click.option(
        "--sources",
        is_flag=True,
        help="Leave each group out of the selection, and add it whole; --group-by names the field.",
    ),
    click.option(
        "--matrix",
        is_flag=True,
        help="Tune on each group alone, and measure on every group; --group-by names the field.",
    ),
    click.option(
        "--equal-tokens",
        is_flag=True,
        help="Tune every arm once more, for as many response tokens as the selection has in place"
        " of as many steps.",
    ),
    click.option(
        "--device", type=click.Choice(DEVICES), default="auto", show_default=True, help="Where."
    ),
    click.option("--cost", is_flag=True, help="Say what it would take, and stop there."),
)
