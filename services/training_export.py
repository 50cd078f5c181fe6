"""Training files of a study: votes divided into sides, counted, worded and written row by row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from domain.exports import TRAINING_USES, Absence, ExportOrder, FileRecord, Side, SplitRule
from domain.ids import ValueId
from domain.protocols import ChatModel, Clock
from domain.vote_columns import VoteColumns
from services.answering import Answering, Ask
from services.training_absence import PREFERENCES, Background, Tried, absences
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
    divide_questions,
    group_near,
    is_decided,
    marker,
    near_texts,
    pluralism_rows,
    scenario_row,
    soft_rows,
    split_votes,
    value_rows,
)
from storage.interchange.training.files import Kind, TrainingFiles

Report = Callable[[float, str], None]
"""Hears which share of the work is done, 0..1, and what is being done."""


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
        self._tried: dict[Side, Tried] = {}
        self._suppressed = Suppressed()
        self._canary = canary_of(material.graph.query.study_id)
        self._question_sides = divide_questions(
            material.questions.values(), rule=order.split, test_share=order.test_share, seed=order.seed
        )
        self._cards = {value.number: material.cards[key] for key, value in material.values.items()}

    def write(self, folder: Path, *, name: Callable[[Kind], str], sidecar: str, report: Report) -> TrainingReport:
        """Write the files below ``folder``; a file without rows is not made, and the report says why."""
        split = self._split()
        with TrainingFiles(folder, name=name, sidecar=sidecar, canary=self._canary, cards=self._cards) as files:
            for place, (side, votes) in enumerate(split.votes.items()):
                report(0.5 * place, f"rows for {side.value}")
                for example in self._examples(side, votes, report):
                    if example.use in self._uses:
                        files.add(example, side)
        tried = self._tried if self._answering else None
        background = Background(self._order, self._material, split, self._question_sides.side_of, tried)
        absent = absences(self._uses, background, n_rows=files.count)
        return TrainingReport(tuple(files.records()), tuple(absent), self._about(split, files))

    def _split(self) -> Split:
        material, order = self._material, self._order
        near = near_texts({context: context for context in material.votes.voted_contexts()})
        near_cards = near_texts({value.id: value.embedding_text() for value in material.values.values()})
        return split_votes(
            material.votes,
            rule=order.split,
            test_share=order.test_share,
            seed=order.seed,
            scenario_of=group_near(near),
            near_contexts=near,
            near_values={ValueId(key): tuple(map(ValueId, others)) for key, others in near_cards.items()},
        )

    def _examples(self, side: Side, votes: VoteColumns, report: Report) -> Iterator[Example]:
        values, thresholds = self._material.values, self._order.query.thresholds
        mark = marker(self._canary if side is Side.TEST else None)
        cells = count_cells(votes)
        yield from value_rows(cells, values=values, thresholds=thresholds, mark=mark)
        questions = self._questions(side, sorted(votes.voted_contexts()))
        for context, texts in questions.items():
            for question in texts:
                yield scenario_row(question, context, mark=mark)
        decided = (cell for cell in cells if is_decided(cell, thresholds))
        yield from answer_rows(self._answers(side, decided, questions, report), values=values, mark=mark)
        attributes = self._material.attributes
        yield from soft_rows(cells, values=values, attributes=attributes, suppressed=self._suppressed, mark=mark)
        again = Suppressed()  # the same cells are left out of both
        yield from pluralism_rows(cells, values=values, attributes=attributes, suppressed=again, mark=mark)

    def _questions(self, side: Side, contexts: Sequence[str]) -> dict[str, list[str]]:
        """Return the questions of each context that belong to this side: a question is asked on one side only."""
        known, side_of = self._material.questions, self._question_sides.side_of
        return {c: [q for q in known.get(c, ()) if side_of.get(q) is side] for c in contexts}

    def _answers(
        self, side: Side, decided: Iterable[Cell], questions: Mapping[str, Sequence[str]], report: Report
    ) -> Iterator[AnswerPair]:
        if self._answering is None:
            return
        most, before = self._most_pairs(side), Counter(self._answering.dropped)
        asks = list(islice((Ask(cell, q) for cell in decided for q in questions.get(cell.context, ())), most))
        start = 0.5 if side is Side.TEST else 0.0
        yield from self._answering.pairs(
            asks, report=lambda n: report(start + 0.5 * n / max(1, len(asks)), f"{n} of {len(asks)} pairs of answers")
        )
        self._tried[side] = Tried(most, len(asks), self._answering.dropped - before)

    def _most_pairs(self, side: Side) -> int:
        """Return how many pairs of answers a side may ask for; both together ask for no more than was ordered."""
        n = self._order.max_answer_pairs
        n_test = 0 if self._order.split is SplitRule.NONE else round(n * self._order.test_share)
        return n_test if side is Side.TEST else n - n_test

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
                "leftOutNearQuestions": self._question_sides.n_near,
            },
            "leftOutWordsNotCovered": self._material.n_uncovered,
            "leftOutUntrainable": self._material.n_untrainable,
            "suppressedCells": self._suppressed.n_cells,
            "ktoLabels": {"true": files.labels[True], "false": files.labels[False]},
            "answers": {
                "model": answering.model,
                "asked": {side.value: tried.n_asked for side, tried in self._tried.items()},
                "dropped": dict(answering.dropped),
            }
            if answering
            else None,
        }
