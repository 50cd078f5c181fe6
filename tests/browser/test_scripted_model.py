"""The interview with a scripted model in a real browser: it words the questions, drafts the card, has an opinion."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

STEP_LIMIT_MS = 20_000
QUESTIONS = [
    "When you say “she kept turning her cup”, what else could you see on that table?",
    "What were you listening to while she spoke?",
]
DRAFT = (
    '{"title": "Her shaking hands", "gist": "", "policies": ["HANDS that shook when she gave me the pages", "GRACE"]}'
)
OPINIONS = [
    '{"reason": "Both look at hands.", "verdict": "close"}',
    '{"reason": "Other things.", "verdict": "different"}',
]


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    script = tmp_path_factory.mktemp("script") / "replies.txt"
    script.write_text("\n---\n".join([*QUESTIONS, DRAFT, '{"is_good": true, "fault": ""}', *OPINIONS]), "utf-8")
    return start_server(MORALGRAPH_TESTING="1", MORALGRAPH_CHAT=f"scripted:{script}")


def test_a_model_words_the_questions_and_drafts_the_card(server, page, walker, screenshot):
    person = walker(page, server.url)
    person.join()
    person.see("Testing: parts of this app may be fakes")
    page.get_by_text("I want to take part").click()
    person.button("Begin").click()
    person.see("What happened?")
    for question, answer in zip(QUESTIONS, person.ANSWERS, strict=False):
        expect(page.get_by_label("Your answer")).to_be_visible(timeout=STEP_LIMIT_MS)
        person.answer(answer)
        person.see(question)
    person.settle()
    person.button("Show my card now").click()
    person.is_at("card")
    expect(page.get_by_label("Title")).to_have_value("Her shaking hands")
    expect(page.locator(".mg-line").get_by_text("machine draft")).to_have_count(1)
    screenshot(page, "card-by-a-model")
    person.button("This is my card").click()
    person.is_at("belong")
    person.see("Both look at hands.")
    expect(page.get_by_text("A language model is reading")).to_have_count(0, timeout=STEP_LIMIT_MS)
    screenshot(page, "belong-with-an-opinion")
