"""Researchers: nothing without a sign-in, a study from nothing to its export, a deep link first after start."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
ROOMS = ("studies", "live", "moderation", "merges", "export")
ANALYSES = ("entailed", "groups", "audit", "over-time")


@pytest.mark.parametrize("room", ["live", "moral-graph", "welcome"])  # staff, anyone, participants: a start each
def test_a_deep_link_first_after_start_opens_in_the_frame(start_server, page, room):
    server = start_server()
    page.goto(f"{server.url}/{room}")
    expect(page.get_by_test_id("stMain")).to_be_visible()
    if room in ROOMS:
        expect(page.get_by_role("heading", name="For the people who run the study")).to_be_visible()
    elif room == "welcome":
        expect(page.get_by_role("heading", name="You are not in a study on this device")).to_be_visible()
    else:
        expect(page.get_by_test_id("stHeading").first).to_be_visible()
    server.stop()


@pytest.mark.parametrize("room", [*ROOMS, *ANALYSES])
def test_staff_rooms_show_nothing_without_a_sign_in(server, page, room):
    page.goto(f"{server.url}/{room}?study=everyday-choices")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Everyday choices")).to_have_count(0)


def test_a_wrong_password_opens_nothing(server, page):
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.goto(f"{server.url}/live")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.shared
def test_the_published_study_imported_on_the_page_leaves_as_the_published_graph(server, page, shared_data):
    server.sign_in(page)
    page.goto(f"{server.url}/export?study=everyday-choices")
    files = [str(p) for p in sorted((shared_data / "mge-study").iterdir()) if p.is_file()]
    page.locator('[data-testid="stFileUploader"] input').set_input_files(files)
    page.get_by_label("Short name of the new study").fill("published")
    page.get_by_label("Short name of the new study").press("Enter")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1529 votes")).to_be_visible(timeout=30_000)
    page.goto(f"{server.url}/export?study=published")
    page.get_by_text("Only people who agreed to training").click()
    expect(page.get_by_text("67 edges from 1529 votes of 503 people")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the moral graph (JSON)").click()
    document = json.loads(waiting.value.path().read_text("utf-8"))
    published = json.loads((shared_data / "mge-study/expected/moral-graph-prolific-run.json").read_text("utf-8"))
    ours = {(e["sourceValueId"], e["wiserValueId"]): e for e in document["edges"]}
    assert {(e["sourceValueId"], e["wiserValueId"]) for e in published["edges"]} == set(ours)
    for edge in published["edges"]:
        mine = ours[edge["sourceValueId"], edge["wiserValueId"]]
        assert mine["counts"] == edge["counts"]
        assert mine["summary"]["entropy"] == pytest.approx(edge["summary"]["entropy"], abs=1e-9)


def test_people_who_take_part_are_seen_live_and_their_card_can_be_hidden_and_shown(server, page, open_page, walker):
    person = walker(open_page(), server.url)
    person.to_choose()
    server.sign_in(page)
    page.goto(f"{server.url}/live?study=everyday-choices")
    expect(page.get_by_text("One dot is one person")).to_be_visible()
    page.goto(f"{server.url}/moderation?study=everyday-choices")
    page.get_by_role("button", name="Act on this card").first.click()
    page.get_by_label("Reason").first.fill("It names a private person.")
    page.get_by_label("Reason").first.press("Enter")
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_text("HIDDEN: It names a private person.")).to_be_visible()
    person.page.goto(f"{server.url}/my-contributions")
    person.see("It names a private person.")


def test_a_study_is_made_filled_and_opened(server, page, walker, open_page):
    server.sign_in(page)
    page.get_by_text("New study").click()
    page.get_by_label("Title", exact=True).first.fill("Neighbours")
    page.get_by_label("Short name").fill("neighbours")
    page.get_by_label("Short name").press("Enter")
    page.get_by_role("button", name="Make the study").click()
    expect(page.get_by_text("State: draft")).to_be_visible()
    expect(page.get_by_text("Before it can open")).to_be_visible()
    page.get_by_role("button", name="Open to participants").click()
    expect(page.get_by_role("alert")).to_contain_text("Before that")


def test_the_picture_of_the_graph_draws_and_a_link_opens_a_value(server, page):
    server.run("simulate", "--study", "everyday-choices", "--participants", "30", "--seed", "2")
    page.goto(f"{server.url}/moral-graph?study=everyday-choices&value=4")
    expect(page.get_by_text("No edges to draw")).to_be_visible(timeout=15_000)
    page.get_by_test_id("stCheckbox").locator("label").first.click()
    expect(page.locator(".mg-network canvas")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("img", name=re.compile(r"Network of \d+ values"))).to_be_visible()
    expect(page.get_by_text("Votes that name it")).to_be_visible()


def test_the_picture_is_not_built_again_when_another_value_is_read_and_its_tools_move_it(server, page):
    server.run("simulate", "--study", "everyday-choices", "--participants", "30", "--seed", "2")
    page.goto(f"{server.url}/moral-graph?study=everyday-choices&value=4")
    page.get_by_test_id("stCheckbox").locator("label").first.click()
    expect(page.locator(".mg-network canvas")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("provisional: more votes may still undo it")).to_be_visible()
    held = "[...window.moralGraphNetworks.values()].at(-1).network"
    page.wait_for_function(f"() => window.moralGraphNetworks?.size && (window.heldNetwork = {held})")
    box, frame = page.locator(".mg-network").bounding_box(), page.locator(".mg-network canvas").bounding_box()
    assert abs(box["height"] - frame["height"]) < 2, "nothing empty above or below the picture"
    before = page.evaluate("window.heldNetwork.getScale()")
    page.get_by_role("button", name="Closer").click()
    assert page.evaluate("window.heldNetwork.getScale()") > before
    page.get_by_test_id("stSelectbox").last.locator("input").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("value=4$"))
    assert page.evaluate(f"window.heldNetwork === {held}")
    assert page.evaluate("window.heldNetwork.getScale()") > before


def test_a_card_that_staff_moved_is_put_back_with_a_reason(server, page, open_page, walker):
    walker(open_page(), server.url).to_choose()
    server.sign_in(page)
    page.goto(f"{server.url}/moderation?study=everyday-choices")
    place = page.get_by_text(" · under ").first
    before = place.inner_text()
    page.get_by_role("button", name="Act on this card").first.click()
    page.get_by_label("Reason").first.fill("It is a value of its own.")
    page.get_by_label("Reason").first.press("Enter")
    page.get_by_role("button", name="Make it a value of its own").click()
    expect(place).not_to_have_text(before)
    page.goto(f"{server.url}/merges?study=everyday-choices")
    page.get_by_role("button", name="Take back").click()
    page.get_by_label("Reason (logged)").last.fill("It was a slip.")
    page.get_by_label("Reason (logged)").last.press("Enter")
    page.get_by_role("button", name="Put it where it lay before").click()
    expect(page.get_by_text("(undone): It is a value of its own.")).to_be_visible()
