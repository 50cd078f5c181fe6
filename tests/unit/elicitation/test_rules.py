"""The rules of a line, one by one: each finds what it is for, and leaves alone what only looks like it."""

import pytest

from elicitation.rules import ADVICE, Rule, check_line

GOOD = (
    "MOMENTS when a friend grows quiet",
    "THE TONE of her voice",
    "PAUSES before he answers the phone",
    "HER HANDS and where she puts them",
    "A CHANGE in how the room sounds",
    "CHANCES for the youngest to speak first",
    "当我的朋友突然沉默的时候",
    "اللحظات التي تسكت فيها أختي",
)

FOUND = {
    Rule.NO_CAPITALS: (
        "moments when a friend grows quiet",
        "The tone of her voice",
        "I look at her hands",
        "123 things",
    ),
    Rule.NORM: ("PEOPLE should say what they think", "MOMENTS when you must not lie", "THE RIGHT THING for my team"),
    Rule.GOAL: ("SUCCESS in the eyes of my sister", "I WANT a calm house", "WAYS in which I try to stay calm"),
    Rule.MEANS: (
        "PAUSES so that he can think",
        "QUESTIONS to make sure he is well",
        "A CALM VOICE in order to be heard",
    ),
    Rule.EXPECTATIONS: ("WHAT others think of me", "HOPES that my father is proud of me", "THE REPUTATION of our shop"),
    Rule.NEGATIVE: ("NOT shouting at the table", "LACK of noise in the room", "PEOPLE who do not interrupt"),
    Rule.INFLATED: ("MEANINGFUL talks at night", "DEEPER ties with my brother", "A PROFOUND calm after work"),
    Rule.VAGUE: ("HONESTY", "KINDNESS and RESPECT", "TRUST"),
    Rule.TOO_LONG: ("HANDS " + "that move and " * 13,),
}

LEFT_ALONE = {
    Rule.NO_CAPITALS: ("A SIGN of rest", "“SMALL jokes” at dinner", "他的手"),
    Rule.NORM: ("A MUSTY smell in the flat", "NEVERTHELESS a smile"),
    Rule.GOAL: ("A GOALKEEPER who shouts", "TRIED shoes by the door"),
    Rule.MEANS: ("A SONG she hums to herself", "A WALK that ends at the river"),
    Rule.EXPECTATIONS: ("UNEXPECTED guests at the door", "A JUDGE who listens"),
    Rule.NEGATIVE: ("NOTES on the fridge", "KNOTS in a rope"),
    Rule.INFLATED: ("DEEPEND of the pool at noon",),
    Rule.VAGUE: ("HONESTY in small matters of money", "HER HANDS shaking", "她说话时的声音"),
    Rule.TOO_LONG: ("HANDS that move while she speaks of the war", "手" * 40),
}


def rules_of(line, **more):
    return [finding.rule for finding in check_line(line, **more)]


@pytest.mark.parametrize("line", GOOD)
def test_a_good_line_breaks_no_rule(line):
    assert rules_of(line) == []


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, lines in FOUND.items() for line in lines])
def test_a_rule_finds_what_it_is_for(rule, line):
    assert rule in rules_of(line)


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, lines in LEFT_ALONE.items() for line in lines])
def test_a_rule_leaves_alone_what_only_looks_like_it(rule, line):
    assert rule not in rules_of(line)


def test_a_line_that_says_the_same_as_another_is_found():
    line = "MOMENTS when she goes quiet at dinner"
    assert Rule.TWICE in rules_of(line, others=["A TIME when she goes quiet, at dinner"])
    assert Rule.TWICE not in rules_of(line, others=["MOMENTS when she laughs at dinner", ""])


@pytest.mark.parametrize("line", ["", " ", "\n", "???", "🙂", "a" * 5000, "MOMENTS " * 400])
def test_any_text_is_checked_without_an_error(line):
    for finding in check_line(line, others=[line, ""]):
        assert finding.advice == ADVICE[finding.rule]


def test_every_rule_has_advice_that_neither_praises_nor_orders():
    assert set(ADVICE) == set(Rule)
    for advice in ADVICE.values():
        assert advice.endswith((".", "?"))
        assert not {"must", "should", "wrong", "error", "invalid"} & set(advice.casefold().split())
