"""What one session offers: a repository for each subject, all inside the same transaction."""

from storage.bundles import Bundles
from storage.canonical_values import Values
from storage.cards import Cards
from storage.draws import Draws
from storage.embeddings import Embeddings
from storage.erasure import Erasure
from storage.events import Events
from storage.hypotheses import Hypotheses
from storage.interviews import Interviews
from storage.judgements import Judgements
from storage.live import Live
from storage.people import People
from storage.rows import Rows
from storage.studies import Studies
from storage.surveys import Surveys
from storage.votes import Votes


class Store:
    """The repositories of one open session. It lives as long as the session and no longer."""

    def __init__(self, rows: Rows) -> None:
        self.studies = Studies(rows)
        self.people = People(rows)
        self.interviews = Interviews(rows)
        self.cards = Cards(rows)
        self.values = Values(rows)
        self.judgements = Judgements(rows)
        self.votes = Votes(rows)
        self.draws = Draws(rows)
        self.hypotheses = Hypotheses(rows)
        self.survey = Surveys(rows)
        self.embeddings = Embeddings(rows)
        self.bundles = Bundles(rows)
        self.erasure = Erasure(rows)
        self.events = Events(rows)
        self.live = Live(rows)
