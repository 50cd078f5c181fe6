"""A prompt's id and version name one text in the whole project: exports and judgements refer to prompts by them."""

from pathlib import Path

from domain.prompts import load_prompts, read_lock
from services.container import Services
from services.settings import Settings

ROOT = Path(__file__).parents[3]
FOLDERS = sorted(
    lock.parent for part in ("elicitation", "graph", "kaleido", "services") for lock in (ROOT / part).rglob("*.lock")
)


def test_every_prompt_has_a_name_of_its_own_and_its_locked_text():
    assert len(FOLDERS) == 4
    shipped = [prompt for folder in FOLDERS for prompt in load_prompts(folder).values()]
    assert len({prompt.id for prompt in shipped}) == len(shipped)
    locked = {key: text for folder in FOLDERS for key, text in read_lock(folder).items()}
    assert {prompt.key: prompt.body_hash for prompt in shipped} == locked


def test_an_export_names_every_prompt_shipped(tmp_path):
    services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    hashes = services.interchange._prompt_hashes
    services.close()
    assert hashes == {key: text for folder in FOLDERS for key, text in read_lock(folder).items()}
