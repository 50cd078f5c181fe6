"""The starter study that ships with the app: read from assets, saved once, open from the first start."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from domain.bundles import StudyBundle
from domain.cards import CanonicalValue
from domain.ids import ClientId, ContextId, HypothesisId, QuestionId, StudyId, ValueId
from domain.nouns import Noun, content_hash
from domain.people import Source
from domain.studies import Context, Question, Study, StudyState
from domain.votes import UpgradeHypothesis
from services.acts import Desk
from storage import Act

STARTER_FOLDER = Path(__file__).parents[1] / "assets" / "starter" / "study"


def read_starter(folder: Path, *, now: datetime) -> StudyBundle:
    """Return the study in ``folder``; ids follow from its words, so reading twice gives the same study."""
    about = _read(folder, "study.json")
    study_id = StudyId(_id("study", about["slug"]))
    questions = tuple(
        Question(
            id=QuestionId(_id("question", about["slug"], q["id"])),
            study_id=study_id,
            slug=q["id"],
            title=q["title"],
            text=q["question"],
            position=place,
        )
        for place, q in enumerate(_read(folder, "questions.json"))
    )
    linked = {q["id"]: q["contexts"] for q in _read(folder, "questions.json")}
    contexts = tuple(
        Context(
            id=ContextId(_id("context", about["slug"], text)),
            study_id=study_id,
            text=text,
            question_ids=tuple(q.id for q in questions if text in linked[q.slug]),
        )
        for text in _read(folder, "contexts.json")
    )
    values = tuple(
        CanonicalValue(
            id=ValueId(_id("value", about["slug"], v["id"])),
            study_id=study_id,
            number=v["id"],
            title=v["title"],
            gist=v["summary"],
            description=v["description"],
            policies=tuple(v["policies"]),
            source=Source.SEED,
            created_at=now,
            updated_at=now,
        )
        for v in _read(folder, "values.json")
    )
    value_ids = {v.number: v.id for v in values}
    context_ids = {c.text: c.id for c in contexts}
    hypotheses = tuple(
        UpgradeHypothesis(
            id=HypothesisId(_id("hypothesis", about["slug"], h["src"], h["wiser"], h["context"])),
            study_id=study_id,
            src_id=value_ids[h["src"]],
            wiser_id=value_ids[h["wiser"]],
            context_id=context_ids[h["context"]],
            story=h["story"],
            source=Source.SEED,
            created_at=now,
        )
        for h in _read(folder, "hypotheses.json")
    )
    study = Study(
        id=study_id,
        slug=about["slug"],
        title=about["title"],
        introduction=about["introduction"],
        consent_text=about["consent_text"],
        moderation_policy=about["moderation_policy"],
        n_comparisons=about["n_comparisons"],
        state=StudyState.OPEN,
        is_graph_public=True,
        is_listed=True,
        created_at=now,
    )
    return StudyBundle(study=study, questions=questions, contexts=contexts, values=values, hypotheses=hypotheses)


def ensure_starter(desk: Desk, folder: Path = STARTER_FOLDER) -> bool:
    """Save the starter study if it is not there yet; tell whether it was saved."""
    bundle = read_starter(folder, now=desk.clock())
    with desk.database.read() as store:
        if store.studies.by_slug(bundle.study.slug) is not None:
            return False
    act = Act(
        client_id=ClientId(f"starter:{bundle.study.id}"),
        study_id=bundle.study.id,
        actor="system",
        kind="study.imported",
        at=desk.clock(),
        refs={"study": bundle.study.id},
    )
    return desk.database.write(act, lambda store: store.bundles.save(bundle))


class ExampleSide(Noun):
    """One card of the worked example."""

    title: str
    policies: tuple[str, ...]


class Example(Noun):
    """The worked example that is shown before the first comparison, with what each answer would mean."""

    context: str
    story: str
    src: ExampleSide
    wiser: ExampleSide
    yes: str
    no: str
    not_sure: str


@cache
def read_example(folder: Path = STARTER_FOLDER) -> Example:
    """Return the worked example."""
    return Example.model_validate_json((folder / "example.json").read_text(encoding="utf-8"))


def _read(folder: Path, name: str):  # type: ignore[no-untyped-def] # JSON of our own assets; nouns check every field
    return json.loads((folder / name).read_text(encoding="utf-8"))


def _id(*parts: object) -> str:
    return content_hash(list(parts))[:32]
