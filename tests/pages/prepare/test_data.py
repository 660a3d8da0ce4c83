"""The Data page: files that are read by a real worker, and what is said of them."""

import json
from dataclasses import replace

from delift_core.data.read_options import HoldOut, ReadOptions, ReadRecord
from delift_core.runs.store import bundled_run, create_run
from delift_core.runs.tables import read_dataset_folder
from tests.conftest import dataset
from tests.pages.conftest import button, texts, wait_until
from tests.pages.prepare.conftest import ROWS, jsonl, upload


def headings_and_captions(page):
    """Headings and what is said below them, in the order they stand in."""
    return " ".join(
        element.value for element in page.main if element.type in ("subheader", "caption")
    )


def test_an_upload_is_recognised_and_shown_raw_beside_read(loaded):
    assert [metric.value for metric in loaded.metric][:3] == ["8", "prompt\\/response", "0"]
    assert [turn.value for turn in loaded.text] == ["Add 1 and 1", "2"]
    loaded.segmented_control(key="pool looked at as").set_value("Original").run()
    assert json.loads(loaded.json[0].value) == ROWS[0]
    assert loaded.query_params["pool"]


def test_the_name_of_the_upload_is_said_and_never_a_path(visit, workspace):
    page = wait_until(
        upload(visit("prepare/data"), jsonl(ROWS), "../../escape.jsonl"), "8 of 8 rows"
    )
    assert "escape.jsonl: prompt/response" in texts(page)
    assert not list(workspace.parent.glob("escape*")) and str(workspace) not in texts(page)


def test_problems_are_listed_by_row_and_kind(visit):
    content = (
        jsonl(ROWS[:3])
        + b'\n{"prompt": "broken\n'
        + jsonl([{"prompt": "Say nothing", "response": ""}, ROWS[0]])
    )
    page = wait_until(upload(visit("prepare/data"), content), "of 6 rows")
    listed = next(frame.value for frame in page.dataframe if "reason" in frame.value.columns)
    assert listed["row"].tolist() == [4, 5, 6]
    assert listed["kind"].tolist() == ["broken row", "empty response", "exact duplicate"]


def test_duplicates_can_be_kept_after_all(visit):
    page = wait_until(upload(visit("prepare/data"), jsonl([*ROWS, ROWS[0]])), "of 9 rows")
    assert page.metric[0].value == "8"
    button(page, "Keep the duplicates").click().run()
    wait_until(page, lambda page: page.metric and page.metric[0].value == "9")


def test_an_unknown_layout_asks_which_column_is_what(visit):
    page = wait_until(
        upload(
            visit("prepare/data"),
            jsonl([{"foo": f"Say {row}", "bar": f"It is {row}"} for row in range(5)]),
        ),
        "Say which of them",
    )
    assert (
        "Say below which is which." in texts(page)
        and "--columns" not in texts(page)
        and "columns={" not in texts(page)
    )
    response = next(box for box in page.selectbox if box.label == "Response")
    assert page.multiselect[0].value == ["foo"] and response.value == "bar"
    button(page, "Import with this mapping").click().run()
    assert wait_until(page, "5 of 5 rows").metric[0].value == "5"


def test_rows_of_which_none_can_be_used_are_listed_all_the_same(visit):
    page = wait_until(
        upload(
            visit("prepare/data"),
            jsonl([{"prompt": "a", "response": ""}, {"prompt": "b", "response": " "}]),
        ),
        "None of the rows can be used",
    )
    assert next(frame.value for frame in page.dataframe if "reason" in frame.value.columns)[
        "row"
    ].tolist() == [1, 2]
    assert button(page, "Choose a model").disabled


def test_a_cap_draws_rows_with_a_seed(visit):
    page = visit("prepare/data")
    page.number_input(key="pool limit").set_value(3).run()
    page = wait_until(upload(page, jsonl(ROWS)), "of 8 rows")
    assert page.metric[
        0
    ].value == "3" and "a draw of 3 of 8 with seed 0, duplicates collapsed" in texts(page)


