"""A whole study in one noun: what an import reads and what storage saves in one transaction."""

from domain.cards import CanonicalValue, Card, Placement, ValueMerge
from domain.nouns import Noun
from domain.people import Consent, Participant
from domain.studies import Context, Question, Study
from domain.votes import Draw, EdgeVote, UpgradeHypothesis


class StudyBundle(Noun):
    """Everything about one study, with internal ids already made and references already checked."""

    study: Study
    questions: tuple[Question, ...] = ()
    contexts: tuple[Context, ...] = ()
    participants: tuple[Participant, ...] = ()
    consents: tuple[Consent, ...] = ()
    values: tuple[CanonicalValue, ...] = ()
    cards: tuple[Card, ...] = ()
    placements: tuple[Placement, ...] = ()
    draws: tuple[Draw, ...] = ()
    hypotheses: tuple[UpgradeHypothesis, ...] = ()
    votes: tuple[EdgeVote, ...] = ()
    merges: tuple[ValueMerge, ...] = ()
    """Those undone too."""
