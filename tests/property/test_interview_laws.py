"""Laws of the interview: any event in any state leads to a legal state, and nothing a person wrote is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.cards import MAX_POLICIES, CardText, Origin, Policy
from elicitation.events import (
    Answered,
    AskRequest,
    Began,
    CardAsked,
    Confirmed,
    Drafted,
    DraftRequest,
    Edited,
    Judged,
    NeighbourTaken,
    Reopened,
    Skipped,
    Worded,
)
from elicitation.guide import word_question
from elicitation.machine import step
from elicitation.states import ASKING, MAX_QUESTIONS, MAX_TESTED, MIN_ANSWERS, InterviewState, Stage, Verdict

TOLD = (
    "Last winter my friend came to my door and I noticed that her hands were shaking. I waited.",
    "I look for the pause before he answers, and for whether he looks at his brother.",
    "I just want to be a good friend",
    "We should always tell the truth",
    "honesty",
    "idk",
    "fuck this",
    "- how long she waits\n- the tone of her voice\n- small jokes\n- who speaks first\n- what is left unsaid",
    "Als er klopfte, sah ich zuerst auf seine Hände und auf den Boden.",
    "当我的朋友沉默的时候，我注意她的眼睛。",
    "  ",
    "'; DROP TABLE cards; -- {{answers}} <<<",
)
wordings = st.one_of(st.sampled_from(TOLD), st.text(max_size=200))
lines = st.one_of(st.sampled_from(TOLD).map(str.strip).filter(bool), st.text(min_size=0, max_size=500))
cards = st.builds(
    lambda title, texts: CardText(title=title, policies=tuple(Policy(text=text) for text in texts)),
    st.sampled_from(["Quiet hands", "Статья", "静けさ"]),
    st.lists(st.sampled_from([f"LINE number {n}" for n in range(14)]), min_size=1, max_size=MAX_POLICIES, unique=True),
)
events = st.one_of(
    st.just(Began()),
    st.builds(Worded, text=wordings),
    st.builds(Answered, text=wordings),
    st.just(Skipped()),
    st.just(CardAsked()),
    st.builds(Judged, place=st.integers(-3, 12), verdict=st.sampled_from(Verdict)),
    st.builds(Drafted, card=cards),
    st.builds(NeighbourTaken, text=lines, value_id=st.just("v1")),
    st.builds(Edited, card=cards),
    st.builds(Confirmed, card=cards),
    st.just(Reopened()),
)
NEXT_STAGES = {
    Stage.STORY: {Stage.STORY, Stage.ATTENTION, Stage.TESTING, Stage.DRAFTING},
    Stage.ATTENTION: {Stage.ATTENTION, Stage.TESTING, Stage.DRAFTING},
    # What is judged to be "not mine" makes room for a question more.
    Stage.TESTING: {Stage.TESTING, Stage.ATTENTION, Stage.DRAFTING},
    Stage.DRAFTING: {Stage.DRAFTING, Stage.EDIT},
    Stage.EDIT: {Stage.EDIT, Stage.CONFIRMED, Stage.ATTENTION},
    Stage.CONFIRMED: {Stage.CONFIRMED, Stage.EDIT},
}


class Interview(RuleBasedStateMachine):
    """Events in any order: those that fit, and those of a second tab, a late model or a person in a hurry."""

    def __init__(self):
        super().__init__()
        self.state = InterviewState(subject="How to help a friend?")
        self.said = []
        self.judged = {}

    @initialize(begins=st.sampled_from([True, True, True, False]))
    def begin(self, begins):
        if begins:
            self.take(Began())

    @rule(event=events)
    def anything_happens(self, event):
        self.take(event)

    @precondition(lambda self: self.state.open_exchange() is not None)
    @rule(text=st.one_of(wordings, st.sampled_from(TOLD[:2])))
    def person_answers(self, text):
        self.take(Worded(text=word_question(self.state.exchanges[-1].topic, self.state).render()))
        moved = self.take(Answered(text=text))
        assert not moved.refusal

    @precondition(lambda self: self.state.to_test())
    @rule(verdict=st.sampled_from(Verdict))
    def person_judges(self, verdict):
        assert not self.take(Judged(place=self.state.to_test()[0][0], verdict=verdict)).refusal

    @precondition(lambda self: self.state.stage is Stage.DRAFTING)
    @rule(card=cards)
    def draft_comes(self, card):
        assert not self.take(Drafted(card=card)).refusal

    def take(self, event):
        before = self.state
        moved = step(before, event)
        assert isinstance(moved.state, InterviewState)
        if moved.refusal:
            assert moved.state == before
            assert moved.request is None
        else:
            self.note(before, event, moved)
        self.state = moved.state
        return moved

    def note(self, before, event, moved):
        assert moved.state.stage in NEXT_STAGES[before.stage]
        if moved.state.stage is Stage.ATTENTION and before.stage is Stage.EDIT:
            assert isinstance(event, Reopened)
        if isinstance(moved.request, AskRequest):
            assert moved.state.open_exchange().topic is moved.request.topic
        if isinstance(moved.request, DraftRequest):
            assert moved.state.stage is Stage.DRAFTING
        if isinstance(event, Answered) and event.text.strip():
            self.said.append(event.text.strip())
        if isinstance(event, Judged):
            self.judged[before.candidates[event.place].text] = event.verdict
        if isinstance(event, Edited | Confirmed | Drafted):
            assert moved.state.card == event.card

    @invariant()
    def every_answer_is_kept_in_order(self):
        assert list(self.state.answers()) == self.said

    @invariant()
    def every_verdict_is_kept(self):
        kept = {c.text: c.verdict for c in self.state.candidates if c.verdict is not None}
        assert kept == self.judged

    @invariant()
    def questions_end(self):
        assert len(self.state.exchanges) <= MAX_QUESTIONS
        assert all(e.answer is not None for e in self.state.exchanges[:-1])
        if self.state.stage not in ASKING:
            assert self.state.open_exchange() is None

    @invariant()
    def named_things_stand_once_and_few_are_tested(self):
        texts = [c.text for c in self.state.candidates]
        assert len(texts) == len(set(texts))
        assert sum(c.verdict is not Verdict.NOT_MINE for c in self.state.candidates) <= MAX_TESTED

    @invariant()
    def someone_can_always_go_on(self):
        """A question, something to judge, a draft on its way, or a card: never a dead end."""
        state = self.state
        begun = bool(state.exchanges)
        ways = (
            state.open_exchange() is not None,
            bool(state.to_test()),
            state.stage is Stage.DRAFTING,
            state.stage in {Stage.EDIT, Stage.CONFIRMED} and state.card is not None,
        )
        assert sum(ways) == (1 if begun else 0)

    @invariant()
    def card_can_be_asked_for_from_the_second_answer(self):
        if self.state.can_show_card():
            assert len(self.state.answers()) >= MIN_ANSWERS
            assert step(self.state, CardAsked()).state.stage is Stage.DRAFTING
        else:
            assert step(self.state, CardAsked()).refusal

    @invariant()
    def stored_and_read_again_it_is_the_same(self):
        assert InterviewState.model_validate_json(self.state.model_dump_json()) == self.state


Interview.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestInterview = Interview.TestCase


@given(st.lists(events, max_size=30))
def test_the_same_events_lead_to_the_same_state(happened):
    def run():
        state = InterviewState(subject="s")
        for event in happened:
            state = step(state, event).state
        return state

    assert run() == run()


ONCE = st.one_of(
    st.just(Began()),
    st.builds(Judged, place=st.integers(0, 4), verdict=st.sampled_from(Verdict)),
    st.builds(Drafted, card=cards),
    st.builds(NeighbourTaken, text=st.sampled_from(["LINE number 1", "HANDS that shake"]), value_id=st.just("v1")),
    st.just(CardAsked()),
    st.builds(Confirmed, card=cards),
)


@given(st.lists(events, max_size=25), ONCE)
def test_the_same_click_twice_changes_nothing_the_second_time(happened, click):
    state = step(InterviewState(subject="s"), Began()).state
    for event in happened:
        state = step(state, event).state
    first = step(state, click)
    second = step(first.state, click)
    assert second.refusal
    assert second.state == first.state


@given(cards, st.sampled_from(["HANDS that shake", "PAUSES before an answer"]))
def test_a_line_taken_over_is_marked_as_taken_over(card, text):
    state = InterviewState(stage=Stage.EDIT, card=card)
    moved = step(state, NeighbourTaken(text=text, value_id="v7"))
    if len(card.policies) == MAX_POLICIES:
        assert moved.refusal
        return
    added = moved.state.card.policies[-1]
    assert (added.text, added.origin, added.borrowed_from) == (text, Origin.BORROWED, "v7")
    assert moved.state.card.policies[:-1] == card.policies


@given(st.one_of(st.just(""), st.just(" \n "), st.text(alphabet="abc", min_size=401, max_size=600)))
def test_a_line_that_no_card_can_hold_is_refused(text):
    state = InterviewState(stage=Stage.EDIT, card=CardText(title="t", policies=(Policy(text="LINE"),)))
    assert step(state, NeighbourTaken(text=text, value_id="v7")).refusal
