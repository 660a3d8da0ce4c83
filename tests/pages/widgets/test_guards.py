"""Every page on an empty workspace: a sentence and a way on, never a traceback."""

import pytest

from tests.pages.conftest import PAGES, button, texts


@pytest.mark.parametrize("page_address", PAGES)
def test_a_page_without_data_says_what_is_missing(visit, page_address):
    page = visit(page_address)
    assert not page.exception
    assert len(texts(page)) > 20
    assert page.button or page.file_uploader


@pytest.mark.parametrize(
    "page_address",
    [page_address for page_address in PAGES if not page_address.startswith("prepare")],
)
def test_a_page_that_needs_a_run_leads_to_start(visit, page_address):
    page = visit(page_address)
    assert "No run is open" in texts(page)
    button(page, "Go to Start").click().run()
    assert page.title[0].value == "Choose the examples worth fine-tuning on"


@pytest.mark.parametrize(
    "address, sentence",
    [
        ({"run": "../../etc"}, "No run is open"),
        ({"run": "demo", "budget": "9999"}, "there are 160 to choose from"),
        ({"run": "demo", "pins": "nobody"}, "No example of the pool has the id"),
        ({"run": "demo", "eta": "nonsense", "context": "x", "quotas": "a=b"}, "Subset"),
    ],
)
def test_an_address_that_cannot_be_followed_is_a_sentence(visit, address, sentence):
    page = visit("choose/subset", **address)
    assert not page.exception
    assert sentence in texts(page)


def test_a_run_that_is_not_there_is_named_and_then_forgotten(visit):
    page = visit(run="0123456789abcdef")
    assert not page.exception
    assert "not a run folder" in texts(page) and "0123456789abcdef" in texts(page)
    assert "run" not in page.run().query_params
