"""Marks sentences that people read, so that the catalogue finds them where they are not yet translated."""


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Return ``text`` unchanged; translated later, where it is shown."""
    return text
