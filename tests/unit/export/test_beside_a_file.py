"""What lies beside a file that an export wrote: a manifest of its own, and nothing stale of an earlier export."""

import json
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from domain.exports import ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery
from services.code_version import code_version, commit_of
from services.container import Services
from services.settings import Settings
from storage.interchange.manifest import left_by_earlier


def order(kind, split=SplitRule.NONE):
    return ExportOrder(query=GraphQuery(study_id="s1"), format=kind, split=split)


def names(folder):
    return sorted(p.name for p in folder.iterdir() if p.is_file())


def old_manifest(path, *files, family="moral-graph-explorer/export@1"):
    path.write_text(json.dumps({"format": family, "files": [{"path": name} for name in files]}))


@pytest.fixture
def divided(make_contexts, tmp_path):
    """A use written with a test side."""
    services = make_contexts()
    services.exporting.run(order(ExportFormat.PROMPTS, SplitRule.SCENARIO), tmp_path / "p.jsonl")
    assert "p.test.jsonl" in names(tmp_path)
    return services


def test_test_rows_of_an_earlier_split_do_not_stay_beside_training_rows_that_hold_them(divided, tmp_path):
    (tmp_path / "p.mine.jsonl").write_text("a person's own")
    divided.exporting.run(order(ExportFormat.PROMPTS), tmp_path / "p.jsonl")
    assert not [name for name in names(tmp_path) if ".test." in name]
    assert {"p.jsonl", "p.jsonl.manifest.json", "p.provenance.jsonl", "p.mine.jsonl"} <= set(names(tmp_path))


def test_an_export_that_fails_at_the_end_leaves_the_test_rows_of_the_earlier_one(divided, tmp_path, monkeypatch):
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}

    rename = Path.replace

    def replace(path, target):
        if path.name == target.name == "p.jsonl.manifest.json":  # the last one to be put in its place
            raise PermissionError
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(PermissionError):
        divided.exporting.run(order(ExportFormat.PROMPTS), tmp_path / "p.jsonl")
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


def test_two_graphs_of_one_name_keep_a_manifest_each(make_services, tmp_path):
    services = make_services()
    for kind, name in ((ExportFormat.MORAL_GRAPH, "g.json"), (ExportFormat.GEXF, "g.gexf")):
        services.exporting.run(order(kind), tmp_path / name)
    assert names(tmp_path) == ["g.gexf", "g.gexf.manifest.json", "g.json", "g.json.manifest.json"]
    for name in ("g.gexf", "g.json"):
        made = json.loads((tmp_path / f"{name}.manifest.json").read_text("utf-8"))
        assert [file["path"] for file in made["files"]] == [name]
        assert made["graph"] == {"nodes": 2, "edges": 1}
        assert made["graphFormat"] == "moral-graph-explorer/moral-graph@1"
        assert made["schema"].startswith("urn:moral-graph-explorer:moral-graph:")
        assert made["codeVersion"] == code_version()


def test_a_manifest_in_the_older_spelling_is_found_and_goes_with_what_it_names(tmp_path):
    for name in ("p.jsonl", "p.test.jsonl", "p.provenance.jsonl"):
        (tmp_path / name).write_text("x")
    old_manifest(tmp_path / "p.manifest.json", "p.jsonl", "p.test.jsonl", "p.provenance.jsonl")
    left = left_by_earlier(tmp_path / "p.jsonl", kept={"p.jsonl", "p.provenance.jsonl", "p.jsonl.manifest.json"})
    assert sorted(path.name for path in left) == ["p.manifest.json", "p.test.jsonl"]
    assert left_by_earlier(tmp_path / "p.gexf", kept={"p.gexf"}) == []


@pytest.mark.parametrize(
    ("names", "family"),
    [
        (("p.jsonl", "../secret", "sub/p.test.jsonl", "/etc/hosts"), "moral-graph-explorer/export@1"),
        (("other.jsonl", "p.test.jsonl"), "moral-graph-explorer/export@1"),
        (("p.jsonl", "p.test.jsonl"), "somebody-else/export@1"),
    ],
)
def test_nothing_goes_that_is_not_surely_of_an_earlier_export_to_this_file(names, family, tmp_path):
    folder = tmp_path / "out"
    (folder / "sub").mkdir(parents=True)
    for path in (tmp_path / "secret", folder / "p.test.jsonl", folder / "sub" / "p.test.jsonl"):
        path.write_text("x")
    old_manifest(folder / "p.jsonl.manifest.json", *names, family=family)
    assert left_by_earlier(folder / "p.jsonl", kept={"p.jsonl", "p.jsonl.manifest.json"}) == []


def test_a_file_that_has_become_an_export_of_its_own_stays(tmp_path):
    (tmp_path / "p.test.jsonl").write_text("x")
    old_manifest(tmp_path / "p.jsonl.manifest.json", "p.jsonl", "p.test.jsonl")
    old_manifest(tmp_path / "p.test.jsonl.manifest.json", "p.test.jsonl")
    assert left_by_earlier(tmp_path / "p.jsonl", kept={"p.jsonl", "p.jsonl.manifest.json"}) == []


@pytest.mark.parametrize("text", ["", "[1]", '{"format": 3}', '{"files": "x"}', "\ufeff{"])
def test_a_spoiled_manifest_names_nothing(text, tmp_path):
    (tmp_path / "p.jsonl.manifest.json").write_text(text, "utf-8")
    assert left_by_earlier(tmp_path / "p.jsonl", kept=set()) == []


def test_the_code_version_is_the_release_where_there_is_no_checkout(tmp_path, monkeypatch):
    assert commit_of(tmp_path) == ""
    (tmp_path / ".git").write_text("not a repository")
    assert commit_of(tmp_path) == ""
    monkeypatch.setattr("services.code_version.shutil.which", lambda _name: None)
    assert commit_of(tmp_path) == ""


def test_the_code_version_begins_with_the_release():
    from importlib.metadata import version

    assert code_version().partition("+")[0] == version("moral-graph-explorer")


def test_the_code_version_is_found_when_the_services_are_built(tmp_path, monkeypatch):
    found = []
    monkeypatch.setattr("services.container.code_version", lambda: found.append("now"))
    Services(Settings(data_dir=tmp_path))
    assert found == ["now"]


def test_the_code_version_is_told_where_the_release_is_not_installed(monkeypatch):
    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("services.code_version.version", version)
    assert code_version.__wrapped__().partition("+")[0] == "0"


def test_a_commit_is_that_of_the_folder_also_inside_a_hook_of_another_checkout(tmp_path, monkeypatch):
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    commits = {}
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
        me = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        for words in (["init", "-q"], [*me, "commit", "-q", "--allow-empty", "-m", name]):
            subprocess.run([git, *words], cwd=tmp_path / name, check=True)
        commits[name] = commit_of(tmp_path / name)
    assert commits["here"] != commits["elsewhere"]
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "elsewhere"))
    assert commit_of(tmp_path / "here") == commits["here"]
