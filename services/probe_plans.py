"""What a run asks: the items of a data set, the conditions they are asked under, and how each becomes a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from domain.errors import UserInputError
from domain.nouns import content_hash
from domain.probes import ProbeRequest
from domain.stances import CIVICS, DAILYDILEMMAS, TO_DO, Condition, ProbeItem, Wording
from services.published_sets import published_dilemmas, published_statements
from stances import dilemma_asking, statement_asking
from stances.seeds import sample_items
from stances.starter_items import read_items

SHOWN, PUBLISHED = dilemma_asking.SHOWN, dilemma_asking.PUBLISHED
"""How dilemmas are asked: with both actions on the page, or with the situation alone."""


class Experiment(StrEnum):
    """How statements are asked; dilemmas have one way."""

    PRIMED = "primed"
    LONG = "long"


class Question:
    """One item under one condition; ``key`` is ``Answer.key`` of its answer."""

    __slots__ = ("condition", "item", "key")

    def __init__(self, item: ProbeItem, condition: Condition) -> None:
        self.item = item
        self.condition = condition
        self.key = f"{item.id}|{condition.key}"

    @property
    def prior_key(self) -> str:
        """Under what the prior of its condition is kept."""
        language = "en" if self.condition.wording is Wording.TRANSLATED else self.item.language
        return f"{self.condition.key}|{language}"


@dataclass(frozen=True, kw_only=True)
class ProbePlan:
    """Items, conditions, seed, samples: what is asked, before any model is known."""

    dataset: str
    items: tuple[ProbeItem, ...]
    conditions: tuple[Condition, ...]
    seed: int
    n_samples: int = 0
    """0 for log-probabilities."""
    temperature: float = 1.0

    @property
    def items_hash(self) -> str:
        """SHA-256 over the items."""
        return content_hash([item.model_dump(mode="json") for item in self.items])

    def questions(self) -> list[Question]:
        """Return all questions, item by item, so that neighbours begin alike."""
        return [
            Question(item, condition)
            for item in self.items
            for condition in self.conditions
            if is_dilemma(item) or statement_asking.is_askable(item, condition)
        ]

    def prior_questions(self) -> list[Question]:
        """Return the questions without content that measure the priors; none where replies are sampled."""
        if self.n_samples or not self.items or statement_asking.LONG in {one.template for one in self.conditions}:
            return []
        languages = tuple(sorted({item.language for item in self.items}))
        blanks = (
            dilemma_asking.content_free_items(self.dataset)
            if is_dilemma(self.items[0])
            else statement_asking.content_free_items(self.dataset, languages)
        )
        return [Question(blank, condition) for blank in blanks for condition in self.conditions]

    def request(self, question: Question) -> ProbeRequest:
        """Return the call of a question."""
        build = dilemma_asking.build_request if is_dilemma(question.item) else statement_asking.build_request
        return build(
            question.item, question.condition, run_seed=self.seed, n_samples=self.n_samples,
            temperature=self.temperature,
        )  # fmt: skip


def is_dilemma(item: ProbeItem) -> bool:
    """Tell whether an item offers to do a thing or not; else it is a statement."""
    return TO_DO in item.option_keys


def read_dataset(dataset: str, path: Path | None) -> tuple[ProbeItem, ...]:
    """Return the items of ``dailydilemmas`` or ``civics`` at ``path``, or of a JSON file of our own form.

    Raises:
        UserInputError: the path is missing.
        BackendUnavailableError: it is an id of the hub, and cannot be fetched.
        DataError: a row breaks its schema.
    """
    if dataset in (DAILYDILEMMAS, CIVICS):
        if path is None:
            raise UserInputError(f"--data names the folder of {dataset}, or its id on the hub.")
        return published_dilemmas(path).items if dataset == DAILYDILEMMAS else published_statements(path)
    return read_items(Path(dataset))


def plan_run(
    items: Sequence[ProbeItem],
    *,
    seed: int = 0,
    limit: int | None = None,
    experiment: Experiment = Experiment.PRIMED,
    template: str = dilemma_asking.SHOWN,
    label_set: str = "12",
    n_paraphrases: int = 1,
    n_phrases: int = 1,
    is_translated_too: bool = False,
    system: str = "",
    is_plain: bool = False,
) -> ProbePlan:
    """Return the plan of a run, named as its items are; dilemmas are asked in both orders always."""
    kept = sample_items(items, limit, run_seed=seed)
    if not kept:
        raise UserInputError("There is nothing to ask: the data set holds no item, or --limit is 0.")
    wordings = (Wording.ORIGINAL, Wording.TRANSLATED) if is_translated_too else (Wording.ORIGINAL,)
    conditions: list[Condition] = []
    if is_dilemma(kept[0]):
        for paraphrase in range(1 if template == dilemma_asking.PUBLISHED else n_paraphrases):
            conditions += dilemma_asking.dilemma_conditions(
                template=template,
                label_set=label_set,
                paraphrase=paraphrase,
                system=system,
                is_plain=is_plain,
            )
    elif experiment is Experiment.LONG:
        conditions += statement_asking.long_conditions(wordings, system=system)
    else:
        conditions += statement_asking.primed_conditions(
            wordings, n_phrases=n_phrases, system=system, is_plain=is_plain
        )
    return ProbePlan(dataset=kept[0].dataset, items=tuple(kept), conditions=tuple(conditions), seed=seed)
