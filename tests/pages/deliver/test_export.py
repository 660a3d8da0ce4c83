"""The Export page offers the library's own files."""

import json
import shlex

import pytest

from delift_core.selection.choice import Choice
from delift_core.workflow.command_lines import export_command_line, select_command_line
from tests.pages.conftest import button, metric, texts


@pytest.mark.parametrize("shape", ["original", "alpaca", "sharegpt", "messages", "ids"])
def test_every_shape_is_previewed_as_the_library_writes_it(demo, shape):
    from delift_core.export.subset import preview
    from delift_core.runs.store import bundled_run
    from delift_core.workflow.choose import choose

    page = demo("deliver/export", budget="5")
    page.segmented_control(key="shape").set_value(shape).run()
    assert not page.exception
    selection = choose(bundled_run(), Choice(objective="facility_location", budget="5"))[1]
    assert [json.loads(row.value) for row in page.json] == preview(
        bundled_run().pool, selection, shape
    )


def test_rank_and_gain_are_added_when_asked_for(demo):
    page = demo("deliver/export", budget="5")
    page.checkbox(key="with rank").check().run()
    page.checkbox(key="with gain").check().run()
    assert [json.loads(row.value)["delift_rank"] for row in page.json] == [1, 2, 3]
    assert all("delift_gain" in json.loads(row.value) for row in page.json)


def test_a_verdict_is_added_as_the_command_line_adds_it(demo, workspace):
    from click.testing import CliRunner

    from delift_core.audit.events import Action, Event
    from delift_core.audit.log import open_log
    from delift_core.cli.main import main
    from delift_core.runs.store import open_demo

    assert not [
        box for box in demo("deliver/export", budget="5").checkbox if box.key == "with verdict"
    ]
    run = open_demo(workspace)
    open_log(run.folder).append(
        [Event("1", "convert-06", Action.KEEP, "anna"), Event("2", "arith-14", Action.DROP, "anna")]
    )
    page = demo("deliver/export", budget="5")
    page.checkbox(key="with verdict").check().run()
    page.toggle(key="with dropped").set_value(True).run()
    shown = [json.loads(row.value) for row in page.json]
    assert [row["delift_verdict"] for row in shown] == ["keep", "drop", None]
    button(page, "Save selection").click().run()
    arguments = shlex.split(page.code[-1].value.splitlines()[1])[1:]
    done = CliRunner().invoke(
        main,
        [
            *arguments[: arguments.index("--out")],
            "--out",
            str(workspace / "x.jsonl"),
            *arguments[arguments.index("--out") + 2 :],
        ],
    )
    assert (
        done.exit_code == 0
        and [json.loads(row) for row in (workspace / "x.jsonl").read_text().splitlines()][:3]
        == shown
    )


@pytest.fixture
def judged(demo, workspace):
    """judged(id=verdict, ...) -> the Export page of five chosen examples

    The first and second of them are convert-06 and arith-14.
    """
    from delift_core.audit.events import Action, Event
    from delift_core.audit.log import open_log
    from delift_core.runs.store import open_demo

    def page(**verdicts):
        events = [
            Event(str(number), id.replace("_", "-"), Action(verdict), "anna")
            for number, (id, verdict) in enumerate(verdicts.items())
        ]
        open_log(open_demo(workspace).folder).append(events)
        return demo("deliver/export", budget="5")

    return page


def test_a_chosen_example_that_was_dropped_is_left_out_and_said_until_somebody_wants_it(judged):
    page = judged(convert_06="keep", arith_14="drop")
    assert (
        "1 of the 5 chosen examples was dropped (arith-14); what is exported holds the other 4. To"
        " have others chosen" in texts(page)
    )
    assert "--with-dropped" not in page.code[-1].value
    assert "arith-14" not in [json.loads(row.value)["id"] for row in page.json]
    page.toggle(key="with dropped").set_value(True).run()
    assert "and what is exported holds them all the same." in texts(page)
    assert "--with-dropped" in page.code[-1].value
    assert [json.loads(row.value)["id"] for row in page.json][:2] == ["convert-06", "arith-14"]


