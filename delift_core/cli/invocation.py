"""The command that is being run, as the line that makes the same file again."""

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from delift_core.runs.run import Run


def current_command_line(settled: Mapping[str, object]) -> str:
    """The command with every option that differs from its default.

    settled: parameter -> the value that was used in place of the one typed.
    """
    context = click.get_current_context()
    arguments = context.command_path.split()
    for parameter in context.command.params:
        name = str(parameter.name)
        if name == "as_json":
            continue
        value = settled.get(name, context.params.get(name))
        if isinstance(parameter, click.Argument):
            arguments.append(str(value))
        elif isinstance(parameter, click.Option) and not _is_default(parameter, value, context):
            arguments += _option_arguments(parameter, value)
    return shlex.join(arguments)


def _is_default(option: click.Option, value: object, context: click.Context) -> bool:
    """Whether leaving the option out means the same; 0 is a value like any other."""
    if value is False and option.secondary_opts:
        return option.get_default(context) is False
    return value is None or value is False or value == option.get_default(context)


def _option_arguments(option: click.Option, value: object) -> list[str]:
    """--limit 6; --pin a --pin b for an option of several values."""
    name = option.opts[0]
    if option.is_flag:
        return [name if value else option.secondary_opts[0]]
    values = value if isinstance(value, tuple) else (value,)
    return [argument for single in values for argument in (name, str(single))]


def settled_plan_options(run: "Run") -> dict[str, str | None]:
    """The options that give a run's plan on any machine, whatever minutes chose it here."""
    plan = run.plan
    if plan.is_all:
        return {"minutes": None}
    return {"minutes": None, "plan": str(plan.kind), "pairs": repr(plan.number or plan.share)}
