"""The run of an export: consent, absence with reasons, answers by a model, files placed or not, jobs and erasure."""

import json
import re
import threading
import zipfile

import pytest

from backends.fakes import ScriptedChat
from domain.chat import ChatFailure, FailureReason
from domain.errors import NotFoundError, StorageError, UserInputError
from domain.exports import ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery
from domain.ids import ClientId
from services.export_jobs import JobState
from services.exporting import Exporting
from services.training_material import read_material
from storage import Act


def order(kind, **more):
    return ExportOrder(query=GraphQuery(study_id="s1"), format=kind, split=SplitRule.NONE, **more)


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_use_written_to_a_file_has_its_sidecar_and_manifest_beside_it(make_services, tmp_path):
    make_services().exporting.run(order(ExportFormat.DPO), tmp_path / "out" / "dpo.jsonl")
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["dpo.jsonl", "dpo.jsonl.manifest.json", "dpo.provenance.jsonl"]
    [row] = lines(tmp_path / "out" / "dpo.jsonl")
    [behind] = lines(tmp_path / "out" / "dpo.provenance.jsonl")
    assert set(row) == {"prompt", "chosen", "rejected"}
    assert (behind["file"], behind["line"], behind["people"]) == ("dpo.jsonl", 1, 12)
    assert behind["consentScope"] == "training"
    assert behind["synthetic"] is False


def test_only_votes_of_people_who_agreed_are_counted(make_services, tmp_path):
    make_services(7).exporting.run(order(ExportFormat.SFT), tmp_path / "sft.jsonl")
    assert lines(tmp_path / "sft.provenance.jsonl")[0]["votes"]["wiser"] == 7


def test_where_nobody_agreed_the_file_is_empty_and_the_manifest_says_why(make_services, tmp_path):
    made = make_services(0).exporting.run(order(ExportFormat.KTO), tmp_path / "kto.jsonl")
    assert (tmp_path / "kto.jsonl").read_bytes() == b""
    assert "agreed to training" in made.absent[0].why


def test_without_a_model_the_answer_level_says_why_it_is_absent(make_services, tmp_path):
    made = make_services().exporting.run(order(ExportFormat.TRAINING), tmp_path / "t")
    why = {a.what: a.why for a in made.absent}
    for use in ("sft", "dpo", "kto", "reward"):
        assert "none is configured" in why[f"{use} (answer-level)"]
        assert (tmp_path / "t" / "values" / f"{use}.train.jsonl").is_file()
    assert [row["prompt"][0]["content"] for row in lines(tmp_path / "t" / "answers" / "prompts.train.jsonl")] == [
        "What should I say?\n\nContext: When asked"
    ]


def model(*, candid="I would tell them straight away.", kind="I would wait until they have slept.", follows=None):
    """Return a model that answers by the card it is given and tells answers apart, or always says ``follows``."""

    def reply(request):
        text = request.messages[-1].text
        if request.prompt_id.startswith("answer_under_card"):
            return candid if "Plain candour" in text else kind
        own = candid if "Plain candour" in text else kind
        first = re.search(r"<<<first\n(.*?)\nfirst>>>", text, re.DOTALL)[1]
        return json.dumps({"follows": follows or ("first" if first == own else "second")})

    return ScriptedChat(reply)


def exporting_with(services, chat):
    return Exporting(services.desk, services.explore, services.interchange, chat_of_study=lambda _study: chat)


def test_with_a_model_answers_are_written_under_both_cards_checked_and_marked_synthetic(make_services, tmp_path):
    made = exporting_with(make_services(), model()).run(order(ExportFormat.TRAINING), tmp_path / "t")
    [row] = lines(tmp_path / "t" / "answers" / "dpo.train.jsonl")
    assert row["chosen"][0]["content"] == "I would wait until they have slept."
    assert row["rejected"][0]["content"] == "I would tell them straight away."
    behind = [b for b in lines(tmp_path / "t" / "provenance.jsonl") if b["level"] == "answer" and b["use"] == "dpo"]
    assert [(b["synthetic"], b["model"]) for b in behind] == [(True, "scripted")]
    assert set(behind[0]["prompts"]) == {"answer_under_card@1", "follows_card@1"}
    assert not [a for a in made.absent if "answer-level" in a.what]
    answers = {"model": "scripted", "asked": {"train": 1, "test": 0}, "dropped": {}}
    assert made.manifest["training"]["answers"] == answers


@pytest.mark.parametrize(
    ("chat", "reason"),
    [
        (model(follows="first"), "could not tell"),  # whoever always says the first favours a place
        (model(follows="neither"), "could not tell"),
        (model(kind="As the card Kind timing says, wait a while."), "names a card"),
        (model(kind="I would tell them straight away."), "both are the same"),
        (model(kind=""), "empty"),
        (ScriptedChat(lambda _: ChatFailure(reason=FailureReason.REFUSED)), "refused"),
    ],
)
def test_a_pair_that_fails_a_check_is_left_out_and_counted(chat, reason, make_services, tmp_path):
    made = exporting_with(make_services(), chat).run(order(ExportFormat.DPO), tmp_path / "t")
    assert not (tmp_path / "t" / "answers").exists()
    why = {a.what: a.why for a in made.absent}["dpo (answer-level)"]
    assert "No pair of answers passed the checks" in why
    assert reason in why


