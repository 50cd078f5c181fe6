"""Receipt codes: how a participant without an account comes back, fetches or deletes their data.

A code is derived from the person's id and the installation's secret, so it can be shown to its owner at any time
while the database holds only a hash of it.
"""

import hashlib
import hmac

from domain.ids import PersonId

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""30 signs without those that are read for another (0 O, 1 I L, U)."""
N_GROUPS, GROUP_LENGTH = 3, 5
"""30**15 codes, about 2**73: too many to guess even without a limit on tries."""


def receipt_code(person_id: PersonId, *, secret: str) -> str:
    """Return the person's code, such as ``7KQ2M-XW9RB-4TZHC``; the same for the same person and secret."""
    digest = hmac.new(secret.encode(), b"receipt:" + person_id.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    signs = []
    for _ in range(N_GROUPS * GROUP_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "-".join("".join(signs[i : i + GROUP_LENGTH]) for i in range(0, len(signs), GROUP_LENGTH))


def normalise_receipt(typed: str) -> str:
    """Return ``typed`` as hashed: upper case, letters and digits only.

    >>> normalise_receipt(" 7kq2m xw9rb-4tzhc ")
    '7KQ2MXW9RB4TZHC'
    """
    return "".join(c for c in typed.upper() if c.isalnum())


def receipt_hash(code: str, *, secret: str) -> str:
    """Return the keyed hash under which a code is stored (HMAC-SHA256, hexadecimal)."""
    return hmac.new(secret.encode(), normalise_receipt(code).encode(), hashlib.sha256).hexdigest()
