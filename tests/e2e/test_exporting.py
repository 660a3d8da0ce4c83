"""Export: the browser receives what the library writes, byte for byte."""

import hashlib
import json
import subprocess
import sys

import pytest

from tests.e2e.driving import button, download, expect, main, switch

CHOICE = {"objective": "flqmi", "budget": "20"}


@pytest.fixture
def page(visit):
    return visit("export", run="demo", **CHOICE)


@pytest.fixture
def exported(tmp_path, demo, choose):
    """exported(name, **options) -> the bytes that the library writes for the same choice"""
    from delift_core.export.subset import export_subset

    return lambda name, **options: export_subset(
        demo.pool, choose(demo, **CHOICE), tmp_path / name, **options
    ).read_bytes()


def test_the_browser_receives_what_the_library_writes(page, exported):
    for kind, suffix in {
        "JSONL": ".jsonl",
        "JSON": ".json",
        "CSV": ".csv",
        "Parquet": ".parquet",
    }.items():
        switch(page, "Format", kind).check(force=True)
        expect(main(page)).to_contain_text(f"--out subset{suffix}")
        assert download(page, "Download the subset") == exported(f"subset{suffix}")


def test_shape_rank_and_gain_are_as_asked_for(page, exported):
    switch(page, "Schema", "Messages").check(force=True)
    for label in ("Add rank", "Add gain"):
        main(page).get_by_role("checkbox", name=label).check(force=True)
    expect(main(page)).to_contain_text("--shape messages --with-rank --with-gain")
    assert download(page, "Download the subset") == exported(
        "subset.jsonl", shape="messages", with_rank=True, with_gain=True
    )


def test_the_manifest_holds_the_digest_of_the_download(page):
    subset, manifest = download(page, "Download the subset"), json.loads(download(page, "Manifest"))
    assert manifest["file"]["sha256"] == hashlib.sha256(subset).hexdigest()
    assert (
        manifest["file"]["rows"]
        == manifest["selection"]["chosen"]
        == len(subset.splitlines())
        == 20
    )


def test_subset_and_rejected_are_the_pool(page, demo):
    ids = {
        name: [json.loads(line)["id"] for line in download(page, name).splitlines()]
        for name in ("Download the subset", "Rejected examples")
    }
    together = ids["Download the subset"] + ids["Rejected examples"]
    assert sorted(together) == sorted(example.id for example in demo.pool)
    assert len(ids["Rejected examples"]) == 140


def test_the_command_lines_shown_make_the_same_file(page, tmp_path):
    subset = download(page, "Download the subset")
    page.get_by_role("tab", name="Commands").click()
    commands = page.get_by_test_id("stCode").last.inner_text().strip().splitlines()
    assert [command.split()[:2] for command in commands] == [
        ["delift", "select"],
        ["delift", "export"],
        ["delift", "report"],
    ]
    for command in commands:
        subprocess.run(
            command.replace("delift ", f"{sys.executable} -m delift_core.cli ", 1),
            shell=True,
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    assert (tmp_path / "subset.jsonl").read_bytes() == subset
    assert (tmp_path / "report.html").read_bytes() == download(page, "report.html")


def test_a_selection_can_be_kept_in_the_run(page, demo, choose):
    from delift_core.runs.selections import read_selection, selection_name
    from delift_core.selection.choice import Choice

    button(page, "Save selection").click()
    name = selection_name(Choice(**CHOICE))
    expect(page.get_by_test_id("stToast")).to_contain_text(name)
    _, stored = read_selection(demo.folder / "selections" / f"{name}.parquet")
    assert stored.indices.tolist() == choose(demo, **CHOICE).indices.tolist()


def test_the_summary_and_the_trainers_view_are_on_the_first_screen(page):
    expect(button(page, "Download the subset")).to_be_in_viewport()
    expect(page.get_by_test_id("stJson").first).to_be_in_viewport()
    page.get_by_role("tab", name="What the trainer will see").click()
    button(page, "Read as a trainer").click()
    shown = page.get_by_test_id("stHtml").filter(has_text="<|im_start|>assistant")
    expect(shown).to_be_in_viewport(timeout=120_000)
    expect(main(page)).to_contain_text("all of them whole, each with its end of turn")
