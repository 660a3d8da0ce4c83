"""Dependencies are declared with a reason, pinned and unchanged; the audit knows its limits."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import distributions

import pytest
from packaging.utils import canonicalize_name

from tests.security import dependencies
from tests.security.dependencies import (
    ROOT,
    installed,
    known_weaknesses,
    not_pinned,
    other_versions,
    own_requirements,
    pins,
    tampered,
    undeclared,
)

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_version_that_is_used_is_pinned_and_is_the_one_installed():
    here, pinned = installed(), pins()
    assert not [*other_versions(here, pinned), *not_pinned(here, pinned)]


def test_every_dependency_stands_in_the_readme_with_a_reason():
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \|$",
        README.split("## Dependencies")[1].split("## ")[0],
        flags=re.MULTILINE,
    )
    explained = {
        canonicalize_name(name)
        for names, _ in rows[1:]
        for name in names.split(": ")[-1].split(", ")
    }
    assert explained - {"-"} == {canonicalize_name(needed.name) for needed in own_requirements()}
    assert all(len(reason) > 5 for _, reason in rows[1:])


# what the audit finds, in an environment of one package that was made here


@pytest.fixture
def package(tmp_path):
    """The folder of a package as pip leaves it, with digests of its files."""
    (tmp_path / "made.py").write_text("x = 1\n")
    info = tmp_path / "made-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made\nVersion: 1.0\n")
    (info / "RECORD").write_text(
        f"made.py,sha256={dependencies.digest(tmp_path / 'made.py', 'sha256')},6\n"
        "made-1.0.dist-info/RECORD,,\n"
    )
    return tmp_path


def here_in(folder):
    return {
        canonicalize_name(distribution.metadata["Name"]): distribution
        for distribution in distributions(path=[str(folder)])
    }


def test_a_file_that_somebody_changed_or_took_away_is_named(package, tried):
    assert not list(tampered(here_in(package)))
    (package / "made.py").write_text("import os\n")
    assert list(tampered(here_in(package))) == [
        "made: made.py is not what was installed. Find out who changed it, then install it again"
    ]
    (package / "made.py").unlink()
    assert list(tampered(here_in(package))) == ["made: made.py is gone. Install it again"]
    tried("an installed file that somebody changed", "named", "made.py is not what was installed")


def test_another_version_and_what_nobody_declared_are_named(package, tried):
    here = here_in(package)
    assert [line.split(".")[0] for line in undeclared(here)] == ["made 1"]
    assert list(other_versions(here, {"made": "1.0"})) == [] and "constraints.txt has 2.0" in next(
        other_versions(here, {"made": "2.0"})
    )
    tried("a package that nothing declares, one in another version", "named")


def test_files_of_a_real_package_are_those_of_its_wheel():
    here = installed()
    assert not list(
        tampered({name: here[name] for name in ("idna", "itsdangerous", "safetensors")})
    )


@contextmanager
def database(answers):
    """A database of weaknesses on this machine: name -> those it knows."""

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, *_):
            """Nothing on the terminal."""

        def do_POST(self):
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answers.get(query["package"]["name"], {})).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    running = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/v1/query"
    finally:
        running.shutdown()
        running.server_close()


@pytest.fixture
def two_pins(tmp_path):
    pytest.importorskip("pip_audit", reason='no pip-audit: pip install -e ".[audit]"')
    file = tmp_path / "constraints.txt"
    file.write_text("idna==3.20\nclick==8.5.1\n")
    return file


def test_a_known_weakness_of_a_pinned_version_is_named(two_pins, tried):
    weak = {
        "id": "MADE-1",
        "summary": "made",
        "affected": [
            {
                "package": {"name": "idna", "ecosystem": "PyPI"},
                "versions": ["3.20"],
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.21"}]}
                ],
            }
        ],
    }
    with database({"idna": {"vulns": [weak]}}) as service:
        assert known_weaknesses(two_pins, service) == (["idna 3.20: MADE-1, mended in 3.21"], "")
    with database({}) as service:
        assert known_weaknesses(two_pins, service) == ([], "")
    tried("a pinned version with a known weakness", "named", "idna 3.20: MADE-1, mended in 3.21")


def test_without_the_database_the_audit_says_that_it_could_not_ask(
    two_pins, tried, capsys, monkeypatch
):
    nowhere = "http://127.0.0.1:9/v1/query"
    weaknesses, unknown = known_weaknesses(two_pins, nowhere)
    assert (weaknesses, unknown) == (
        [],
        (
            f"Whether a pinned version has a known weakness could not be asked: {nowhere} does not"
            " answer."
        ),
    )
    monkeypatch.setattr(dependencies, "installed", dict)
    monkeypatch.setattr(dependencies, "known_weaknesses", lambda: (weaknesses, unknown))
    assert dependencies.main() == 0
    printed = capsys.readouterr().out
    assert f"note {unknown}" in printed and "no known weakness" not in printed
    tried("the audit without a network", "said so", unknown)
