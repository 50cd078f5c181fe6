"""CI fails when a test was skipped unseen, or when no test read the published data."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RAN = '<testcase classname="t" name="plain" />'
READ_SHARED = '<testcase classname="t" name="golden"><properties><property name="shared" value="yes"/></properties>{}'
PASSED = READ_SHARED.format("</testcase>")
SKIPPED = READ_SHARED.format('<skipped type="pytest.skip" message="not here"/></testcase>')
OTHER_SKIP = '<testcase classname="t" name="other"><skipped type="pytest.skip" message="no server"/></testcase>'
EXPECTED_FAILURE = '<testcase classname="t" name="known"><skipped type="pytest.xfail" message="known"/></testcase>'


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        ([RAN, PASSED], ""),
        ([RAN, PASSED, EXPECTED_FAILURE], ""),
        ([RAN, SKIPPED], "skipped: t::golden: not here"),
        ([PASSED, OTHER_SKIP], "skipped: t::other: no server"),
        ([RAN], "no test read the published data"),
    ],
    ids=["all ran", "expected failure", "shared skipped", "another skipped", "shared left out"],
)
def test_the_report_is_judged(tmp_path: Path, cases: list[str], complaint: str):
    report = tmp_path / "unit.xml"
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "check_reports.py"), str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1 if complaint else 0, "")
    assert complaint in done.stderr
