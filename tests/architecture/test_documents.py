"""The documents tell the truth: settings, targets, commands, tables and measures appear, and links lead somewhere."""

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import storage.tables
from domain.graphs import GraphEdge, GraphNode, Thresholds
from services import cli
from services.settings import FOR_TESTS_ONLY, PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REFERENCE = ROOT / "docs" / "reference"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ADR_PARTS = ["Context", "Decision", "Consequences", "How we would notice that it was wrong"]


def name_of(path: Path) -> str:
    """Return the path from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """Return the anchors that the headings of a page make, spelled as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", read(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def targets() -> set[str]:
    """Return the targets that the Makefile describes."""
    return set(re.findall(r"^([a-z-]+):.*## ", read(ROOT / "Makefile"), flags=re.MULTILINE))


def commands() -> dict[str, set[str]]:
    """Return each command of the reference (its headings) with the options that its section names."""
    sections = re.split(r"^## `moralgraph ([a-z -]+)`$", read(REFERENCE / "commands.md"), flags=re.MULTILINE)[1:]
    return {
        name: set(re.findall(r"--[a-z-]+", body.split("\n## ")[0]))
        for name, body in zip(sections[::2], sections[1::2], strict=True)
    }


def help_of(*words: str) -> str:
    """Return what a command says of itself."""
    said = io.StringIO()
    with redirect_stdout(said), pytest.raises(SystemExit) as end:
        cli.main([*words, "--help"])
    assert end.value.code == 0
    return said.getvalue()


def leaves(*words: str) -> list[str]:
    """Return the commands at or below ``words`` that do something, such as ``export graph``."""
    text = help_of(*words)
    named = re.findall(r"^    ([a-z-]+)  ", text, flags=re.MULTILINE)
    found = re.search(r"\{([a-z,-]+)\} \.\.\.", text)
    below = named or (found[1].split(",") if found else [])
    itself = [" ".join(words)] if words and (not below or "--study" in text) else []
    return [*itself, *(leaf for name in below for leaf in leaves(*words, name))]


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_described(field: str):
    assert f"### `{PREFIX}{field.upper()}`" in read(REFERENCE / "settings.md")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_that_a_page_names_exists(page: Path):
    known = {PREFIX + field.upper() for field in Settings.model_fields} | FOR_TESTS_ONLY
    assert not set(re.findall(r"\bMORALGRAPH_[A-Z_]*[A-Z]\b", read(page))) - known


def test_every_make_target_is_described():
    described = set(re.findall(r"`make ([a-z-]+)`", read(REFERENCE / "commands.md")))
    assert targets() - described == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_a_page_names_exists(page: Path):
    code = "\n".join(re.findall(r"```.*?```|`[^`]+`", read(page), flags=re.DOTALL))
    assert not set(re.findall(r"\bmake ([a-z-]+)", code)) - targets()


def test_every_command_is_described_with_its_options_and_no_other_is():
    described = commands()
    assert set(described) == set(leaves())
    for name, options in described.items():
        spoken = set(re.findall(r"--[a-z-]+", help_of(*name.split()))) - {"--help"}
        assert options == spoken, name


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path):
    for target in LINK.findall(read(page)):
        if re.match(r"https?://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{name_of(page)} links to {target}"
        assert not anchor or anchor in anchors(there), f"{name_of(page)} links to {target}"


def test_every_page_can_be_found_from_the_table_of_contents():
    contents = ROOT / "docs" / "README.md"
    linked = {(contents.parent / t.partition("#")[0]).resolve() for t in LINK.findall(read(contents))}
    assert not [name_of(p) for p in (ROOT / "docs").rglob("*.md") if p != contents and p.resolve() not in linked]


def test_every_table_is_described():
    assert storage.tables
    page = read(REFERENCE / "data-model.md")
    assert not [name for name in SQLModel.metadata.tables if f"`{name}`" not in page]


@pytest.mark.parametrize("noun", [GraphEdge, GraphNode, Thresholds], ids=lambda noun: noun.__name__)
def test_every_measure_is_described(noun: type[GraphEdge | GraphNode | Thresholds]):
    page = read(REFERENCE / "measures.md")
    plain = {"src_id", "wiser_id", "contexts", "counts", "by_context", "value"}
    assert not [name for name in noun.model_fields if name not in plain and f"`{name}`" not in page]


def test_every_key_of_the_export_is_described():
    schema = json.loads(read(ROOT / "storage" / "interchange" / "moral-graph.schema.json"))
    page = read(REFERENCE / "export-schema.md")
    assert schema["$id"] in page
    keys = {key for part in (schema, *schema["$defs"].values()) for key in part["properties"]}
    nested = [schema["properties"]["meta"], *schema["properties"]["meta"]["properties"].values()]
    nested += schema["$defs"]["edge"]["properties"].values()
    keys |= {key for part in nested for key in part.get("properties", {})}
    assert not [key for key in sorted(keys) if f"`{key}`" not in page]


def test_the_changelog_has_a_place_for_what_is_not_released():
    assert "## Unreleased" in read(ROOT / "CHANGELOG.md")


def test_decisions_are_numbered_without_gaps_and_say_how_they_could_be_wrong():
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [p.name[:4] for p in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    for record in records:
        assert re.findall(r"^## (.+)$", read(record), flags=re.MULTILINE) == ADR_PARTS, record.name


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_nothing_is_left_to_be_written(page: Path):
    assert not re.search(r"\b(TODO|TBD|FIXME|lorem ipsum|coming soon)\b", read(page), flags=re.IGNORECASE)
