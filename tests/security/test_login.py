"""Log-ins: nobody sees a page before they logged in or writes under another's name."""

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets

from delift_core.audit.log import open_log
from delift_core.errors import OutsideRoots
from delift_core.runs.store import open_demo
from pages.server import login
from pages.server.allowed_paths import data_source
from pages.server.middleware import security_warnings
from pages.server.navigation import ENTRIES
from tests.pages.conftest import FRAME, AppTest, button, texts

PAGES = list(ENTRIES)
ANNA = {
    "is_logged_in": True,
    "email": "Anna@Example.org",
    "email_verified": True,
    "name": "Anna",
    "sub": "1",
}


@pytest.fixture
def arriving(workspace):
    """arriving(user, page_name, **address) -> the page as that user of the provider sees it"""

    def arrive(user, page_name="prepare/start", secrets=None, **address):
        page = AppTest.from_file(str(FRAME), default_timeout=120)
        page.user = user
        for name, value in (secrets or {}).items():
            page.secrets[name] = value
        for name, value in address.items():
            page.query_params[name] = value
        return page.run().switch_page(f"../{page_name}.py").run()

    return arrive


def labels(page):
    return [box.label for box in page.button]


@pytest.mark.parametrize("page_name", PAGES)
def test_nobody_sees_a_page_before_they_logged_in(arriving, workspace, page_name, tried):
    page = arriving({"is_logged_in": False}, page_name, run="demo", objective="facility_location")
    assert (
        labels(page) == ["Log in"]
        and [title.value for title in page.title] == ["DELIFT"]
        and not page.exception
    )
    assert not page.sidebar and not list(workspace.iterdir())
    tried(f"/{page_name} without a log-in", "refused", "a button to log in, and nothing else")


def test_who_logged_in_sees_the_page_their_name_and_the_way_out(arriving):
    page = arriving(ANNA, "choose/subset", run="demo", objective="facility_location")
    assert page.title[0].value == "Subset" and not page.exception
    assert "anna@example.org" in [text.value for text in page.sidebar.text] and "Log out" in [
        box.label for box in page.sidebar.button
    ]


def test_on_ones_own_machine_nobody_has_to_log_in(arriving):
    page = arriving({})
    assert page.title[0].value.startswith("Choose the examples") and not {
        "Log in",
        "Log out",
    } & set(labels(page))


@pytest.mark.parametrize(
    "user, name",
    [
        (ANNA, "anna@example.org"),
        (ANNA | {"email_verified": False}, "Anna (1)"),
        (ANNA | {"email_verified": "false"}, "Anna (1)"),
        ({"is_logged_in": True, "name": "anna@example.org", "sub": "2"}, "anna@example.org (2)"),
    ],
    ids=[
        "a verified address",
        "an unverified address",
        "unverified in words",
        "a name chosen to look like another's",
    ],
)
def test_verdicts_carry_the_name_of_the_log_in_and_no_other(
    arriving, workspace, user, name, tried, request
):
    """?reviewer= and everything typed is passed over: the name comes from the provider."""
    page = arriving(
        user,
        "deliver/audit",
        run="demo",
        objective="facility_location",
        reviewer="bob@example.org",
        queue="filter",
    )
    assert "Reviewer" not in [
        box.label for box in page.text_input
    ] and f"Verdicts are written as {name}." in texts(page)
    button(page, "Mark all flag").click().run()
    written = {event.reviewer for event in open_log(open_demo(workspace).folder).events()}
    assert written == {name}
    tried(
        f"a verdict in another's name, with {request.node.callspec.id}", "in one's own name", name
    )


