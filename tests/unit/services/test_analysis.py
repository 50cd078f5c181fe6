"""The analysis of a study has the shape that its document describes, and the published study its known figures."""

import json
import re
from pathlib import Path

import pytest

from domain.errors import UserInputError
from domain.graphs import GraphQuery
from services.container import Services
from services.settings import Settings

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "analysis.md"


@pytest.fixture(scope="module")
def published(tmp_path_factory, shared_data):
    services = Services(
        Settings(data_dir=tmp_path_factory.mktemp("data"), embedder="hash", index="exact", testing=True)
    )
    study = services.interchange.import_study(shared_data / "mge-study", slug="published").study
    yield services, GraphQuery(study_id=study.id)
    services.close()


@pytest.fixture(scope="module")
def found(published):
    services, query = published
    return services.analysis.analyze(query)


pytestmark = pytest.mark.shared


def test_the_published_study_entails_what_is_known_of_it(found):
    order = found["order"]
    known = {"values": 59, "pairs": 1711, "strictly_comparable": 230, "in_cycle": 20, "classes": 51, "width": 23}
    assert {name: order[name] for name in known} == known
    assert found["n"] == {"people": 503, "votes": 1529, "keptEdges": 67}
    funnel = found["funnel"]
    assert funnel["ordered_pairs"] == 128
    assert funnel["kept"] == 67
    assert sum(v for k, v in funnel.items() if k != "ordered_pairs") == 128


def test_every_key_is_described_and_every_described_key_is_there(found):
    described = set(re.findall(r"`([a-z_A-Z]+)`", DOCUMENT.read_text("utf-8")))
    first = found["wisest"]["overall"]["wisest"][0]
    keys = {
        *found,
        *found["n"],
        *found["order"],
        *found["funnel"],
        *found["wisest"],
        *found["wisest"]["overall"],
        *first,
    }
    keys |= set(found["order"]["next_pair"])
    assert keys <= described
    assert described - keys <= {"groups", "null"}


def test_the_same_seed_gives_the_same_and_another_other_intervals(published, found):
    services, query = published
    assert services.analysis.analyze(query) == found
    other = services.analysis.analyze(query, seed=1)
    assert other["order"] == found["order"]
    assert other["wisest"] != found["wisest"]


def test_every_question_has_its_wisest_and_says_on_what_it_rests(found):
    questions = found["wisest"]["questions"]
    assert len(questions) == 3
    assert all(part["people"] > 0 and part["values"] >= len(part["wisest"]) > 0 for part in questions.values())
    for part in (found["wisest"]["overall"], *questions.values()):
        wisdoms = [one["wisdom"] for one in part["wisest"]]
        assert wisdoms == sorted(wisdoms, reverse=True)
        assert all(0 <= one["bootstrap_share"] <= 1 for one in part["wisest"])


def test_groups_come_by_an_attribute_of_the_study_alone(published):
    services, query = published
    with pytest.raises(UserInputError, match="can be told apart by 'shoe size'"):
        services.analysis.analyze(query, attribute="shoe size")


def test_all_of_it_is_json(found):
    assert json.loads(json.dumps(found)) == found