@pytest.mark.parametrize(
    ("kind", "out"),
    [
        (ExportFormat.MORAL_GRAPH, "graph.json"),
        (ExportFormat.GEXF, "graph.gexf"),
        (ExportFormat.DPO, "dpo.jsonl"),
        (ExportFormat.TRAINING, "training"),
        (ExportFormat.CSV, "tables"),
        (ExportFormat.BUNDLE, "bundle"),
    ],
)
def test_rows_never_bear_the_version_of_what_was_written_after_they_were_read(
    kind, out, make_services, tmp_path, monkeypatch
):
    services = make_services()

    def overtaken(read):
        def read_and_be_overtaken(*args, **more):
            found = read(*args, **more)
            act = Act(ClientId("later"), "s1", "another process", "person.erased", services.clock())
            services.database.write(act, lambda _store: None)
            return found

        return read_and_be_overtaken

    for name in ("moral_graph", "graph_with_votes"):
        monkeypatch.setattr(services.explore, name, overtaken(getattr(services.explore, name)))
    monkeypatch.setattr("services.exporting.read_material", overtaken(read_material))
    with services.database.read() as store:
        before = store.events.head("s1")
    made = services.exporting.run(order(kind), tmp_path / out)
    assert services.database.version("s1") > before.seq
    assert made.manifest["data"] == {"events": before.seq, "hash": before.hash}


def test_a_failed_export_leaves_nothing(make_services, tmp_path, monkeypatch):
    services = make_services()

    def broken(*_args, **_more):
        raise StorageError("the disk is full")

    monkeypatch.setattr("services.exporting.croissant", broken)
    with pytest.raises(StorageError):
        services.exporting.run(order(ExportFormat.BUNDLE), tmp_path / "out" / "b")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_graph_cannot_be_an_archive_of_a_folder_that_is_in_the_way(make_services, tmp_path):
    (tmp_path / "g").mkdir()
    with pytest.raises(UserInputError, match="is a folder"):
        make_services().exporting.run(order(ExportFormat.GEXF), tmp_path / "g")


def test_a_graph_cannot_be_an_archive(make_services, tmp_path):
    with pytest.raises(UserInputError, match=r"not an archive. Name one that ends in \.graphml"):
        make_services().exporting.run(order(ExportFormat.GRAPHML), tmp_path / "x.ZIP")
    assert not (tmp_path / "x.ZIP").exists()


def test_the_same_data_gives_the_same_training_files(make_services, tmp_path):
    services = make_services()
    for name in ("one", "two"):
        services.exporting.run(order(ExportFormat.TRAINING), tmp_path / name)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.jsonl"))
    assert files
    assert all((tmp_path / "one" / p).read_bytes() == (tmp_path / "two" / p).read_bytes() for p in files)


@pytest.mark.parametrize("seed", range(6))
def test_contexts_in_nearly_the_same_words_are_on_one_side(seed, make_contexts, tmp_path):
    situations = (
        "When a friend asks for honest feedback", "When a friend asks you for honest feedback",
        "When bad news has to be told", "When bad news must be told",
    )  # fmt: skip
    asked = ExportOrder(
        query=GraphQuery(study_id="s1"), format=ExportFormat.SOFT, split=SplitRule.SCENARIO, test_share=0.5, seed=seed
    )
    make_contexts(situations=situations).exporting.run(asked, tmp_path / "t")
    train, test = (
        {row["context"] for row in lines(tmp_path / "t" / f"soft.{side}.jsonl")} for side in ("train", "test")
    )
    assert sorted((train, test), key=min) == [set(situations[:2]), set(situations[2:])]


def wait_for(jobs, study_id="s1"):
    """Wait until the newest job of the study is over."""
    jobs._pool.submit(lambda: None).result(timeout=60)
    return jobs.newest(study_id)


def test_a_job_makes_an_archive_with_its_manifest_beside_it(make_services):
    jobs = make_services().export_jobs
    jobs.start(order(ExportFormat.BUNDLE), slug="small")
    job = wait_for(jobs)
    assert (job.state, job.share, job.file) == (JobState.DONE, 1.0, "small-bundle.zip")
    archive = zipfile.ZipFile(jobs.path(job.id, job.file))
    assert "croissant.json" in archive.namelist()
    assert json.loads(jobs.path(job.id, job.manifest_name).read_text("utf-8")) == json.loads(
        archive.read("manifest.json")
    )


def test_a_job_that_fails_says_so_and_leaves_no_file(make_services, tmp_path, monkeypatch):
    services = make_services()
    monkeypatch.setattr(services.exporting, "run", lambda *_a, **_k: 1 / 0)
    services.export_jobs.start(order(ExportFormat.CSV), slug="small")
    job = wait_for(services.export_jobs)
    assert job.state is JobState.FAILED
    assert "nothing was left behind" in job.error
    assert list((tmp_path / "data" / "exports").iterdir()) == []


def test_only_the_files_of_a_finished_job_can_be_fetched(make_services):
    jobs = make_services().export_jobs
    jobs.start(order(ExportFormat.GRAPHML), slug="small")
    job = wait_for(jobs)
    assert jobs.path(job.id, "small-moral-graph.graphml").is_file()
    for job_id, name in ((job.id, "../../moralgraph.sqlite3"), ("other", job.file)):
        with pytest.raises(NotFoundError):
            jobs.path(job_id, name)


def test_when_somebody_erases_kept_exports_go_and_a_running_one_is_not_kept(make_services, tmp_path):
    services = make_services()
    jobs = services.export_jobs
    jobs.start(order(ExportFormat.CSV), slug="small")
    done = wait_for(jobs)
    started, may_end = threading.Event(), threading.Event()
    run = services.exporting.run

    def slow(*args, **more):
        made = run(*args, **more)
        started.set()
        may_end.wait(timeout=60)
        return made

    services.exporting.run = slow
    jobs.start(order(ExportFormat.DPO), slug="small")
    assert started.wait(timeout=60)
    services.own_data.erase(services.participants.guest("p3").person, client_id="erase")
    may_end.set()
    assert wait_for(jobs) is None
    assert not (tmp_path / "data" / "exports" / done.id).exists()
    assert list((tmp_path / "data" / "exports").iterdir()) == []
