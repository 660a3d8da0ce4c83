"""Out of memory in the model: finished tiles stay, and the next attempt uses smaller packs."""

import numpy as np
import pytest
import torch

from delift_core.errors import OutOfMemory
from delift_core.jobs.status import State
from delift_core.runs.integrity import missing_work
from delift_core.scoring import kernel_scoring, packing
from delift_core.scoring.attention import PackRow
from delift_core.scoring.model import load_model
from delift_core.scoring.pack_sizes import LEAST_PACK, PACK_TOKENS
from delift_core.scoring.packing import pack_rows
from delift_core.scoring.pairs import scorer_for
from delift_core.workflow import pack_size, plan, tile_work
from delift_core.workflow import score as scoring
from delift_core.workflow.pack_size import pack_tokens

ERRORS = {
    "python": MemoryError(),
    "accelerator": RuntimeError("CUDA out of memory. Tried to allocate 2 GiB.\nmore"),
    "mps": RuntimeError("MPS backend out of memory (MPS allocated: 8 GiB)"),
    "allocator": RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory:"
        " you tried to allocate 9 bytes."
    ),
    "system": OSError(12, "Cannot allocate memory"),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_every_kind_of_exhausted_memory_is_one_sentence_with_the_size_of_the_next_try(
    kind, new_run, score, monkeypatch, tried
):
    run, usual = new_run(), PACK_TOKENS["cpu"]
    monkeypatch.setattr(tile_work, "score_tile", lambda *given: (_ for _ in ()).throw(ERRORS[kind]))
    with pytest.raises(
        OutOfMemory, match=f"packs of {usual // 2} tokens instead of {usual} will be tried"
    ) as refusal:
        score(run)
    assert "\n" not in str(refusal.value) and pack_tokens(run.folder, "cpu") == usual // 2
    assert run.alone("pool") is not None  # what was finished is kept
    tried(
        f"out of memory: {type(ERRORS[kind]).__name__} of {kind}",
        "refused",
        str(refusal.value).removeprefix(f"{run.folder}: "),
    )


def test_another_error_is_not_taken_for_a_want_of_memory(new_run, score, monkeypatch, tried):
    run = new_run()
    monkeypatch.setattr(
        tile_work,
        "score_tile",
        lambda *given: (_ for _ in ()).throw(RuntimeError("shapes do not match")),
    )
    with pytest.raises(RuntimeError, match="shapes do not match"):
        score(run)
    assert pack_tokens(run.folder, "cpu") is None
    tried(
        "an error that has nothing to do with memory",
        "passed on",
        "the next try is as large as before",
    )


@pytest.mark.parametrize("kind", ERRORS)
def test_a_want_of_memory_while_minutes_are_measured_is_a_sentence(
    kind, roles, tiny, tmp_path, monkeypatch, tried
):
    inputs = plan.ScoringInputs({"pool": roles["pool"]}, tiny(), "chat", ("pool_pool",))
    monkeypatch.setattr(
        plan, "measure_throughput", lambda *given: (_ for _ in ()).throw(ERRORS[kind])
    )
    with pytest.raises(
        OutOfMemory,
        match="ran out of memory while this machine was measured .*name a plan instead of minutes",
    ) as refusal:
        plan.plan_within(5, 0, tmp_path, inputs)
    monkeypatch.setattr(
        plan,
        "measure_throughput",
        lambda *given: (_ for _ in ()).throw(RuntimeError("shapes do not match")),
    )
    with pytest.raises(RuntimeError, match="shapes do not match"):
        plan.plan_within(5, 0, tmp_path, inputs)
    tried(
        f"out of memory while minutes are measured: {kind}",
        "refused",
        str(refusal.value).removeprefix(f"{tiny().name}: "),
    )


