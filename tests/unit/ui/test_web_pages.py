"""The plain pages beside the app: whole documents of their own, with nothing from outside."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from ui.web_pages import message_page, resume_page, sign_in_page


class Seen(HTMLParser):
    """Collects the tags of a document, and the addresses it names."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in zip(self.tags, self.attributes, strict=True) if t == tag]


@pytest.mark.parametrize("make", [sign_in_page, resume_page, lambda: message_page("Gone", "It is gone.")])
def test_pages_are_whole_documents_in_a_language_with_one_heading(make: Callable[[], str]) -> None:
    seen = Seen(make())
    assert seen.of("html")[0]["lang"]
    assert seen.tags.count("h1") == seen.tags.count("main") == seen.tags.count("title") == 1
    assert "http" not in make().replace("http-equiv", "")


@pytest.mark.parametrize(
    ("make", "action", "fields"),
    [(sign_in_page, "/sign-in", {"name", "password"}), (resume_page, "/resume", {"code"})],
)
def test_every_field_of_a_form_has_a_label_and_goes_to_its_address(
    make: Callable[[], str], action: str, fields: set[str]
) -> None:
    seen = Seen(make())
    assert [(f["method"], f["action"]) for f in seen.of("form")] == [("post", action)]
    assert {f["name"] for f in seen.of("input")} == fields
    assert {f["for"] for f in seen.of("label")} == {f["id"] for f in seen.of("input")}


@pytest.mark.parametrize("make", [sign_in_page, resume_page])
def test_an_error_is_announced_and_is_text_only(make: Callable[[str], str]) -> None:
    html = make("<b>wrong</b>")
    assert "<b>" not in html
    assert any(a.get("role") == "alert" for a in Seen(html).attributes)


def test_a_message_is_text_only() -> None:
    html = message_page("<b>1</b>", "<b>2</b>")
    assert "<b>" not in html


def test_the_participants_plain_pages_speak_another_language() -> None:
    html = resume_page("This code is not known here.", language="qps")
    assert '<html lang="qps">' in html
    for words in ("Receipt code", "Come back", "Type the receipt code", "This code is not known here"):
        assert words not in html
    assert "[Tö thé štàrt pàgé]" in message_page("Gone", "It is gone.", language="qps")
