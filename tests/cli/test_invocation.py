"""The command line that a manifest records makes the same file again."""

import json
import shlex
import subprocess
import sys


def test_the_manifests_command_makes_the_same_file_again(delift, data_folder):
    first = delift(
        "run",
        "--pool",
        "pool.jsonl",
        "--target",
        "target.jsonl",
        "--limit",
        6,
        "--budget",
        "2",
        "--group-by",
        "source",
        "--quota",
        "sums=1",
        "--quota",
        "colours=1",
        "--out",
        "a b.csv",
        "--with-rank",
    )
    assert first.exit_code == 0, first.stderr
    manifest, bytes_before = (
        (data_folder / "a b.csv.manifest.json").read_bytes(),
        (data_folder / "a b.csv").read_bytes(),
    )
    (data_folder / "a b.csv").unlink()
    command = json.loads(manifest)["command"]
    subprocess.run(
        f"{sys.executable} -m delift_core.cli {command.removeprefix('delift ')}",
        shell=True,
        check=True,
        cwd=data_folder,
    )
    assert (data_folder / "a b.csv").read_bytes() == bytes_before and (
        data_folder / "a b.csv.manifest.json"
    ).read_bytes() == manifest


def test_an_option_of_zero_is_part_of_the_recorded_command(delift, data_folder):
    assert (
        delift(
            "run",
            "--pool",
            "pool.jsonl",
            "--target",
            "target.jsonl",
            "--eta",
            "0",
            "--budget",
            "2",
            "--out",
            "s.jsonl",
        ).exit_code
        == 0
    )
    assert "--eta 0" in json.loads((data_folder / "s.jsonl.manifest.json").read_text())["command"]


def test_the_manifests_command_names_the_very_share_of_its_plan(delift, data_folder):
    assert (
        delift(
            "run",
            "--pool",
            "pool.jsonl",
            "--budget",
            3,
            "--pairs",
            "43.2109876543%",
            "--out",
            "s.jsonl",
        ).exit_code
        == 0
    )
    manifest = json.loads((data_folder / "s.jsonl.manifest.json").read_text())
    again = delift(*shlex.split(manifest["command"])[1:], model=False)
    assert again.exit_code == 0 and ": 0 pairs to score" in again.stdout, again.output
    assert (
        json.loads((data_folder / "s.jsonl.manifest.json").read_text()) == manifest
        and len(list((data_folder / "workspace" / "runs").iterdir())) == 1
    )
