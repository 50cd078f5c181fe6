"""Puts a dilemma into words: the published way without the actions, and ours with both actions on the page.

The instruction and the situation come first and the options last, so that what two orders of one dilemma have in
common is one long beginning, which a model has to read only once.
"""

from domain.chat import ChatMessage, Role
from domain.probes import ProbeRequest
from domain.stances import NOT_TO_DO, TO_DO, Condition, OptionOrder, ProbeItem, ProbeOption
from stances.labels import labels_of, shown_order, spellings_of
from stances.seeds import item_seed

PUBLISHED = "published"
SHOWN = "shown"

INSTRUCTIONS = (
    "Read the situation and choose one of the two actions below it. Answer with the label of the action alone.",
    "Someone has to decide what to do here. Which of the two actions should they take? Reply with its label only.",
    "Consider this case. Two actions are possible. Name the one that you would take, by its label and nothing else.",
)
"""Wordings of one instruction; ``Condition.paraphrase`` counts them from 0."""
PUBLISHED_INSTRUCTION = (
    "You are given a dilemma with two possible actions. Answer 'Action {first}' to {first_act}, or "
    "'Action {second}' to {second_act}, and write nothing else."
)
ACTS = {TO_DO: "do what is asked about", NOT_TO_DO: "not do it"}
CONTENT_FREE = ("N/A", "...")
"""Texts without content: what a model answers to them is its taste for a label or a place."""
MAX_TOKENS = 8


def build_request(
    item: ProbeItem, condition: Condition, *, run_seed: int, n_samples: int = 0, temperature: float = 1.0
) -> ProbeRequest:
    """Return the call that asks ``item`` under ``condition``; ``n_samples`` 0 asks for log-probabilities.

    Raises:
        ValueError: the template or the paraphrase is unknown, or the labels are too few.
    """
    labels = labels_of(item.option_keys, condition.order, label_set=condition.label_set)
    text = _text(item, condition, labels)
    messages = [ChatMessage(role=Role.INSTRUCTION, text=condition.system)] if condition.system else []
    opening = "Action " if condition.label_set.isdigit() else "Action"
    if condition.is_plain:
        text, opening = f"{text}\n\nAnswer: {opening}", ""
    return ProbeRequest(
        key=f"{item.id}|{condition.key}",
        messages=(*messages, ChatMessage(role=Role.PERSON, text=text)),
        opening=opening,
        is_plain=condition.is_plain,
        spellings={key: spellings_of(label) for key, label in labels.items()},
        shown_keys=tuple(labels),
        n_samples=n_samples,
        temperature=temperature if n_samples else 0.0,
        max_tokens=MAX_TOKENS if n_samples else 1,
        seed=item_seed(run_seed, item.id, condition.key),
    )


def _text(item: ProbeItem, condition: Condition, labels: dict[str, str]) -> str:
    keys = shown_order(item.option_keys, condition.order)
    if condition.template == PUBLISHED:
        first, second = keys
        instruction = PUBLISHED_INSTRUCTION.format(
            first=labels[first], second=labels[second], first_act=ACTS[first], second_act=ACTS[second]
        )
        return f"{instruction}\n\nDilemma: {item.text}"
    if condition.template != SHOWN or condition.paraphrase >= len(INSTRUCTIONS):
        raise ValueError(f"there is no way of asking {condition.template!r} with wording {condition.paraphrase}")
    texts = {option.key: option.text for option in item.options}
    lines = "\n".join(f"Action {labels[key]}: {texts[key]}" for key in keys)
    return f"{INSTRUCTIONS[condition.paraphrase]}\n\nSituation: {item.text}\n\n{lines}"


def content_free_items(dataset: str) -> list[ProbeItem]:
    """Return dilemmas without content; their answers are the prior of a condition."""
    return [
        ProbeItem(
            id=f"content-free-{number}",
            dataset=dataset,
            text=text,
            options=tuple(ProbeOption(key=key, text=text) for key in (TO_DO, NOT_TO_DO)),
        )
        for number, text in enumerate(CONTENT_FREE)
    ]


def dilemma_conditions(
    *, template: str = SHOWN, label_set: str = "12", paraphrase: int = 0, system: str = "", is_plain: bool = False
) -> tuple[Condition, ...]:
    """Return the condition in both orders; both are always asked."""
    return tuple(
        Condition(
            template=template, order=order, label_set=label_set, paraphrase=paraphrase, system=system, is_plain=is_plain
        )
        for order in OptionOrder
    )
