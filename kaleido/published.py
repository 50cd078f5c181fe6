"""What is published about the Kaleido checkpoints, and what their scores must not be used for.

Accuracies are those of the authors' paper (Sorensen et al., arXiv 2309.00779) on ValuePrism's test split, where the
larger class has .503 of a labelled valence sample. They were not measured again here, and a checkpoint is known by its
name alone.
"""

from typing import NamedTuple

from domain.kaleido import Quality

PUBLISHED_POSITION = 1
"""Position of the decoder that the authors read: after one padding mark."""
DATA = (
    "ValuePrism's test split, as its authors published it for a checkpoint of this name in its own arithmetic and at "
    f"decoder position {PUBLISHED_POSITION}; not measured again here"
)
LICENCE = "AI2 ImpACT Medium Risk, accepted on the hub page of the checkpoint"
SUMMARY = "A T5 model trained on ValuePrism, whose values, rights and duties GPT-4 wrote for 31,000 English situations."
NOT_FOR = (
    "A high relevance means that the teacher of the model would probably have named this value here, "
    "not that the value is important.",
    "The scores are no advice to a person about what to do.",
    "The model was trained on English alone; scores of other languages mean nothing.",
)


class Accuracies(NamedTuple):
    """Shares of right answers, 0..1."""

    relevance: float
    valence: float


ACCURACIES = {
    "kaleido-small": Accuracies(0.660, 0.597),
    "kaleido-base": Accuracies(0.835, 0.745),
    "kaleido-large": Accuracies(0.872, 0.792),
    "kaleido-xl": Accuracies(0.884, 0.808),
    "kaleido-xxl": Accuracies(0.891, 0.819),
}


def published_quality(checkpoint: str, *, position: int = PUBLISHED_POSITION) -> tuple[Quality, ...]:
    """Return the published accuracies of a checkpoint by the last part of its name.

    There are none for a name that is unknown, and none where the decoder is read at another ``position``.

    >>> [round(one.figure, 3) for one in published_quality("allenai/kaleido-base")]
    [0.835, 0.745]
    >>> published_quality("allenai/kaleido-base", position=0)
    ()
    """
    found = ACCURACIES.get(checkpoint.rstrip("/").rpartition("/")[2])
    if found is None or position != PUBLISHED_POSITION:
        return ()
    return tuple(
        Quality(measure=f"{task} accuracy", figure=figure, data=DATA) for task, figure in found._asdict().items()
    )
