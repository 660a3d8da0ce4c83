"""Titles of the columns of a table, and its numbers as they read everywhere else."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from delift_core.units import number


def headings(table: pd.DataFrame, settings: Mapping[str, Mapping] | None = None) -> dict[str, dict]:
    """The configuration of every column by its name: a title in sentence case.

    settings: the configurations of columns that have more than a title.
    """
    configurations: dict[str, dict[str, Any]] = {}
    for name in map(str, table.columns):
        own = (settings or {}).get(name, {})
        title = own.get("label") or f"{name[:1].upper()}{name[1:]}"
        configurations[name] = {**own, "label": title}
    return configurations


def with_numbers(table: pd.DataFrame, forms: Mapping[str, str]) -> Styler:
    """The table with a true minus sign in its numbers; they are sorted by value all the same.

    forms: a format of Python's by the name of a column; columns that are not there are left out.
    """
    written = {
        name: partial(number, form=form) for name, form in forms.items() if name in table.columns
    }
    return table.style.format(written, na_rep="")
