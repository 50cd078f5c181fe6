"""Signed tokens: study links, participant cookies, staff cookies, downloads. Each kind has its own salt."""

from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from domain.errors import AccessError
from domain.ids import PersonId, StudyId

LINK_MAX_AGE_S = 400 * 24 * 3600
PARTICIPANT_MAX_AGE_S = 180 * 24 * 3600
STAFF_MAX_AGE_S = 12 * 3600
EXPORT_MAX_AGE_S = 12 * 3600


class TokenKind(StrEnum):
    """What a token opens; a token of one kind never opens another."""

    STUDY_LINK = "study-link"
    PARTICIPANT = "participant"
    STAFF = "staff"
    EXPORT = "export"


MAX_AGE_S = {
    TokenKind.STUDY_LINK: LINK_MAX_AGE_S,
    TokenKind.PARTICIPANT: PARTICIPANT_MAX_AGE_S,
    TokenKind.STAFF: STAFF_MAX_AGE_S,
    TokenKind.EXPORT: EXPORT_MAX_AGE_S,
}


class ParticipantTicket(NamedTuple):
    """Who a participant cookie speaks for."""

    person_id: PersonId
    study_id: StudyId


class StaffTicket(NamedTuple):
    """Who a staff cookie speaks for."""

    name: str
    epoch: str


class ExportTicket(NamedTuple):
    """Which file of which export a download link opens."""

    job_id: str
    file: str


class Tokens:
    """Signs and reads tokens with one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def study_link(self, study_id: StudyId) -> str:
        """Return the token of the link under which people enter a study."""
        return self._sign(TokenKind.STUDY_LINK, [study_id])

    def read_study_link(self, token: str) -> StudyId:
        """Return the study of a link; AccessError when it was not made here."""
        return StudyId(self._read(TokenKind.STUDY_LINK, token, 1)[0])

    def participant(self, ticket: ParticipantTicket) -> str:
        """Return the value of a participant's cookie."""
        return self._sign(TokenKind.PARTICIPANT, list(ticket))

    def read_participant(self, token: str) -> ParticipantTicket:
        """Return who the cookie speaks for; AccessError when it was not made here or is too old."""
        person, study = self._read(TokenKind.PARTICIPANT, token, 2)
        return ParticipantTicket(person_id=PersonId(person), study_id=StudyId(study))

    def staff(self, ticket: StaffTicket) -> str:
        """Return the value of a staff cookie."""
        return self._sign(TokenKind.STAFF, list(ticket))

    def read_staff(self, token: str) -> StaffTicket:
        """Return who the cookie speaks for; AccessError when it was not made here or is too old."""
        name, epoch = self._read(TokenKind.STAFF, token, 2)
        return StaffTicket(name=name, epoch=epoch)

    def export(self, ticket: ExportTicket) -> str:
        """Return the token of a download link; whoever holds it can fetch the file while it is there."""
        return self._sign(TokenKind.EXPORT, list(ticket))

    def read_export(self, token: str) -> ExportTicket:
        """Return what the link opens; AccessError when it was not made here or is too old."""
        job_id, file = self._read(TokenKind.EXPORT, token, 2)
        return ExportTicket(job_id=job_id, file=file)

    def _sign(self, kind: TokenKind, content: list[str]) -> str:
        token = URLSafeTimedSerializer(self._secret, salt=kind.value).dumps(content)
        return token.decode() if isinstance(token, bytes) else token

    def _read(self, kind: TokenKind, token: str, n_parts: int) -> list[str]:
        try:
            content = URLSafeTimedSerializer(self._secret, salt=kind.value).loads(token, max_age=MAX_AGE_S[kind])
        except SignatureExpired as error:
            raise AccessError(
                "This link or sign-in is too old. Ask for a new one, or use your receipt code."
            ) from error
        except BadSignature as error:
            raise AccessError("This link was not made by this installation, or it was cut off on the way.") from error
        if not isinstance(content, list) or len(content) != n_parts:
            raise AccessError("This link was made by another version. Ask for a new one.")
        return [str(part) for part in content]
