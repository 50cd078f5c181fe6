"""Reads pytest's JUnit reports: fails when a test was skipped without leave, or when no test read the published data.

Says nothing when all is well, so that the last line of the run stays pytest's own.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ALLOWED_SKIPS: dict[str, str] = {}
"""Test (``file::name`` as the report spells it) to the reason why it may be skipped where everything is installed."""


class Case(NamedTuple):
    """One test of a report."""

    name: str
    reads_shared: bool
    skip_reason: str | None


def cases(report: Path) -> Iterator[Case]:
    """Yield the tests of one report; expected failures are no skips."""
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written by our own pytest a moment ago
        skipped = case.find("skipped")
        is_skip = skipped is not None and skipped.get("type") != "pytest.xfail"
        yield Case(
            name=f"{case.get('classname')}::{case.get('name')}",
            reads_shared=any(p.get("name") == "shared" for p in case.iter("property")),
            skip_reason=(skipped.get("message", "") if skipped is not None and is_skip else None),
        )


def complaints(seen: list[Case]) -> list[str]:
    """Return what is wrong with a run, one sentence each."""
    skips = [case for case in seen if case.skip_reason is not None and case.name not in ALLOWED_SKIPS]
    wrong = [f"skipped: {case.name}: {case.skip_reason}" for case in skips]
    if not any(case.reads_shared and case.skip_reason is None for case in seen):
        wrong.append("no test read the published data: the marker `shared` is gone, or its tests were left out")
    return wrong


def main(paths: list[str]) -> int:
    """Check the reports; return 1 when something is wrong."""
    wrong = complaints([case for path in paths for case in cases(Path(path))])
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
