"""What leaves the app as files: the formats, what is asked for, and what a finished export says of itself."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from domain.graphs import GraphQuery
from domain.nouns import Noun


class ExportFormat(StrEnum):
    """One way to take a study out."""

    MORAL_GRAPH = "moral-graph"
    NODE_LINK = "node-link"
    CYTOSCAPE = "cytoscape"
    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    PARQUET = "parquet"
    SFT = "sft"
    DPO = "dpo"
    KTO = "kto"
    REWARD = "reward"
    PROMPTS = "prompts"
    SOFT = "soft"
    PLURALISM = "pluralism"
    TRAINING = "training"
    BUNDLE = "bundle"


GRAPH_FORMATS = (
    ExportFormat.MORAL_GRAPH,
    ExportFormat.NODE_LINK,
    ExportFormat.CYTOSCAPE,
    ExportFormat.GRAPHML,
    ExportFormat.GEXF,
)
"""One file each."""
TABLE_FORMATS = (ExportFormat.CSV, ExportFormat.PARQUET)
"""A folder of tables each."""
TRAINING_USES = (
    ExportFormat.SFT,
    ExportFormat.DPO,
    ExportFormat.KTO,
    ExportFormat.REWARD,
    ExportFormat.PROMPTS,
    ExportFormat.SOFT,
    ExportFormat.PLURALISM,
)
"""One file a use and side; ``ExportFormat.TRAINING`` is all of them."""


class SplitRule(StrEnum):
    """What must not be on both sides of the line between training and test."""

    BOTH = "both"
    """Neither a scenario nor a person: votes of one side's people in the other side's scenarios are not used."""
    SCENARIO = "scenario"
    """No scenario; a person may have voted on both sides."""
    NONE = "none"
    """Everything is for training."""


class Side(StrEnum):
    """A side of the split."""

    TRAIN = "train"
    TEST = "test"


class ExportOrder(Noun):
    """What is asked for."""

    query: GraphQuery
    """Which votes; training files take ``training_only`` as given, whatever it says."""
    format: ExportFormat
    split: SplitRule = SplitRule.BOTH
    test_share: float = Field(default=0.2, gt=0, lt=1)
    """Share of scenarios, by their votes, and of people that go to the test side."""
    seed: int = 0
    """Decides who and what goes to which side."""
    max_answer_pairs: int = Field(default=50, ge=0)
    """Pairs of answers that a model is asked to write at most."""


class FileRecord(Noun):
    """One file of an export."""

    path: str
    """Below the folder of the export, with forward slashes."""
    bytes: int
    sha256: str
    rows: int | None
    """Data rows; ``None`` where the file has none."""
    holds: str
    """What is in it, in words."""


class Absence(Noun):
    """Something that one may look for and that is not there, with the reason."""

    what: str
    why: str


class ExportReport(NamedTuple):
    """A finished export."""

    files: tuple[FileRecord, ...]
    absent: tuple[Absence, ...]
    manifest: dict[str, object]

    def n_rows(self) -> int:
        """Return the data rows of all files."""
        return sum(record.rows or 0 for record in self.files)
