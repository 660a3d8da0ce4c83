"""`delift ...`: the engine from a terminal.

Every command opens the same run folders as the library and the dashboard.
"""

import functools
from pathlib import Path

import click

from delift_core.cli import dashboard, delivery, workflow
from delift_core.cli.console import OneLineErrors, Reporter, command_line
from delift_core.scoring.precision import Precision

OBJECTIVES = ("auto", "facility_location", "flqmi", "flvmi", "flcg", "flcmi")


def options(*decorators):
    """Several click options as one decorator."""
    return lambda command: functools.reduce(
        lambda wrapped, option: option(wrapped), reversed(decorators), command
    )


data_options = options(
    click.option(
        "--pool",
        required=True,
        metavar="DATA",
        help="The examples to choose from: a file, a folder or a Hugging Face id.",
    ),
    click.option("--target", metavar="DATA", help="Examples of the task to become good at."),
    click.option("--known", metavar="DATA", help="Examples the model was already trained on."),
    click.option(
        "--limit",
        type=click.IntRange(1),
        metavar="N",
        help="At most N pool examples, drawn with --seed.",
    ),
    click.option(
        "--target-limit", type=click.IntRange(1), metavar="N", help="At most N target examples."
    ),
    click.option(
        "--known-limit", type=click.IntRange(1), metavar="N", help="At most N known examples."
    ),
    click.option(
        "--columns",
        metavar="MAP",
        help="Which column is what in the pool: prompt=question,response=answer.",
    ),
    click.option("--target-columns", metavar="MAP", help="The same for the target."),
    click.option("--known-columns", metavar="MAP", help="The same for the known examples."),
    click.option(
        "--near-duplicates",
        type=click.Choice(["collapse", "keep"]),
        default="collapse",
        show_default=True,
        help="Let one near-duplicate stand for all of its kind, or keep them.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Seed of every draw."),
)
model_options = options(
    click.option(
        "--model",
        default="bundled",
        show_default=True,
        help="bundled, a Hugging Face id, or a folder.",
    ),
    click.option("--revision", help="Commit of a Hugging Face model."),
    click.option(
        "--dtype",
        type=click.Choice([str(one) for one in Precision]),
        default=str(Precision.FLOAT32),
        show_default=True,
        help="Precision. mixed: the layers' products in bfloat16, the rest in float32.",
    ),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "mps"]),
        default="auto",
        show_default=True,
    ),
    click.option(
        "--context",
        type=click.IntRange(8),
        metavar="N",
        help="A shorter window than the model's own, in tokens.",
    ),
    click.option(
        "--template",
        type=click.Choice(["auto", "chat", "plain", "paper"]),
        default="auto",
        show_default=True,
    ),
    click.option(
        "--workspace",
        type=click.Path(path_type=Path),
        envvar="DELIFT_WORKSPACE",
        help="Where runs are kept.",
    ),
)
plan_options = options(
    click.option(
        "--plan",
        type=click.Choice(["all", "sampled", "nearest"]),
        help=(
            "Which pairs are scored: every one, every one of some answered examples (with an error"
            " bar), or those of near examples and some at random (the others are inferred)."
            " [default: all]"
        ),
    ),
    click.option(
        "--pairs",
        metavar="SHARE",
        help=(
            "The share of the pairs that a plan scores, 20% by default; alone it means nearest"
            " pairs."
        ),
    ),
    click.option(
        "--minutes",
        type=click.FloatRange(0, min_open=True),
        metavar="N",
        help="Measure this machine and take the best plan that fits into so many minutes.",
    ),
)
choice_options = options(
    click.option(
        "--objective",
        type=click.Choice(OBJECTIVES),
        default="auto",
        show_default=True,
        help="auto follows from the roles given.",
    ),
    click.option(
        "--budget",
        default="0.3",
        show_default=True,
        help='Rows (50), a fraction (0.3, 30%) or tokens ("4000 tokens").',
    ),
    click.option("--eta", type=float, default=1.0, show_default=True, help="Weight of the target."),
    click.option(
        "--nu", type=float, default=1.0, show_default=True, help="Weight of what is known."
    ),
    click.option("--measure", type=click.Choice(["l2", "pmi"]), default="l2", show_default=True),
    click.option(
        "--transform",
        type=click.Choice(["clip", "raw", "minmax"]),
        default="clip",
        show_default=True,
    ),
    click.option(
        "--diagonal",
        type=click.Choice(["capped", "masked", "kept"]),
        default="capped",
        show_default=True,
    ),
    click.option(
        "--pin",
        "pins",
        multiple=True,
        metavar="ID",
        help="Choose this example first. May be repeated.",
    ),
    click.option(
        "--exclude",
        "excludes",
        multiple=True,
        metavar="ID",
        help="Never choose this example. May be repeated.",
    ),
    click.option("--group-by", metavar="FIELD", help="A field of the rows that names their group."),
    click.option(
        "--quota",
        "quotas",
        multiple=True,
        metavar="GROUP=N",
        help="At most N rows of a group. May be repeated.",
    ),
)
out_options = options(
    click.option(
        "--shape",
        type=click.Choice(["original", "alpaca", "sharegpt", "messages", "ids"]),
        default="original",
        show_default=True,
    ),
    click.option("--with-rank", is_flag=True, help="Add the rank of each row."),
    click.option("--with-gain", is_flag=True, help="Add the marginal gain of each row."),
    click.option(
        "--with-verdict", is_flag=True, help="Add what the reviewers of the run say of each row."
    ),
    click.option(
        "--without-dropped",
        is_flag=True,
        help="Leave out what the reviewers of the run dropped; nothing takes its place.",
    ),
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON lines for machines.")


@click.group(
    "delift",
    cls=OneLineErrors,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="delift", message="%(version)s")
def main():
    """Choose, look at and defend the examples a language model is fine-tuned on."""


@main.command()
@data_options
@model_options
@plan_options
@choice_options
@out_options
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    help="Write the chosen rows here: .jsonl, .json, .csv, .parquet, .txt or a folder.",
)
@json_option
def run(out, as_json, **given):
    """Read, score, choose and export in one go.

    Run again, it scores nothing anew; cut off, it continues.
    """
    report, choice = Reporter(as_json), workflow.choice_from(given)
    plan = workflow.plan_from(given)
    if out:
        delivery.check_out(out, given, [given[role] for role in workflow.ROLES if given[role]])
    data = workflow.read_roles(report, given)
    kernels = workflow.kernels_for(choice, data, plan)
    found = workflow.score(report, data, kernels, given, choice)
    chosen = workflow.choose(report, found, choice)
    if out:
        delivery.export(
            report,
            found,
            data,
            choice,
            chosen,
            out,
            given,
            command_line(**workflow.plan_words(found)),
        )


