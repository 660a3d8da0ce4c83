"""A minimal provider of log-ins for one test: OpenID Connect, authorization code with PKCE."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "delift-test", "a secret of the test's own"
PEOPLE = {
    "anna": {"sub": "1", "name": "Anna", "email": "anna@example.org", "email_verified": True},
    "mallory": {
        "sub": "2",
        "name": "anna@example.org",
        "email": "mallory@elsewhere.example",
        "email_verified": True,
    },
}


class Provider(ThreadingHTTPServer):
    """Its key, and the codes it gave out: code -> what was asked with it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.key, self.codes, self.url = (
            RSAKey.generate_key(2048, {"kid": "1"}),
            {},
            f"http://127.0.0.1:{self.server_port}",
        )


class Answers(BaseHTTPRequestHandler):
    """Four pages: what there is, the key, who are you, the token."""

    def log_message(self, *_):
        """Nothing on the terminal."""

    def do_GET(self):
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        path, own = urlsplit(self.path).path, self.server
        if path == "/.well-known/openid-configuration":
            self.give(
                {
                    "issuer": own.url,
                    "authorization_endpoint": f"{own.url}/authorize",
                    "token_endpoint": f"{own.url}/token",
                    "jwks_uri": f"{own.url}/keys",
                    "code_challenge_methods_supported": ["S256"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                }
            )
        elif path == "/keys":
            self.give({"keys": [own.key.as_dict(private=False)]})
        elif path == "/authorize":
            links = "".join(
                f'<p><a href="/as/{person}?{urlencode(query)}">I am {person}</a></p>'
                for person in PEOPLE
            ).encode()
            self.give(links, kind="text/html")
        elif path.startswith("/as/"):
            assert query["client_id"] == CLIENT and query["code_challenge_method"] == "S256"
            code = secrets.token_hex(8)
            own.codes[code] = {**query, "who": path.removeprefix("/as/")}
            self.send_response(302)
            self.send_header(
                "Location",
                f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}",
            )
            self.end_headers()

    def do_POST(self):
        form = {
            name: values[-1]
            for name, values in parse_qs(
                self.rfile.read(int(self.headers["Content-Length"])).decode()
            ).items()
        }
        query = self.server.codes.pop(form["code"])
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            .decode()
            .rstrip("=")
        )
        password = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        assert challenge == query["code_challenge"] and password.split(":")[0] == CLIENT
        claims = {
            "iss": self.server.url,
            "aud": CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 600,
            "nonce": query["nonce"],
            **PEOPLE[query["who"]],
        }
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.server.key)
        self.give(
            {"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token}
        )

    def give(self, content, kind="application/json"):
        """An answer of 200."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def provider():
    """A provider that answers until the block ends."""
    running = Provider()
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield running
    finally:
        running.shutdown()
        running.server_close()
