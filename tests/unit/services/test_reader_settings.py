"""Which scorer is used: the reader once its checkpoint was fetched, unless a setting names another."""

import pytest

from domain.errors import BackendUnavailableError
from domain.kaleido import ScoreRequest, Vrd, VrdKind
from services.scorers import build_scorer
from services.settings import Settings

PAIR = ScoreRequest(situation="lending money", vrd=Vrd(kind=VrdKind.VALUE, text="Honesty"))


def settings_of(folder, **named):
    return Settings.from_env({"MORALGRAPH_DATA_DIR": str(folder)} | named)


@pytest.fixture
def fetched(tmp_path):
    """A data folder in which something lies where `make reader` puts the checkpoint."""
    folder = tmp_path / "models" / "all-mpnet-base-v2"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"not the published one")
    return tmp_path


def test_without_a_fetched_checkpoint_the_default_scores(tmp_path):
    assert settings_of(tmp_path).scorer == "default"


def test_a_folder_without_weights_is_no_fetched_checkpoint(fetched):
    (fetched / "models" / "all-mpnet-base-v2" / "model.safetensors").rename(fetched / "elsewhere")
    assert settings_of(fetched).scorer == "default"


def test_a_fetched_checkpoint_makes_the_reader_the_scorer(fetched):
    assert settings_of(fetched).scorer == "reader"
    assert settings_of(fetched, MORALGRAPH_SCORER="").scorer == "reader"


@pytest.mark.parametrize("name", ["default", "kaleido:here", "llm", "reader:elsewhere"])
def test_a_named_scorer_stays_whatever_was_fetched(fetched, name):
    assert settings_of(fetched, MORALGRAPH_SCORER=name).scorer == name


def test_a_fetched_checkpoint_and_a_fetched_chat_model_are_both_used(fetched):
    (fetched / "models" / "in-use").write_text("chat.gguf", encoding="utf-8")
    settings = settings_of(fetched)
    assert (settings.scorer, settings.chat) == ("reader", f"llamacpp:{fetched / 'models' / 'chat.gguf'}")


def test_the_folder_that_the_live_tests_read_is_no_setting_of_the_application(tmp_path):
    assert settings_of(tmp_path, MORALGRAPH_READER="somewhere") == settings_of(tmp_path)


def test_the_reader_looks_for_its_checkpoint_where_it_was_fetched_to(fetched):
    scorer = build_scorer("reader", settings_of(fetched))
    assert scorer.name == "reader"
    with pytest.raises(BackendUnavailableError, match=r"tokenizer\.json .* is not there"):
        scorer.score([PAIR])
    for name in ("tokenizer.json", "config.json"):
        (settings_of(fetched).reader_folder() / name).write_bytes(b"something else")
    with pytest.raises(BackendUnavailableError, match="hashes to"):
        scorer.score([PAIR])


def test_a_named_folder_is_read_instead_of_the_fetched_one(fetched):
    scorer = build_scorer(f"reader:{fetched / 'nowhere'}", settings_of(fetched))
    assert scorer.name == "reader"
    with pytest.raises(BackendUnavailableError, match=r"is not there.*make reader"):
        scorer.score([PAIR])


def test_naming_the_reader_reads_no_checkpoint(tmp_path):
    info = build_scorer("reader", settings_of(tmp_path)).info()
    assert info.has_valence
    assert info.not_for
