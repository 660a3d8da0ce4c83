"""docs/sharing.md done for real on this machine: nginx, a provider of log-ins, a browser."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from delift_core.audit.log import open_log
from delift_core.runs.store import open_demo
from tests.e2e.conftest import ROOT, free_port, serving
from tests.security.conftest import PATIENCE

NAME = "delift.localhost"  # browsers take every name under localhost for this machine
RECIPE = (ROOT / "docs" / "sharing.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.e2e


def block(language):
    """A listing of the recipe, with names of this test's own."""
    (listing,) = re.findall(rf"```{language}\n(.*?)```", RECIPE, flags=re.DOTALL)
    return listing.replace("delift.example.org", NAME)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sharing")


@pytest.fixture(scope="module")
def ports():
    return {"https": free_port(), "http": free_port(), "dashboard": free_port()}


@pytest.fixture(scope="module")
def accounts():
    pytest.importorskip("authlib", reason='no Authlib: pip install -e ".[auth]"')
    from tests.security.provider import provider

    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def dashboard(folder, ports, accounts):
    """The dashboard as the recipe starts it, its secrets in a file of the test's."""
    from tests.security.provider import CLIENT, SECRET

    text = block("toml").replace(f"https://{NAME}", f"https://{NAME}:{ports['https']}")
    text = re.sub(
        r'client_id = ".*"',
        f'client_id = "{CLIENT}"',
        re.sub(r'client_secret = ".*"', f'client_secret = "{SECRET}"', text),
    )
    text = re.sub(
        r'server_metadata_url = ".*"',
        f'server_metadata_url = "{accounts.url}/.well-known/openid-configuration"',
        text,
    )
    (folder / "secrets.toml").write_text(text)
    options = (
        f"--server.allowedHosts={NAME}",
        "--server.allowedHosts=127.0.0.1",
        f"--secrets.files={folder / 'secrets.toml'}",
    )
    with serving(folder / "workspace", folder / "log.txt", ports["dashboard"], *options) as running:
        yield running


