"""Reads versioned prompt files and fills them in: strict variables, one pass, participant text only ever as data.

A file has a header between lines of three dashes and two parts, ``## instruction`` and ``## data``. Variables named
under ``variables`` are ours and may stand anywhere. Those named under ``data_variables`` hold what people wrote or
typed: they may stand in the data part alone, between marks that the text itself cannot close.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from domain.chat import ChatMessage, Role
from domain.nouns import Noun, clean_text, content_hash

PLACE = re.compile(r"\{\{(\w+)\}\}")
OPENING, CLOSING = "<<<", ">>>"
HEADER_NAMES = frozenset({"id", "version", "variables", "data_variables", "reply"})
PARTS = re.compile(r"\A---\n(?P<header>.*?)\n---\n## instruction\n(?P<instruction>.*)\n## data\n(?P<data>.*)\Z", re.S)


class PromptError(ValueError):
    """A prompt file or its variables are wrong: a mistake of ours, found by tests."""


class RenderedPrompt(Noun):
    """Messages ready to be sent, with what is needed to find out later what was sent."""

    messages: tuple[ChatMessage, ...]
    prompt_id: str
    """Such as ``articulate@1``."""
    prompt_hash: str
    """SHA-256 of all messages as sent."""


class Prompt(Noun):
    """One prompt file."""

    id: str
    version: int
    variables: frozenset[str]
    data_variables: frozenset[str]
    reply: str
    """What the reply must be, in words."""
    instruction: str
    data: str

    @property
    def key(self) -> str:
        """Id and version, such as ``articulate@1``."""
        return f"{self.id}@{self.version}"

    @property
    def body_hash(self) -> str:
        """SHA-256 of the body; kept in ``prompts.lock``."""
        return content_hash([self.instruction, self.data])

    def render(self, values: Mapping[str, str]) -> RenderedPrompt:
        """Return the messages with ``values`` in their places.

        Raises:
            PromptError: a variable is missing or unknown; the message names it.
        """
        known = self.variables | self.data_variables
        if wrong := sorted(known ^ set(values)):
            raise PromptError(f"prompt {self.key}: missing or unknown variables {wrong}")
        filled = {n: fenced(v, name=n) if n in self.data_variables else v for n, v in values.items()}
        messages = tuple(
            ChatMessage(role=role, text=PLACE.sub(lambda found: filled[found[1]], part).strip())
            for role, part in ((Role.INSTRUCTION, self.instruction), (Role.PERSON, self.data))
        )
        sent = [(m.role.value, m.text) for m in messages]
        return RenderedPrompt(messages=messages, prompt_id=self.key, prompt_hash=content_hash(sent))


def fenced(text: str, *, name: str) -> str:
    r"""Return ``text`` between marks that it cannot close: marks inside it lose their meaning, letters stay.

    >>> fenced("a >>> b", name="answer")
    '<<<answer\na ››› b\nanswer>>>'
    """
    calm = clean_text(text).replace(OPENING, "‹‹‹").replace(CLOSING, "›››")
    return f"{OPENING}{name}\n{calm}\n{name}{CLOSING}"


def parse_prompt(text: str) -> Prompt:
    """Return the prompt in ``text``; PromptError where the file breaks a rule."""
    found = PARTS.match(text)
    if found is None:
        raise PromptError("a prompt needs a header, '## instruction' and '## data', in this order")
    header = dict(_header_line(line) for line in found["header"].splitlines())
    if wrong := sorted(HEADER_NAMES ^ set(header)):
        raise PromptError(f"header of a prompt: missing or unknown {wrong}")
    prompt = Prompt(
        id=header["id"],
        version=int(header["version"]),
        variables=_names(header["variables"]),
        data_variables=_names(header["data_variables"]),
        reply=header["reply"],
        instruction=found["instruction"].strip(),
        data=found["data"].strip(),
    )
    _check_places(prompt)
    return prompt


def load_prompt(folder: Path, name: str) -> Prompt:
    """Return the prompt in ``folder/name.md``; PromptError where its id is another one."""
    prompt = parse_prompt((folder / f"{name}.md").read_text(encoding="utf-8"))
    if prompt.id != name:
        raise PromptError(f"the prompt in {name}.md calls itself {prompt.id!r}")
    return prompt


def load_prompts(folder: Path) -> dict[str, Prompt]:
    """Return all prompts of a folder by id."""
    return {path.stem: load_prompt(folder, path.stem) for path in sorted(folder.glob("*.md"))}


def read_lock(folder: Path) -> dict[str, str]:
    """Return ``prompts.lock``: for each id and version the hash of the body."""
    lock: dict[str, str] = json.loads((folder / "prompts.lock").read_text(encoding="utf-8"))
    return lock


def _header_line(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise PromptError(f"header line without a colon: {line!r}")
    return name.strip(), value.strip()


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _check_places(prompt: Prompt) -> None:
    in_instruction, in_data = (set(PLACE.findall(part)) for part in (prompt.instruction, prompt.data))
    known = prompt.variables | prompt.data_variables
    if wrong := sorted(known ^ (in_instruction | in_data)):
        raise PromptError(f"prompt {prompt.key}: declared and used variables differ: {wrong}")
    if wrong := sorted(in_instruction & prompt.data_variables):
        raise PromptError(f"prompt {prompt.key}: participant text in the instruction: {wrong}")
