"""The house as code: imports point one way, heavy libraries have one home each, importing the
engine costs nothing.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "delift_core"
MODULES = sorted(CORE.rglob("*.py"))

# A package may import those named here, and itself; everything may import errors.
MAY_IMPORT = {
    "errors": set(),
    "files": set(),
    "units": set(),
    "wording": {"scoring", "selection"},
    "data": set(),
    "scoring": {"data"},
    "selection": {"data", "scoring"},
    "audit": {"data", "selection"},
    "analysis": {"audit", "data", "scoring", "selection"},
    "charts": {"analysis", "scoring"},
    "runs": {"data", "scoring", "selection"},
    "workflow": {"analysis", "audit", "data", "runs", "scoring", "selection"},
    "jobs": {"data", "runs", "scoring", "workflow"},
    "export": {"data", "selection"},
    "report": {
        "analysis",
        "audit",
        "charts",
        "data",
        "export",
        "runs",
        "scoring",
        "selection",
        "wording",
        "workflow",
    },
    "cli": {
        "analysis",
        "data",
        "export",
        "report",
        "runs",
        "scoring",
        "selection",
        "wording",
        "workflow",
    },
}
TORCH = (
    "model",
    "describe",
    "onednn",
    "packing",
    "packed_model",
    "embeddings",
    "pairs",
    "throughput",
)
PLOTLY = ("curves", "kernels", "layout", "maps", "matrices", "overlays", "traces")
HOMES = {  # library -> the only modules that import it when they are imported
    "torch": {f"scoring/{name}.py" for name in TORCH},
    "transformers": {"scoring/model.py", "scoring/describe.py", "scoring/packing.py"},
    "plotly": {"report/figures.py"} | {f"charts/{name}.py" for name in PLOTLY},
    "numba": {"selection/greedy_numba.py"},
    "umap": set(),
    "ray": set(),
    "datasets": set(),
    "pandas": set(),
    "sqlalchemy": {"audit/log.py", "audit/engines.py"},
}
FORBIDDEN = {"streamlit", "pickle", "joblib", "dill"}


def imports(module, everywhere):
    """Names a module imports: at its top, or everywhere in it."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else tree.body
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                [f"{node.module}.{name.name}" for name in node.names]
                if node.module == "delift_core"
                else [node.module]
            )


def room(module):
    return module.relative_to(CORE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(CORE)))
def test_imports_point_one_way(module):
    if room(module) == "__init__":
        return
    allowed = MAY_IMPORT[room(module)] | {room(module), "errors", "files", "units"}
    found = {
        name.split(".")[1]
        for name in imports(module, everywhere=True)
        if name.startswith("delift_core.")
    }
    assert found <= allowed, f"{module.name} reaches into {found - allowed}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(CORE)))
def test_heavy_libraries_have_one_home_and_some_have_none(module):
    name = str(module.relative_to(CORE))
    at_top = {imported.split(".")[0] for imported in imports(module, everywhere=False)}
    assert not {
        library for library, homes in HOMES.items() if library in at_top and name not in homes
    }
    assert not FORBIDDEN & {imported.split(".")[0] for imported in imports(module, everywhere=True)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(CORE)))
def test_files_and_functions_stay_small(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250
    longest = max(
        (
            node.end_lineno - node.lineno + 1
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef)
        ),
        default=0,
    )
    assert longest <= 50


HEAVY = (
    "torch",
    "transformers",
    "umap",
    "numba",
    "scipy",
    "ray",
    "plotly",
    "streamlit",
    "datasets",
    "pandas",
    "pyarrow",
    "zarr",
)


@pytest.mark.parametrize(
    "entry",
    [
        "import delift_core",
        "import delift_core.cli",
        "import delift_core.data.readers, delift_core.selection.greedy",
    ],
)
def test_the_way_in_is_light(entry):
    code = f"import sys; {entry}; print(','.join(sorted(set({HEAVY!r}) & set(sys.modules))))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == ""
    )


def test_opening_a_run_needs_neither_torch_nor_umap_nor_ray():
    code = (
        "import sys; from delift_core.runs import store, selections, projections; "
        "print(','.join({'torch', 'transformers', 'umap', 'ray', 'datasets'} & set(sys.modules)))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == ""
    )


def test_every_public_name_resolves():
    import delift_core

    for name in delift_core.__all__:
        assert getattr(delift_core, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        print(delift_core.nothing)


def test_every_package_is_named_for_installation():
    import tomllib

    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]["packages"]
    found = {
        ".".join(folder.relative_to(ROOT).parts)
        for folder in (file.parent for file in CORE.rglob("__init__.py"))
    }
    assert set(named) == found
