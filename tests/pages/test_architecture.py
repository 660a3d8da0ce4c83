"""The rooms of the dashboard: pages are thin, shared code alone holds state, and the server stays
light.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages.conftest import FRAME, PAGES

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "pages").rglob("*.py"))
SHARED = {"server", "session", "widgets"}  # rooms that serve all pages


def name(file):
    return str(file.relative_to(ROOT))


def imported(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_the_menu_is_the_folders():
    from pages.server.navigation import SECTIONS

    assert [f"{section}/{page}" for section, pages in SECTIONS.items() for page in pages] == list(
        PAGES
    )
    assert {f"pages/{place}.py" for place in PAGES} <= {name(file) for file in FILES}


def test_nothing_stands_directly_in_pages():
    assert not list((ROOT / "pages").glob("*.py")), (
        "Streamlit would discover it by itself on a cold deep link"
    )


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_page_knows_the_engine_and_shared_code_but_no_other_page(file):
    own = {module for module in imported(file) if module.startswith("pages")}
    rooms = SHARED | {file.parent.name}
    assert all(module.split(".")[1] in rooms for module in own)
    assert not {module.split(".")[0] for module in imported(file)} & {
        "torch",
        "transformers",
        "umap",
        "datasets",
        "plotly",
        "pickle",
    }


@pytest.mark.parametrize("file", [ROOT / "pages" / f"{place}.py" for place in PAGES], ids=name)
def test_only_shared_code_touches_session_state_and_caches(file):
    assert not re.search(r"session_state|st\.cache_", file.read_text(encoding="utf-8"))


def test_every_part_that_is_drawn_by_itself_tells_its_own_refusals():
    assert [name(file) for file in FILES if "st.fragment" in file.read_text(encoding="utf-8")] == [
        "pages/widgets/refusals.py"
    ]


@pytest.mark.parametrize("file", FILES, ids=name)
def test_pages_stay_short(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250
    assert (
        max(
            (
                node.end_lineno - node.lineno + 1
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.FunctionDef)
            ),
            default=0,
        )
        <= 50
    )


@pytest.mark.parametrize("file", FILES, ids=name)
def test_no_cached_function_hashes_an_array_or_a_dataset(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    cached = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("cache_" in ast.unparse(one) for one in node.decorator_list)
    ]
    for function in cached:
        hashed = [argument for argument in function.args.args if not argument.arg.startswith("_")]
        assert {ast.unparse(argument.annotation) for argument in hashed} <= {
            "Path",
            "str",
            "int",
            "bool",
            "bytes",
        }, function.name


def test_every_page_with_the_demo_imports_neither_torch_nor_umap_nor_ray(tmp_path):
    code = f"""
import os, sys
os.environ["DELIFT_WORKSPACE"] = {str(tmp_path)!r}
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(FRAME)!r}, default_timeout=120)
page.query_params["run"] = "demo"
page.run()
for place in {PAGES!r}:
    page.switch_page(f"../{{place}}.py").run()
    assert not page.exception, place
print(",".join({{"torch", "transformers", "umap", "numba", "ray", "datasets"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == ""


def test_the_server_listens_to_this_machine_only_and_tells_nobody():
    import tomllib

    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1" and settings["server"]["allowedHosts"] == [
        "127.0.0.1",
        "localhost",
    ]
    assert (
        settings["server"]["maxUploadSize"] <= 100
        and settings["server"]["enableStaticServing"] is False
    )
    assert settings["browser"]["gatherUsageStats"] is False
    assert (
        settings["client"]["showErrorDetails"] == "type"
        and settings["client"]["showErrorLinks"] is False
    )


@pytest.mark.parametrize(
    "budget, told", [("5", "· 5 rows"), ("1", "· 1 row"), ("0.05", "· 8 rows (5%)")]
)
def test_the_run_card_tells_the_budget_once(demo, budget, told):
    card = next(caption.value for caption in demo("deliver/export", budget=budget).sidebar.caption)
    (line,) = [line for line in card.split("\n\n") if line.startswith("**Objective**")]
    assert line.endswith(f"`facility_location` {told}")
