"""The Model page: which models and precisions it offers, and what it refuses."""

from delift_core.scoring.precision import agreement
from tests.pages.conftest import button, texts, wait_until


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
