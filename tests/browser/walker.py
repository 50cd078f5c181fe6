"""A participant in front of a page, as the browser tests walk the whole way."""

from playwright.sync_api import Locator, Page, expect

STEP_LIMIT_MS = 20_000


class Walker:
    """A participant in front of a page: finds things by what they are called, waits for what comes next."""

    STORY = (
        "My niece gave me the story she had been writing for a year. I knew it was not good yet. "
        "We sat in her kitchen and she kept turning her cup."
    )
    ANSWERS = (
        STORY,
        "I noticed how her hands shook when she gave me the pages. "
        "I looked for the parts where she sounded like herself.",
        "I listened for what she was really asking me.",
        "I pay attention to the small jokes she makes when she is scared.",
    )

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def see(self, text: str) -> None:
        """Wait until these words are on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=STEP_LIMIT_MS)

    def is_at(self, room: str) -> None:
        """Wait until the address is this room."""
        self.page.wait_for_url(f"**/{room}*", timeout=STEP_LIMIT_MS)

    def join(self) -> None:
        self.page.goto(self.base)
        self.page.get_by_role("link", name="Take part").click()
        self.is_at("welcome")
        self.see("I want to take part")

    def begin(self) -> None:
        self.join()
        self.page.get_by_text("I want to take part").click()
        self.button("Begin").click()
        self.is_at("interview")
        expect(self.page.get_by_label("Your answer")).to_be_visible(timeout=STEP_LIMIT_MS)

    def settle(self) -> None:
        """Wait until the page is drawn to its end: what is left of an earlier drawing is gone."""
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", state="attached", timeout=STEP_LIMIT_MS
        )

    def answer(self, text: str) -> None:
        """Answer the open question and wait for what follows it."""
        self.settle()
        before = self.page.locator(".mg-question").last.inner_text()
        self.page.get_by_label("Your answer").fill(text)
        self.button("Send").click()
        expect(self.page.locator(".mg-question").last).not_to_have_text(before, timeout=STEP_LIMIT_MS)

    def judge_all(self) -> None:
        """Say of each thing named that it counts in itself, until the card is there."""
        for _ in range(8):
            if "/card" in self.page.url:
                return
            self.settle()
            line = self.page.locator(".mg-story").first.inner_text()
            self.button("It counts in itself").click()
            self.page.wait_for_function(
                "line => location.pathname.endsWith('/card')"
                " || (document.querySelector('.mg-story')?.innerText ?? line) !== line",
                arg=line,
                timeout=STEP_LIMIT_MS,
            )

    def to_card(self) -> None:
        self.begin()
        for text in self.ANSWERS:
            self.answer(text)
        self.judge_all()
        self.is_at("card")
        self.see("This is how others will see it")

    def to_belong(self) -> None:
        self.to_card()
        self.button("This is my card").click()
        self.is_at("belong")
        self.see("Does your card belong")

    def to_choose(self) -> None:
        self.to_belong()
        opinions = self.page.get_by_role("radio", name="Something else")
        expect(opinions).to_have_count(2, timeout=STEP_LIMIT_MS)
        for place in range(2):
            opinions.nth(place).click()
            expect(opinions.nth(place)).to_be_checked(timeout=STEP_LIMIT_MS)
        go_on = self.button("Go on")
        expect(go_on).to_be_enabled(timeout=STEP_LIMIT_MS)
        go_on.click()
        self.is_at("choose")
        self.see("wise to consider?")

    def to_compare(self) -> None:
        self.to_choose()
        self.page.get_by_text("is wise to consider").first.click()
        self.button("Go on with 1 chosen").click()
        self.is_at("compare")
        self.button("I understand, show me the first story").click()
        self.see("Story 1 of")

    def vote(self, name: str = "Yes, wiser") -> None:
        """Vote on the story shown and wait for what follows it."""
        self.settle()
        story = self.page.locator(".mg-story").first.inner_text()
        self.button(name).click()
        self.page.wait_for_function(
            "story => (document.querySelector('.mg-story')?.innerText ?? '') !== story",
            arg=story,
            timeout=STEP_LIMIT_MS,
        )

    def to_finish(self) -> None:
        self.to_compare()
        for _ in range(5):
            self.vote()
        self.button("Go on to the last step").click()
        self.is_at("finished")
        self.see("Where your card landed")
