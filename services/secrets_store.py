"""Secrets of this installation: the signing secret and the administrator's password hash, in the data folder."""

import json
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SIGNING_FILE = "signing-key"
ADMIN_FILE = "administrator.json"


class FirstPassword(NamedTuple):
    """A password that was just made; shown once, stored only as a hash."""

    name: str
    password: str


def signing_secret(data_dir: Path) -> str:
    """Return the secret kept in ``data_dir``, made on first use and readable by its owner alone."""
    path = data_dir / SIGNING_FILE
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    _write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def ensure_administrator(data_dir: Path) -> FirstPassword | None:
    """Make the one administrator at first start; return the password to show, or ``None`` if there is one already."""
    if (data_dir / ADMIN_FILE).exists():
        return None
    return reset_administrator(data_dir)


def reset_administrator(data_dir: Path) -> FirstPassword:
    """Replace the administrator's password by a fresh one and return it; sessions signed in before end."""
    first = FirstPassword(name="admin", password=secrets.token_urlsafe(12))
    record = {
        "name": first.name,
        "password_hash": PasswordHasher().hash(first.password),
        "epoch": secrets.token_hex(8),
    }
    path = data_dir / ADMIN_FILE
    path.unlink(missing_ok=True)
    _write_private(path, json.dumps(record))
    return first


def administrator_epoch(data_dir: Path) -> str:
    """Return a word that changes with every password; sessions carry it, so a reset ends them."""
    path = data_dir / ADMIN_FILE
    return str(json.loads(path.read_text(encoding="utf-8"))["epoch"]) if path.exists() else ""


def is_administrator(data_dir: Path, *, name: str, password: str) -> bool:
    """Tell whether name and password are those of the administrator."""
    path = data_dir / ADMIN_FILE
    if not path.exists():
        return False
    record = json.loads(path.read_text(encoding="utf-8"))
    try:
        PasswordHasher().verify(record["password_hash"], password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return secrets.compare_digest(name, str(record["name"]))


def _write_private(path: Path, text: str) -> None:
    """Create ``path`` with mode 600; if another process made it first, theirs stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
