"""The Model page: which models and precisions it offers, and what it refuses."""

from delift_core.analysis.telling_pair import telling_pair
from delift_core.data.readers import read_dataset
from delift_core.runs.store import list_runs
from delift_core.scoring.precision import agreement
from tests.conftest import save_tokenizer
from tests.pages.conftest import button, texts, wait_until
from tests.pages.prepare.conftest import ROWS
from tests.scoring.architectures import random_network, tiny_configuration


def test_a_model_that_is_not_there_is_one_sentence(visit, tmp_path, monkeypatch):
    monkeypatch.setenv("DELIFT_MODELS", str(tmp_path))
    (tmp_path / "model").mkdir()
    page = visit("prepare/model", model=str(tmp_path / "model"))
    button(page, "Check model").click().run()
    assert "the folder lacks config.json" in texts(wait_until(page, "the folder lacks"))


def test_a_faster_precision_is_offered_with_what_it_was_measured_to_give_up(visit):
    assert "ranks agree to" not in texts(visit("prepare/model"))
    page = visit("prepare/model", dtype="mixed")
    assert page.selectbox(key="widget dtype").options == ["float32", "mixed", "bfloat16"]
    assert agreement("mixed") in texts(page).replace("\\", "")


def test_that_a_model_is_read_slowly_and_its_date_fixed_is_said_before_a_run_is_made(
    visit, tmp_path, monkeypatch
):
    monkeypatch.setenv("DELIFT_MODELS", str(tmp_path))
    folder = tmp_path / "bloom"
    tokenizer = save_tokenizer(folder, "dated")
    random_network(tiny_configuration("bloom", len(tokenizer))).save_pretrained(folder)
    page = visit("prepare/model", model=str(folder))
    button(page, "Check model").click().run()
    told = texts(wait_until(page, "This model reads each sequence"))
    assert "This model reads each sequence by itself, which is slower than in packs:" in told
    button(page, "Test a pair").click().run()
    told = texts(wait_until(page, "Answer error"))
    assert "2024-07-26 stands in its place" in told


def test_the_pair_on_offer_is_the_most_alike_of_the_pool_and_its_texts_are_shown(loaded):
    page = loaded.switch_page("../prepare/model.py").run()
    pool = read_dataset(ROWS)
    answered, shown = telling_pair(pool.examples)
    assert f"**Shown** · {pool[shown].id}" in texts(page)
    assert f"**Answered** · {pool[answered].id}" in texts(page)
    assert pool[answered].prompt in [text.value for text in page.text]


def test_without_a_pool_the_way_leads_to_one_and_a_model_can_be_tested_all_the_same(visit):
    page = visit("prepare/model")
    labels = [button.label for button in page.button]
    assert "Load data" in labels and "Test a pair" in labels and "Use this model" not in labels


def test_a_model_that_cannot_be_loaded_makes_no_run(loaded, workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("DELIFT_MODELS", str(tmp_path))
    (tmp_path / "model").mkdir()
    page = loaded.switch_page("../prepare/model.py").run()
    page.radio(key="kind of model").set_value("A Hugging Face id or a folder").run()
    page.text_input(key="model typed").set_value(str(tmp_path / "model")).run()
    button(page, "Use this model").click().run()
    wait_until(page, "the folder lacks config.json")
    assert page.title[0].value == "Model" and list(list_runs(workspace)) == []