def test_leaving_out_the_dropped_is_what_the_command_line_does_and_the_manifest_says_so(
    judged, workspace
):
    from click.testing import CliRunner

    from delift_core.cli.main import main

    page = judged(convert_06="keep", arith_14="drop")
    page.checkbox(key="with rank").check().run()
    assert "dropped (arith-14); what is exported holds the other 4." in texts(page)
    shown = [json.loads(row.value) for row in page.json]
    assert [row["delift_rank"] for row in shown] == [1, 3, 4] and "arith-14" not in [
        row["id"] for row in shown
    ]
    button(page, "Save selection").click().run()
    arguments = shlex.split(page.code[-1].value.splitlines()[1])[1:]
    arguments[arguments.index("--out") + 1] = str(workspace / "x.jsonl")
    done = CliRunner().invoke(main, arguments)
    assert (
        done.exit_code == 0
        and "4 rows written" in done.stdout
        and "holds the other 4" in done.stdout
    )
    assert [json.loads(row) for row in (workspace / "x.jsonl").read_text().splitlines()][
        :3
    ] == shown
    manifest = json.loads((workspace / "x.jsonl.manifest.json").read_text())
    assert manifest["audit"] == {"dropped": ["arith-14"], "left_out": 1}
    assert (manifest["selection"]["chosen"], manifest["file"]["rows"]) == (5, 4)


def test_nothing_is_said_of_dropping_where_no_chosen_example_was_dropped(judged):
    page = judged(convert_06="keep", arith_14="flag", gap_99="drop")
    assert not page.toggle and not page.warning


def test_a_choice_of_which_everything_was_dropped_is_not_exported_as_an_empty_file(judged):
    from delift_core.runs.store import bundled_run
    from delift_core.selection.choice import Choice
    from delift_core.workflow.choose import choose

    pool, selection = (
        bundled_run().pool,
        choose(bundled_run(), Choice(objective="facility_location", budget="5"))[1],
    )
    page = judged(**{pool[index].id: "drop" for index in selection.indices.tolist()})
    assert "5 of the 5 chosen examples were dropped (convert-06, arith-14," in texts(
        page
    ) and "and 2 more)" in texts(page)
    assert "every chosen example is left out, so there is nothing to export" in page.error[
        0
    ].value.replace("\\", "")


def test_a_kept_selection_is_found_by_the_command_line(demo, workspace):
    from delift_core.cli.main import main

    page = demo("deliver/export", budget="5")
    button(page, "Save selection").click().run()
    select, export, _ = (shlex.split(line) for line in page.code[-1].value.splitlines())
    out = workspace / "subset.jsonl"
    with pytest.raises(SystemExit) as ended:
        main(args=[*export[1 : export.index("--out")], "--out", str(out)])
    assert ended.value.code == 0 and len(out.read_text().splitlines()) == 5
    with pytest.raises(SystemExit) as ended:
        main(args=select[1:])
    assert ended.value.code == 0


CHOICES = [
    Choice(),
    Choice(
        objective="flqmi", budget="200 tokens", eta=0.25, pins=("a b", "--c"), excludes=("x'y",)
    ),
    Choice(
        objective="flcg",
        nu=0.123456789,
        measure="pmi",
        transform="raw",
        diagonal="kept",
        group_by="topic",
        quotas={"py thon": 3},
    ),
]


@pytest.mark.parametrize("choice", CHOICES)
def test_the_command_line_spells_the_same_choice(choice, tmp_path):
    from dataclasses import fields

    from delift_core.cli.main import main
    from delift_core.cli.options.choice import ChoiceOptions, choice_from

    arguments = shlex.split(select_command_line(tmp_path, choice))
    context = main.commands["select"].make_context("select", arguments[2:])
    options = {field.name: context.params[field.name] for field in fields(ChoiceOptions)}
    assert choice_from(ChoiceOptions(**options)) == choice
    arguments = shlex.split(export_command_line(tmp_path, "abc", "out.jsonl", "alpaca", ["rank"]))
    with context:
        context = main.commands["export"].make_context("export", arguments[2:])
    assert context.params["with_rank"] is True


