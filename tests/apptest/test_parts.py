"""The public page on methods names the models and never where they run."""

import pytest
from streamlit.testing.v1 import AppTest

from services.container import Services
from services.part_names import public_chat_name, public_embedder_name
from services.settings import Settings
from services.starter import ensure_starter
from ui import runtime


def parts():
    from ui.runtime import services
    from ui.widgets.parts import show_parts

    show_parts(services().studies.all()[0].id)


@pytest.fixture
def shown(tmp_path):
    started = []

    def show(*, chat, of_study=""):
        services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True, chat=chat))
        started.append(services)
        ensure_starter(services.desk)
        study = services.studies.all()[0]
        services.studies.update(study.model_copy(update={"chat_backend": of_study}), staff="ada", client_id="edit")
        runtime.use(services)
        app = AppTest.from_function(parts).run()
        assert not app.exception
        return app.markdown[0].value

    yield show
    runtime.use(None)
    for services in started:
        services.close()


def test_the_address_of_a_model_is_not_shown(shown):
    said = shown(chat="openai:small-model@http://10.0.0.5:8000/v1")
    assert r"small\-model" in said
    assert "10.0.0.5" not in said


def test_the_interviewer_of_the_study_is_named_where_it_has_its_own(shown):
    said = shown(chat="guided", of_study="openai:other-model@http://10.0.0.5:8000/v1")
    assert r"other\-model" in said
    assert "guided" not in said


def test_the_guided_interviewer_is_called_so(shown):
    assert "Interviewer: guided." in shown(chat="guided")


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("guided", None),
        ("", None),
        ("openai:small@http://user:word@10.0.0.5/v1", "small"),
        ("openai:/srv/models/small@http://10.0.0.5/v1", "small"),
        ("openai:people/small@http://10.0.0.5/v1", "people/small"),
        ("llamacpp:/srv/models/small.gguf", "small.gguf"),
        ("langchain:vendor:large", "large"),
        ("http://10.0.0.5/v1", ""),
    ],
)
def test_only_the_model_of_a_setting_is_public(name, public):
    assert public_chat_name(name) == public


def test_the_folder_of_an_embedder_is_not_public():
    assert public_embedder_name("st:/srv/models/small") == "st:small"
    assert public_embedder_name("minilm") == "minilm"
