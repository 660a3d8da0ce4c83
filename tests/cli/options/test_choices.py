"""The names that options accept are those of the registers and enums."""

import subprocess
import sys

import pytest

from delift_core.cli.main import main
from delift_core.data.read_options import DUPLICATE_POLICIES
from delift_core.export.formats import FILE_SUFFIXES
from delift_core.export.shapes import SHAPES
from delift_core.scoring.kernel import Diagonal, Measure, Transform
from delift_core.scoring.plan import PlanKind
from delift_core.scoring.precision import Precision
from delift_core.scoring.templates import TemplateName
from delift_core.selection.objective_names import ObjectiveName

NAMES = {
    "near_duplicates": DUPLICATE_POLICIES,
    "dtype": Precision,
    "template": ["auto", *TemplateName],
    "plan": PlanKind,
    "objective": ["auto", *ObjectiveName],
    "measure": Measure,
    "transform": Transform,
    "diagonal": Diagonal,
    "shape": SHAPES,
}


@pytest.mark.parametrize("option", NAMES)
def test_an_option_accepts_the_names_of_its_register(option):
    (parameter,) = [own for own in main.commands["run"].params if own.name == option]
    assert list(parameter.type.choices) == list(map(str, NAMES[option]))


@pytest.mark.parametrize("command", ["run", "export"])
def test_the_help_of_out_names_every_suffix(command):
    (parameter,) = [own for own in main.commands[command].params if own.name == "out"]
    assert f"{', '.join(FILE_SUFFIXES)} or a folder." in parameter.help


def test_the_options_of_a_choice_default_to_the_default_choice():
    from dataclasses import fields

    from delift_core.cli.options.choice import ChoiceOptions, choice_from
    from delift_core.selection.choice import Choice

    context = main.commands["select"].make_context("select", ["run-folder"])
    options = {field.name: context.params[field.name] for field in fields(ChoiceOptions)}
    assert choice_from(ChoiceOptions(**options)) == Choice()


def test_the_commands_are_imported_without_anything_heavy():
    heavy = ("numpy", "torch", "pyarrow", "zarr", "pandas", "streamlit", "transformers")
    code = f"import sys, delift_core.cli.main; print(set({heavy!r}) & set(sys.modules))"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "set()"
