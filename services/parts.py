"""What every use case stands on, built from the settings: database, clock, secret, language models, embedder, index."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from backends.registry import build_chat, build_embedder, build_index
from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.protocols import ChatModel, Clock, Embedder, VectorIndex
from services.acts import Desk
from services.secrets_store import signing_secret
from services.settings import Settings
from services.tokens import Tokens
from storage import Database


def system_clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """What the use cases stand on. Each part is built on first use and then shared."""

    settings: Settings
    clock: Clock = system_clock
    _chats: dict[str, ChatModel | None] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def database(self) -> Database:
        """The database, migrated to the newest schema."""
        if not self.settings.database_url:
            self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return Database.open(self.settings.database_address())

    @cached_property
    def desk(self) -> Desk:
        """Where acts are written down."""
        return Desk(database=self.database, clock=self.clock)

    @cached_property
    def secret(self) -> str:
        """The secret that signs cookies and links."""
        given = self.settings.secret
        return given.get_secret_value() if given is not None else signing_secret(self.settings.data_dir)

    @cached_property
    def tokens(self) -> Tokens:
        """Signs and reads cookies and links."""
        return Tokens(self.secret)

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder in use."""
        return build_embedder(self.settings.embedder, testing=self.settings.testing)

    @cached_property
    def chat(self) -> ChatModel | None:
        """The chat model in use; ``None`` with the guided interviewer."""
        return self.chat_for(self.settings.chat)

    def chat_for(self, name: str) -> ChatModel | None:
        """Return the chat model called ``name``, such as a study asks for; built once and then shared."""
        key = self.settings.chat_key
        with self._lock:
            if name not in self._chats:
                self._chats[name] = build_chat(
                    name,
                    api_key=key.get_secret_value() if key is not None else None,
                    timeout_s=self.settings.chat_timeout_s,
                    testing=self.settings.testing,
                )
            return self._chats[name]

    def chat_name(self, study_id: StudyId | None) -> str:
        """Return how the interviewer of a study is set: its own choice, else, or without a study, the setting."""
        if study_id is None:
            return self.settings.chat
        with self.database.read() as store:
            return store.studies.get(study_id).chat_backend or self.settings.chat

    def chat_of_study(self, study_id: StudyId) -> ChatModel | None:
        """Return the language model of a study: its own choice, else the setting; ``None`` where there is none.

        A broken setting gives ``None`` too: it must not stop a person; doctor and "test the connection" name it.
        """
        try:
            return self.chat_for(self.chat_name(study_id))
        except MoralGraphError:
            return None

    @cached_property
    def new_index(self) -> Callable[[int], VectorIndex]:
        """Makes an empty index for vectors of a given number of columns."""
        name = self.settings.index
        return lambda dim: build_index(name, dim=dim)
