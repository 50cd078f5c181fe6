"""The browser tests stand on a server that answers, can be killed and started again, and on a watched page."""

import urllib.request

import pytest

pytestmark = pytest.mark.browser


def test_a_killed_server_starts_again_on_the_same_address_and_data(start_server):
    server = start_server()
    before = server.url, server.data_dir
    server.kill()
    server.start()
    assert (server.url, server.data_dir) == before
    with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as reply:
        assert reply.read() == b"ok"


def test_the_first_page_opens(server, page, screenshot):
    page.goto(server.url)
    page.get_by_test_id("stApp").wait_for()
    assert screenshot(page, "first-page").stat().st_size > 0
