"""A hash of the votes that an analysis was made from, so that two run cards can be told to be of the same data."""

import hashlib

import numpy as np

from domain.vote_columns import VoteColumns
from graph.vote_columns import cell_codes


def votes_hash(votes: VoteColumns) -> str:
    """Return the SHA-256 of what people said, in hex.

    Args:
        votes: as ``people_by_content`` numbers people, so that neither ids of people nor the order of votes count.
    """
    names = "\n".join((*votes.keys.values, "", *votes.keys.contexts))
    code = cell_codes(votes)
    said = np.stack([votes.person, code, votes.answer])[:, np.lexsort((votes.answer, code, votes.person))]
    return hashlib.sha256(names.encode("utf-8") + b"\n\n" + said.astype("<i8").tobytes()).hexdigest()
