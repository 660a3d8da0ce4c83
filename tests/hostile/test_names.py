"""Names of files: shown and never obeyed, and none leads out of where it was meant."""

import json
import os

import pytest
from click.testing import CliRunner

from delift_core import DeliftError, export_subset, read_dataset
from delift_core.cli.main import main
from tests.hostile.attempts import LINES, OBJECTS, ROWS, pairs, refusal_of_run, select_all

NAMES = {
    "single quotes": "it's.jsonl",
    "double quotes": 'a "b".jsonl',
    "spaces": " two  spaces .jsonl",
    "two dots": "..a..jsonl",
    "only dots": "...jsonl",
    "a leading dash": "--out.jsonl",
    "a line break": "a\nb.jsonl",
    "ANSI escapes": "\x1b[31mred\x1b[0m.jsonl",
    "a bell and a backspace": "a\x07\x08.jsonl",
    "a bidi override": "\u202elnosj.jsonl",
    "a line separator": "a\u2028b.jsonl",
    "what a shell would run": "$(id)`id`;&|<>*?.jsonl",
    "what Python would fill in": "%s{0}{x!r}%n.jsonl",
    "a backslash": "a\\b.jsonl",
    "markup": "<b>x.jsonl",
    "emoji and accents": "\U0001f600 e\u0301 \u00e9.jsonl",
    "bytes that are no UTF-8": os.fsdecode(b"\xff\xfe.jsonl"),
}


@pytest.mark.parametrize(("subject", "name"), NAMES.items(), ids=list(NAMES))
def test_a_file_of_any_name_is_read_exported_and_named_in_a_refusal(subject, name, tmp_path, tried):
    """Read by path and by text, written elsewhere, refused by a line of nothing but letters."""
    path, folder = tmp_path / name, tmp_path / "out"
    path.write_text(LINES)
    dataset = read_dataset(path)
    assert pairs(dataset) == pairs(read_dataset(str(path))) == ROWS
    assert pairs(read_dataset(export_subset(dataset, select_all(dataset), folder / name))) == ROWS
    assert os.listdir(folder) == [name] and sorted(os.listdir(tmp_path)) == sorted([name, "out"])
    path.write_text("")
    line = refusal_of_run(path)
    spelt = (
        name.encode("unicode_escape").decode()
        if subject in ("a line break", "ANSI escapes", "a bell and a backspace")
        else name
    )
    spelt = (
        spelt.replace("\u202e", "\\u202e")
        .replace("\u2028", "\\u2028")
        .replace("\udcff\udcfe", "\\udcff\\udcfe")
    )
    assert line == f"delift: {tmp_path}/{spelt}: the file is empty. Choose one that holds rows.\n"
    tried(f"a file name with {subject}", "read", f"and named as {spelt} in a refusal")


def test_what_a_run_says_of_a_file_is_one_line_of_letters(tmp_path, tried, tiny, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"\x1b[31m\xff.jsonl")
    (tmp_path / name).write_text(LINES)
    arguments = [
        "run",
        "--pool",
        name,
        "--model",
        tiny().name,
        "--budget",
        "1",
        "--out",
        "a b.jsonl",
        "--workspace",
        "runs",
    ]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert (
        "3 examples from \\x1b[31m\\udcff.jsonl (prompt/response, 3 of 3 rows)" in result.stdout
        and "\x1b" not in result.stdout
    )
    assert json.loads((tmp_path / "a b.jsonl").read_text()) in OBJECTS
    tried("a run of a file name with controls and no UTF-8", "read", "scored, chosen and exported")


