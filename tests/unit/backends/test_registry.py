"""Every spelling that docs/reference/settings.md names builds its part; every other one gets a clear sentence."""

import sys
from importlib.util import find_spec

import pytest

from backends import registry
from backends.chat_langchain import LangChainChat, provider_chat
from backends.chat_llamacpp import LlamaCppChat
from backends.embed_minilm import MINILM_DIM, SentenceTransformerEmbedder
from backends.fakes import HashEmbedder, ScriptedChat
from backends.registry import build_chat, build_embedder, build_index, weights_sha256
from domain.chat import ChatMessage, ChatRequest, Role
from domain.errors import BackendUnavailableError, MissingExtraError, MoralGraphError, SettingsError

ASKED = ChatRequest(messages=(ChatMessage(role=Role.PERSON, text="Are you there?"),))


@pytest.mark.parametrize("name", ["guided", ""])
def test_the_guided_interviewer_needs_no_model(name):
    assert build_chat(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "openai:local@http://127.0.0.1:8080/v1",
        "openai:org/model-1.5:latest@https://models.example.org/v1",
        "openai:name@with-at@http://localhost:8000/v1",
        "openai:m@http://[::1]:8000/v1",
    ],
)
def test_a_server_is_named_by_model_and_address(name):
    chat = build_chat(name, api_key="secret-key", timeout_s=3)
    assert isinstance(chat, LangChainChat)
    assert chat.name == name
    assert "secret-key" not in repr(vars(chat))


@pytest.mark.parametrize(
    "name",
    [
        "openai:",
        "openai:model",
        "openai:@http://127.0.0.1:8080/v1",
        "openai:model@",
        "openai:model@127.0.0.1:8080/v1",
        "openai:model@ftp://127.0.0.1/v1",
        "openai:model@http://",
        "openai:model@http:///v1",
        "openai:model@http://host:port/v1",
        "openai:model@http://[::1/v1",
        "openai:model@http://my host/v1",
        "langchain:",
        "langchain:openai",
        "langchain:openai:",
        "langchain::gpt",
        "llamacpp:",
        "guided:",
        "Guided",
        "gpt-4",
        "http://127.0.0.1:8080/v1",
        ":",
        " ",
    ],
)
def test_a_name_that_cannot_be_read_says_how_to_write_it(name):
    with pytest.raises(SettingsError, match=r"openai:MODEL@URL|langchain:PROVIDER:MODEL"):
        build_chat(name)


