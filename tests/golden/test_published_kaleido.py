"""The published Kaleido figures, replayed on the checkpoint that ``MORALGRAPH_KALEIDO`` names.

The numbers were published with the checkpoints; the texts that they belong to are read from the specification beside
the project. Those of the small checkpoint were made in padded batches whose padding was attended to, so they only hold
roughly; those of the large one were made from one pair alone.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from backends.seq2seq_t5 import T5Seq2Seq
from domain.kaleido import ScoreRequest, Vrd, VrdKind
from kaleido.scorer import KaleidoScorer

pytestmark = pytest.mark.shared

WIDTHS = {512: "small", 2048: "xl"}
"""``d_model`` of the checkpoints that figures were published for."""
QUOTES = '"\u201c\u201d '


class Published(NamedTuple):
    """One published pair; ``cell`` is how its figures stand in the specification."""

    size: str
    cell: str
    relevance: float
    supports: float
    opposes: float
    either: float
    tolerance: float


ALONE, BATCHED, ROUNDED = 5e-4, 0.1, 0.02
FIGURES = (
    Published("xl", "relevance [.9975, .0025]", 0.9975, 0.99961, 6.06e-6, 3.83e-4, ALONE),
    Published("xl", "1.00 \\| 1.00/.00/.00", 1.00, 1.00, 0.00, 0.00, ROUNDED),
    Published("xl", ".98 \\| .03/.75/.22", 0.98, 0.03, 0.75, 0.22, ROUNDED),
    Published("xl", "1.00 \\| .26/.00/.74", 1.00, 0.26, 0.00, 0.74, ROUNDED),
    Published("small", "rel .757150", 0.757150, 0.298649, 0.486385, 0.214967, BATCHED),
    Published("small", "rel .770135", 0.770135, 0.132152, 0.845755, 0.022093, BATCHED),
    Published("small", "rel .960761", 0.960761, 0.349980, 0.612865, 0.037155, BATCHED),
    Published("small", "rel .453398", 0.453398, 0.283359, 0.687095, 0.029546, BATCHED),
    Published("small", "rel .564977", 0.564977, 0.342308, 0.574129, 0.083563, BATCHED),
)


def pair_of(published: Published, text: str) -> ScoreRequest:
    """Return the pair that the figures stand beside in the specification."""
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines()]
    rows = [row for row in rows if len(row) == 3]
    place = next(n for n, row in enumerate(rows) if published.cell in row[2])
    _, asked, said = rows[place]
    if asked.startswith("candidates for"):
        situation = asked.removeprefix("candidates for").strip(QUOTES)
        value = re.split(r"e\.g\. |; ", said.partition(published.cell)[0])[-1].strip()
        return request(situation, value)
    situation, _, value = (part.strip() for part in asked.partition("/"))
    if situation == "same":
        first = next(row for row in reversed(rows[:place]) if not row[1].startswith("same"))
        situation = first[1].partition("/")[0]
    return request(situation.strip(QUOTES), value)


def request(situation: str, value: str) -> ScoreRequest:
    kind = next((kind for kind in VrdKind if re.match(kind.value, value)), VrdKind.VALUE)
    text = re.sub(r"^Value\b[ /]*", "", value)
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


@pytest.fixture
def specification(shared_data):
    return (shared_data.parent / "spec" / "kaleido-stances.md").read_text(encoding="utf-8")


def test_every_published_figure_has_a_pair_of_its_own(specification):
    pairs = [pair_of(one, specification) for one in FIGURES]
    assert len(set(pairs)) == len(FIGURES)
    assert [len({pair.situation for pair in part}) for part in (pairs[:1], pairs[1:4], pairs[4:])] == [1, 1, 1]
    kinds = "".join(pair.vrd.kind.value[0] for pair in pairs)
    assert kinds == "VDVRVRRVV"
    assert not [pair for pair in pairs if re.search(r"[/|\"\d]", pair.situation + pair.vrd.text)]


@pytest.mark.live
def test_a_published_checkpoint_gives_its_published_figures(specification):
    folder = os.environ.get("MORALGRAPH_KALEIDO", "")
    if not Path(folder).is_dir() or not folder:
        pytest.skip("MORALGRAPH_KALEIDO names no folder of a Kaleido checkpoint")
    model = T5Seq2Seq(folder)
    size = WIDTHS.get(int(str(model.config().get("d_model", 0))))
    if size is None:
        pytest.skip("no figures were published for a checkpoint of this size")
    published = [one for one in FIGURES if one.size == size]
    scores = KaleidoScorer(model, name=f"kaleido:{folder}").score([pair_of(one, specification) for one in published])
    for one, score in zip(published, scores, strict=True):
        found = (score.relevance, score.valence.supports, score.valence.opposes, score.valence.either)
        assert found == pytest.approx(one[2:6], abs=one.tolerance), one.cell