def test_a_cap_that_leaves_nothing_out_is_no_draw(visit):
    page = visit("prepare/data")
    page.number_input(key="pool limit").set_value(8).run()
    assert "a draw" not in texts(wait_until(upload(page, jsonl(ROWS)), "8 of 8 rows"))


def test_an_opened_run_says_how_its_pool_was_drawn(visit, workspace, tiny):
    page = visit("prepare/data")
    page.number_input(key="pool limit").set_value(3).run()
    page.number_input(key="pool seed").set_value(5).run()
    page.segmented_control(key="pool duplicates").set_value("keep").run()
    page = wait_until(upload(page, jsonl(ROWS)), "of 8 rows")
    data = {"pool": read_dataset_folder(workspace / page.query_params["pool"] / "dataset")}
    run = create_run(workspace, data, tiny().record, "chat")
    assert "a draw of 3 of 8 with seed 5, duplicates kept" in texts(
        visit("prepare/data", run=run.id)
    )


def test_what_was_noticed_of_the_whole_source_is_said_to_be_and_notes_are_not_counted_as_problems(
    visit,
):
    page = visit("prepare/data")
    page.number_input(key="pool limit").set_value(3).run()
    marked = [{**row, "response": row["response"] + "<|im_end|>"} for row in ROWS]
    page = wait_until(
        upload(page, jsonl([*marked, {"prompt": "Say nothing", "response": ""}])), "of 9 rows"
    )
    assert {metric.label: metric.value for metric in page.metric} == {
        "Examples": "3",
        "Layout": "prompt\\/response",
        "Left out": "1",
        "Merged duplicates": "0",
        "Notices": "8",
    }
    assert (
        "Of all rows of the source; a draw of 3 of 8 with seed 0 was made after them."
        in headings_and_captions(page)
    )