def test_a_provider_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr("backends.chat_langchain.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="pip install langchain"):
        build_chat("langchain:anthropic:some-model")
    with pytest.raises(MissingExtraError, match="pip install langchain-openai"):
        build_chat("openai:m@http://127.0.0.1:1/v1")


class Providers:
    """Stands for the package ``langchain.chat_models``, which is no part of the installation."""

    def __init__(self, result):
        self.result = result
        self.asked = None

    def init_chat_model(self, model, **options):
        self.asked = {"model": model, **options}
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@pytest.fixture
def with_providers(monkeypatch):
    def put(result):
        providers = Providers(result)
        monkeypatch.setattr("backends.chat_langchain.find_spec", lambda name: object())
        monkeypatch.setitem(sys.modules, "langchain", providers)
        monkeypatch.setitem(sys.modules, "langchain.chat_models", providers)
        return providers

    return put


def test_a_provider_gets_model_key_and_patience(with_providers):
    providers = with_providers(object())
    chat = build_chat("langchain:mistralai:small:latest", api_key="k", timeout_s=7)
    assert chat.name == "langchain:mistralai:small:latest"
    assert providers.asked == {
        "model": "small:latest",
        "model_provider": "mistralai",
        "timeout": 7,
        "max_retries": 0,
        "api_key": "k",
    }


def test_a_provider_without_its_own_package_says_what_to_install(with_providers):
    with_providers(ImportError("no"))
    with pytest.raises(MissingExtraError, match="pip install langchain-mistralai"):
        provider_chat("mistralai", "m", api_key=None, timeout_s=1)


def test_a_provider_that_cannot_be_made_is_a_clear_error_without_the_key(with_providers):
    with_providers(ValueError("Unsupported provider; got api_key='secret-key'"))
    with pytest.raises(SettingsError, match=r"langchain:nobody:m cannot be made \(ValueError\)") as caught:
        provider_chat("nobody", "m", api_key="secret-key", timeout_s=1)
    assert "secret-key" not in str(caught.value)


def test_a_model_file_that_is_not_there_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("backends.chat_llamacpp.find_spec", lambda name: object())
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(BackendUnavailableError, match="There is no model file") as caught:
            build_chat(f"llamacpp:{path}")
        assert "make llm" in caught.value.hint


def test_a_model_file_without_its_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("backends.chat_llamacpp.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="pip install xllamacpp"):
        build_chat(f"llamacpp:{tmp_path / 'a.gguf'}")


def test_a_model_file_is_named_by_its_path_and_not_loaded_yet(tmp_path, monkeypatch):
    monkeypatch.setattr("backends.chat_llamacpp.find_spec", lambda name: object())
    path = tmp_path / "a b:c.gguf"
    path.write_bytes(b"weights")
    chat = build_chat(f"llamacpp:{path}", timeout_s=9)
    assert isinstance(chat, LlamaCppChat)
    assert chat.name == f"llamacpp:{path}"


def test_fakes_are_chosen_in_tests_alone(tmp_path):
    script = tmp_path / "script.txt"
    script.write_text("one\n---\ntwo\nlines", encoding="utf-8")
    name = f"scripted:{script}"
    with pytest.raises(SettingsError, match="unknown"):
        build_chat(name)
    with pytest.raises(SettingsError, match="unknown"):
        build_embedder("hash")
    chat = build_chat(name, testing=True)
    assert isinstance(chat, ScriptedChat)
    assert [reply.text for reply in chat.complete([ASKED, ASKED])] == ["one", "two\nlines"]
    assert isinstance(build_embedder("hash", testing=True), HashEmbedder)


def test_a_script_that_cannot_be_read_says_so(tmp_path):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name in ("none", "bytes"):
        with pytest.raises(SettingsError, match="cannot be read"):
            build_chat(f"scripted:{tmp_path / name}", testing=True)


def test_embedders_are_named_without_loading_them():
    assert build_embedder().name.startswith("all-MiniLM-L6-v2@")
    assert build_embedder("minilm").dim == MINILM_DIM
    named = build_embedder("st:org/some-model")
    assert isinstance(named, SentenceTransformerEmbedder)
    assert named.name == "st:org/some-model"


@pytest.mark.parametrize("name", ["", "st", "st:", "minilm:", "MiniLM", "bert"])
def test_an_unknown_embedder_names_the_known_ones(name):
    with pytest.raises(SettingsError, match="Known: minilm, st:HUB_NAME_OR_PATH"):
        build_embedder(name)


@pytest.mark.parametrize(("name", "kind"), [("faiss", "faiss-flat"), ("faiss-flat", "faiss-flat"), ("exact", "exact")])
def test_indexes_are_built_empty(name, kind):
    assert build_index(name, dim=3).name == kind


def test_an_index_on_a_graphics_card_is_there_or_says_what_is_missing():
    try:
        name = build_index("faiss-gpu", dim=3).name
    except MoralGraphError as error:
        name = str(error)
    assert name == "faiss-gpu" or "graphics card" in name


@pytest.mark.parametrize("name", ["", "faiss-ivf", "Exact", "exact:"])
def test_an_unknown_index_names_the_known_ones(name):
    with pytest.raises(SettingsError, match="faiss, faiss-flat, faiss-gpu, exact"):
        build_index(name, dim=3)


def test_an_index_without_its_library_says_what_to_install(monkeypatch):
    monkeypatch.setattr("backends.index_faiss.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="faiss-cpu"):
        build_index("faiss", dim=3)


def test_weights_have_a_hash_only_where_there_is_a_file(tmp_path):
    weights = tmp_path / "w"
    weights.write_bytes(b"abc")
    embedder = SentenceTransformerEmbedder("x", name="x@1", weights=weights, sha256="")
    assert weights_sha256(embedder) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert weights_sha256(SentenceTransformerEmbedder("x", name="x@1")) == ""
    assert weights_sha256(HashEmbedder()) == ""


def test_the_packaged_model_file_is_found_or_not_without_importing_it(monkeypatch):
    found = registry.find_stance_model()
    assert (found is None) == (find_spec(registry.STANCE_PACKAGE) is None)
    monkeypatch.setattr(registry, "STANCE_PACKAGE", "no_such_package_here")
    assert registry.find_stance_model() is None
