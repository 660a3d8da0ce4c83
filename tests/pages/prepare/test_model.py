"""The Model page: which models and precisions it offers, and what it refuses."""

from delift_core.scoring.precision import agreement
from tests.conftest import save_tokenizer
from tests.pages.conftest import button, has_button, texts, wait_until
from tests.scoring.architectures import random_network, tiny_configuration


def test_a_model_that_is_not_there_is_one_sentence(visit, tmp_path, monkeypatch):
    monkeypatch.setenv("DELIFT_MODELS", str(tmp_path))
    (tmp_path / "model").mkdir()
    page = visit("prepare/model", model=str(tmp_path / "model"))
    button(page, "Look at the model").click().run()
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
    button(page, "Look at the model").click().run()
    told = texts(wait_until(page, has_button("Try one pair")))
    assert "This model reads each sequence by itself, which is slower than in packs:" in told
    button(page, "Try one pair").click().run()
    told = texts(wait_until(page, "the distance of the answer goes from"))
    assert "2024-07-26 stands in its place" in told