def test_a_file_that_cannot_be_read_is_one_sentence(visit):
    page = wait_until(
        upload(visit("prepare/data"), b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "pool.jsonl"
    )
    assert not page.exception and len(page.error) == 1


def test_a_path_that_is_not_there_is_one_sentence(visit):
    page = visit("prepare/data")
    page.segmented_control(key="pool from").set_value("A path on this machine").run()
    page.text_input(key="pool path").set_value("/nowhere/pool.jsonl").run()
    assert "there is no such file" in texts(
        wait_until(button(page, "Import").click().run(), "no such file")
    )


def test_a_file_that_is_missing_where_files_may_be_opened_is_said_to_be_and_the_controls_stay(
    visit, tmp_path, monkeypatch
):
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("DELIFT_DATA", str(tmp_path / "data"))
    page = visit("prepare/data")
    page.segmented_control(key="pool from").set_value("A path on this machine").run()
    page.text_input(key="pool path").set_value("missing.jsonl").run()
    assert "missing.jsonl: there is no such file or folder" in texts(page)
    assert (
        page.number_input(key="pool limit")
        and page.number_input(key="pool seed")
        and button(page, "Import").disabled
    )
    page.text_input(key="pool path").set_value(str(tmp_path / "missing.jsonl")).run()
    assert (
        "not among the files that the dashboard may open" in texts(page)
        and button(page, "Import").disabled
    )


def test_whole_numbers_that_a_browser_would_round_are_shown_to_the_digit(visit):
    rows = [{**row, "id": 1009513310189256287 + number} for number, row in enumerate(ROWS)]
    page = wait_until(upload(visit("prepare/data"), jsonl(rows)), "8 of 8 rows")
    page.segmented_control(key="pool looked at as").set_value("Original").run()
    assert json.loads(page.json[0].value)["id"] == "1009513310189256287"


def test_a_note_stands_once_and_counts_its_rows(visit):
    rows = [{**row, "tools": [{"name": "f"}]} for row in ROWS]
    page = wait_until(upload(visit("prepare/data"), jsonl(rows)), "8 of 8 rows")
    listed = next(frame.value for frame in page.dataframe if "reason" in frame.value.columns)
    assert listed["reason"].tolist() == [
        "the column 'tools' is left out of the prompt (8 rows: 1, 2, 3, 4, 5, ...)."
    ]
    assert {metric.label: metric.value for metric in page.metric}["Notices"] == "8"


def rows_listed(page):
    """The ids in the table of examples."""
    return next(frame.value for frame in page.dataframe if frame.key == "pool table")["Id"].tolist()


def test_examples_are_browsed_and_searched(loaded):
    assert rows_listed(loaded) == [str(row) for row in range(1, 9)]
    loaded.text_input(key="pool search").set_value(" ADD 3 ").run()
    assert rows_listed(loaded) == ["3"] and "1 of 8 examples" in texts(loaded)
    loaded.text_input(key="pool search").set_value("14 add").run()  # response, prompt
    assert rows_listed(loaded) == ["7"]
    loaded.text_input(key="pool search").set_value("nowhere").run()
    assert "No example holds every word" in texts(loaded) and not loaded.exception


def test_lengths_are_told_in_words_until_a_model_has_read_the_examples(loaded, demo):
    assert "**Prompt length** · 4 to 4 words" in texts(loaded)
    tokens = bundled_run().alone("pool").response_tokens
    said = f"**Response length** · {tokens.min()} to {tokens.max()} tokens"
    assert said in texts(demo("prepare/data"))


def test_examples_are_counted_by_category_and_by_script(loaded):
    assert loaded.selectbox(key="pool counted by").options == [
        "Examples by kind",
        "Examples by script",
    ]
    loaded.selectbox(key="pool counted by").set_value("script").run()
    (bars,) = json.loads(loaded.get("plotly_chart")[2].proto.spec)["data"]
    assert bars["x"] == [8] and bars["customdata"] == ["Latin"]


def test_a_field_that_a_row_does_not_have_is_an_empty_cell_and_a_bar_called_empty(visit):
    kinds = ["sum", None, "", "sum", "sum", "sum"]
    rows = [{**row, "kind": kind} for row, kind in zip(ROWS, kinds, strict=False)]
    page = wait_until(upload(visit("prepare/data"), jsonl(rows)), "6 of 6 rows")
    listed = next(frame.value for frame in page.dataframe if frame.key == "pool table")
    assert listed["kind"].tolist() == ["sum", "", "", "sum", "sum", "sum"]
    (bars,) = json.loads(page.get("plotly_chart")[2].proto.spec)["data"]
    assert (bars["x"], bars["customdata"]) == ([4, 2], ["sum", "(empty)"])


def test_what_was_set_aside_of_a_draw_is_told_with_it(visit, workspace, new_run):
    held = HoldOut("25%", None, 0, 1, 3)
    read = ReadRecord(ReadOptions(limit=3), usable=8, hold_out=held)
    pool = replace(dataset("pool", [("Add 1 and 1", "2"), ("Say hi", "hi")]), read_record=read)
    run = new_run(data={"pool": pool}, workspace=workspace)
    (warning,) = visit("prepare/data", run=run.id).warning
    said = warning.value.replace("\\", "")
    assert "a draw of 3 of 8 with seed 0, 1 of 3 set aside as held-out (25%, seed 0)." in said


def test_what_the_row_cap_left_out_is_told_on_top_and_taken_with_one_click(visit):
    page = visit("prepare/data")
    page.number_input(key="pool limit").set_value(3).run()
    page = wait_until(upload(page, jsonl(ROWS)), "of 8 rows")
    (warning,) = page.warning
    assert "**3 of 8 examples are used**: a draw of 3 of 8 with seed 0." in warning.value
    page.button(key="pool all").click().run()
    page = wait_until(page, lambda page: page.metric and page.metric[0].value == "8")
    assert not page.warning


def test_the_cap_on_offer_is_what_this_machine_scores_in_a_night(visit, monkeypatch):
    monkeypatch.setattr("psutil.cpu_count", lambda: 16)
    page = visit("prepare/data")
    cap = page.number_input(key="pool limit").value
    assert cap == 28_800 and f"Of a source with more than {cap:,} rows" in texts(page)
