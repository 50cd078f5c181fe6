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


def at_least(least: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` on."""

    def whole(text: str) -> int:
        try:
            number = int(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from error
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too small; write {least} or more")
        return number

    return whole
