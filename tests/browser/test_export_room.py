"""Taking a study out on the page: choose a form, watch it being made, fetch it with its manifest."""

import io
import json
import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def choose(page, label, option):
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()


def fetched(page, link):
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    return waiting.value.path().read_bytes()


def test_a_bundle_is_prepared_beside_the_page_and_fetched_with_its_manifest(server, page, screenshot):
    server.run("simulate", "--study", "everyday-choices", "--participants", "12", "--seed", "2")
    server.sign_in(page)
    page.goto(f"{server.url}/export?study=everyday-choices")
    page.get_by_text("Include simulated people").click()
    expect(page.get_by_text("people.", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Prepare the files").click()
    expect(page.get_by_role("link", name="Download everyday-choices-bundle.zip")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("none is configured").first).to_be_visible()
    screenshot(page, "export-ready")
    archive = zipfile.ZipFile(io.BytesIO(fetched(page, "Download everyday-choices-bundle.zip")))
    assert {"README.md", "croissant.json", "manifest.json"} <= set(archive.namelist())
    assert json.loads(fetched(page, "Download the manifest")) == json.loads(archive.read("manifest.json"))


def test_another_format_is_chosen_and_made(server, page):
    server.sign_in(page)
    page.goto(f"{server.url}/export?study=everyday-choices")
    choose(page, "Format", "Graph: GEXF")
    page.get_by_role("button", name="Prepare the files").click()
    expect(page.get_by_role("link", name="Download everyday-choices-moral-graph.gexf")).to_be_visible(timeout=60_000)
    assert fetched(page, "Download everyday-choices-moral-graph.gexf").startswith(b"<?xml")
