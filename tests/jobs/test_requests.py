"""Requests: the addresses of their folders, and what spec.json holds of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from delift_core.data.read_options import ReadOptions
from delift_core.errors import NotAJob, UnknownChoice
from delift_core.jobs.requests import (
    REQUESTS,
    CostRequest,
    DescribeModelRequest,
    ExplainPairRequest,
    GradientsRequest,
    ProjectRequest,
    ReadRequest,
    ScoreRequest,
    TracePairRequest,
    UnpromptedRequest,
    score_folder,
    stored_request,
)
from delift_core.jobs.tasks import TASKS
from delift_core.jobs.tuning_requests import (
    CostRoundsRequest,
    PlanValidationRequest,
    RoundsRequest,
    ValidateRequest,
)

UPLOAD = ReadRequest(
    "/w/uploads/ff",
    ReadOptions(100, 3, columns={"prompt": ["q", "c"], "response": "a"}),
    "pool.jsonl",
    "/w",
    "cd" * 32,
)
HUB = ReadRequest(
    "owner/name", ReadOptions(100, 0, "keep", config="main", split="train"), workspace="/w"
)
# request -> the folder that version 0.1.0 gave it
FOLDERS = [
    (
        ReadRequest("/data/pool.jsonl", ReadOptions(100), workspace="/w", source_digest="ab" * 32),
        "/w/datasets/bc13c288e8b047f0",
    ),
    (HUB, "/w/datasets/9cc9e5b6f275db38"),
    (UPLOAD, "/w/datasets/8a794b61611c0af7"),
    (DescribeModelRequest("bundled", workspace="/w"), "/w/models/8a9600033b3aac40/describe"),
    (
        TracePairRequest("bundled", 0, 1, "/w", device="cpu", template="auto"),
        "/w/models/55108a2677d57cef/try",
    ),
    (
        CostRequest("/w/runs/a", ("pool_pool", "pool_known"), "/w"),
        "/w/runs/a/jobs/cost-pool_known-pool_pool",
    ),
    (ScoreRequest("/w/runs/a", ("pool_pool",), "/w"), "/w/runs/a/jobs/score"),
    (ProjectRequest("/w/runs/a", "utility"), "/w/runs/a/jobs/project-utility"),
    (
        ExplainPairRequest("/w/runs/a", "pool_pool", 3, 4, "/w"),
        "/w/runs/a/pairs/pool_pool/3-4",
    ),
]


@pytest.mark.parametrize(("request_", "folder"), FOLDERS, ids=lambda part: type(part).__name__)
def test_a_request_has_the_folder_that_version_0_1_0_gave_it(request_, folder):
    assert request_.folder == Path(folder)


UNPROMPTED = UnpromptedRequest("/w/runs/a", "pool", "/w", "cpu")


def test_the_pass_without_prompts_of_each_role_has_a_folder_of_its_own():
    assert UNPROMPTED.folder == Path("/w/runs/a/jobs/unprompted-pool")
    assert replace(UNPROMPTED, role="target").folder != UNPROMPTED.folder


@pytest.mark.parametrize(
    "request_", [*(pair[0] for pair in FOLDERS), UNPROMPTED], ids=lambda made: made.task
)
def test_a_request_comes_back_from_its_spec(request_, tmp_path):
    spec = {"task": request_.task, "arguments": request_.arguments, "cwd": "/"}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    stored = stored_request(tmp_path)
    assert type(stored) is type(request_)
    assert json.dumps(stored.arguments) == json.dumps(request_.arguments)


VALIDATIONS = [
    PlanValidationRequest("/w/runs/a", "/w", {"tuner": "lora"}, selection="ab12"),
    ValidateRequest("/w/runs/a", "/w", "0123456789ab", "cpu"),
]


@pytest.mark.parametrize("request_", VALIDATIONS, ids=lambda made: made.task)
def test_a_run_is_validated_in_one_folder_whatever_the_settings(request_, tmp_path):
    assert request_.folder == Path(f"/w/runs/a/jobs/{request_.task}")
    spec = {"task": request_.task, "arguments": request_.arguments, "cwd": "/"}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    assert stored_request(tmp_path) == request_


def test_every_request_has_a_task():
    assert set(REQUESTS) == set(TASKS)


def test_another_source_or_option_has_another_folder():
    others = [
        replace(UPLOAD, source_digest="ef" * 32),
        replace(UPLOAD, source_digest=None),
        replace(UPLOAD, options=replace(UPLOAD.options, limit=6)),
        replace(UPLOAD, source="/w/uploads/fe"),
    ]
    assert len({request.folder for request in [UPLOAD, *others]}) == 5


def test_what_reading_needs_no_argument_for_is_left_out_of_its_spec():
    assert ReadRequest("a.jsonl").arguments == {
        "source": "a.jsonl",
        "seed": 0,
        "near_duplicates": "collapse",
    }


def test_rounds_of_a_run_are_tuned_and_predicted_in_a_folder_each(tmp_path):
    for made in (RoundsRequest, CostRoundsRequest):
        request_ = made("/w/runs/a", "/w", settings={"rounds": 2})
        assert request_.folder == Path(f"/w/runs/a/jobs/{request_.task}")
        spec = {"task": request_.task, "arguments": request_.arguments, "cwd": "/"}
        (tmp_path / "spec.json").write_text(json.dumps(spec))
        assert stored_request(tmp_path) == request_ and type(stored_request(tmp_path)) is made


def test_gradients_of_a_run_are_computed_in_one_folder_whatever_their_settings():
    request_ = GradientsRequest("/w/runs/a", "/w", settings={"rank": 4, "seed": 2})
    assert (
        request_.folder
        == GradientsRequest("/w/runs/a", "/w").folder
        == Path("/w/runs/a/jobs/gradients")
    )
    again = GradientsRequest.from_arguments(json.loads(json.dumps(request_.arguments)))
    assert again == request_


def test_the_folder_that_scores_a_run_is_one_whatever_its_kernels():
    assert score_folder("/w/runs/a") == ScoreRequest("/w/runs/a", ("pool_known",), "/w").folder


@pytest.mark.parametrize("content", [None, "{", "[]", '{"task": "score"}'])
def test_a_folder_without_a_readable_spec_is_no_job(content, tmp_path):
    if content is not None:
        (tmp_path / "spec.json").write_text(content)
    with pytest.raises(NotAJob, match="not a job folder"):
        stored_request(tmp_path)


def test_an_unknown_task_is_refused_with_those_there_are(tmp_path):
    (tmp_path / "spec.json").write_text('{"task": "scroe", "arguments": {}}')
    with pytest.raises(UnknownChoice, match="There is no task 'scroe'. Choose one of read,"):
        stored_request(tmp_path)
