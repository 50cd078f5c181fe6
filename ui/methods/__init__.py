"""How every number is made: one entry for each measure, in chapters, shown on the page *How these numbers are made*."""

from ui.methods.bridging import BRIDGING
from ui.methods.edges import EDGES
from ui.methods.groups import GROUPS
from ui.methods.method import Chapter, Method
from ui.methods.models import MODELS
from ui.methods.order import ORDER
from ui.methods.process import PROCESS
from ui.methods.values import VALUES

CHAPTERS: tuple[Chapter, ...] = (EDGES, VALUES, ORDER, GROUPS, BRIDGING, PROCESS, MODELS)

__all__ = ["CHAPTERS", "Chapter", "Method"]
