"""The one set of services of this process, shared by pages and plain addresses; tests put their own in its place."""

import os
import threading

from services.container import Services
from services.settings import Settings

_lock = threading.Lock()
_held: list[Services] = []


def services() -> Services:
    """Return the services, built from the environment on first use."""
    with _lock:
        if not _held:
            _held.append(Services(Settings.from_env(os.environ)))
        return _held[0]


def use(container: Services | None) -> None:
    """Put ``container`` in the place of the real services; ``None`` lets them be built anew. For tests."""
    with _lock:
        _held.clear()
        if container is not None:
            _held.append(container)
