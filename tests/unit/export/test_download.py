"""The download address: signed, sent in ranges, closed to whoever has no link."""

import hashlib

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from domain.exports import ExportFormat, ExportOrder
from domain.graphs import GraphQuery
from ui import runtime
from ui.export_routes import export_address
from ui.routes import ROUTES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:starlette")


@pytest.fixture
def job(make_services):
    services = make_services()
    runtime.use(services)
    services.export_jobs.start(ExportOrder(query=GraphQuery(study_id="s1"), format=ExportFormat.BUNDLE), slug="small")
    services.export_jobs._pool.submit(lambda: None).result(timeout=60)
    yield services.export_jobs.newest("s1")
    runtime.use(None)


@pytest.fixture
def browser():
    return TestClient(Starlette(routes=[route for route in ROUTES if "exports" in getattr(route, "path", "")]))


def test_the_link_gives_the_whole_file_and_nobody_keeps_a_copy_on_the_way(job, browser):
    reply = browser.get(export_address(job.id, job.file))
    assert reply.status_code == 200
    assert reply.content == runtime.services().export_jobs.path(job.id, job.file).read_bytes()
    assert "no-store" in reply.headers["cache-control"]
    assert "attachment" in reply.headers["content-disposition"]


def test_a_download_that_broke_off_is_continued_where_it_stopped(job, browser):
    address = export_address(job.id, job.file)
    whole = browser.get(address)
    half = len(whole.content) // 2
    rest = browser.get(address, headers={"Range": f"bytes={half}-", "If-Range": whole.headers["etag"]})
    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes {half}-{len(whole.content) - 1}/{len(whole.content)}"
    joined = hashlib.sha256(whole.content[:half] + rest.content).hexdigest()
    assert joined == hashlib.sha256(whole.content).hexdigest()


@pytest.mark.parametrize("change", [lambda a: a[:-30] + "x" + a[-29:], lambda a: "/exports/none/x.zip"])
def test_an_address_that_was_not_made_here_opens_nothing(change, job, browser):
    reply = browser.get(change(export_address(job.id, job.file)))
    assert reply.status_code == 404
    assert b"PK" not in reply.content


def test_a_signed_link_to_a_file_that_is_no_part_of_the_job_opens_nothing(job, browser):
    assert browser.get(export_address(job.id, "../../secret")).status_code == 404


def test_a_link_opens_nothing_once_the_files_are_gone(job, browser):
    runtime.services().export_jobs.forget("s1")
    assert browser.get(export_address(job.id, job.file)).status_code == 404
