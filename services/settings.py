"""The settings of the application: one frozen model, read once, from an explicit mapping.

What does not come from the mapping is which models `make llm` and `make reader` fetched: the data folder remembers it.

Only ``services.container`` reads it; everything below receives plain arguments. Each field is described in
docs/reference/settings.md.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from domain.errors import SettingsError

PREFIX = "MORALGRAPH_"
FOR_TESTS_ONLY = frozenset(
    {
        "MORALGRAPH_REQUIRE_SHARED",
        "MORALGRAPH_TEST_CHAT",
        "MORALGRAPH_CHROMIUM",
        "MORALGRAPH_KALEIDO",
        "MORALGRAPH_READER",
    }
)
"""Read by the tests alone; the application lets them pass."""
MODELS_FOLDER = "models"
"""Folder of fetched models, in the data folder."""
CHAT_RECORD = "in-use"
"""File in the folder of models that holds the name of the fetched chat model's file."""
READER_FOLDER = "all-mpnet-base-v2"
"""Folder of the checkpoint under the reader of values, in the folder of models."""
READER_WEIGHTS = "model.safetensors"
FETCHED_TIMEOUT_S = 60.0
"""Patience with the fetched model where none is set: a processor reads a long prompt slowly."""


class Settings(BaseModel):
    """What can be set from outside; every default is a real embedded part that needs no key, GPU or network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Path("var")
    """Folder of the SQLite database, the secret, the hash of the administrator's password, and fetched models."""
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
    scorer: str = "default"
    """Scorer of values in situations: ``default``, ``reader``, ``kaleido:NAME_OR_PATH``, ``llm:...``."""
    staff_emails: str = ""
    """Comma-separated addresses that may enter the researcher's rooms after ``st.login``."""
    public_url: str = ""
    """Address under which participants reach the app, used in study links; empty takes the one the browser shows."""
    testing: bool = False
    """Allows fakes, and shows a banner that says so on every page."""

    @classmethod
    def from_env(cls, mapping: Mapping[str, str]) -> "Settings":
        """Read the ``MORALGRAPH_*`` names of ``mapping``; a name that is not set leaves the fetched model in its place.

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
        return settings._with_fetched_chat()._with_fetched_reader()

    def _with_fetched_chat(self) -> "Settings":
        fetched = "" if "chat" in self.model_fields_set else fetched_chat(self.data_dir)
        if not fetched:
            return self
        patience = self.chat_timeout_s if "chat_timeout_s" in self.model_fields_set else FETCHED_TIMEOUT_S
        return self.model_copy(update={"chat": fetched, "chat_timeout_s": patience})

    def _with_fetched_reader(self) -> "Settings":
        if "scorer" in self.model_fields_set or not (self.reader_folder() / READER_WEIGHTS).is_file():
            return self
        return self.model_copy(update={"scorer": "reader"})

    def reader_folder(self) -> Path:
        """Return where `make reader` puts the checkpoint under the reader of values."""
        return self.data_dir / MODELS_FOLDER / READER_FOLDER

    def database_address(self) -> str:
        """Return the database URL in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'moralgraph.sqlite3').as_posix()}"

    def staff_addresses(self) -> frozenset[str]:
        """Return the staff e-mail addresses, lower case."""
        return frozenset(a.strip().lower() for a in self.staff_emails.split(",") if a.strip())


MIN_SECRET_LENGTH = 32
FILE_NAME = re.compile(r"[\w.-]{1,200}")


def fetched_chat(data_dir: Path) -> str:
    """Return the chat model that `make llm` fetched, spelled as the setting; empty where none was.

    The file may be gone, or the record spoiled: then the name leads nowhere, which the guided interviewer takes over
    from and doctor reports with the line that mends it.
    """
    folder = data_dir / MODELS_FOLDER
    try:
        name = (folder / CHAT_RECORD).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError):
        name = ""
    return f"llamacpp:{folder / name if FILE_NAME.fullmatch(name) else folder}"
