"""The Audit page: queues, bulk verdicts, figures of an audit, and the choice that follows."""

import csv
from pathlib import Path

import pytest

from delift_core.audit.events import Action, Event, by_reviewer
from delift_core.audit.log import open_log
from delift_core.audit.queues import Queue
from delift_core.data import bundled
from delift_core.runs.store import open_demo
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from pages.deliver.audit_queue import QUEUE_SENTENCES
from pages.deliver.audit_replacement import replacement_sentence
from pages.deliver.audit_reselection import rule_changes
from tests.pages.conftest import button, card, texts

BUDGET = "12"
TRUTH = Path(bundled.__file__).parent / "truth.csv"


@pytest.fixture
def audit(demo):
    """audit(tab, **address) -> the Audit page on one of its tabs"""

    def open_tab(tab="Cards", **address):
        page = demo("deliver/audit", **{"budget": BUDGET, "reviewer": "anna", **address})
        label = next(
            tab_element.label for tab_element in page.tabs if tab_element.label.endswith(tab)
        )
        page.session_state["audit tab"] = label
        return page.run()

    return open_tab


@pytest.fixture
def run(workspace):
    return open_demo(workspace)


def write_verdict(run, example, action, reviewer="anna", **more):
    open_log(run.folder).append(
        [Event(f"{reviewer}-{example}-{action}", example, Action(action), reviewer, **more)]
    )


def standing(run, reviewer="anna"):
    return {
        example: str(event.action)
        for example, event in by_reviewer(open_log(run.folder).events()).get(reviewer, {}).items()
    }


@pytest.mark.parametrize("queue", list(Queue))
def test_every_queue_says_what_it_holds_and_shows_its_first_card(audit, queue):
    page = audit(queue=str(queue))
    assert (
        not page.exception
        and QUEUE_SENTENCES[queue] in texts(page)
        and "Verdicts are written as anna" in texts(page)
    )
    shown = card(page)
    assert (shown["card"] is None) == (shown["total"] == 0) == (queue is Queue.DISAGREEMENT)


def test_the_rank_queue_begins_with_the_first_choice_and_tells_its_gain(audit, run):
    chosen = choose(run, Choice("facility_location", BUDGET))[1]
    shown = card(audit())["card"]
    assert (
        shown["id"] == run.pool[int(chosen.indices[0])].id
        and f"gain {chosen.gains[0]:.4f}" in shown["facts"]
    )
    assert [turn["text"] for turn in shown["turns"]] == [
        run.pool[int(chosen.indices[0])].prompt,
        run.pool[int(chosen.indices[0])].response,
    ]


def test_the_card_tells_the_reason_and_the_nearest_chosen_example(audit, run):
    import numpy as np

    folds = card(audit())["card"]["folds"]
    assert folds[0]["text"].startswith("Chosen 1st: it adds ") and "**" not in folds[0]["text"]
    chosen = choose(run, Choice(objective="facility_location", budget=BUDGET))[1].indices
    embedding = run.alone("pool").embedding
    cosines = embedding[chosen[1:]] @ embedding[chosen[0]]
    nearest = run.pool[int(chosen[1:][np.argmax(cosines)])]
    assert folds[1]["title"].startswith(f"Nearest chosen: {nearest.id}, rank ")
    assert folds[1]["turns"][-1]["text"] == nearest.response
    assert card(audit(queue="blind"))["card"]["folds"] == []


def test_an_edit_stands_on_the_card_beside_the_original_and_settles_nothing(audit, run):
    first = card(audit())["card"]
    write_verdict(run, first["id"], "edit", queue="rank", note="Another response.")
    shown = card(audit())
    assert shown["card"]["id"] == first["id"] and shown["judged"] == 0
    response = shown["card"]["turns"][-1]
    assert response["text"] == "Another response." and response["role"] == "response, edited"
    assert response["original"] == example_of(run, first).response
    assert card(audit(reviewer="ben"))["card"]["turns"][-1]["text"] == "Another response."


def example_of(run, shown):
    """The example of the pool that is on a card."""
    return next(example for example in run.pool if example.id == shown["id"])


