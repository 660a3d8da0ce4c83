"""The structure as code.

Imports point one way and never in a circle, heavy libraries have one home, importing the engine
costs nothing, files and functions stay small.
"""

import ast
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST, TESTS

ROOT = Path(__file__).parents[1]
CORE = ROOT / "delift_core"
PAGES = ROOT / "pages"
ENGINE = sorted(CORE.rglob("*.py"))
DASHBOARD = [ROOT / "app.py", *sorted(PAGES.rglob("*.py"))]

# A room may import those named here, itself and the modules that everything may import.
FOR_EVERYTHING = {"errors", "files", "units"}
MAY_IMPORT = {
    "__init__": set(),
    "errors": set(),
    "files": set(),
    "units": set(),
    "wording": {"comparison", "scoring", "selection"},
    "data": set(),
    "executors": set(),
    "scoring": {"data"},
    "selection": {"data", "scoring"},
    "comparison": {"data", "scoring", "selection"},
    "validation": {"data", "executors", "runs", "scoring", "selection"},
    "audit": {"selection"},
    "analysis": {"audit", "data", "scoring", "selection"},
    "charts": {"analysis", "comparison", "selection", "validation"},
    "runs": {"data", "scoring", "selection"},
    "workflow": {
        "analysis",
        "audit",
        "comparison",
        "data",
        "executors",
        "export",
        "runs",
        "scoring",
        "selection",
        "validation",
        "wording",
    },
    "jobs": {"data", "executors", "runs", "scoring", "selection", "workflow"},
    "export": {"data", "selection"},
    "report": {
        "analysis",
        "audit",
        "charts",
        "comparison",
        "data",
        "export",
        "runs",
        "scoring",
        "selection",
        "validation",
        "wording",
        "workflow",
    },
    "cli": {
        "analysis",
        "comparison",
        "data",
        "executors",
        "export",
        "report",
        "runs",
        "scoring",
        "selection",
        "validation",
        "wording",
        "workflow",
    },
}
# The same for the dashboard; every room of it may import the engine, but never the command line.
PAGES_MAY_IMPORT = {
    "session": set(),
    "widgets": {"session", "server"},
    "server": {"session", "widgets"},
    "overview": {"session", "widgets", "server"},
    "prepare": {"session", "widgets", "server"},
    "choose": {"session", "widgets", "server"},
    "inspect": {"session", "widgets", "server"},
    "deliver": {"session", "widgets", "server"},
}
TRANSFORMERS = (
    "attention",
    "describe",
    "memory",
    "model",
    "model_files",
    "packed_model",
    "packing",
    "packing_limits",
    "probes",
    "text_part",
    "unpacked",
)
TORCH = (
    *TRANSFORMERS,
    "device_copies",
    "embeddings",
    "onednn",
    "pairs",
    "scored_pack",
    "threads",
    "throughput",
    "weight_checks",
)
PLOTLY = (
    "arms",
    "compositions",
    "coverage_lines",
    "curves",
    "figure_layout",
    "group_effects",
    "growth",
    "histograms",
    "hover",
    "intervals",
    "kernels",
    "legend",
    "maps",
    "matrices",
    "overlaps",
    "overlays",
    "small_maps",
    "traces",
)
TUNING = (
    "clients",
    "gradients",
    "metrics",
    "network",
    "optimizers",
    "projection",
    "pruning",
    "rounds",
    "training",
)
TUNERS = ("mode_layers",)
HOMES = {  # library -> the only modules that import it when they are imported
    "torch": {f"scoring/{name}.py" for name in TORCH}
    | {f"validation/{name}.py" for name in TUNING}
    | {f"validation/tuners/{name}.py" for name in TUNERS}
    | {f"workflow/{name}.py" for name in ("gradients", "tile_work")},
    "transformers": {f"scoring/{name}.py" for name in TRANSFORMERS}
    | {"validation/metrics.py", "workflow/tile_work.py"}
    | {f"validation/tuners/{name}.py" for name in TUNERS},
    "peft": set(),
    "plotly": {"report/figures.py"} | {f"charts/{name}.py" for name in PLOTLY},
    "numba": {f"selection/{name}_numba.py" for name in ("lanes", "columns", "open_rows")},
    "umap": set(),
    "ray": {"executors/ray_cluster.py"},
    "datasets": set(),
    "pandas": set(),
    "sqlalchemy": {"audit/log.py", "audit/engines.py"},
}
FORBIDDEN = {"streamlit", "pickle", "joblib", "dill"}
LONGEST_FILE, LONGEST_FUNCTION = 250, 50  # lines


