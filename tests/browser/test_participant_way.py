"""A participant goes the whole way in a real browser, and nothing they gave is lost on it."""

import contextlib
import json
import re
import sqlite3

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_whole_way_with_the_guided_interviewer(server, page, walker, screenshot):
    person = walker(page, server.url)
    person.to_finish()
    for question in range(3):
        page.get_by_text("Mostly").nth(question).click()
    person.button("Send and finish").click()
    expect(page.get_by_text("Three last questions")).to_have_count(0)
    code = page.get_by_test_id("stCode").inner_text().strip()
    assert re.fullmatch(r"[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}", code)
    screenshot(page, "finished")

    page.get_by_role("link", name="See and change what I gave").click()
    person.is_at("my-contributions")
    person.see("My votes")
    expect(page.get_by_text("SIGNS", exact=False).first).to_be_visible()
    document = json.loads(page.request.get(f"{server.url}/my-data.json").text())
    assert len(document["votes"]) == 5
    assert any("kept turning her cup" in turn["text"] for turn in document["interview_turns"])


def test_a_refresh_and_the_back_button_open_the_same_step(server, page, walker):
    person = walker(page, server.url)
    person.begin()
    person.answer(person.STORY)
    question = page.locator(".mg-question").last.inner_text()
    page.reload()
    expect(page.locator(".mg-question").last).to_have_text(question)
    page.goto(f"{server.url}/welcome")
    person.is_at("interview")
    expect(page.locator(".mg-question").last).to_have_text(question)
    page.goto(f"{server.url}/compare")
    person.is_at("interview")
    page.go_back()
    person.is_at("interview")


def test_a_second_tab_cannot_overwrite_the_first(server, page, walker):
    first = walker(page, server.url)
    first.begin()
    other = page.context.new_page()
    other.goto(f"{server.url}/interview")
    second = walker(other, server.url)
    expect(other.get_by_label("Your answer")).to_be_visible()
    first.answer(first.STORY)
    other.get_by_label("Your answer").fill("An answer from the second tab.")
    second.button("Send").click()
    second.see("went on in another window")
    expect(other.get_by_label("Your answer")).to_have_value("An answer from the second tab.")
    document = json.loads(page.request.get(f"{server.url}/my-data.json").text())
    said = [turn["text"] for turn in document["interview_turns"] if turn["speaker"] == "person"]
    assert said == [first.STORY]


def test_a_killed_server_loses_no_answer_and_opens_the_same_step(start_server, page, walker):
    server = start_server()
    person = walker(page, server.url)
    person.begin()
    person.answer(person.STORY)
    question = page.locator(".mg-question").last.inner_text()
    server.kill()
    server.start()
    page.goto(f"{server.url}/interview")
    expect(page.locator(".mg-question").last).to_have_text(question)
    document = json.loads(page.request.get(f"{server.url}/my-data.json").text())
    assert [t["text"] for t in document["interview_turns"] if t["speaker"] == "person"] == [person.STORY]


def test_a_killed_server_loses_no_vote(start_server, page, walker):
    server = start_server()
    person = walker(page, server.url)
    person.to_compare()
    person.vote()
    person.vote("No")
    story = page.locator(".mg-story").first.inner_text()
    server.kill()
    server.start()
    page.goto(f"{server.url}/compare")
    person.see("Story 3 of")
    expect(page.locator(".mg-story").first).to_have_text(story)
    votes = json.loads(page.request.get(f"{server.url}/my-data.json").text())["votes"]
    assert sorted(v["newest"]["answer"] for v in votes) == ["not_wiser", "wiser"]


