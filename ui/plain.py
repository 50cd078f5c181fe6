"""What people wrote, where Streamlit reads Markdown: shown letter by letter, never as a picture or formatting.

A picture in someone's words would let the reader's browser call an outside address.
"""

import re

SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$&:^=])")


def plain(text: str) -> str:
    r"""Return ``text`` so that Markdown shows it as it was typed, on one line.

    >>> plain("![x](https://example.org/x.png)")
    '\\!\\[x\\]\\(https\\://example\\.org/x\\.png\\)'
    """
    return SIGNS.sub(r"\\\1", " ".join(text.split()))
