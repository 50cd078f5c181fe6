"""The composition root: builds every part once from the settings and hands them out. Nothing else reads settings."""

from dataclasses import dataclass
from functools import cached_property

from domain.ids import ValueId
from domain.people import Participant
from graph.filing_question import filing_prompt
from graph.pair_judging import judging_prompt
from kaleido.asking import asking_prompts
from services.analysis import Analyses
from services.analysis_groups import GroupAnalyses
from services.answering import prompts as answering_prompts
from services.attributes import Attributes
from services.belonging import Belonging
from services.choosing import Choosing
from services.code_version import code_version
from services.comparing import Comparing
from services.erasure import OwnData
from services.explore import Explore
from services.export_jobs import ExportJobs
from services.exporting import Exporting
from services.finishing import Finishing
from services.food_for_thought import FoodForThought
from services.interchange import Interchange
from services.interview import InterviewService, prompt_hashes
from services.judging import Judging
from services.kaleido_parts import KaleidoParts
from services.live import Live
from services.meaning import MeaningSpace
from services.moderation import Moderation
from services.opinions import Opinions
from services.pair_review import PairReview
from services.pair_states import PairStates
from services.participants import Participants
from services.parts import Parts
from services.probe_jobs import ProbeJobs
from services.secrets_store import FirstPassword, administrator_epoch, ensure_administrator
from services.simulate import Simulation
from services.stance_readings import StanceReadings
from services.stance_valence import ValenceRoute
from services.stances_parts import StancesParts
from services.starter import ensure_starter
from services.studies import Studies
from services.untrainable import untrainable_texts
from services.upgrading import Upgrading
from services.valence_scores import ValenceShelf