def test_a_reviewer_resumes_behind_what_they_judged_and_another_begins_anew(audit, run):
    chosen = choose(run, Choice("facility_location", BUDGET))[1]
    for index in chosen.indices[:3].tolist():
        write_verdict(run, run.pool[index].id, "keep")
    assert (card(audit())["position"], card(audit(reviewer="ben"))["position"]) == (4, 1)


def test_the_least_helpful_queue_goes_by_mean_utility_given_and_counts_the_planted_mistakes(
    audit, run
):
    order = run.kernel("pool_pool").shown_means().argsort(kind="stable")
    wrong = {row["id"] for row in csv.DictReader(TRUTH.open()) if row["kind"] == "wrong_answer"}
    page = audit(queue="least helpful")
    held = sum(run.pool[index].id in wrong for index in order[: int(BUDGET)].tolist())
    assert card(page)["card"]["id"] == run.pool[int(order[0])].id
    assert (
        f"Of the {len(wrong)} wrong answers planted in this pool {held} are among the first"
        f" {BUDGET} cards" in texts(page)
    )


def test_a_blind_card_tells_neither_rank_nor_gain_nor_an_earlier_verdict(audit, run):
    for example in run.pool:
        write_verdict(run, example.id, "drop")
    shown = card(audit(queue="blind"))["card"]
    assert (
        "rank" not in shown["facts"] and "chosen" not in shown["facts"] and shown["verdict"] == ""
    )


def test_what_two_reviewers_differ_on_comes_to_both_of_them_again(audit, run):
    for reviewer, actions in (
        ("anna", ("keep", "keep", "drop")),
        ("ben", ("drop", "keep", "keep")),
    ):
        for example, action in zip(("arith-01", "arith-02", "arith-03"), actions):
            write_verdict(run, example, action, reviewer)
    for reviewer in ("anna", "ben"):
        shown = card(audit(queue="disagreement", reviewer=reviewer))
        assert (shown["card"]["id"], shown["position"], shown["total"]) == ("arith-01", 1, 2)


def test_another_name_typed_in_begins_at_the_first_card_of_its_own(audit, run):
    chosen = choose(run, Choice("facility_location", BUDGET))[1]
    for index in chosen.indices[:3].tolist():
        write_verdict(run, run.pool[index].id, "keep")
    page = audit()
    page.text_input(key="widget reviewer").set_value("carol").run()
    shown = card(page)
    assert (shown["position"], shown["message"]) == (1, "")
    assert "Verdicts are written as carol" in texts(page)


@pytest.mark.parametrize(
    "gone, sentence",
    [
        ([], "**a** is replaced by **b, c**. The Re-select"),
        (
            ["d", "e"],
            (
                "**a**, and with it **d, e**, are replaced by **b, c**. Every example is chosen"
                " beside those before it"
            ),
        ),
    ],
)
def test_what_else_goes_with_a_dropped_example_is_told_with_the_reason(gone, sentence):
    assert replacement_sentence("a", ["b", "c"], gone).startswith(sentence)


@pytest.mark.parametrize(
    "before, after, sentence",
    [
        (((), ()), (("a",), ("b",)), ": 1 pin more, 1 exclude more"),
        (((), ()), ((), ()), ""),
        ((("a",), ("b",)), (("b", "c"), ()), ": 2 pins more, 1 pin less, 1 exclude less"),
    ],
)
def test_what_an_audit_asks_for_is_told_in_words(before, after, sentence):
    assert (
        rule_changes(*(Choice(pins=pins, excludes=excludes) for pins, excludes in (before, after)))
        == sentence
    )


def test_what_would_replace_a_dropped_example_is_told_in_no_blind_queue(audit, run):
    first = run.pool[int(choose(run, Choice("facility_location", BUDGET))[1].indices[0])].id
    write_verdict(run, first, "drop")
    for queue, is_shown in (("rank", True), ("blind", False)):
        page = audit(queue=queue)
        page.session_state["held dropped"] = (run.id, first)
        assert ("replaced by" in texts(page.run())) == is_shown


