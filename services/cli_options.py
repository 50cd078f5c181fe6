"""Readers of command line options that say in a sentence what is wrong."""

import argparse
from collections.abc import Callable
from datetime import datetime


def moment(text: str) -> datetime:
    """Return a point in time from the command line."""
    try:
        made = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T12:00:00Z") from error
    if made.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone; write 2026-11-23T12:00:00Z or +01:00")
    return made


def at_least(least: int, *, at_most: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` on, up to ``at_most`` where it is given."""

    def whole(text: str) -> int:
        try:
            number = int(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from error
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too small; write {least} or more")
        if at_most is not None and number > at_most:
            raise argparse.ArgumentTypeError(f"{number} is too large; write {at_most} or less")
        return number

    return whole