@pytest.fixture(scope="module")
def shared(folder, ports, dashboard):
    """The address of nginx with the recipe's configuration and a certificate made here."""
    if not NGINX:
        (pytest.fail if os.environ.get("E2E_REQUIRED") else pytest.skip)(
            "no nginx: apt-get install nginx-light"
        )
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            f"/CN={NAME}",
            "-addext",
            f"subjectAltName=DNS:{NAME}",
            "-keyout",
            folder / "privkey.pem",
            "-out",
            folder / "fullchain.pem",
        ],
        check=True,
        capture_output=True,
    )
    own = (
        block("nginx")
        .replace("/etc/ssl/delift", str(folder))
        .replace("listen 443", f"listen 127.0.0.1:{ports['https']}")
    )
    own = own.replace("listen 80", f"listen 127.0.0.1:{ports['http']}").replace(
        "127.0.0.1:8501", f"127.0.0.1:{ports['dashboard']}"
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{own}}}\n"
    )
    process = subprocess.Popen(
        [
            NGINX,
            "-p",
            folder,
            "-c",
            folder / "nginx.conf",
            "-g",
            "user root;" if os.geteuid() == 0 else "",
        ],
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(ports["https"], process)
        yield f"https://{NAME}:{ports['https']}"
    finally:
        process.terminate()
        process.wait()


def wait_for(port, process):
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
    pytest.fail(process.stderr.read().decode())


def ask(ports, method, path, host=NAME, **headers):
    """(status, headers, body) through the proxy, whose certificate has to be right for its name."""
    line = socket.create_connection(("127.0.0.1", ports["https"]), PATIENCE)
    context = ssl.create_default_context(cafile=ports["certificate"])
    connection = http.client.HTTPSConnection(host, ports["https"], timeout=PATIENCE)
    connection.sock = context.wrap_socket(line, server_hostname=NAME)
    connection.request(method, path, headers={"Host": host, **headers})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


@pytest.fixture
def through(shared, ports, folder):
    ports["certificate"] = str(folder / "fullchain.pem")
    return lambda *request, **headers: ask(ports, *request, **headers)


def test_the_proxy_answers_its_name_only_and_keeps_the_guards(through, ports, tried):
    status, headers, _ = through("GET", "/")
    assert (
        status == 200
        and "max-age" in headers["Strict-Transport-Security"]
        and "default-src 'self'" in headers["Content-Security-Policy"]
    )
    assert "Secure" in through("GET", "/_stcore/health")[1]["Set-Cookie"]
    assert through("GET", "/_stcore/metrics")[0] == 404
    assert through("PUT", "/_stcore/upload_file/a/b")[0] == 403
    assert (
        through("PUT", "/_stcore/upload_file/a/b", **{"Content-Length": str(102 * 2**20)})[0] == 413
    )
    with pytest.raises((http.client.HTTPException, OSError)):
        through("GET", "/", host="evil.example")
    plain = http.client.HTTPConnection("127.0.0.1", ports["http"], timeout=PATIENCE)
    plain.request("GET", "/audit?run=x")
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/audit?run=x")
    tried(
        "another name, an upload without a token, an upload of 102 MB, at the proxy",
        "refused",
        "no answer, 403, 413",
    )


@pytest.fixture
def person(browser, shared):
    """Somebody at a browser; what it asked for, host by host."""
    context = browser.new_context(
        base_url=shared, ignore_https_errors=True, viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.asked = set()
    page.on("request", lambda request: page.asked.add(request.url.split("/")[2]))
    yield page
    context.close()


def log_in(person, name, path="/"):
    person.goto(path)
    person.get_by_role("button", name="Log in").click()
    person.get_by_role("link", name=f"I am {name}").click()


def test_anna_logs_in_audits_under_her_name_and_logs_out(
    person, dashboard, accounts, shared, tried
):
    from tests.e2e.driving import expect, follow_menu, settled

    run = open_demo(dashboard.workspace)
    person.goto(f"/audit?run={run.id}&reviewer=bob&objective=facility_location&budget=5")
    expect(person.get_by_role("button", name="Log in")).to_be_visible()
    assert not person.get_by_test_id(
        "stSidebarNavLink"
    ).count() and run.id not in person.content().replace(person.url, "")
    person.get_by_role("button", name="Log in").click()
    person.get_by_role("link", name="I am anna").click()
    expect(person.get_by_test_id("stSidebar")).to_contain_text("anna@example.org")
    person.goto(f"/audit?run={run.id}&reviewer=bob&objective=facility_location&budget=5")
    expect(person.locator("section.card .position")).to_have_text("1 of 5")
    person.keyboard.press("k")
    expect(person.locator("section.card .position")).to_have_text("2 of 5")
    assert [(event.reviewer, str(event.action)) for event in open_log(run.folder).events()] == [
        ("anna@example.org", "keep")
    ]
    settled(person)
    follow_menu(person, "subset")
    person.get_by_role("button", name="Log out").click()
    expect(person.get_by_role("button", name="Log in")).to_be_visible()
    assert person.asked == {shared.removeprefix("https://"), accounts.url.removeprefix("http://")}
    tried(
        "a verdict as ?reviewer=bob by anna, through TLS and a log-in",
        "in one's own name",
        "anna@example.org",
    )


def test_an_account_that_is_not_allowed_sees_nothing(person, tried):
    from tests.e2e.driving import expect

    log_in(person, "mallory")
    expect(person.get_by_test_id("stAlert")).to_contain_text(
        "Your account may not use this dashboard"
    )
    assert not person.get_by_test_id("stSidebarNavLink").count()
    person.get_by_role("button", name="Log out").click()
    expect(person.get_by_role("button", name="Log in")).to_be_visible()
    tried(
        "an account outside `allow`, named like another's address",
        "refused",
        "may not use this dashboard",
    )


def test_a_cookie_made_up_elsewhere_is_no_log_in(person, shared, tried):
    from tests.e2e.driving import expect

    person.context.add_cookies(
        [{"name": "_streamlit_user", "value": "eyJpc19sb2dnZWRfaW4iOnRydWV9.forged", "url": shared}]
    )
    person.goto("/subset?run=demo")
    expect(person.get_by_role("button", name="Log in")).to_be_visible()
    tried("a forged cookie of a log-in", "refused", "a button to log in")