# who is let in, by secrets.toml


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """secrets(text): what secrets.toml says from now on"""
    files = st.get_option("secrets.files")
    monkeypatch.setattr(login, "SEEN", set())

    def write(text):
        (tmp_path / "secrets.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        config._set_option("secrets.files", [str(tmp_path / "secrets.toml")], "a test")
        monkeypatch.setattr(st, "secrets", Secrets())

    yield write
    config._set_option("secrets.files", files, "a test")


@pytest.mark.parametrize(
    "text, door",
    [
        ("", False),
        ("[other]\nx = 1\n", False),
        ("[auth]\n", True),
        ("[auth]\nclient_id = 'x'\n", True),
        ("[auth\nclient_id =", None),
        ("auth = 1\nauth = 2\n", None),
        ("[auth]\n".encode("utf-16"), None),
    ],
    ids=[
        "empty",
        "another section",
        "an empty section",
        "a section",
        "not TOML",
        "a key twice",
        "not UTF-8",
    ],
)
def test_secrets_that_cannot_be_read_open_no_door(secrets, text, door, tried, request):
    secrets(text)
    assert login.has_login() is door
    tried(
        f"secrets.toml: {request.node.callspec.id}",
        {False: "no log-in", True: "log-in", None: "nobody let in"}[door],
    )


@pytest.mark.parametrize(
    "allow, user, welcome",
    [
        ("[]", ANNA, True),
        ('["anna@example.org"]', ANNA, True),
        ('["@example.org"]', ANNA, True),
        ('["@EXAMPLE.org"]', ANNA, True),
        ('"@example.org"', ANNA, False),
        ('"@example.org"', {"is_logged_in": True, "name": "x", "sub": "2"}, False),
        ("1", ANNA, False),
        ("[1]", ANNA, False),
        ('["bob@example.org"]', ANNA, False),
        ('["@ample.org"]', ANNA, False),
        ('["@example.org"]', ANNA | {"email_verified": False}, False),
        ('["@example.org"]', {"is_logged_in": True, "name": "anna@example.org", "sub": "2"}, False),
        ('["@example.org"]', ANNA | {"email": "@"}, False),
    ],
)
def test_only_those_named_are_let_in(secrets, monkeypatch, allow, user, welcome, tried):
    secrets(f"[auth]\nclient_id = 'x'\n[delift]\nallow = {allow}\n")
    monkeypatch.setattr(st, "user", user)
    assert login.is_welcome() is welcome
    tried(
        f"{user.get('email', 'no address')}, verified {user.get('email_verified')}, where {allow}"
        " come in",
        "let in" if welcome else "refused",
    )


@pytest.mark.parametrize(
    "later", ["", "[auth\nclient_id =", None], ids=["without the section", "broken", "taken away"]
)
@pytest.mark.parametrize(
    "user",
    [{}, {"is_logged_in": True, "email": "mallory@example.com", "email_verified": True}],
    ids=["nobody", "mallory"],
)
def test_a_log_in_that_goes_away_while_the_server_runs_opens_no_door(
    arriving, secrets, tmp_path, later, user, tried, request
):
    secrets("[auth]\nclient_id = 'x'\n[delift]\nallow = ['anna@example.org']\n")
    assert login.has_login()
    if later is None:
        (tmp_path / "secrets.toml").unlink()
    else:
        secrets(later)
    page = arriving(user)
    assert not page.title and not page.sidebar and not page.exception and page.error
    tried(f"secrets.toml {request.node.callspec.id}", "nobody let in", page.error[0].value)


def test_a_proxy_without_a_log_in_is_named_aloud_and_opens_no_path(secrets, monkeypatch):
    monkeypatch.delenv("DELIFT_DATA", raising=False)
    hosts = st.get_option("server.allowedHosts")
    secrets("[authentication]\nclient_id = 'x'\n")
    try:
        config._set_option("server.allowedHosts", ["delift.example.org"], "a test")
        assert any(
            "answers to delift.example.org and nobody has to log in" in sentence
            for sentence in security_warnings()
        )
        with pytest.raises(OutsideRoots, match="not among the files that the dashboard may open"):
            data_source("/etc/passwd")
    finally:
        config._set_option("server.allowedHosts", hosts, "a test")


@pytest.mark.parametrize(
    "allow, beginning",
    [
        ("", "Everybody with an account"),
        ("allow = []", "Everybody with an account"),
        ("allow = '@example.org'", "Nobody is let in"),
        ("allow = ['@example.org']", None),
    ],
)
def test_who_may_come_in_is_said_when_it_is_everybody_or_nobody(secrets, allow, beginning):
    secrets(f"[auth]\nclient_id = 'x'\n[delift]\n{allow}\n")
    sentences = [sentence for sentence in security_warnings() if "no list of addresses" in sentence]
    assert [sentence.partition(":")[0][: len(beginning or "")] for sentence in sentences] == (
        [beginning] if beginning else []
    )
