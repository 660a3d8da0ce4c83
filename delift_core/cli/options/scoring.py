"""The options that say with which model a run is scored, and in which workspace."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from delift_core.cli.options.common import workspace_option
from delift_core.cli.options.group import LazyChoice, option_group
from delift_core.scoring.device_names import DEVICES
from delift_core.scoring.precision import Precision

if TYPE_CHECKING:
    from delift_core.workflow.models import ModelOptions


@dataclass(frozen=True)
class ScoringOptions:
    """A model, how it reads the examples, and where runs are kept."""

    model: str
    revision: str | None
    dtype: str
    device: str
    context: int | None
    template: str
    workspace: Path | None

    @property
    def model_options(self) -> "ModelOptions":
        """Which model, and how it is loaded."""
        from delift_core.workflow.models import ModelOptions

        return ModelOptions(self.model, self.dtype, self.device, self.revision, self.context)

    @property
    def workspace_folder(self) -> Path:
        """The workspace named, or the one of this machine."""
        from delift_core.runs.store import default_workspace

        return self.workspace or default_workspace()


def template_names() -> list[str]:
    """auto, and the names of the templates."""
    from delift_core.scoring.templates import TemplateName

    return ["auto", *TemplateName]


scoring_options = option_group(
    "scoring_options",
    ScoringOptions,
    click.option(
        "--model",
        default="bundled",
        show_default=True,
        help="bundled, a Hugging Face id, or a folder.",
    ),
    click.option("--revision", help="Commit of a Hugging Face model."),
    click.option(
        "--dtype",
        type=click.Choice(list(map(str, Precision))),
        default=str(Precision.FLOAT32),
        show_default=True,
        help="Precision. mixed: the layers' products in bfloat16, the rest in float32.",
    ),
    click.option(
        "--device",
        type=click.Choice(DEVICES),
        default="auto",
        show_default=True,
    ),
    click.option(
        "--context",
        type=click.IntRange(8),
        metavar="N",
        help="A shorter window than the model's own, in tokens.",
    ),
    click.option("--template", type=LazyChoice(template_names), default="auto", show_default=True),
    workspace_option,
)