def name(file):
    return file.relative_to(ROOT).as_posix()


def dotted(file):
    """delift_core/data/rows.py -> delift_core.data.rows; a package's __init__ is the package."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(file): file for file in [*ENGINE, *DASHBOARD]}
each_engine_module = pytest.mark.parametrize("file", ENGINE, ids=name)
each_module = pytest.mark.parametrize("file", MODULES.values(), ids=name)


@cache
def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file, everywhere=True):
    """Dotted names a module imports: everywhere in it (functions, TYPE_CHECKING), or at its top."""
    nodes = ast.walk(tree(file)) if everywhere else tree(file).body
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in names)


def own_imports(file):
    """The modules of this project that a module imports."""
    return {name for name in imports(file) if name in MODULES and name != "delift_core"}


def libraries(file, everywhere=True):
    return {name.partition(".")[0] for name in imports(file, everywhere)}


def room(module):
    """delift_core.data.rows -> data"""
    return module.split(".")[1] if "." in module else "__init__"


@each_engine_module
def test_imports_of_the_engine_point_one_way(file):
    own = room(dotted(file))
    used = {room(module) for module in own_imports(file)}
    assert used <= MAY_IMPORT[own] | FOR_EVERYTHING | {own}
    assert not libraries(file) & {"pages", "app", "tests", "benchmarks"}


@pytest.mark.parametrize("file", DASHBOARD[1:], ids=name)
def test_imports_of_the_dashboard_point_one_way(file):
    own = room(dotted(file))
    modules = own_imports(file)
    pages = {room(module) for module in modules if module.startswith("pages.")}
    assert pages <= PAGES_MAY_IMPORT[own] | {own}
    engine = {room(module) for module in modules if module.startswith("delift_core.")}
    assert "cli" not in engine
    assert not libraries(file) & {"app", "tests", "benchmarks"}


def test_every_room_has_a_row_in_the_table():
    assert {room(dotted(file)) for file in ENGINE} == set(MAY_IMPORT)
    assert {room(dotted(file)) for file in DASHBOARD[1:]} == set(PAGES_MAY_IMPORT)
    assert set(chain(*MAY_IMPORT.values())) <= set(MAY_IMPORT)


def test_no_module_imports_itself_by_way_of_others():
    """Imports inside functions and for annotations only count as well."""
    graph = {module: own_imports(file) - {module} for module, file in MODULES.items()}
    assert circle(graph) == []


def test_no_room_of_the_engine_imports_itself_by_way_of_others():
    assert circle(MAY_IMPORT) == []


def circle(graph):
    """The nodes of a circle in order, nothing where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1][::-1]
    return []


@each_engine_module
def test_the_package_s_own_names_are_for_its_users(file):
    """They are resolved late: a module that took them would import in a circle unseen."""
    assert not {
        alias.name
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and node.module == "delift_core"
        for alias in node.names
        if f"delift_core.{alias.name}" not in MODULES
    }


def uses(module, graph):
    """Every module that a module imports, directly or not."""
    reached, waiting = set(), [module]
    while waiting:
        for imported in graph[waiting.pop()] - reached:
            reached.add(imported)
            waiting.append(imported)
    return reached


