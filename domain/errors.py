"""The errors of the application, one tree.

MoralGraphError
  UserInputError          shown to the person, next to the field
  StudyRuleError          the action is not allowed at this step (closed study, second tab, no consent)
  AccessError             the person may not do this
  NotFoundError           the thing asked for does not exist, or was erased
  BackendError            a swappable part failed: .backend, .retryable, .hint
    BackendUnavailableError / BackendTimeoutError / BackendProtocolError
  MissingExtraError       a library is not installed: .extra
  SettingsError           a setting is unknown or does not make sense
  StorageError            the database refused: .retryable
  DataError               an imported file breaks its schema: .file, .row, .column, .value

A parse failure or a refusal of a model is not an error: it is a result (see ``domain.chat``).
"""


class MoralGraphError(Exception):
    """Base of every error this application raises on purpose."""


class UserInputError(MoralGraphError):
    """What the person entered cannot be used; the message says what to do."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StudyRuleError(MoralGraphError):
    """The action is not allowed at this step."""


class AccessError(MoralGraphError):
    """The person may not do this."""


class NotFoundError(MoralGraphError):
    """The thing asked for does not exist, or was erased."""


class BackendError(MoralGraphError):
    """A swappable part (model, embedder, index) failed."""

    def __init__(self, message: str, *, backend: str, retryable: bool = False, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.backend = backend
        self.retryable = retryable
        self.hint = hint


class BackendUnavailableError(BackendError):
    """The backend cannot be reached or cannot be loaded."""


class BackendTimeoutError(BackendError):
    """The backend did not answer in time."""


class BackendProtocolError(BackendError):
    """The backend answered in a shape that its protocol does not allow."""


class MissingExtraError(MoralGraphError):
    """A library that a feature needs is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs a library that is not installed. Install it with: {extra}")
        self.feature = feature
        self.extra = extra


class SettingsError(MoralGraphError):
    """A setting is unknown or does not make sense."""


class StorageError(MoralGraphError):
    """The database refused; nothing was written."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class DataError(MoralGraphError):
    """An imported file breaks its schema; nothing was imported.

    ``row`` counts data rows from 1 (the header is not counted); ``None`` where the whole file is meant.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
    ) -> None:
        place = file + (f", row {row}" if row is not None else "") + (f", column {column!r}" if column else "")
        shown = f" (value {value!r})" if value is not None else ""
        super().__init__(f"{place}: {message}{shown}. Nothing was imported.")
        self.file = file
        self.row = row
        self.column = column
        self.value = value