def test_who_helps_least_is_no_queue_where_the_pool_was_not_scored(demo, run):
    import shutil

    shutil.rmtree(run.kernel_folder("pool_pool"))
    page = demo("deliver/audit", run=run.id, objective="flqmi", queue="least helpful")
    assert not page.exception and not page.error and QUEUE_SENTENCES[Queue.RANK] in texts(page)


def test_everything_that_matches_is_judged_at_once_and_one_undo_takes_it_back(audit, run):
    page = audit(queue="filter")
    page.text_input(key="widget search").set_value("convert").run()
    count = card(page)["total"]
    assert 0 < count < len(run.pool) and f"All {count} that match" in texts(page)
    button(page, "Mark all drop").click().run()
    assert not page.exception and list(standing(run).values()) == ["drop"] * count
    button(page, "Undo").click().run()
    assert standing(run) == {}


def test_an_audit_is_counted_per_reviewer_with_their_agreement(audit, run):
    for example, action in zip(("arith-01", "arith-02", "arith-03"), ("keep", "drop", "keep")):
        write_verdict(run, example, action)
    for example, action in zip(("arith-01", "arith-02", "arith-03"), ("keep", "drop", "drop")):
        write_verdict(run, example, action, "ben")
    page = audit("Verdicts")
    assert not page.exception
    counted, agreement = (
        page.dataframe[0].value,
        next(frame.value for frame in page.dataframe if "kappa" in frame.value),
    )
    assert counted.set_index("reviewer").loc["anna"].tolist() == [2, 1, 0] and counted.set_index(
        "reviewer"
    ).loc["ben"].tolist() == [1, 2, 0]
    assert (
        agreement["kappa"][0] == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
        and agreement["both"][0] == 3
    )


def test_sources_are_told_only_to_a_reviewer_who_is_through(audit, run):
    write_verdict(run, "arith-01", "keep", queue="blind", source="chosen")
    assert "Shown when the queue is finished" in texts(audit("Verdicts", queue="blind"))
    page = audit("Verdicts", queue="rank")
    rates = next(frame.value for frame in page.dataframe if "source" in frame.value)
    assert rates["source"].tolist() == ["chosen"] and rates["judged"].tolist() == [1]


def test_re_selecting_shows_what_comes_in_and_taking_it_changes_the_choice(audit, run):
    first = run.pool[int(choose(run, Choice("facility_location", BUDGET))[1].indices[0])].id
    write_verdict(run, first, "drop")
    after = choose(run, Choice("facility_location", BUDGET, excludes=(first,)))[1]
    page = audit("Re-select")
    came = next(frame.value for frame in page.dataframe if "covers better" in frame.value)
    before = choose(run, Choice("facility_location", BUDGET))[1]
    now, then = (
        {run.pool[index].id for index in selection.indices.tolist()}
        for selection in (after, before)
    )
    went = next(frame.value for frame in page.dataframe if "reason" in frame.value)
    assert (
        not page.exception
        and set(came["example"]) == now - then
        and set(went["example"]) == then - now
    )
    assert came["gain"].tolist() == pytest.approx([after.gains[rank - 1] for rank in came["rank"]])
    button(page, "Apply").click().run()
    assert first in page.query_params["excludes"]
    assert "already what the verdicts ask for" in texts(page)


def test_guidelines_stay_with_the_run(audit, run):
    page = audit("Guidelines")
    page.text_area(key="guidelines").set_value("Keep what is right.").run()
    button(page, "Keep these guidelines").click().run()
    assert (
        open_log(run.folder).guidelines() == "Keep what is right."
        and audit("Guidelines").text_area(key="guidelines").value == "Keep what is right."
    )


def test_a_database_that_is_not_there_is_a_sentence(demo, monkeypatch):
    monkeypatch.setenv("DELIFT_DATABASE", "postgresql+psycopg://anna:secret@127.0.0.1:1/none")
    page = demo("deliver/audit")
    assert (
        not page.exception
        and "verdicts cannot be kept there" in texts(page)
        and "secret" not in texts(page)
    )