def test_a_widget_is_used_by_two_pages_or_more():
    """A part of one page lives beside that page. What the frame uses is on every page."""
    from pages.server.navigation import PAGES

    graph = {module: own_imports(file) for module, file in MODULES.items()}
    pages = [f"pages.{page.section}.{page.name}" for page in PAGES]
    users = {page: uses(page, graph) for page in pages}
    frame = uses("pages.server.frame", graph)
    widgets = {module for module in MODULES if module.startswith("pages.widgets.")}
    for widget in sorted(widgets - frame):
        count = sum(widget in used for used in users.values())
        assert count >= 2, f"{widget} is used by {count} pages"


@each_engine_module
def test_heavy_libraries_have_one_home_and_some_have_none(file):
    path = file.relative_to(CORE).as_posix()
    at_top = libraries(file, everywhere=False)
    assert not {
        library for library, homes in HOMES.items() if library in at_top and path not in homes
    }
    assert not FORBIDDEN & libraries(file)


@each_module
def test_files_and_functions_stay_small(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_FILE
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree(file)):
        if isinstance(node, functions):
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_lines_have_a_width_that_the_linter_checks():
    """`make lint`, which CI runs, fails at a longer line anywhere in the checkout."""
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert ruff["line-length"] == 100
    assert "E501" in ruff["lint"]["extend-select"]
    assert not [file for file, codes in ruff["lint"]["per-file-ignores"].items() if "E501" in codes]


HEAVY = (
    "torch",
    "peft",
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


def imported_by(code, heavy):
    """Those of some libraries that running code imports, in a process of its own."""
    report = f"{code}; import sys; print(*sorted(set({heavy!r}) & set(sys.modules)))"
    command = [sys.executable, "-c", report]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "entry",
    [
        "import delift_core",
        "import delift_core.cli",
        "import delift_core.data.readers, delift_core.selection.greedy",
    ],
)
def test_the_way_in_is_light(entry):
    assert imported_by(entry, HEAVY) == []


def test_opening_a_run_needs_neither_torch_nor_umap_nor_ray():
    code = (
        "from delift_core.runs import store, selections, projections;"
        "from delift_core.workflow import plan_validation, findings"
    )
    assert imported_by(code, ("torch", "transformers", "umap", "ray", "datasets")) == []


def test_every_public_name_resolves():
    import delift_core

    for name in delift_core.__all__:
        assert getattr(delift_core, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        print(delift_core.nothing)


BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))


def bound_names(file):
    """Every name that a module binds at its top, an import's too."""
    for node in ast.walk(tree(file)):
        match node:
            case ast.FunctionDef(name=bound) | ast.ClassDef(name=bound):
                yield bound
            case ast.Name(id=bound, ctx=ast.Store()):
                yield bound
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0]


@pytest.mark.parametrize("file", BENCHMARKS, ids=name)
def test_a_benchmark_takes_from_the_project_only_what_is_there(file):
    """They are started by hand, some need what is not installed: nothing else would tell."""
    homes = MODULES | {dotted(benchmark): benchmark for benchmark in BENCHMARKS}
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module in homes:
            there = set(bound_names(homes[node.module]))
            taken = {alias.name for alias in node.names}
            taken -= {taken_name for taken_name in taken if f"{node.module}.{taken_name}" in homes}
            assert taken <= there, f"{node.module} has no {taken - there}"


def test_every_package_is_named_for_installation():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["tool"]["setuptools"]["packages"]
    engine = {dotted(file) for file in ENGINE if file.name == "__init__.py"}
    rooms = {f"delift_dashboard.{dotted(file.parent)}" for file in DASHBOARD[1:]}
    assert sorted(named) == sorted(engine | rooms | {"delift_dashboard"})


def test_the_files_of_tests_that_are_to_be_first_are_there():
    assert [file for file in LONGEST_FIRST if not (TESTS / file).is_file()] == []
