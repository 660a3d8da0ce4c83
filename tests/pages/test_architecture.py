"""The structure of the dashboard: what a page may touch, and what its functions read."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pages.server.navigation import ENTRIES
from tests.pages.conftest import FRAME, PAGES

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "pages").rglob("*.py"))
SHARED = {"server", "session", "widgets"}  # rooms that serve all pages
PAGE_FILES = [ROOT / "pages" / f"{address}.py" for address in PAGES]
SECTION_FILES = [file for file in FILES if file.parent.name not in SHARED]
HEAVY = {"torch", "transformers", "umap", "datasets", "plotly", "pickle"}
HASHED_WHOLE = {"Path", "str", "int", "bool", "bytes", "tuple[str, ...]", "KernelKey", "ScaleKey"}


def name(file):
    return file.relative_to(ROOT).as_posix()


def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file):
    """The modules a file imports."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


each_file = pytest.mark.parametrize("file", FILES, ids=name)
each_section_file = pytest.mark.parametrize("file", SECTION_FILES, ids=name)


def test_every_page_of_the_register_is_a_file():
    assert {file for file in PAGE_FILES if not file.exists()} == set()


def test_every_address_that_a_button_leads_to_is_in_the_register():
    sources = [file.read_text(encoding="utf-8") for file in FILES]
    folders = "|".join({entry.section for entry in ENTRIES.values()})
    named = {match for text in sources for match in re.findall(rf'"((?:{folders})/\w+)"', text)}
    assert named and named <= set(ENTRIES)


def test_no_file_is_directly_in_pages():
    assert not list((ROOT / "pages").glob("*.py")), (
        "Streamlit would discover it by itself on a cold deep link"
    )


@each_section_file
def test_a_file_of_a_section_is_a_page_or_a_part_named_for_its_page(file):
    assert owner(file) in PAGE_FILES


def owner(file):
    """The page that a file of a section is, or is a part of: data_view.py is a part of data.py."""
    return file.with_name(f"{file.stem.partition('_')[0]}.py")


@each_section_file
def test_a_page_knows_the_engine_the_shared_rooms_and_its_own_parts(file):
    for module in imported(file):
        room = module.split(".")
        if room[0] != "pages" or room[1] in SHARED:
            continue
        part = ROOT.joinpath(*room).with_suffix(".py")
        assert owner(part) == owner(file) and part not in PAGE_FILES, module


@each_file
def test_the_dashboard_imports_no_heavy_library(file):
    assert not {module.split(".")[0] for module in imported(file)} & HEAVY


@each_file
def test_only_the_session_room_touches_session_state_and_caches(file):
    if file.parent.name != "session":
        assert not re.search(r"session_state|st\.cache_", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", PAGE_FILES, ids=name)
def test_a_function_of_a_page_reads_no_name_that_the_script_assigns_below_it(file):
    body = tree(file).body
    assigned = {}  # name -> the first line of the script that assigns it
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            continue
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                assigned.setdefault(part.id, node.lineno)
    for function in body:
        if isinstance(function, ast.FunctionDef):
            below = {read for read in free_names(function) & set(assigned)}
            assert not {read for read in below if assigned[read] > function.lineno}, function.name


def free_names(function):
    """The names that a function reads and does not bind itself."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} | arguments
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - bound


def test_every_part_that_is_drawn_by_itself_shows_its_own_refusals():
    fragments = [file for file in FILES if "st.fragment" in file.read_text(encoding="utf-8")]
    assert [name(file) for file in fragments] == ["pages/widgets/refusals.py"]


@each_file
def test_no_cached_function_hashes_an_array_or_a_dataset(file):
    for function in ast.walk(tree(file)):
        if not isinstance(function, ast.FunctionDef):
            continue
        decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
        if not any("cache_" in decorator for decorator in decorators):
            continue
        hashed = [argument for argument in function.args.args if not argument.arg.startswith("_")]
        annotations = {ast.unparse(argument.annotation) for argument in hashed}
        assert annotations <= HASHED_WHOLE, function.name


def test_the_keys_of_cached_functions_hold_names_only():
    from pages.session.cached_analysis import KernelKey, ScaleKey

    for key in (KernelKey, ScaleKey):
        assert set(key.__annotations__.values()) <= {Path, str}


def test_every_page_with_the_demo_imports_neither_torch_nor_umap_nor_ray(tmp_path):
    code = f"""
import os, sys
os.environ["DELIFT_WORKSPACE"] = {str(tmp_path)!r}
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(FRAME)!r}, default_timeout=120)
page.query_params["run"] = "demo"
page.run()
for address in {PAGES!r}:
    page.switch_page(f"../{{address}}.py").run()
    assert not page.exception, address
print(",".join({{"torch", "transformers", "umap", "numba", "ray", "datasets"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == ""
