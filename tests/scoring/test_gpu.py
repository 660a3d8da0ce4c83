"""benchmarks/gpu.py without a GPU: its whole path with a tiny model, and what it says instead."""

import time
from dataclasses import replace

import pytest
import torch

from benchmarks import gpu
from benchmarks.gpu_kernel import score_while_time_is_left
from benchmarks.gpu_setting import Card
from benchmarks.reference_kernels import reference_kernel
from delift_core.scoring import plan


@pytest.fixture
def card(tiny_folder):
    return Card("cpu", is_small=True, ends=time.monotonic() + 600, model=str(tiny_folder()))


def test_every_part_goes_through_and_nothing_is_kept(card, uncompiled_flex, monkeypatch, tmp_path):
    monkeypatch.setattr("benchmarks.gpu_kernel.GPU_WORKSPACE", tmp_path / "kept")
    lines = list(gpu.report_lines(card))
    assert [line for line in lines if line.startswith(("Not finished", "Left out"))] == []
    assert [f"## {part.title}" for part in gpu.PARTS] == [
        line for line in lines if line.startswith("## ")
    ]
    assert len([line for line in lines if line.startswith("|---")]) == len(gpu.PARTS)
    assert not any("nan" in line.split("|")[-2] for line in lines if line.startswith("| "))
    assert list(tmp_path.iterdir()) == [] and not card.is_measured


def test_a_part_without_enough_time_is_left_out_in_one_sentence(card):
    part = gpu.Part("Slow", 30, lambda card: pytest.fail("it was begun"))
    late = replace(card, ends=time.monotonic() + 20.5)
    *_, last = gpu.part_lines(part, late)
    assert last == "Left out: it needs 30 s, and 20 s were left."


def test_a_part_that_fails_says_its_first_line_and_the_rest_goes_on(card, monkeypatch):
    def failing(card):
        yield "| a row |"
        raise RuntimeError("out of memory\nand a long story")

    monkeypatch.setattr(gpu, "PARTS", (gpu.Part("Fails", 0, failing), gpu.Part("Next", 0, lines)))
    report = list(gpu.report_lines(card))
    assert "| a row |" in report and "Not finished: RuntimeError: out of memory." in report
    assert report[-3] == "went on"


def lines(card):
    yield "went on"


def test_a_kernel_whose_time_runs_out_keeps_its_complete_square(card, tiny, new_run, monkeypatch):
    for block in ("ANSWERED_BLOCK", "SHOWN_BLOCK"):
        monkeypatch.setattr(plan, block, 2)  # nine tiles of six examples
    run, late = new_run(), replace(card, ends=time.monotonic())
    sizes = []
    for _ in range(9):
        score_while_time_is_left(late, run, tiny())  # one tile, which the next call goes on behind
        sizes.append(reference_kernel("pool", run).size)
    assert sizes == [2, 2, 2, 4, 4, 4, 4, 4, 6]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_cuda_device_it_ends_with_one_sentence():
    with pytest.raises(SystemExit) as ended:
        gpu.main([])
    assert str(ended.value).startswith("This machine has no CUDA device. Run it on one")
