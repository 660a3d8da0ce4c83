"""`delift compare`: methods and selections of a scored run side by side."""

from dataclasses import replace
from pathlib import Path

import click

from delift_core.cli.choosing import (
    imported_ranking,
    refuse_unread_options,
    say_changed_sources,
)
from delift_core.cli.comparing import say_comparison
from delift_core.cli.console import Reporter
from delift_core.cli.gradients import require_gradients
from delift_core.cli.held_out import run_with_held_out
from delift_core.cli.options.choice import ChoiceOptions, choice_from, choice_options
from delift_core.cli.options.common import reporter_option, run_argument
from delift_core.cli.options.comparison import ComparisonOptions, comparison_options
from delift_core.cli.options.method import MethodVariation, variation_options
from delift_core.cli.passes import complete_passes
from delift_core.cli.rounds import require_rounds


@click.command("compare")
@run_argument
@comparison_options
@variation_options
@choice_options
@reporter_option
def compare_command(
    reporter: Reporter,
    folder: Path,
    comparison_options: ComparisonOptions,
    variation_options: MethodVariation,
    choice_options: ChoiceOptions,
) -> None:
    """Set methods and selections of a scored run side by side, each beside ten random selections.

    No selection is stored. What --held-out or a method needs is scored once.
    """
    from delift_core.runs.store import open_run
    from delift_core.selection.methods import named_method
    from delift_core.workflow.choose import settled_constraints
    from delift_core.workflow.compare import (
        Candidates,
        compare,
        few_valued_fields,
        in_tokens,
        usual_methods,
    )

    choice = choice_from(choice_options)
    run = replace(open_run(folder), held_out=None)  # which --held-out may replace
    if comparison_options.tokens:
        choice = in_tokens(run, choice)
    names = comparison_options.method_names
    if not names and not comparison_options.selections:
        names = usual_methods(run, choice)
    for name in names:
        named_method(name)  # refuses an unknown one, and what follows before anything is scored
    refuse_unread_options(names, variation_options)
    settled_constraints(run, choice)
    run = run_with_held_out(reporter, folder, comparison_options.held_out)
    say_changed_sources(reporter, run)
    complete_passes(reporter, run, names)
    require_gradients(reporter, run, names, variation_options)
    require_rounds(reporter, run, names, variation_options)
    candidates = Candidates(
        choice,
        names,
        comparison_options.selections,
        variation_options.options,
        imported_ranking(reporter, run, variation_options),
        comparison_options.fields or few_valued_fields(run.pool),
    )
    say_comparison(reporter, run.pool, compare(run, candidates))
