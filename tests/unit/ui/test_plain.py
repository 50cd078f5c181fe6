"""What people wrote never becomes Markdown."""

import pytest

from ui.plain import plain


@pytest.mark.parametrize(
    "words", ["![x](https://example.org/x.png)", "# title", "**b**", "$x$", ":red[x]", "<img src=x>", "a_b_", "> quote"]
)
def test_every_sign_of_markdown_is_shown_as_typed(words):
    shown = plain(words)
    assert shown.replace("\\", "") == words
    assert all(shown[place - 1] == "\\" for place, sign in enumerate(shown) if sign in "![]()#*$:<>_`")


def test_lines_become_one():
    assert plain("one\n\n- two") == "one \\- two"
