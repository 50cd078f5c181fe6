"""The Kaleidoscope in a real browser, on a made checkpoint: scored, proposed on a press, explained, and taken away."""

import json

import pytest
from playwright.sync_api import expect

from backends.made_t5 import TINY, write_random_t5

pytestmark = pytest.mark.browser

LIMIT_MS = 60_000
"""The model is loaded on first use, on a machine that may be busy."""
SITUATION = "A friend asks what I think of her novel."


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    folder = write_random_t5(tmp_path_factory.mktemp("made"), TINY, texts=[SITUATION], seed=1)
    return start_server(MORALGRAPH_SCORER=f"kaleido:{folder}?candidates=6", MORALGRAPH_EMBEDDER="minilm")


@pytest.fixture
def scored(server, page):
    server.sign_in(page)
    page.goto(f"{server.url}/kaleidoscope?study=everyday-choices")
    page.get_by_label("Tell the situation").fill(SITUATION)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Ranked first")).to_be_visible(timeout=LIMIT_MS)
    return page


def test_values_are_proposed_on_a_press_and_leave_with_their_source(scored, screenshot):
    scored.get_by_role("button", name="Propose values for this situation").click()
    expect(scored.get_by_text("machine-made values stay of 6")).to_be_visible(timeout=LIMIT_MS)
    screenshot(scored, "kaleidoscope-proposed")
    with scored.expect_download() as waiting:
        scored.get_by_role("button", name="Download as JSON").click()
    document = json.loads(waiting.value.path().read_text("utf-8"))
    assert document["situation"] == SITUATION
    assert document["source"]["revision"].startswith("sha256:")
    assert "/" not in document["scorer"]["name"], "the folder of the checkpoint stays on this machine"
    assert {one["origin"] for one in document["values"]} >= {"graph"}
    assert "cut" in document


def test_an_explanation_comes_on_a_press_on_a_bar(scored, screenshot):
    expect(scored.get_by_text("Written by")).to_have_count(0)
    bar = scored.locator(".js-plotly-plot .bars .point path").first
    expect(bar).to_be_attached(timeout=LIMIT_MS)
    bar.click(force=True)
    expect(scored.get_by_text("Written by")).to_be_visible(timeout=LIMIT_MS)
    screenshot(scored, "kaleidoscope-explained")


def test_two_actions_are_drawn_side_by_side_and_leave_as_a_file(scored):
    scored.get_by_role("tab", name="Two actions").click()
    scored.get_by_label("The first action").fill("Telling her that it is weak")
    scored.keyboard.press("Enter")
    scored.get_by_label("The second action").fill("Praising it")
    scored.keyboard.press("Enter")
    expect(scored.get_by_text("Summed over")).to_be_visible(timeout=LIMIT_MS)
    expect(scored.locator(".js-plotly-plot").get_by_text("Second action")).to_be_visible(timeout=LIMIT_MS)
    with scored.expect_download() as waiting:
        scored.get_by_role("tabpanel", name="Two actions").get_by_role("button", name="Download as JSON").click()
    document = json.loads(waiting.value.path().read_text("utf-8"))
    assert [one["situation"] for one in document["actions"]] == ["Telling her that it is weak", "Praising it"]
    assert document["comparison"]["differences"]


def test_every_measured_scorer_stands_beside_the_one_in_use_on_a_phone_too(scored):
    expect(scored.get_by_text("The decoder is read at position 1, counted from 0")).to_be_visible()
    expect(scored.get_by_text("made in fp32 arithmetic")).to_be_visible()
    scored.set_viewport_size({"width": 360, "height": 800})
    scored.get_by_text("All measured scorers side by side").click()
    table = scored.get_by_role("table").filter(has_text="SmolLM2")
    expect(table.get_by_text("chance: the same score for every pair")).to_be_visible()
    assert table.evaluate("one => one.getBoundingClientRect().right <= window.innerWidth")