def test_food_for_thought_comes_after_the_story_when_asked_for_and_is_logged(
    start_server, open_page, walker, screenshot
):
    server = start_server()
    fold = "Food for thought: values on the map"
    unoffered = walker(open_page(), server.url)
    unoffered.begin()
    unoffered.answer(unoffered.STORY)
    expect(unoffered.page.get_by_text(fold)).to_have_count(0)

    staff = open_page()
    server.sign_in(staff)
    staff.get_by_text("Words and options").click()
    staff.get_by_text("Offer values of the map in the interview").click()
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.get_by_text("Words and options")).to_be_visible()

    person = walker(open_page(), server.url)
    person.begin()
    person.settle()
    expect(person.page.get_by_text(fold)).to_have_count(0)
    person.answer(person.STORY)
    person.settle()
    assert logged(server) == []
    person.page.get_by_label("Your answer").fill("Half of an answer")
    person.page.get_by_text(fold).click()
    person.see("nothing here has to fit you")
    assert 1 <= person.page.locator(".mg-card.mg-small").count() <= 3
    expect(person.page.get_by_label("Your answer")).to_have_value("Half of an answer")
    assert logged(server) == ["food.opened", "food.shown"]
    screenshot(person.page, "food-for-thought")
    person.answer(person.ANSWERS[1])
    expect(person.page.locator(".mg-card.mg-small")).to_have_count(0)


def logged(server):
    """Kinds of events of food for thought in the server's own database, oldest first."""
    path = next(server.data_dir.glob("*.sqlite3"))
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [kind for (kind,) in database.execute("SELECT kind FROM event WHERE kind LIKE 'food.%' ORDER BY seq")]


def test_a_dropped_connection_keeps_the_step(server, page, walker):
    person = walker(page, server.url)
    person.begin()
    person.answer(person.STORY)
    question = page.locator(".mg-question").last.inner_text()
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".mg-question").last).to_have_text(question)


def test_a_receipt_code_opens_the_same_step_on_another_device(server, page, open_page, walker):
    person = walker(page, server.url)
    person.begin()
    person.answer(person.STORY)
    question = page.locator(".mg-question").last.inner_text()
    page.get_by_role("link", name="Save and come back").click()
    person.is_at("my-contributions")
    code = page.get_by_test_id("stCode").inner_text().strip()
    phone = open_page(viewport={"width": 390, "height": 800})
    phone.goto(f"{server.url}/resume")
    phone.get_by_label("Receipt code").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Open").click()
    phone.wait_for_url("**/my-contributions")
    phone.get_by_role("link", name="Go on where I was").click()
    expect(phone.locator(".mg-question").last).to_have_text(question)


def test_a_wrong_receipt_code_is_explained_and_opens_nothing(server, page):
    page.goto(f"{server.url}/resume")
    page.get_by_label("Receipt code").fill("AAAAA-AAAAA-AAAAA")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("No one has this receipt code")


def test_all_data_can_be_deleted_and_is_gone(start_server, page, walker):
    server = start_server()
    person = walker(page, server.url)
    person.to_choose()
    page.goto(f"{server.url}/my-contributions")
    page.get_by_text("Yes, delete all I gave").click()
    person.button("Delete my data").click()
    person.see("has been deleted")
    assert page.request.get(f"{server.url}/my-data.json").status == 404
    for path in server.data_dir.rglob("*"):
        if path.is_file():
            assert b"kept turning her cup" not in path.read_bytes()


def test_the_way_fits_a_narrow_phone(server, open_page, walker, screenshot):
    page = open_page(viewport={"width": 320, "height": 700}, has_touch=True)
    person = walker(page, server.url)
    person.to_compare()
    for room in ("compare", "my-contributions"):
        page.goto(f"{server.url}/{room}")
        person.is_at(room)
        page.get_by_test_id("stHeading").first.wait_for()
        overflow = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        assert overflow <= 0
        screenshot(page, f"narrow-{room}")


def test_the_interview_can_be_held_with_the_keyboard_alone(server, page, walker):
    person = walker(page, server.url)
    person.join()

    def tab_to(name, role="button"):
        wanted = page.get_by_role(role, name=name)
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted.evaluate("(e) => e === document.activeElement || e.contains(document.activeElement)"):
                return
        pytest.fail(f"{name} cannot be reached with the Tab key")

    tab_to("I want to take part.", role="checkbox")
    page.keyboard.press("Space")
    expect(person.button("Begin")).to_be_enabled()
    tab_to("Begin")
    page.keyboard.press("Enter")
    person.is_at("interview")
    tab_to("Your answer", role="textbox")
    page.keyboard.type(person.STORY)
    tab_to("Send")
    page.keyboard.press("Enter")
    person.see("stay there for a moment")
