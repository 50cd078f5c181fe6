"""The settings of the application: one frozen model, read once, from an explicit mapping.

Only ``services.container`` reads it; everything below receives plain arguments. Each field is described in
docs/reference/settings.md.
"""

import difflib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from domain.errors import SettingsError

PREFIX = "MORALGRAPH_"
FOR_TESTS_ONLY = frozenset({"MORALGRAPH_REQUIRE_SHARED", "MORALGRAPH_TEST_CHAT", "MORALGRAPH_CHROMIUM"})
"""Read by the tests alone; the application lets them pass."""


class Settings(BaseModel):
    """What can be set from outside; every default is a real embedded part that needs no key, GPU or network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Path("var")
    """Folder of the database, the secret and fetched models."""
    database_url: str = ""
    """``postgresql+psycopg://user:password@host/name``; empty means SQLite in the data folder."""
    secret: SecretStr | None = None
    """Signs cookies and links, 32 characters or more; made and kept in the data folder when unset."""
    chat: str = "guided"
    """Interviewer: ``guided``, ``openai:MODEL@URL``, ``llamacpp:PATH``, ``langchain:PROVIDER:MODEL``."""
    chat_key: SecretStr | None = None
    chat_timeout_s: float = Field(default=20.0, gt=0, le=600)
    embedder: str = "minilm"
    index: str = "faiss"
    staff_emails: str = ""
    """Comma-separated addresses that may enter the researcher's rooms after ``st.login``."""
    public_url: str = ""
    """Address under which participants reach the app, used in study links; empty shows links without a host."""
    testing: bool = False
    """Allows fakes, and shows a banner that says so on every page."""

    @classmethod
    def from_env(cls, mapping: Mapping[str, str]) -> "Settings":
        """Read the ``MORALGRAPH_*`` names of ``mapping``.

        Raises:
            SettingsError: a name is unknown (the nearest known one is named) or a value makes no sense.
        """
        known = {PREFIX + name.upper(): name for name in cls.model_fields}
        values: dict[str, str] = {}
        for name, value in mapping.items():
            if not name.startswith(PREFIX) or name in FOR_TESTS_ONLY:
                continue
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" Did you mean {near[0]}?" if near else f" Known names: {', '.join(sorted(known))}."
                raise SettingsError(f"The setting {name} is unknown.{hint}")
            if value != "":
                values[known[name]] = value
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper()
            raise SettingsError(f"The setting {name} cannot be used: {first['msg']}.") from error
        if settings.secret is not None and len(settings.secret.get_secret_value()) < MIN_SECRET_LENGTH:
            raise SettingsError(f"MORALGRAPH_SECRET needs {MIN_SECRET_LENGTH} characters or more.")
        return settings

    def database_address(self) -> str:
        """Return the database URL in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'moralgraph.sqlite3').as_posix()}"

    def staff_addresses(self) -> frozenset[str]:
        """Return the staff e-mail addresses, lower case."""
        return frozenset(a.strip().lower() for a in self.staff_emails.split(",") if a.strip())


MIN_SECRET_LENGTH = 32
