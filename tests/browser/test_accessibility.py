"""No page has a serious fault that axe-core finds, light or dark; axe comes with its package, not from outside."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ui.navigation import SCRIPTS

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}
WAY = ("welcome", "interview", "card", "belong", "choose", "compare", "finished", "my-contributions")
OPEN_ROOMS = ("", "moral-graph?study=everyday-choices&value=4", "methods", "sign-in", "resume")


@pytest.fixture(scope="module")
def server(start_server):
    server = start_server()
    server.run("simulate", "--study", "everyday-choices", "--participants", "12", "--seed", "2")
    return server


def settled(page):
    page.wait_for_load_state()
    app = page.locator("[data-testid=stApp]")
    if app.count():
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", state="attached")
        page.wait_for_timeout(400)  # elements of the run before fade out


def grave_faults(page):
    """What axe finds grave: rule, element and what it says."""
    settled(page)
    found = []
    for fault in Axe().run(page).response["violations"]:
        for node in fault["nodes"]:
            if fault["impact"] in GRAVE:
                found.append(f"{fault['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}")
    return found


def check(page, where):
    """Look at the page as it stands now."""
    assert grave_faults(page) == [], where


@pytest.fixture(params=["light", "dark"])
def page(request, open_page):
    """A device set to light or to dark."""
    return open_page(color_scheme=request.param)


@pytest.mark.parametrize("address", OPEN_ROOMS)
def test_pages_that_anyone_may_see(server, page, address):
    page.goto(f"{server.url}/{address}")
    settled(page)
    check(page, address)


def test_every_step_of_a_participant(server, page, walker):
    person = walker(page, server.url)
    person.join()
    check(page, "welcome")
    page.get_by_text("I want to take part").click()
    person.button("Begin").click()
    person.is_at("interview")
    person.answer(person.ANSWERS[0])
    check(page, "interview")
    for text in person.ANSWERS[1:]:
        person.answer(text)
    check(page, "interview, judging")
    person.judge_all()
    person.is_at("card")
    person.see("This is how others will see it")
    check(page, "card")
    person.button("This is my card").click()
    person.is_at("belong")
    person.see("Does your card belong")
    check(page, "belong")
    opinions = page.get_by_role("radio", name="Something else")
    for place in range(2):
        opinions.nth(place).click()
        expect(opinions.nth(place)).to_be_checked()
    person.button("Go on").click()
    person.is_at("choose")
    person.see("wise to consider?")
    check(page, "choose")
    page.get_by_text("is wise to consider").first.click()
    person.button("Go on with 1 chosen").click()
    person.is_at("compare")
    check(page, "compare, example")
    person.button("I understand, show me the first story").click()
    person.see("Story 1 of")
    check(page, "compare")
    for _ in range(5):
        person.vote()
    person.button("Go on to the last step").click()
    person.is_at("finished")
    person.see("Where your card landed")
    check(page, "finished")
    page.goto(f"{server.url}/my-contributions")
    person.see("What I gave")
    check(page, "my contributions")


def test_every_room_of_staff(server, page):
    server.sign_in(page)
    rooms = [room.value for room in SCRIPTS if room.value not in WAY]
    assert {"studies", "live", "moderation", "merges", "export", "moral-graph"} <= set(rooms)
    for room in rooms:
        page.goto(f"{server.url}/{room}?study=everyday-choices")
        expect(page.get_by_test_id("stHeading").first).to_be_visible()
        check(page, room)
