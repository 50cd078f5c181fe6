"""What happens once when the server starts and stops: refuse unsafe set-ups, first start, load heavy parts aside."""

import gc
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from domain.errors import MoralGraphError, SettingsError
from ui.runtime import services
from ui.sockets import send_at_once

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare the services before the first page, and close the database after the last."""
    try:
        prepare(address=st.get_option("server.address"))
    except MoralGraphError as error:
        sys.stderr.write(f"\n  Moral Graph Explorer cannot start: {error}\n\n")
        raise SystemExit(1) from error
    send_at_once()
    threading.Thread(target=_warm, name="warm-up", daemon=True).start()
    yield
    services().close()


def prepare(*, address: str | None) -> None:
    """Check the set-up and do what a first start needs.

    Raises:
        SettingsError: the server is bound to a public address and no secret was set.
    """
    require_secret(address, has_secret=services().settings.secret is not None)
    first = services().first_start()
    if first is not None:
        sys.stdout.write(
            "\n  Researcher's rooms: sign in as "
            f"{first.name!r} with the password  {first.password}\n"
            "  It is shown this once. `moralgraph admin reset-password` makes a new one.\n\n"
        )
        sys.stdout.flush()


def require_secret(address: str | None, *, has_secret: bool) -> None:
    """Raise SettingsError when other machines can reach the server and it would sign with a secret no one chose."""
    if address not in LOOPBACK and not has_secret:
        raise SettingsError(
            f"The server address {address or 'all interfaces'!r} can be reached from outside, and MORALGRAPH_SECRET is "
            "not set. Set it to 32 random characters or more, or bind to 127.0.0.1."
        )


def _warm() -> None:
    """Load the embedder while the first people read the welcome page, then tell the stories that a stop cut off.

    A full garbage collection walks every live object; what is loaded here never becomes garbage, so it is frozen out.
    """
    services().embedder.embed(["warm"])
    gc.collect()
    gc.freeze()
    services().upgrading.recover()
