"""Our folder names are generic, above all `kaleido`: nothing installed may bear them, and they must be found here."""

import importlib.util
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUR_DISTRIBUTION = "moral-graph-explorer"
OUR_PACKAGES = sorted(p.parent.name for p in ROOT.glob("*/__init__.py"))


@pytest.mark.parametrize("name", [*OUR_PACKAGES, "app"])
def test_the_import_name_is_ours_alone(name: str):
    others = set(packages_distributions().get(name, [])) - {OUR_DISTRIBUTION}
    assert not others, f"{name!r} is also shipped by {sorted(others)}: uninstall it here"


@pytest.mark.parametrize("name", OUR_PACKAGES)
def test_the_import_name_is_found_in_this_tree(name: str):
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).resolve() == ROOT / name / "__init__.py"


def test_kaleido_imports_nothing_heavy():
    code = "import sys, kaleido; print([m for m in ('torch', 'numpy', 'pandas', 'streamlit') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
