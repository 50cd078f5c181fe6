"""Plain addresses: links become cookies, the language is kept, and nothing is told to those it is not for."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from services.container import Services
from services.settings import Settings
from services.starter import ensure_starter
from ui import runtime
from ui.routes import ROUTES
from ui.session import PARTICIPANT_COOKIE


@pytest.fixture
def services(tmp_path):
    services = Services(Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True))
    ensure_starter(services.desk)
    runtime.use(services)
    yield services
    runtime.use(None)
    services.close()


@pytest.fixture
def client(services):
    return TestClient(Starlette(routes=ROUTES), follow_redirects=False)


@pytest.mark.parametrize(("asked", "kept"), [("", ""), ("?lang=qps", "?lang=qps"), ("?lang=xx", ""), ("?lang=//e", "")])
def test_a_study_link_leads_to_the_welcome_page_in_the_language_asked_for(services, client, asked, kept):
    token = services.tokens.study_link(services.studies.all()[0].id)
    answer = client.get(f"/join/{token}{asked}")
    assert answer.headers["location"] == f"/welcome{kept}"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{PARTICIPANT_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_a_receipt_code_leads_back_in_the_language_asked_for(services, client):
    study = services.studies.all()[0]
    services.participants.join(study.id, person_id="p" * 32)
    answer = client.post("/resume?lang=qps", data={"code": services.participants.receipt("p" * 32)})
    assert answer.headers["location"] == "/my-contributions?lang=qps"


def test_a_broken_link_is_told_apart_from_a_page_that_is_not_there(client):
    answer = client.get("/join/nonsense")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text


def test_without_a_cookie_there_is_no_data_to_fetch(client):
    assert client.get("/my-data.json").status_code == 404


def test_a_form_sent_from_another_site_is_not_read(client):
    answer = client.post("/resume", data={"code": "x"}, headers={"origin": "https://elsewhere.example"})
    assert "sent from another site" in answer.text
