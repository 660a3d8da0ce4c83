"""Names from outside are never paths: of runs, data sets, selections, uploads, archive members."""

import gzip
import io
import json
import tarfile

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.visitor import visiting
from delift_core.errors import DeliftError, OutsideRoots, UnreadableFile
from pages.server.allowed_paths import data_source, hub_source
from pages.server.navigation import ENTRIES
from pages.session import address
from tests.pages.conftest import texts
from tests.security.conftest import ask, port_of

ESCAPES = (
    "../../beside",
    "..%2f..%2fbeside",
    "/etc",
    "....//beside",
    "0123456789abcde/",
    "0123456789abcdef/../x",
    "0123456789ABCDEF",
    "0123456789abcdef\n",
    "demo/../x",
    "\x00",
    "~",
    "C:\\x",
    "\u2025/x",
)
PAGES = list(ENTRIES)
CHOICE_FIELDS = (
    "objective",
    "budget",
    "measure",
    "transform",
    "diagonal",
    "group_by",
    "pins",
    "excludes",
)
PAGE_FIELDS = tuple(
    name for name in address.FIELDS if name not in (*CHOICE_FIELDS, "run", *address.DATA_ROLES)
)
STRANGE = "../../<b>x</b>\x1b[31m"


@pytest.mark.parametrize("field", ["run", "pool", "target", "known"])
def test_an_address_names_nothing_outside_the_workspace(field, tried):
    prefix = "" if field == "run" else "datasets/"
    for bad in (*ESCAPES, *(prefix + escape for escape in ESCAPES)):
        assert address.FIELDS[field].read([bad]) is None, bad
    tried(
        f"?{field}= that leads elsewhere", "refused", f"{2 * len(ESCAPES)} spellings are no {field}"
    )


def test_a_page_that_is_asked_for_a_run_outside_opens_none(page_of, workspace):
    (workspace.parent / "beside").mkdir()
    (workspace.parent / "beside" / "run.json").write_text("{")
    page = page_of("choose/subset", run="../../beside", pool="datasets/../../beside")
    assert "No run is open" in texts(page) and not page.exception


@pytest.mark.parametrize("name", PAGES)
def test_no_word_of_an_address_breaks_a_page(page_of, name, tried):
    """Every field that shapes a page holds what it should not: refused or ignored."""
    page = page_of(
        name, run="demo", objective="facility_location", **dict.fromkeys(PAGE_FIELDS, STRANGE)
    )
    assert not page.exception, page.exception[0].message
    tried(
        f"/{name} with {len(PAGE_FIELDS)} strange words",
        "a sentence" if page.error else "ignored",
        page.error[0].value if page.error else "",
    )


@pytest.mark.parametrize("field", CHOICE_FIELDS)
def test_no_word_of_a_choice_breaks_a_page(page_of, field, tried):
    page = page_of(
        "choose/subset", run="demo", **{"objective": "facility_location", field: STRANGE}
    )
    assert not page.exception, page.exception[0].message
    tried(
        f"?{field}= with a strange word",
        "a sentence" if page.error else "ignored",
        page.error[0].value.replace("\\", "") if page.error else "",
    )


@pytest.mark.parametrize("name", ["../run", "../../etc/passwd", "/etc/passwd", "", "*"])
def test_a_selection_is_one_of_those_that_are_there(name, tmp_path, tried):
    from delift_core.runs.selections import find_selection, save_selection
    from delift_core.runs.store import open_demo
    from delift_core.selection.choice import Choice
    from delift_core.workflow.choose import choose

    run = open_demo(tmp_path)
    save_selection(
        run,
        Choice(objective="facility_location"),
        choose(run, Choice(objective="facility_location"))[1],
    )
    with pytest.raises(DeliftError) as refused:
        find_selection(run, name)
    assert "no selection" in str(refused.value)
    tried(f"a selection named {name!r}", "refused", "no selection of that name")


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../../etc/passwd", "pairs", "../run"])
def test_a_job_does_only_what_is_a_task_and_a_kernel(name, tmp_path, tried):
    from delift_core.jobs.requests import REQUESTS, stored_request
    from delift_core.jobs.tasks import TASKS
    from delift_core.runs.store import open_demo

    with pytest.raises(DeliftError, match="this run has no kernel"):
        open_demo(tmp_path).require_kernels([name])
    (tmp_path / "spec.json").write_text(json.dumps({"task": name, "arguments": {}}))
    with pytest.raises(DeliftError, match="There is no task"):
        stored_request(tmp_path)
    assert name not in TASKS and name not in REQUESTS
    tried(f"a kernel and a task named {name}", "refused")


# what a page may read of this machine


