"""The stories of a study as statements that a model can be asked, and what its people said to each."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from domain.errors import UserInputError
from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.nouns import content_hash
from domain.stances import AGREE, DISAGREE, NEUTRAL
from domain.votes import EdgeAnswer
from services.analysis_votes import number_of, read_votes
from services.stance_population import ALL, COLUMNS, MIN_GROUP, Counts
from stances.starter_items import ItemFile, StatementRow
from storage import Database, Store

ITEMS, PEOPLE = "items.json", "people.csv"
CLAIM = "This person became wiser."
"""Follows the story; agreeing is what people call wiser."""
BARE = "{context}: somebody used to care about {src}, and now cares about {wiser}."
"""Where a study came without the words of its stories."""
OPTION = {EdgeAnswer.WISER: AGREE, EdgeAnswer.NOT_SURE: NEUTRAL, EdgeAnswer.NOT_WISER: DISAGREE}


CONTEXT_CHARS = 6
"""Of a context's hash, so that an item keeps its name while contexts come and go."""


class Told(NamedTuple):
    """A study's stories with the answers of its people."""

    items: ItemFile
    counts: Counts
    """Stories that fewer than five people answered are not in it."""


def dataset_of(slug: str) -> str:
    """Return the name of the data set that a study's stories make."""
    return f"study-{slug}"


def read_told(database: Database, study_id: StudyId) -> Told:
    """Return the stories that people answered, in the order of both values' numbers.

    Raises:
        UserInputError: nobody answered one.
    """
    with database.read() as store:
        votes = read_votes(store, GraphQuery(study_id=study_id))
        stories = _stories(store, study_id)
        titles = {value.number: value.title for value in store.values.list(study_id, include_withdrawn=True)}
    answers: dict[tuple[int, int, str], Counter[str]] = {}
    for row in votes.rows:
        place = (number_of(row.src_id), number_of(row.wiser_id), row.context)
        answers.setdefault(place, Counter())[OPTION[row.answer]] += 1
    told = [(place, f"{place[0]}-{place[1]}-{content_hash(place[2])[:CONTEXT_CHARS]}") for place in sorted(answers)]
    if not told:
        raise UserInputError("Nobody answered a story of this study yet, so there is nothing to ask a model.")
    items = ItemFile(
        dataset=dataset_of(votes.study.slug), about=f"The stories of the study {votes.study.title}.",
        statements=tuple(
            StatementRow(id=name, topic=place[2] or "no context", statement=f"{_words(place, stories, titles)} {CLAIM}")
            for place, name in told
        ),
    )  # fmt: skip
    enough = {
        name: {option: float(n) for option, n in answers[place].items()}
        for place, name in told
        if answers[place].total() >= MIN_GROUP
    }
    return Told(items, {ALL: enough})


def write_told(told: Told, folder: Path) -> None:
    """Write the stories as items and the answers as counts, in the forms that ``stances run`` and ``compare`` read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ITEMS).write_text(told.items.model_dump_json(indent=1) + "\n", encoding="utf-8")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for item, counts in told.counts[ALL].items():
        rows.writerows((item, option, round(n)) for option, n in sorted(counts.items()))
    (folder / PEOPLE).write_text(text.getvalue(), encoding="utf-8")


def _words(place: tuple[int, int, str], stories: Mapping[tuple[int, int, str], str], titles: Mapping[int, str]) -> str:
    src, wiser, context = place
    bare = BARE.format(context=context or "In life", src=titles[src], wiser=titles[wiser])
    return stories.get(place) or bare


def _stories(store: Store, study_id: StudyId) -> dict[tuple[int, int, str], str]:
    """Return the newest story of each pair of values and context, by the numbers of the values."""
    roots = store.values.roots(study_id)
    number = {value.id: value.number for value in store.values.list(study_id, include_withdrawn=True)}
    contexts = {context.id: context.text for context in store.studies.contexts(study_id)}
    found = {}
    for one in sorted(store.hypotheses.list(study_id), key=lambda story: story.created_at):
        ends = [number.get(roots.get(end, end)) for end in (one.src_id, one.wiser_id)]
        if one.story.strip() and one.context_id in contexts and ends[0] is not None and ends[1] is not None:
            found[ends[0], ends[1], contexts[one.context_id]] = " ".join(one.story.split())
    return found
