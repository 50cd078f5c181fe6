"""Staff sign in through their organisation: a whole OpenID Connect flow with a provider on this machine."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CLIENT = ("values", "a client secret of the tests")


class Provider(ThreadingHTTPServer):
    """An organisation's sign-in: discovery, authorize, token with a signed JWT, keys. It signs in ``person``."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"}, auto_kid=False)
        self.signing_key = self.key
        self.person = {}
        self.asked = {}

    def documents(self):
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            },
            "/keys": {"keys": [self.key.as_dict(private=False)]},
        }

    def token(self, code):
        asked, now = self.asked.pop(code), int(time.time())
        claims = {"iss": self.url, "sub": "1", "aud": CLIENT[0], "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims | self.person, self.signing_key)


class Answers(BaseHTTPRequestHandler):
    """Answers one request to the provider."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path != "/authorize":
            self._say(self.server.documents().get(address.path))
            return
        asked, code = dict(parse_qsl(address.query)), secrets.token_hex(8)
        assert (asked["client_id"], asked["response_type"]) == (CLIENT[0], "code")
        self.server.asked[code] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        code = form["code"][0]
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.server.asked[code]["code_challenge"]
        named = base64.b64encode(":".join(CLIENT).encode()).decode()
        assert self.headers["Authorization"] == f"Basic {named}"
        self._say({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": self.server.token(code)})

    def _say(self, document):
        self.send_response(404 if document is None else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())


@pytest.fixture(scope="module")
def provider():
    running = Provider()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(scope="module")
def linked_server(provider, start_server, tmp_path_factory):
    """A server whose secrets name the provider, with one address of staff."""
    folder = tmp_path_factory.mktemp("secrets")
    secrets_file = folder / "secrets.toml"
    secrets_file.touch()
    server = start_server(MORALGRAPH_STAFF_EMAILS="ada@example.org", STREAMLIT_SECRETS_FILES=str(secrets_file))
    secrets_file.write_text(
        f"""[auth]
redirect_uri = "{server.url}/oauth2callback"
cookie_secret = "a cookie secret of the tests, long enough"
client_id = "{CLIENT[0]}"
client_secret = "{CLIENT[1]}"
server_metadata_url = "{provider.url}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    server.stop()
    return server.start()


def enter(page, server):
    page.goto(f"{server.url}/studies")
    page.get_by_role("button", name="Sign in with your organisation").click()
    page.wait_for_url(f"{server.url}/")


def test_staff_come_in_through_their_organisation(linked_server, provider, page):
    provider.person = {"email": "Ada@example.org", "email_verified": True}
    enter(page, linked_server)
    page.goto(f"{linked_server.url}/studies")
    expect(page.get_by_text("New study")).to_be_visible()


@pytest.mark.parametrize(
    "person",
    [
        {"email": "eve@example.org", "email_verified": True},
        {"email": "ada@example.org", "email_verified": False},
        {"email": "ada@example.org"},
    ],
)
def test_who_is_not_listed_or_not_verified_does_not_come_in(linked_server, provider, page, person):
    provider.person = person
    enter(page, linked_server)
    page.goto(f"{linked_server.url}/studies")
    expect(page.get_by_role("heading", name="For the people who run the study")).to_be_visible()
    expect(page.get_by_text("New study")).to_have_count(0)


def test_a_token_that_another_key_signed_opens_nothing(linked_server, provider, page, monkeypatch):
    provider.person = {"email": "ada@example.org", "email_verified": True}
    forger = RSAKey.generate_key(2048, parameters={"kid": "k1"}, auto_kid=False)
    monkeypatch.setattr(provider, "signing_key", forger)
    enter(page, linked_server)
    page.goto(f"{linked_server.url}/studies")
    expect(page.get_by_role("button", name="Sign in with your organisation")).to_be_visible()
    expect(page.get_by_text("New study")).to_have_count(0)
