"""The base of every noun: frozen, closed, and strict about text. Also hashes of content."""

import hashlib
import json
import re
from datetime import datetime
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

type_checked = ConfigDict(frozen=True, extra="forbid")

FloatArray = npt.NDArray[np.float32]
"""Any float32 array; each function says shape, order of axes, range and the meaning of NaN."""

UNTYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Controls but line break and tab, halves of characters, and overrides of the writing direction."""


def clean_text(text: str) -> str:
    r"""Return ``text`` without control characters and bidi overrides; line breaks, tabs, emoji and scripts stay.

    A person's wording is never changed beyond that: only characters that no one typed on purpose go.

    >>> clean_text("a\x00b\r\nc")
    'ab\nc'
    """
    return UNTYPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


Text = Annotated[str, AfterValidator(clean_text)]
"""Text from outside, without control characters."""

Moment = AwareDatetime
"""A point in time with its zone; stored and exported as UTC."""


class Noun(BaseModel):
    """A frozen value with named, validated fields; unknown fields are refused."""

    model_config = type_checked


def utc_iso(moment: datetime) -> str:
    """Return ``moment`` as ISO 8601 in UTC with milliseconds and ``Z``, the form of the published exports."""
    from datetime import UTC

    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def content_hash(content: object) -> str:
    """Return the SHA-256 (64 hexadecimal characters) of ``content`` as canonical JSON.

    Keys are sorted and separators fixed, so equal content has equal hashes on every machine.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