@pytest.mark.parametrize("kind", ERRORS)
def test_a_want_of_memory_in_the_library_is_a_sentence_that_names_a_smaller_pack(
    kind, roles, tiny, monkeypatch, tried
):
    monkeypatch.setattr(
        kernel_scoring, "score_tile", lambda *given: (_ for _ in ()).throw(ERRORS[kind])
    )
    with pytest.raises(
        OutOfMemory,
        match=(
            "the model ran out of memory .*give load_model pack_tokens=256, which takes less memory"
        ),
    ) as refusal:
        kernel_scoring.score_utilities(roles["pool"], model=tiny())
    monkeypatch.setattr(
        kernel_scoring,
        "score_tile",
        lambda *given: (_ for _ in ()).throw(RuntimeError("shapes do not match")),
    )
    with pytest.raises(RuntimeError, match="shapes do not match"):
        kernel_scoring.score_utilities(roles["pool"], model=tiny())
    tried(
        f"out of memory in the library: {kind}",
        "refused",
        str(refusal.value).removeprefix(f"{tiny().name}: "),
    )


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if kind != "system"])
def test_a_want_of_memory_while_packing_is_checked_is_not_taken_for_an_unfit_model(
    kind, tiny_folder, monkeypatch, tried
):
    model = load_model(tiny_folder(), device="cpu")
    monkeypatch.setattr(
        packing, "read_prefixes", lambda *given: (_ for _ in ()).throw(ERRORS[kind])
    )
    for _ in range(2):  # checked again as long as it did not pass
        with pytest.raises(
            OutOfMemory,
            match=(
                "not enough memory to make the model ready .*choose another device or a smaller"
                " model"
            ),
        ) as refusal:
            scorer_for(model)
    monkeypatch.undo()
    assert scorer_for(model)
    tried(
        f"out of memory while packing is checked: {kind}",
        "refused",
        str(refusal.value).removeprefix(f"{model.name}: "),
    )


def test_packs_are_halved_down_to_a_floor_and_then_something_else_is_advised(
    new_run, monkeypatch, tried
):
    run, sizes = new_run(), []
    name = run.record["model"]["name"]
    monkeypatch.setattr(scoring, "score_alone", lambda *given: (_ for _ in ()).throw(MemoryError()))
    while True:
        model = load_model(name, device="cpu", pack_tokens=pack_tokens(run.folder, "cpu"))
        sizes.append(model.pack_tokens)
        with pytest.raises(OutOfMemory) as refusal:
            list(scoring.score_missing(missing_work(run, ["pool_pool"]), model))
        if "are the smallest" in str(refusal.value):
            break
    assert (
        sizes == [None] + [PACK_TOKENS["cpu"] // 2**turn for turn in range(1, len(sizes))]
        and sizes[-1] == LEAST_PACK
    )
    assert "shorter context" in str(refusal.value)
    tried(
        "out of memory again and again",
        "refused",
        f"packs of {', '.join(map(str, sizes[1:]))} tokens, then: another device or a shorter"
        " context",
    )


def test_a_damaged_note_of_the_pack_size_is_as_none(new_run, tried):
    run = new_run()
    for content in (b"", b"{", b"[]", b'{"cpu": "many"}', b'{"cpu": 1}', b"\xff"):
        pack_size.pack_size_path(run.folder).parent.mkdir(parents=True, exist_ok=True)
        pack_size.pack_size_path(run.folder).write_bytes(content)
        assert pack_tokens(run.folder, "cpu") is None
    tried("the note of the pack size cut off or damaged", "read", "as if there were none")


def test_smaller_packs_are_shorter_and_reach_less_far(tried):
    rows = [PackRow(torch.empty(0), (1,) * 29)] * 60
    longest = {
        tokens: max(map(len, pack_rows(rows, "cpu", tokens))) for tokens in (None, 256, 64, 1)
    }
    assert list(longest.values()) == [PACK_TOKENS["cpu"] // 29, 256 // 29, 64 // 29, 1]
    tried(
        "the same tile in smaller packs",
        "scored",
        ", ".join(
            f"{count} rows in {tokens or PACK_TOKENS['cpu']} tokens"
            for tokens, count in longest.items()
        ),
    )


def test_a_job_that_cannot_have_the_memory_it_asks_for_is_done_after_smaller_and_smaller_tries(
    run_worker, new_run, many, score, tmp_path, tried
):
    run, whole = (new_run(*many, workspace=tmp_path / name, data=many) for name in ("run", "whole"))
    score(whole)
    said = []
    while True:
        # 80 MB for packs of a megabyte a token
        code, found = run_worker(run, "pool_pool", memory=80 * 2**20, token=2**20)
        if found.state == State.DONE:
            break
        assert (
            code == 1
            and "the model ran out of memory (RuntimeError: " in found.error
            and "can't allocate memory" in found.error
        ), found.error
        said.append(int(found.error.split("packs of ")[1].split()[0]))
        assert (
            f"Start again: packs of {said[-1]} tokens instead of {2 * said[-1]} will be tried."
            in found.error
        )
    assert (
        said == [256, 128, 64] == [pack_tokens(run.folder, "cpu") * 2**turn for turn in (2, 1, 0)]
    )
    np.testing.assert_allclose(
        run.kernel("pool_pool").values, whole.kernel("pool_pool").values, atol=1e-5
    )
    tried(
        "less memory than a pack needs",
        "done smaller",
        f"failed {len(said)} times, done with packs of {said[-1]} tokens; the same utilities",
    )
