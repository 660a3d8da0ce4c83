"""`make soak` in miniature: memory of worker and server does not grow with the work done."""

from benchmarks.soak import report, soak


def test_memory_of_worker_and_server_stays_flat_over_some_hundred_tiles(
    tmp_path, monkeypatch, tried
):
    from delift_core.scoring import plan

    for block in ("ANSWERED_BLOCK", "SHOWN_BLOCK"):
        monkeypatch.setattr(plan, block, 1)  # and back, for the tests that follow
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = soak(tmp_path, 21, every=0.05)
    assert found.tiles == 21 * 21 and len(found.samples) >= 6 and "| worker |" in report(found)
    assert all(process.is_flat for process in found.processes), found.processes
    tried(
        "soak: 441 tiles, the page asked for all the while",
        "flat",
        "; ".join(f"{process.name} {process.growth:+.1%}" for process in found.processes),
    )