def test_a_path_of_a_data_set_stays_under_the_roots_that_are_named(tmp_path, monkeypatch, tried):
    for folder_name in ("data", "beside"):
        (tmp_path / folder_name).mkdir()
        (tmp_path / folder_name / "pool.jsonl").write_text("{}")
    (tmp_path / "data" / "link.jsonl").symlink_to(tmp_path / "beside" / "pool.jsonl")
    own, other = (str(tmp_path / folder_name / "pool.jsonl") for folder_name in ("data", "beside"))
    assert data_source(other) == other  # nobody but this machine's user comes in: any file
    monkeypatch.setenv("DELIFT_DATA", str(tmp_path / "data"))
    assert data_source("pool.jsonl") == data_source(own) == own
    for bad in (other, "../beside/pool.jsonl", "link.jsonl", str(tmp_path), "/etc/passwd", "\0"):
        with pytest.raises(OutsideRoots):
            data_source(bad)
    # whether anything is outside is not told
    for folder in (tmp_path / "beside", tmp_path / "nowhere"):
        (tmp_path / "data" / folder.name).symlink_to(folder)
    refusals = {
        refusal(bad).replace(bad, "")
        for bad in (
            "/nowhere",
            "/etc",
            "../nowhere",
            "../beside",
            "nowhere",
            "beside",
            "beside/x",
            "nowhere/x",
            "data/../../beside/x",
            str(tmp_path / "none.jsonl"),
        )
    }
    assert len(refusals) == 1 and "not among the files" in refusals.pop()
    with pytest.raises(UnreadableFile, match="no such file"):
        data_source("none.jsonl")
    monkeypatch.delenv("DELIFT_DATA")
    # others come in: nothing that was not named
    monkeypatch.setattr("pages.server.allowed_paths.is_shared", lambda: True)
    for bad in (own, other):
        with pytest.raises(OutsideRoots):
            data_source(bad)
    tried("a data set outside the roots", "refused", "with DELIFT_DATA set, or once others log in")


def refusal(path):
    """What is said of a path that may not be opened."""
    with pytest.raises(OutsideRoots) as refused:
        data_source(path)
    return str(refused.value)


def test_a_hugging_face_id_is_no_path(tmp_path, monkeypatch, tried):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own" / "set").mkdir(parents=True)
    assert hub_source("anna/set/default/train") == "anna/set/default/train"
    for bad in (
        "own/set",
        "own/set/default/train",
        "https://huggingface.co/datasets/own/set",
        "/etc/passwd",
        "../x/y",
        "passwd",
        "anna/../../etc",
        "anna/set.jsonl",
    ):
        with pytest.raises(OutsideRoots):
            hub_source(bad)
    tried("a path where a Hugging Face id is asked for", "refused")


# archives


def tar_with(path):
    """A tar file whose one member would be unpacked elsewhere."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(path), io.BytesIO(b""))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(tar_with("../../evil.jsonl")),
        b"PK\x03\x04" + bytes(60),
        tar_with("../../evil.jsonl"),
        gzip.compress(gzip.compress(b'{"a": 1}\n')),
    ],
    ids=["tar.gz", "zip", "tar", "gz in gz"],
)
def test_archives_are_not_unpacked(content, tmp_path, tried, request):
    from delift_core.data.readers import read_dataset

    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "pool.jsonl"
    file.write_bytes(content)
    with pytest.raises(DeliftError) as refused:
        read_dataset(file)
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "inner", file] and "\n" not in str(
        refused.value
    )
    tried(f"{request.node.callspec.id} as a pool", "refused", str(refused.value)[len(str(file)) :])


# uploads, through the real server

NAMES = (
    "../../evil.jsonl",
    "..\\..\\evil.jsonl",
    "/tmp/evil.jsonl",
    "a\x07b\x1b[31m\u202e<img src=x onerror=alert(1)>.jsonl",
    "." * 300 + ".jsonl",
)


def test_the_name_of_an_upload_is_no_path(server, tried):
    """Bytes and name go through the real server to a real worker, once for each name."""
    before = set(server.workspace.parent.rglob("*"))
    for number, name in enumerate(NAMES):
        with visiting(port_of(server), "data", "") as visitor:
            visitor.rerun()
            sent(
                visitor,
                server,
                name,
                json.dumps({"prompt": f"Say {number}.", "response": "x"}).encode(),
            )
            press(visitor, "Import")
    written = [
        file.relative_to(server.workspace.parent).parts[1:]
        for file in server.workspace.parent.rglob("*")
        if file not in before and file.is_file()
    ]
    assert {parts[0] for parts in written} <= {"uploads", "datasets"}
    assert not [
        parts
        for parts in written
        if any("evil" in part or "<" in part or "\x1b" in part for part in parts)
    ]
    assert len([parts for parts in written if parts[0] == "uploads"]) == len(NAMES)
    tried(
        f"uploads under {len(NAMES)} names", "kept by digest", "uploads/<sha256>, nothing elsewhere"
    )


def sent(visitor, server, name, content):
    """A file given to the uploader of the page, as a browser gives it."""
    uploader = next(
        element for key, element in visitor.elements.items() if key.startswith("file_uploader:")
    )
    new = visitor.session
    cookie = ask(server, "GET", "/_stcore/health")[1]["Set-Cookie"].split(";")[0]
    token, quoted = (
        cookie.partition("=")[2],
        name.replace("\\", "\\\\").replace('"', "%22").encode(),
    )
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="'
        + quoted
        + b'"\r\nContent-Type: text/plain\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    status, _, answer = ask(
        server,
        "PUT",
        f"/_stcore/upload_file/{new}/{len(content)}{hash(name)}",
        body,
        Cookie=cookie,
        **{"X-Xsrftoken": token, "Content-Type": "multipart/form-data; boundary=x"},
    )
    assert status == 204, answer
    state = WidgetState(id=uploader.id)
    upload = state.file_uploader_state_value.uploaded_file_info.add()
    upload.file_id, upload.name, upload.size = f"{len(content)}{hash(name)}", name, len(content)
    visitor.rerun(state)


def press(visitor, label):
    """A button pressed."""
    button = next(
        element
        for key, element in visitor.elements.items()
        if key.startswith("button:") and element.label == label
    )
    assert not button.disabled
    visitor.rerun(WidgetState(id=button.id, trigger_value=True))
