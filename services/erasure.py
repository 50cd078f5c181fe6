"""Fetching and deleting one's own data, without an account and without asking anyone."""

from collections.abc import Callable, Sequence

from domain.ids import ClientId, StudyId
from domain.interviews import Turn
from domain.nouns import utc_iso
from domain.people import Participant
from domain.studies import StudyState
from services.acts import Desk
from storage import Act, Store

FORMAT = "moral-graph-explorer/my-data@1"


class OwnData:
    """Use cases of data rights. They work whatever state the study is in."""

    def __init__(self, desk: Desk, *, forget: Sequence[Callable[[StudyId], None]]) -> None:
        """``forget`` drop all that is kept of a study outside the database: in memory or as files for download."""
        self._desk = desk
        self._forget = tuple(forget)

    def fetch(self, person: Participant) -> dict[str, object]:
        """Return everything stored about the person as one JSON-ready document."""
        with self._desk.database.read() as store:
            study = store.studies.get(person.study_id)
            interview = store.interviews.of_person(person.id)
            turns: list[Turn] = store.interviews.turns(interview.id) if interview else []
            cards = store.cards.of_person(person.id)
            votes = store.votes.of_person(person.id)
            return {
                "format": FORMAT,
                "made_at": utc_iso(self._desk.clock()),
                "study": {"slug": study.slug, "title": study.title},
                "participant": person.model_dump(mode="json"),
                "steps": [
                    {"step": e.step.value, "entered_at": utc_iso(e.entered_at)}
                    for e in store.people.step_entries(person.study_id, sources={person.source})
                    if e.person_id == person.id
                ],
                "consents": [c.model_dump(mode="json") for c in store.people.consent_history(person.id)],
                "interview": interview.model_dump(mode="json") if interview else None,
                "interview_turns": [t.model_dump(mode="json") for t in turns],
                "cards": [
                    {
                        "newest": c.model_dump(mode="json"),
                        "versions": [v.model_dump(mode="json") for v in store.cards.versions(c.id)],
                    }
                    for c in cards
                ],
                "placements": [
                    p.model_dump(mode="json")
                    for p in store.values.placements(person.study_id, include_undone=True)
                    if p.card_id in {c.id for c in cards}
                ],
                "placement_answers": [
                    a.model_dump(mode="json")
                    for a in store.values.answers(person.study_id)
                    if a.card_id in {c.id for c in cards}
                ],
                "card_draws": [d.model_dump(mode="json") for d in store.draws.of_person(person.id)],
                "votes": [
                    {
                        "newest": v.model_dump(mode="json"),
                        "answers": [
                            {"answer": a.answer.value, "reason": a.reason, "at": utc_iso(a.at)}
                            for a in store.votes.history(v.id)
                        ],
                    }
                    for v in votes
                ],
                "survey": [a.model_dump(mode="json") for a in store.survey.of_person(person.id)],
            }

    def erase(self, person: Participant, *, client_id: ClientId) -> None:
        """Delete everything the person gave from every table, index, cache and kept export.

        The graph is rebuilt without it. The event log keeps that an erasure took place, without any words.
        """

        def body(store: Store) -> None:
            store.erasure.erase_person(person.id, at=self._desk.clock())

        act = Act(
            client_id=client_id,
            study_id=person.study_id,
            actor=f"person:{person.id}",
            kind="person.erased",
            at=self._desk.clock(),
            person_id=None,
            refs={"person": person.id},
        )
        self._desk.database.write(act, body)
        for forget in self._forget:
            forget(person.study_id)


def is_changeable(state: StudyState) -> bool:
    """Tell whether votes and cards can still be changed; data can be fetched and deleted in any state."""
    return state in {StudyState.OPEN, StudyState.REHEARSAL}
