"""Imports point one way. The guard itself is tested: a violation of each contract, planted in a copy, is caught."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "backends", "domain", "elicitation", "graph", "kaleido", "pages", "services", "stances", "storage", "ui",
)  # fmt: skip


class Violation(NamedTuple):
    """A line that must not be, where it is put, and the contract that must say so."""

    file: str
    line: str
    contract: str


PLANTED = [
    Violation("graph/planted.py", "import storage", "One direction only"),
    Violation("domain/planted.py", "import services", "One direction only"),
    Violation("services/planted.py", "import streamlit", "Streamlit stays in pages and ui"),
    Violation("kaleido/planted.py", "def f():\n    import torch", "Heavy libraries stay in backends"),
    Violation("services/planted.py", "from langchain_core import messages", "Heavy libraries stay in backends"),
    Violation("services/planted.py", "from sqlalchemy import select", "The database stays in storage"),
    Violation("backends/planted.py", "import sqlmodel", "The database stays in storage"),
    Violation("ui/planted.py", "import graph", "Pages and ui ask services and never the siblings"),
    Violation("pages/explore/planted.py", "import storage", "Pages and ui ask services and never the siblings"),
]


def check_imports(folder: Path) -> tuple[int, str]:
    """Run the import linter in ``folder``; return its exit status and what it printed."""
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", code, "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our packages, to plant things in."""
    copy = tmp_path_factory.mktemp("tree")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.po*"))
    shutil.copy(ROOT / ".importlinter", copy)
    return copy


def test_imports_point_one_way():
    status, said = check_imports(ROOT)
    assert status == 0, said


@pytest.mark.parametrize("planted", PLANTED, ids=lambda v: f"{v.file}: {v.line}".replace("\n", " "))
def test_a_planted_violation_is_caught(tree: Path, planted: Violation):
    file = tree / planted.file
    file.parent.mkdir(exist_ok=True)
    file.write_text(planted.line + "\n", encoding="utf-8")
    try:
        status, said = check_imports(tree)
    finally:
        file.unlink()
    assert status == 1, said
    broken = [line for line in said.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(planted.contract) for line in broken), said


def test_every_contract_had_a_violation_planted():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    names = {contracts[s]["name"] for s in contracts.sections() if s.startswith("importlinter:contract:")}
    assert names == {planted.contract for planted in PLANTED}


def test_contracts_name_one_module_a_line():
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "," in line and not line.lstrip().startswith(";")]


def test_every_package_is_under_the_contracts():
    with_code = {p.parent.name for p in ROOT.glob("*/__init__.py")}
    assert with_code == set(PACKAGES)
