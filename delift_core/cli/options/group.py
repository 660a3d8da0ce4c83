"""Groups of options: each arrives at a command as one record."""

import dataclasses
import functools
from collections.abc import Callable, Iterable
from typing import Any

import click

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


def option_group(name: str, record: type, *options: Decorator) -> Decorator:
    """A decorator that adds options to a command and passes their values as one record, `name`."""
    fields = [field.name for field in dataclasses.fields(record)]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_record(**values):
            own = {field: values.pop(field) for field in fields}
            return command(**values, **{name: record(**own)})

        decorated: Command = with_record
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


class LazyChoice(click.Choice):
    """One of the names of a register, which is imported when the option is read or explained."""

    def __init__(self, names: Callable[[], Iterable[str]]):
        self._names = names
        self.case_sensitive = True

    def __getattr__(self, name: str):
        """`choices`, the names in the order of the register, when it is first read."""
        if name != "choices":
            raise AttributeError(name)
        self.choices = tuple(map(str, self._names()))
        return self.choices