@pytest.mark.parametrize(
    ("subject", "name", "phrase"),
    [
        (
            "a file name that is too long",
            "x" * 300 + ".jsonl",
            "nothing can be found by this name (File name too long). Check the path.",
        ),
        (
            "the home of nobody",
            "~nobody-at-all/pool.jsonl",
            (
                "nothing can be found by this name (Could not determine home directory.). Check the"
                " path."
            ),
        ),
        ("a file name with NUL", "a\0b.jsonl", "there is no such file or folder."),
        (
            "a path that leads up and nowhere",
            "../../../nothing.jsonl",
            "there is no such file or folder.",
        ),
        (
            "a device without an end",
            "/dev/zero",
            "this is a device, which has no end. Choose a file.",
        ),
    ],
)
def test_a_name_that_is_no_file_is_refused(subject, name, phrase, tried):
    with pytest.raises(DeliftError) as refusal:
        read_dataset(name)
    assert str(refusal.value).startswith(name.replace("\0", "\\x00") + ": ") and phrase in str(
        refusal.value
    )
    tried(subject, "refused", str(refusal.value)[-100:])


def test_a_link_that_goes_in_circles_is_refused(tmp_path, tried):
    (tmp_path / "pool.jsonl").symlink_to(tmp_path / "pool.jsonl")
    with pytest.raises(DeliftError, match=r"pool\.jsonl: there is no such file or folder"):
        read_dataset(tmp_path / "pool.jsonl")
    tried("a link to itself", "refused", "there is no such file or folder")


CARDS = {
    "to a file beside it": "configs:\n- config_name: default\n  data_files: ../secret.jsonl\n",
    "to a file by its whole path": (
        "configs:\n- config_name: default\n  data_files: [{split: train, path: /etc/passwd}]\n"
    ),
    "to another host": (
        "configs:\n- config_name: default\n  data_files: http://evil.example/x.jsonl\n"
    ),
    "out of its data folder": "configs:\n- config_name: default\n  data_dir: a/../..\n",
}


@pytest.mark.parametrize(("subject", "card"), CARDS.items(), ids=list(CARDS))
def test_the_card_of_a_folder_never_leads_out_of_it(subject, card, tmp_path, tried):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.jsonl").write_text(LINES)
    (folder / "README.md").write_text(f"---\n{card}---\n")
    (tmp_path / "secret.jsonl").write_text('{"prompt": "what", "response": "secret"}\n')
    with pytest.raises(DeliftError) as refusal:
        read_dataset(folder)
    assert "its README.md names data outside this folder" in str(
        refusal.value
    ) and "Name one file instead." in str(refusal.value)
    tried(f"a folder whose card leads {subject}", "refused", str(refusal.value).partition(": ")[2])


BROKEN_FOLDERS = {
    "whose card is no YAML": (
        {"README.md": "---\nconfigs: [\n---\n", "train.jsonl": LINES},
        "no data files were found in this folder (while parsing",
    ),
    "whose card is a bomb": (
        {
            "README.md": (
                "---\na: &a [x, x]\n"
                + "".join(
                    f"{b}: &{b} [*{a}, *{a}]\n"
                    for a, b in zip("abcdefghijklmnopqrstuvw", "bcdefghijklmnopqrstuvwx")
                )
                + "configs: *x\n---\n"
            ),
            "train.jsonl": LINES,
        },
        "no data files were found in this folder (",
    ),
    "that holds a script": (
        {"data.py": "raise SystemExit('was run')"},
        "no data files were found in this folder (",
    ),
    "saved by `datasets` and cut off": (
        {"state.json": "{"},
        "what `datasets` saved in this folder cannot be read (",
    ),
    "of no files": ({}, "no data files were found in this folder ("),
    "with an empty file among others": (
        {"train-1.jsonl": "", "train-2.jsonl": LINES},
        "train-1.jsonl: the file is empty.",
    ),
}


@pytest.mark.parametrize(("subject", "case"), BROKEN_FOLDERS.items(), ids=list(BROKEN_FOLDERS))
def test_a_broken_folder_is_refused(subject, case, tmp_path, tried):
    folder = tmp_path / "data"
    folder.mkdir()
    for name, content in case[0].items():
        (folder / name).write_text(content)
    with pytest.raises(DeliftError) as refusal:
        read_dataset(folder)
    assert str(refusal.value).startswith(str(folder)) and case[1] in str(refusal.value)
    tried(f"a folder {subject}", "refused", str(refusal.value).partition(": ")[2])
