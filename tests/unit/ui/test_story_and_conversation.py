"""Stories and conversations: text stays text, and machine words are never dressed as a person's."""

from datetime import UTC, datetime

from domain.ids import InterviewId, TurnId
from domain.interviews import Speaker, Turn, TurnStatus
from domain.provenance import Provenance
from ui.widgets.conversation import conversation_html
from ui.widgets.story import story_html

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BAD = "<script>alert(1)</script>"


def turn(speaker: Speaker, text: str, status: TurnStatus = TurnStatus.COMPLETE) -> Turn:
    made = Provenance(backend="a <model>", made_at=NOW) if speaker is Speaker.MACHINE else None
    return Turn(
        id=TurnId("t"),
        interview_id=InterviewId("i"),
        position=0,
        speaker=speaker,
        text=text,
        status=status,
        provenance=made,
        at=NOW,
    )


def test_text_is_escaped() -> None:
    said = turn(Speaker.PERSON, BAD)
    assert "<script" not in conversation_html([said], turn(Speaker.MACHINE, BAD)) + story_html(
        BAD, BAD, is_machine=True
    )


def test_only_a_persons_turn_stands_in_quotation_style() -> None:
    html = conversation_html([turn(Speaker.GUIDE, "one"), turn(Speaker.MACHINE, "two")], None)
    assert "mg-turn-said" not in html
    assert "mg-turn-said" in conversation_html([turn(Speaker.PERSON, "three")], None)


def test_a_machine_turn_is_marked_with_its_model_and_a_cut_one_says_so() -> None:
    html = conversation_html([turn(Speaker.MACHINE, "Why did", TurnStatus.CUT_OFF)], None)
    assert 'title="a &lt;model&gt;"' in html
    assert "cut off" in html


def test_new_turns_are_read_out_politely_and_the_newest_question_stands_apart() -> None:
    html = conversation_html([turn(Speaker.GUIDE, "one")], turn(Speaker.GUIDE, "two"))
    assert 'aria-live="polite"' in html
    assert html.index("one") < html.index("mg-question") < html.index("two")


def test_a_machine_story_is_marked_and_set_in_the_sans() -> None:
    assert "mg-mark-machine" in story_html("When", "Then", is_machine=True)
    assert "mg-machine" not in story_html("When", "Then", is_machine=False)