@dataclass(frozen=True)
class Services(Parts):
    """Every use case of the application, over one database. Parts are built on first use and then shared."""

    def __post_init__(self) -> None:
        """Find out which code runs before a checkout can be changed under it."""
        code_version()

    @cached_property
    def meaning(self) -> MeaningSpace:
        """Nearest values."""
        return MeaningSpace(self.desk, self.embedder, self.new_index)

    @cached_property
    def kaleido(self) -> KaleidoParts:
        """Scorers of values in situations."""
        return KaleidoParts(self.settings, self.database, embedder=lambda: self.embedder)

    @cached_property
    def participants(self) -> Participants:
        """Joining, consent, coming back."""
        return Participants(self.desk, secret=self.secret)

    @cached_property
    def attributes(self) -> Attributes:
        """Questions about people."""
        return Attributes(self.desk)

    @cached_property
    def interview(self) -> InterviewService:
        """The interview and the card."""
        return InterviewService(
            self.desk, chat_for=self.chat_for, chat_of_study=self.chat_of_study, meaning=self.meaning
        )

    @cached_property
    def food_for_thought(self) -> FoodForThought:
        """Values of others in the interview."""
        return FoodForThought(self.desk, lambda: self.kaleido)

    @cached_property
    def belonging(self) -> Belonging:
        """Where does my card belong?"""
        return Belonging(self.desk, self.meaning, founded=self._founded)

    @cached_property
    def upgrading(self) -> Upgrading:
        """Stories for new values."""
        return Upgrading(self.desk, self.meaning, chat_of_study=self.chat_of_study)

    @cached_property
    def opinions(self) -> Opinions:
        """What a language model says of a card beside a value."""
        return Opinions(chat_of_study=self.chat_of_study)

    @cached_property
    def choosing(self) -> Choosing:
        """Six cards."""
        return Choosing(self.desk, self.meaning)

    @cached_property
    def comparing(self) -> Comparing:
        """Upgrade stories."""
        return Comparing(self.desk, self.meaning)

    @cached_property
    def finishing(self) -> Finishing:
        """Closing questions and my contributions."""
        return Finishing(self.desk, founded=self._founded)

    @cached_property
    def explore(self) -> Explore:
        """The moral graph, read."""
        return Explore(self.database)

    @cached_property
    def pair_states(self) -> PairStates:
        """How far each pair is settled."""
        return PairStates(self.database)

    @cached_property
    def groups(self) -> GroupAnalyses:
        """What groups say, beside and across one another."""
        return GroupAnalyses(self.database)

    @cached_property
    def analyses(self) -> Analyses:
        """What the votes entail."""
        return Analyses(self.database, self.groups)

    @cached_property
    def stances(self) -> StancesParts:
        """Where models stand."""
        key = self.settings.chat_key
        return StancesParts(clock=self.clock, api_key=key.get_secret_value() if key is not None else None)

    @cached_property
    def probe_jobs(self) -> ProbeJobs:
        """Runs beside the pages."""
        return ProbeJobs(self.stances, folder=self.settings.data_dir / "runs")

    @cached_property
    def simulation(self) -> Simulation:
        """Scripted people."""
        return Simulation(
            participants=self.participants,
            attributes=self.attributes,
            interview=self.interview,
            belonging=self.belonging,
            choosing=self.choosing,
            comparing=self.comparing,
            finishing=self.finishing,
            studies=self.studies,
        )

    @cached_property
    def stance_readings(self) -> StanceReadings:
        """What models act on, and beside the graph."""
        return StanceReadings(
            self.database, embedder=lambda: self.embedder, data_dir=self.settings.data_dir, groups=self.groups
        )

    @cached_property
    def valence(self) -> ValenceRoute:
        """Models beside the graph by a scorer's valence."""
        return ValenceRoute(
            self.stance_readings, self.kaleido.scoring, scorer=lambda: self.kaleido.scorer,
            shelf=ValenceShelf(self.settings.data_dir / "valence"),
        )  # fmt: skip

    @cached_property
    def own_data(self) -> OwnData:
        """Fetching and deleting one's data."""
        graphs = (self.explore, self.pair_states, self.groups, self.analyses, self.stance_readings, self.valence)
        others = (self.opinions, self.export_jobs, self.pair_review, self.kaleido, self.studies)
        keepers = (self.meaning, *graphs, *others)
        return OwnData(self.desk, forget=[keeper.forget for keeper in keepers])

    @cached_property
    def studies(self) -> Studies:
        """Set-up."""
        return Studies(self.desk, tell_untold=lambda study_id, staff: self.upgrading.fill(study_id, staff=staff))

    @cached_property
    def moderation(self) -> Moderation:
        """Hiding, merging, undoing."""
        return Moderation(
            self.desk,
            reworded=lambda study_id, value_id, source: self.upgrading.founded(study_id, value_id, source=source),
        )

    @cached_property
    def pair_review(self) -> PairReview:
        """Values that may say the same."""
        return PairReview(self.desk, self.meaning, self.moderation)

    @cached_property
    def judging(self) -> Judging:
        """A model's word on borderline pairs."""
        return Judging(self.desk, self.pair_review, chat_of_study=self.chat_of_study)

    @cached_property
    def live(self) -> Live:
        """Watching a study."""
        return Live(self.desk)

    @cached_property
    def interchange(self) -> Interchange:
        """Import and export."""
        shipped = (judging_prompt(), filing_prompt(), *answering_prompts().values(), *asking_prompts().values())
        hashes = prompt_hashes() | {prompt.key: prompt.body_hash for prompt in shipped}
        return Interchange(self.desk, self.explore, prompt_hashes=hashes)

    @cached_property
    def exporting(self) -> Exporting:
        """Graphs, tables, training files and bundles."""
        return Exporting(
            self.desk,
            self.explore,
            self.interchange,
            chat_of_study=lambda study: self.chat_for(self.chat_name(study)),
            untrainable=lambda: untrainable_texts(self.settings.data_dir),
        )

    @cached_property
    def export_jobs(self) -> ExportJobs:
        """Exports beside the pages."""
        return ExportJobs(self.exporting, folder=self.settings.data_dir / "exports", clock=self.clock)

    def _founded(self, person: Participant, value_id: ValueId) -> None:
        self.upgrading.founded(person.study_id, value_id, source=person.source)

    def staff_epoch(self) -> str:
        """The word that staff sessions must carry."""
        return administrator_epoch(self.settings.data_dir)

    def close(self) -> None:
        """Close what was opened."""
        for part in (
            "interview",
            "upgrading",
            "opinions",
            "judging",
            "export_jobs",
            "probe_jobs",
            "valence",
            "kaleido",
        ):
            if part in self.__dict__:
                getattr(self, part).close()
        if "database" in self.__dict__:
            self.database.close()

    def has_login_provider(self) -> bool:
        """Tell whether staff may sign in through a provider: the settings list their addresses."""
        return bool(self.settings.staff_addresses())

    def first_start(self) -> FirstPassword | None:
        """Migrate, save the starter study into an empty database, make the administrator.

        Returns the administrator's password the first time, to be shown once.
        """
        ensure_starter(self.desk)
        return ensure_administrator(self.settings.data_dir)
