"""The questions as Kaleido was trained on them: templates of its checkpoint's configuration, else of its model card."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.errors import BackendProtocolError
from domain.kaleido import Vrd
from domain.nouns import content_hash


class Task(StrEnum):
    """What Kaleido was trained to do; spelled as in the configuration."""

    GENERATE = "generate"
    RELEVANCE = "relevance"
    VALENCE = "valence"
    EXPLANATION = "explanation"


class Template(NamedTuple):
    """A question with places in it."""

    text: str
    args: tuple[str, ...]
    """Words that stand for the situation, the kind and the value, in this order."""


class Wording(NamedTuple):
    """All four questions."""

    templates: Mapping[Task, Template]
    from_card: tuple[Task, ...]
    """Tasks whose template the configuration does not hold."""

    @property
    def origin(self) -> str:
        """Tell where the templates were read, for people."""
        if not self.from_card:
            return "checkpoint"
        if len(self.from_card) == len(self.templates):
            return "model card"
        return f"checkpoint; model card for {', '.join(self.from_card)}"

    @property
    def scoring_hash(self) -> str:
        """Hash of what the scores depend on: the two questions and their answers."""
        asked = [[task, *self.templates[task]] for task in (Task.RELEVANCE, Task.VALENCE)]
        return content_hash([asked, RELEVANCE_ANSWERS, VALENCE_ANSWERS])[:16]

    def ask(self, task: Task, situation: str, vrd: Vrd | None = None) -> str:
        """Return the question about a situation, with a value where the task has one."""
        parts = (situation,) if vrd is None else (situation, vrd.kind.value, vrd.text)
        return fill(self.templates[task], parts)


RELEVANCE_ANSWERS = ("Yes", "No")
VALENCE_ANSWERS = ("Supports", "Opposes", "Either")
CARD = {
    Task.GENERATE: Template("[Generate]:\tSituation: SITUATION", ("SITUATION",)),
    Task.RELEVANCE: Template("[Relevance]:\tSituation: SITUATION\tVRD: TEXT", ("SITUATION", "VRD", "TEXT")),
    Task.VALENCE: Template("[Valence]:\tSituation: SITUATION\tVRD: TEXT", ("SITUATION", "VRD", "TEXT")),
    Task.EXPLANATION: Template("[Explanation]:\tSituation: SITUATION\tVRD: TEXT", ("SITUATION", "VRD", "TEXT")),
}
"""The form of the model card."""


def fill(template: Template, parts: Sequence[str]) -> str:
    r"""Return the template with every place filled in one pass: words inside the parts are never taken for places.

    >>> fill(CARD[Task.VALENCE], ("I ask VRD and TEXT", "Duty", "SITUATION"))
    '[Valence]:\tSituation: I ask VRD and TEXT\tDuty: SITUATION'
    """
    part_of = dict(zip(template.args, parts, strict=True))
    places = "|".join(re.escape(word) for word in sorted(part_of, key=len, reverse=True))
    return re.sub(places, lambda found: part_of[found[0]], template.text)


def read_wording(config: Mapping[str, object], *, checkpoint: str) -> Wording:
    """Return the templates of ``config["task_specific_params"]``; the card's form where a task has none.

    Raises:
        BackendProtocolError: a template is there but cannot be used.
    """
    params = config.get("task_specific_params")
    tasks = params if isinstance(params, Mapping) else {}
    found = {task: _read(tasks.get(task.value), task, checkpoint) for task in Task}
    return Wording(
        {task: template or CARD[task] for task, template in found.items()},
        tuple(task for task, template in found.items() if template is None),
    )


def _read(entry: object, task: Task, checkpoint: str) -> Template | None:
    if not isinstance(entry, Mapping) or not entry.get("template"):
        return None
    text, args = entry["template"], entry.get("args")
    words = [str(word) for word in args] if isinstance(args, (list, tuple)) else []
    n_args = len(CARD[task].args)
    if not isinstance(text, str) or len(words) != n_args or not all(word and word in text for word in words):
        raise BackendProtocolError(
            f"The template for {task.value} in the configuration of {checkpoint!r} has no place for each of its "
            f"{n_args} words.",
            backend=checkpoint,
        )
    return Template(text, tuple(words))