def test_the_summary_tells_what_is_exported(judged):
    page = judged(convert_06="drop")
    assert metric(page, "Examples") == "4 of 160" and metric(page, "Dropped, left out") == "1"
    assert metric(page, "Coverage").endswith("%")


def report_button(page):
    (download,) = [
        element.proto
        for element in page.get("download_button")
        if element.proto.label == "report.html"
    ]
    return download


def test_the_report_is_offered_and_its_command_line_too(demo):
    page = demo("deliver/export", budget="5")
    assert not report_button(page).disabled and page.code[-1].value.splitlines()[-1].startswith(
        "delift report "
    )


def test_a_run_without_a_map_leads_to_where_it_is_drawn(demo, workspace):
    from delift_core.runs.store import open_demo

    run = open_demo(workspace)
    (run.folder / "projections" / "embedding-0.parquet").unlink()
    page = demo("deliver/export", run=run.id, budget="5")
    assert not page.exception and report_button(page).disabled
    assert button(page, "Draw the map for the report")


def open_tab(page, ending):
    label = next(tab.label for tab in page.tabs if tab.label.endswith(ending))
    page.session_state["export tab"] = label
    return page.run()


def test_the_trainers_view_counts_what_is_cut_and_shows_the_telling_example(demo, workspace):
    from delift_core.runs.store import open_demo
    from delift_core.workflow.training_view import store_training_rows

    page = open_tab(demo("deliver/export", budget="5"), "trainer will see")
    assert button(page, "Read as a trainer")
    run = open_demo(workspace)
    path = store_training_rows(run, "bundled", None, {})
    finish(path)
    page.run()
    assert (
        "5 examples under the chat template of bundled, at most 1,024 tokens each: all of them"
        " whole" in texts(page)
    )
    page.number_input(key="maximum length").set_value(50).run()
    assert "lose tokens" in texts(page) and "cut off" in texts(page)
    (shaded,) = [html.proto.body for html in page.get("html") if "line-through" in html.proto.body]
    assert "✂" in shaded and "opacity:.5" in shaded


def finish(path):
    """Make the folder of a stored table that of a finished job."""
    from delift_core.jobs.progress import JobProgress
    from delift_core.jobs.status import State

    progress = JobProgress(path.parent, "training_view")
    progress.publish({"path": str(path)})
    progress.end(State.DONE)


def test_files_for_trainers_are_those_of_the_library(demo):
    page = open_tab(demo("deliver/export", budget="5"), "Files for trainers")
    codes = [code.value for code in page.code]
    assert any('"file_name": "subset.jsonl"' in code for code in codes)
    assert any("type: chat_template" in code or "field_instruction" in code for code in codes)
    assert any("SFTTrainer" in code for code in codes)
    page.segmented_control(key="shape").set_value("ids").run()
    assert "trainers do not find prompt and response" in texts(page)


def test_weights_have_a_mean_of_one_and_are_what_the_command_line_adds(demo, workspace):
    page = demo("deliver/export", budget="3")
    page.checkbox(key="with weight").check().run()
    weights = [json.loads(row.value)["delift_weight"] for row in page.json]
    assert len(weights) == 3 and sum(weights) / 3 == pytest.approx(1)
    assert "--with-weight" in page.code[-1].value


def test_an_edited_response_is_exported_when_the_page_is_asked(demo, workspace):
    from delift_core.audit.events import Action, Event
    from delift_core.audit.log import open_log
    from delift_core.runs.store import open_demo

    edit = Event("1", "convert-06", Action.EDIT, "anna", note="Another answer.")
    open_log(open_demo(workspace).folder).append([edit])
    page = demo("deliver/export", budget="3")
    assert "1 response was edited (convert-06); exported as read." in texts(page)
    page.toggle(key="with edits").set_value(True).run()
    assert json.loads(page.json[0].value)["response"] == "Another answer."
    assert "--with-edits" in page.code[-1].value and "exported as edited" in texts(page)
