"""Training files: counts of votes to rows in the shapes that TRL's trainers read. Pure functions on nouns."""

from storage.interchange.training.cells import Cell, Cells, count_cells, is_decided, is_rejected
from storage.interchange.training.consent import covered_values
from storage.interchange.training.likeness import group_near, near_texts
from storage.interchange.training.rows import AnswerPair, Example, answer_rows, marker, scenario_row, value_rows
from storage.interchange.training.soft import Suppressed, pluralism_rows, soft_rows
from storage.interchange.training.splits import QuestionSides, Split, divide_questions, held_out_scenarios, split_votes
from storage.interchange.training.wording import WORDING, canary_of

__all__ = [
    "WORDING",
    "AnswerPair",
    "Cell",
    "Cells",
    "Example",
    "QuestionSides",
    "Split",
    "Suppressed",
    "answer_rows",
    "canary_of",
    "count_cells",
    "covered_values",
    "divide_questions",
    "group_near",
    "held_out_scenarios",
    "is_decided",
    "is_rejected",
    "marker",
    "near_texts",
    "pluralism_rows",
    "scenario_row",
    "soft_rows",
    "split_votes",
    "value_rows",
]
