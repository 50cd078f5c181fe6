"""Where files lie and how long they are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(p.parent for p in ROOT.glob("*/__init__.py"))
MODULES = sorted(p for folder in PACKAGES for p in folder.rglob("*.py") if "migrations" not in p.parts)
TEST_MODULES = sorted((ROOT / "tests").rglob("*.py"))
PAGE_LIMIT, APP_LIMIT, MODULE_LIMIT, HARD_LIMIT, TEST_LIMIT = 80, 60, 300, 400, 500
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Module of 301 to 400 lines to the reason why it is not split."""
EMPTY_NAMES = {"utils", "helpers", "manager", "base", "common", "misc"}


def n_lines(path: Path) -> int:
    """Return the number of lines."""
    return len(path.read_text(encoding="utf-8").splitlines())


def name_of(path: Path) -> str:
    """Return the path from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def test_nothing_but_the_package_file_lies_directly_in_pages():
    assert {p.name for p in (ROOT / "pages").iterdir() if p.is_file()} - {"py.typed"} == {"__init__.py"}


def test_every_folder_of_pages_is_a_package_so_that_the_import_rules_see_its_scripts():
    folders = [p for p in (ROOT / "pages").iterdir() if p.is_dir() and p.name != "__pycache__"]
    assert not [name_of(p) for p in folders if list(p.glob("*.py")) and not (p / "__init__.py").is_file()]


def test_page_scripts_are_short():
    scripts = [p for p in (ROOT / "pages").rglob("*.py") if p.name != "__init__.py"]
    assert not {name_of(p): n_lines(p) for p in scripts if n_lines(p) > PAGE_LIMIT}


def test_the_start_of_the_application_is_short():
    assert n_lines(ROOT / "app.py") <= APP_LIMIT


def test_modules_are_short_or_have_a_reason():
    long = {name_of(p): n_lines(p) for p in MODULES if n_lines(p) > MODULE_LIMIT}
    assert not {name: n for name, n in long.items() if name not in LONGER_FOR_A_REASON or n > HARD_LIMIT}
    assert set(LONGER_FOR_A_REASON) <= set(long), "a reason is listed for a module that is short by now"


def test_test_modules_can_be_read_in_one_sitting():
    assert not {name_of(p): n_lines(p) for p in TEST_MODULES if n_lines(p) > TEST_LIMIT}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_named_after_its_subject_and_says_what_it_is_for(path: Path):
    assert not set(re.split(r"[_.]", path.stem)) & EMPTY_NAMES
    text = path.read_text(encoding="utf-8").lstrip()
    assert not text or text.startswith(('"""', 'r"""', "#")), f"{name_of(path)} opens without a docstring"


def test_tests_are_no_package_and_fakes_live_in_the_product():
    assert not [name_of(p) for p in (ROOT / "tests").rglob("__init__.py")]
    imports = re.compile(r"^\s*(from|import) tests\b", flags=re.MULTILINE)
    assert not [name_of(p) for p in TEST_MODULES if imports.search(p.read_text(encoding="utf-8"))]


def test_assets_hold_no_python():
    assert not list((ROOT / "assets").rglob("*.py"))
