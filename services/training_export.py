"""Training files of a study: votes divided into sides, counted, worded and written row by row."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from domain.exports import TRAINING_USES, Absence, ExportFormat, ExportOrder, FileRecord, Side, SplitRule
from domain.graphs import VoteRow
from domain.ids import ValueId
from domain.protocols import ChatModel, Clock
from services.answering import Answering, Ask
from services.training_material import Material
from storage.interchange.training import (
    WORDING,
    AnswerPair,
    Cell,
    Example,
    Split,
    Suppressed,
    answer_rows,
    canary_of,
    count_cells,
    held_out_scenarios,
    is_decided,
    like_groups,
    marker,
    pluralism_rows,
    scenario_row,
    soft_rows,
    split_votes,
    value_rows,
)
from storage.interchange.training.files import Kind, TrainingFiles

Report = Callable[[float, str], None]
"""Hears which share of the work is done, 0..1, and what is being done."""
PREFERENCES = (ExportFormat.SFT, ExportFormat.DPO, ExportFormat.KTO, ExportFormat.REWARD)
"""Uses that need answers where they are about answers."""


class TrainingReport(NamedTuple):
    """What came of it."""

    files: tuple[FileRecord, ...]
    absent: tuple[Absence, ...]
    about: Mapping[str, object]


class TrainingRun:
    """One writing of training files."""

    def __init__(self, order: ExportOrder, material: Material, *, chat: ChatModel | None, clock: Clock) -> None:
        self._order = order
        self._material = material
        self._uses = (order.format,) if order.format in TRAINING_USES else TRAINING_USES
        is_about_answers = set(self._uses) & set(PREFERENCES) and order.max_answer_pairs
        self._answering = (
            Answering(chat, clock=clock, values=material.values) if chat is not None and is_about_answers else None
        )
        self._suppressed = Suppressed()
        self._canary = canary_of(material.graph.query.study_id)
        self._numbers = {value.number: key for key, value in material.values.items()}

    def write(self, folder: Path, *, name: Callable[[Kind], str], sidecar: str, report: Report) -> TrainingReport:
        """Write the files below ``folder``; a file without rows is not made, and the report says why."""
        split = self._split()
        with TrainingFiles(folder, name=name, sidecar=sidecar, canary=self._canary) as files:
            for place, (side, votes) in enumerate(split.votes.items()):
                report(0.5 * place, f"rows for {side.value}")
                for example in self._examples(side, votes, report):
                    if example.use in self._uses:
                        files.add(self._with_cards(example), side)
            absent = self._absent(files)
        return TrainingReport(tuple(files.records()), tuple(absent), self._about(split, files))

    def _split(self) -> Split:
        material, order = self._material, self._order
        contexts = sorted({vote.context for vote in material.votes})
        like = like_groups({value.id: value.embedding_text() for value in material.values.values()})
        return split_votes(
            material.votes,
            rule=order.split,
            test_share=order.test_share,
            seed=order.seed,
            scenario_of=like_groups({context: context for context in contexts}),
            like={ValueId(key): ValueId(group) for key, group in like.items()},
        )

    def _examples(self, side: Side, votes: Sequence[VoteRow], report: Report) -> Iterator[Example]:
        values, thresholds = self._material.values, self._order.query.thresholds
        mark = marker(self._canary if side is Side.TEST else None)
        cells = count_cells(votes)
        yield from value_rows(cells, values=values, thresholds=thresholds, mark=mark)
        questions = self._questions(side, sorted({vote.context for vote in votes}))
        for context, texts in questions.items():
            for question in texts:
                yield scenario_row(question, context, mark=mark)
        decided = [cell for cell in cells if is_decided(cell, thresholds)]
        yield from answer_rows(self._answers(side, decided, questions, report), values=values, mark=mark)
        for use, make in ((ExportFormat.SOFT, soft_rows), (ExportFormat.PLURALISM, pluralism_rows)):
            left_out = self._suppressed if use is ExportFormat.SOFT else Suppressed()  # both leave out the same cells
            made = make(votes, values=values, attributes=self._material.attributes, suppressed=left_out)
            for row in made:
                yield Example(use, row, {"level": "", "synthetic": False})

    def _questions(self, side: Side, contexts: Sequence[str]) -> dict[str, list[str]]:
        """Return the questions of each context that belong to this side: a question is asked on one side only."""
        known = self._material.questions
        n_contexts = Counter(text for texts in known.values() for text in texts)
        held_out: frozenset[str] = frozenset()
        if self._order.split is not SplitRule.NONE:
            held_out = held_out_scenarios(n_contexts, test_share=self._order.test_share, seed=self._order.seed)
        return {c: [q for q in known.get(c, ()) if (q in held_out) is (side is Side.TEST)] for c in contexts}

    def _answers(
        self, side: Side, decided: Sequence[Cell], questions: Mapping[str, Sequence[str]], report: Report
    ) -> Iterator[AnswerPair]:
        if self._answering is None:
            return
        test_share = 0.0 if self._order.split is SplitRule.NONE else self._order.test_share
        share = test_share if side is Side.TEST else 1 - test_share
        limit = max(1, round(self._order.max_answer_pairs * share))
        asks = list(islice((Ask(cell, q) for cell in decided for q in questions.get(cell.context, ())), limit))
        start = 0.5 if side is Side.TEST else 0.0
        yield from self._answering.pairs(
            asks, report=lambda n: report(start + 0.5 * n / max(1, len(asks)), f"{n} of {len(asks)} pairs of answers")
        )

    def _with_cards(self, example: Example) -> Example:
        numbers = [example.provenance.get(name) for name in ("sourceValueId", "wiserValueId")]
        made = {str(n): dict(self._material.cards[self._numbers[n]]) for n in numbers if isinstance(n, int)}
        return example._replace(provenance={**example.provenance, "cards": made}) if made else example

    def _absent(self, files: TrainingFiles) -> list[Absence]:
        absent = []
        for use in self._uses:
            is_preference = use in PREFERENCES
            level = "value" if is_preference or use is ExportFormat.PROMPTS else ""
            if files.count(use, level) == 0:
                absent.append(Absence(what=f"{use.value}{f' ({level}-level)' if level else ''}", why=self._why(use)))
            if is_preference and files.count(use, "answer") == 0:
                absent.append(Absence(what=f"{use.value} (answer-level)", why=self._why_no_answers()))
        return absent

    def _why(self, use: ExportFormat) -> str:
        if not self._material.votes:
            return "No vote is covered: the voter and the authors of both cards must have agreed to training."
        if use is ExportFormat.SOFT:
            return "No pair in one context has answers of five people."
        if use is ExportFormat.PLURALISM:
            return "No attribute has two groups of five people or more that split on a pair."
        return "No pair in one context passes the thresholds."

    def _why_no_answers(self) -> str:
        if not self._material.votes:
            return self._why(ExportFormat.SFT)
        if self._order.max_answer_pairs == 0:
            return "None was asked for."
        if self._answering is None:
            return "An edge speaks about values. Answers need a language model to write them, and none is configured."
        dropped = "; ".join(f"{n}: {reason}" for reason, n in sorted(self._answering.dropped.items()))
        return f"No pair of answers passed the checks ({dropped})." if dropped else "No decided pair has a question."

    def _about(self, split: Split, files: TrainingFiles) -> dict[str, object]:
        order, answering = self._order, self._answering
        return {
            "consentScope": "training",
            "canary": self._canary,
            "wording": WORDING,
            "split": {
                "rule": order.split.value,
                "testShare": order.test_share,
                "seed": order.seed,
                "votes": {side.value: len(votes) for side, votes in split.votes.items()},
                "people": {side.value: n for side, n in split.n_people.items()},
                "scenarios": {side.value: n for side, n in split.n_scenarios.items()},
                "leftOutCrossing": split.n_crossing,
                "leftOutNearDuplicates": split.n_near,
            },
            "leftOutWordsNotCovered": self._material.n_uncovered,
            "leftOutUntrainable": self._material.n_untrainable,
            "suppressedCells": self._suppressed.n_cells,
            "ktoLabels": {"true": files.labels[True], "false": files.labels[False]},
            "answers": {"model": answering.model, "dropped": dict(answering.dropped)} if answering else None,
        }