@main.command()
@data_options
@model_options
@plan_options
@json_option
def score(as_json, **given):
    """Score every kernel that the given roles allow, and stop there."""
    report = Reporter(as_json)
    workflow.plan_from(given)
    data = workflow.read_roles(report, given)
    workflow.score(report, data, workflow.every_kernel(data), given)


@main.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@choice_options
@json_option
def select(folder, as_json, **given):
    """Choose anew in a scored run; nothing is scored."""
    from delift_core.runs.store import open_run

    report, found = Reporter(as_json), open_run(folder)
    workflow.say_changed(report, found)
    workflow.choose(report, found, workflow.choice_from(given))


@main.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--selection", metavar="NAME", help="A selection of the run; the last one made by default."
)
@out_options
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to: .jsonl, .json, .csv, .parquet, .txt or a folder.",
)
@json_option
def export(folder, selection, out, as_json, **given):
    """Write a selection of a run to a file, with its manifest beside it."""
    from delift_core.runs.selections import find_selection, read_selection
    from delift_core.runs.store import open_run

    report, found = Reporter(as_json), open_run(folder)
    delivery.check_out(out, given, [dataset.source for dataset in found.datasets.values()])
    path = find_selection(found, selection)
    workflow.say_changed(report, found)
    delivery.export(
        report,
        found,
        found.datasets,
        *read_selection(path),
        out,
        given,
        command_line(selection=path.stem),
    )


@main.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--selection", metavar="NAME", help="A selection of the run; the last one made by default."
)
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to: an .html file, replaced if it is there.",
)
@json_option
def report(folder, selection, out, as_json):
    """Write a selection of a run as one page to show to others: it opens anywhere, without a
    network.
    """
    from delift_core.runs.selections import find_selection, read_selection
    from delift_core.runs.store import open_run

    found = open_run(folder)
    choice, _ = read_selection(find_selection(found, selection))
    delivery.report(Reporter(as_json), found, choice, out)


@main.command()
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    envvar="DELIFT_WORKSPACE",
    help="Where runs are kept.",
)
@json_option
def runs(workspace, as_json):
    """List the runs of a workspace, newest first."""
    from delift_core.runs.store import default_workspace, list_runs
    from delift_core.wording import plan_name

    report, workspace = Reporter(as_json), workspace or default_workspace()
    found = list(list_runs(workspace))
    for one in found:
        rows = ", ".join(f"{role} {one.record['data'][role]['examples']:,}" for role in one.roles)
        report.say(
            "run",
            f"{one.folder}  {rows}  {one.record['model']['name']} "
            f" {' '.join(one.complete()) or 'unfinished'}"
            f"{'' if one.plan.is_all else f'  ({plan_name(one.plan)} of the pairs)'}",
            folder=one.folder,
            roles=one.record["data"],
            model=one.record["model"],
            kernels=one.complete(),
            plan=one.record.get("plan"),
        )
    if not found:
        report.say(
            "none",
            f"No runs in {workspace}. Make one with: delift run --pool your.jsonl",
            workspace=workspace,
        )


@main.command()
@json_option
def doctor(as_json):
    """Check this machine: versions, device, memory, the bundled model, the workspace."""
    from delift_core.cli.doctor import checks

    report, failed = Reporter(as_json), 0
    for name, fine, found in checks():
        report.say(
            "check",
            f"{'ok  ' if fine else 'FAIL'} {name}: {found}",
            name=name,
            ok=fine,
            found=found,
        )
        failed += not fine
    return 2 if failed else 0


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("streamlit_options", nargs=-1, type=click.UNPROCESSED)
def app(streamlit_options):
    """Open the dashboard in a browser; further options go to streamlit run."""
    dashboard.serve(streamlit_options)
