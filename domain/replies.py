"""Reads the JSON object in a model's reply: chatter and fences around it are left out, anything else is a failure."""

import json
import re
from typing import TypeVar

from pydantic import BaseModel

from domain.chat import ChatFailure, FailureReason

M = TypeVar("M", bound=BaseModel)


def read_json(text: str, model: type[M]) -> M | ChatFailure:
    """Return what the JSON object in a reply says; or why it cannot be read, never an exception."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return ChatFailure(reason=FailureReason.UNPARSED, detail="the reply holds no JSON object", text=text)
    body = re.sub(r",(\s*[}\]])", r"\1", text[start : end + 1])
    try:
        return model.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:  # no JSON, another form, or a number of thousands of digits
        detail = f"the JSON cannot be read: {type(error).__name__}"
        return ChatFailure(reason=FailureReason.UNPARSED, detail=detail, text=text)
