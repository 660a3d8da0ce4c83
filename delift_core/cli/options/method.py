"""The options that say by which method is chosen."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from delift_core.cli.options.group import LazyChoice, option_group
from delift_core.scoring.device_names import DEVICES
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.selection.round_settings import RoundPicks, RoundSettings

if TYPE_CHECKING:
    from delift_core.selection.method import MethodOptions


@dataclass(frozen=True)
class MethodVariation:
    """What can be varied about methods, as it is typed."""

    seed: int
    field: str | None
    ascending: bool
    max_cosine: float | None
    table: Path | None
    rank: int
    dimension: int
    epochs: int
    warm_up: float
    rounds: int
    initial: float
    step: float
    picks_by: str
    device: str

    @property
    def options(self) -> "MethodOptions":
        """What can be varied about the method."""
        from delift_core.selection.method import MethodOptions

        return MethodOptions(
            seed=self.seed,
            field=self.field,
            ascending=self.ascending,
            max_cosine=self.max_cosine,
            rank=self.rank,
            dimension=self.dimension,
            epochs=self.epochs,
            warm_up=self.warm_up,
            rounds=self.rounds,
            initial=self.initial,
            step=self.step,
            picks_by=self.picks_by,
        )


@dataclass(frozen=True)
class MethodChoice(MethodVariation):
    """A method as it is typed."""

    name: str | None


def method_names() -> list[str]:
    """The names of the methods."""
    from delift_core.selection.methods import methods

    return list(methods())


SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
VARIATIONS = (
    click.option(
        "--seed", type=int, default=0, show_default=True, help="Of methods that are random."
    ),
    click.option(
        "--field",
        metavar="FIELD",
        help="The field or column that method column ranks by.",
    ),
    click.option("--ascending", is_flag=True, help="With method column: the lowest first."),
    click.option(
        "--max-cosine",
        type=click.FloatRange(-1, 1),
        help="With method column: examples more similar than this to a better one go last.",
    ),
    click.option(
        "--table",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Ids and scores for method column, or ids in order for method list.",
    ),
    click.option(
        "--rank",
        type=click.IntRange(1),
        default=GradientSettings.rank,
        show_default=True,
        help="With method gradients: rank of the adapters whose gradients are taken.",
    ),
    click.option(
        "--dimension",
        type=click.IntRange(1),
        default=GradientSettings.dimension,
        show_default=True,
        help="With method gradients: numbers that a gradient is projected to.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(1),
        default=GradientSettings.epochs,
        show_default=True,
        help="With method gradients: epochs of the warm-up.",
    ),
    click.option(
        "--warm-up",
        type=click.FloatRange(0, 1, min_open=True),
        default=GradientSettings.warm_up,
        show_default=True,
        help="With method gradients: share of the pool in the warm-up.",
    ),
    click.option(
        "--rounds",
        type=click.IntRange(1),
        default=RoundSettings.rounds,
        show_default=True,
        help="With method rounds: how many times a model is tuned and picks.",
    ),
    click.option(
        "--initial",
        type=SHARE,
        default=RoundSettings.initial,
        show_default=True,
        help="With method rounds: share of the pool that is drawn first, by chance.",
    ),
    click.option(
        "--step",
        type=SHARE,
        default=RoundSettings.step,
        show_default=True,
        help="With method rounds: share of the pool that each round picks.",
    ),
    click.option(
        "--picks-by",
        type=click.Choice(list(RoundPicks)),
        default=RoundSettings.picks_by,
        show_default=True,
        help="With method rounds: how they pick from the embeddings of a tuned model.",
    ),
    click.option(
        "--device",
        type=click.Choice(DEVICES),
        default="auto",
        show_default=True,
        help="With methods gradients and rounds: where they are computed.",
    ),
)
variation_options = option_group("variation_options", MethodVariation, *VARIATIONS)
method_options = option_group(
    "method_options",
    MethodChoice,
    click.option(
        "--method",
        "name",
        type=LazyChoice(method_names),
        help="How to choose; by default the objective is maximised.",
    ),
    *VARIATIONS,
)
