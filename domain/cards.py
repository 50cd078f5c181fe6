"""Values cards, the canonical values they are gathered under, and the links between the two."""

from enum import StrEnum

from pydantic import Field

from domain.ids import CardId, InterviewId, MergeId, PersonId, PlacementId, QuestionId, StudyId, ValueId
from domain.nouns import Moment, Noun, Text
from domain.people import Source
from domain.provenance import Provenance

MAX_POLICIES = 12


class Origin(StrEnum):
    """Whose words these are. Shown wherever the words are shown."""

    OWN = "own"
    MACHINE = "machine"
    BORROWED = "borrowed"
    STARTER = "starter"


class Policy(Noun):
    """One attentional policy: something a person attends to, such as "MOMENTS when a friend grows quiet"."""

    text: Text = Field(min_length=1, max_length=400)
    origin: Origin = Origin.OWN
    borrowed_from: ValueId | None = None
    """The value whose policy this was, where origin is ``borrowed``."""


class CardText(Noun):
    """What stands on a values card."""

    title: Text = Field(min_length=1, max_length=120)
    title_origin: Origin = Origin.OWN
    gist: Text = Field(default="", max_length=600)
    """One line that says what it is to live by this value."""
    gist_origin: Origin = Origin.OWN
    policies: tuple[Policy, ...] = Field(min_length=1, max_length=MAX_POLICIES)

    def policy_texts(self) -> tuple[str, ...]:
        """Return the policies as plain texts, in order."""
        return tuple(p.text for p in self.policies)


class CardStatus(StrEnum):
    """Draft: only its author sees it. Confirmed: it counts. Hidden: moderated away, with a reason."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    HIDDEN = "hidden"


class Card(Noun):
    """A person's values card in its newest version; earlier versions stay stored."""

    id: CardId
    study_id: StudyId
    person_id: PersonId | None
    """``None`` only for imported cards whose file does not say who wrote them."""
    source: Source
    question_id: QuestionId | None = None
    interview_id: InterviewId | None = None
    number: int | None = None
    """The number the card bore in an imported file; ``None`` for cards written here."""
    status: CardStatus = CardStatus.DRAFT
    version: int = Field(default=1, ge=1)
    text: CardText
    description: Text = ""
    """A longer explanation, where an imported card has one."""
    provenance: Provenance | None = None
    """What drafted it, where a machine did."""
    moderation_reason: Text = ""
    saw_values: bool = False
    """Its author looked at values of others in the interview, before these words were confirmed."""
    created_at: Moment
    updated_at: Moment


class CanonicalValue(Noun):
    """The value under which like cards are gathered."""

    id: ValueId
    study_id: StudyId
    number: int = Field(ge=1)
    """Small number, unique in the study: what people say aloud and what the export calls ``id``."""
    title: Text
    gist: Text = ""
    description: Text = ""
    policies: tuple[Text, ...]
    source: Source
    founded_by_card_id: CardId | None = None
    """The card whose words these are, where a person's card founded the value."""
    is_withdrawn: bool = False
    """Its author erased their words, or it is hidden: it leaves graph and export, votes on it no longer count."""
    hidden_at: Moment | None = None
    """When staff hid the card that founded it. Its words stay stored and come back when the card is shown again."""
    hidden_by: str = ""
    """``staff:NAME`` while it is hidden."""
    created_at: Moment
    updated_at: Moment

    def embedding_text(self) -> str:
        """Return the text that stands for this value in meaning space (see ``embedding_text``)."""
        return embedding_text(self.title, self.policies)


def embedding_text(title: str, policies: tuple[str, ...]) -> str:
    """Return title and sorted policies, one a line: the order in which a person wrote them changes nothing."""
    return "\n".join((title, *sorted(policies)))


class PlacementOpinion(StrEnum):
    """The person's own answer to "does my card belong here?"."""

    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"


class MachineOpinion(Noun):
    """What a language model says of a card beside a value. It is shown, marked; the person decides."""

    verdict: PlacementOpinion
    reason: Text = ""
    model: str
    """Name of the model as in the settings."""


class Placement(Noun):
    """A link: this card lies under this value. Undone, never deleted; the newest that stands counts."""

    id: PlacementId
    study_id: StudyId
    card_id: CardId
    value_id: ValueId
    author: str
    """``person``, ``staff:NAME``, ``model:NAME``, ``import``."""
    reason: Text = ""
    created_at: Moment
    undone_at: Moment | None = None


class PlacementAnswer(Noun):
    """What the person said of one value shown beside their card; measures our merging."""

    card_id: CardId
    value_id: ValueId
    opinion: PlacementOpinion
    similarity: float = Field(ge=-1.0001, le=1.0001)
    """Cosine similarity at the time, -1..1, 1 is the same direction."""
    machine_verdict: PlacementOpinion | None = None
    """What a language model said, where the person could see it before they answered."""
    machine_name: str = ""
    at: Moment


class ValueMerge(Noun):
    """A link: votes and cards of ``value_id`` count for ``into_id`` until undone. No text is touched."""

    id: MergeId
    study_id: StudyId
    value_id: ValueId
    into_id: ValueId
    author: str
    reason: Text
    created_at: Moment
    undone_at: Moment | None = None
