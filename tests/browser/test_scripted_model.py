"""The interview with a scripted model in a real browser: it words the questions and drafts the card."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

QUESTIONS = [
    "Which evening comes to mind when you think of this?",
    "When you say “she kept turning her cup”, what else could you see on that table?",
    "What were you listening to while she spoke?",
]
DRAFT = (
    '{"title": "Her shaking hands", "gist": "", "policies": ["HANDS that shook when she gave me the pages", "GRACE"]}'
)


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    script = tmp_path_factory.mktemp("script") / "replies.txt"
    script.write_text("\n---\n".join([*QUESTIONS, DRAFT, '{"is_good": true, "fault": ""}']), "utf-8")
    return start_server(MORALGRAPH_TESTING="1", MORALGRAPH_CHAT=f"scripted:{script}")


def test_a_model_words_the_questions_and_drafts_the_card(server, page, walker, screenshot):
    person = walker(page, server.url)
    person.join()
    person.see("Testing: parts of this app may be fakes")
    page.get_by_text("I want to take part").click()
    person.button("Begin").click()
    person.see(QUESTIONS[0])
    expect(page.get_by_label("Your answer")).to_be_visible()
    person.answer(person.ANSWERS[0])
    person.see(QUESTIONS[1])
    expect(page.get_by_label("Your answer")).to_be_visible()
    person.answer(person.ANSWERS[1])
    person.see(QUESTIONS[2])
    person.button("Show my card now").click()
    person.is_at("card")
    expect(page.get_by_label("Title")).to_have_value("Her shaking hands")
    expect(page.locator(".mg-line").get_by_text("machine draft")).to_have_count(1)
    screenshot(page, "card-by-a-model")
    person.button("This is my card").click()
    person.is_at("belong")
