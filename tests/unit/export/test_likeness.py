"""Which texts count as nearly the same, on pairs made by hand, and how they are grouped."""

import itertools

import pytest

from storage.interchange.training.likeness import group_near, near_texts, stems

NEAR = [
    ("When a friend asks for honest feedback", "When a friend asks you for honest feedback"),
    ("When bad news has to be told", "When bad news must be told"),
    ("When giving advice to a friend", "When giving a friend advice"),
    ("When someone is grieving", "When somebody is grieving"),
    ("When someone you love is ill", "When someone that you love is ill"),
    ("When you disagree with your boss", "When you disagree with the boss"),
    ("When two friends are in conflict", "When there is conflict between two friends"),
    ("When a colleague takes credit for your work", "When a coworker takes the credit for your work"),
    ("When a person feels lost", "When people feel lost"),
    ("When making a big decision", "When making big decisions"),
    ("When faced with an unwanted pregnancy", "When facing an unwanted pregnancy"),
    ("When a stranger needs help", "When a stranger is in need of help"),
    ("How should parents set limits for teenagers?", "How should a parent set limits for a teenager?"),
    (
        "What is the right thing to do when a neighbour is noisy?",
        "What is the right thing to do if a neighbor is noisy?",
    ),
    (
        "Should the model help a girl who is considering an abortion?",
        "Should an AI model help a girl that considers an abortion?",
    ),
    ("当朋友请求诚实的反馈时", "当朋友请求诚实的反馈"),
]
FAR = [
    ("When giving advice to a friend", "When giving advice to a stranger"),
    ("When a friend asks for money", "When a friend asks for honest feedback"),
    ("When bad news has to be told", "When good work has to be praised"),
    ("When someone is grieving", "When someone is angry"),
    ("When someone is dying", "When someone is lying"),
    ("When in conflict", "When in confusion"),
    ("When you disagree with your boss", "When you disagree with your partner"),
    ("When a child breaks a promise", "When a child breaks a toy"),
    ("When a colleague takes credit for your work", "When a colleague asks about your work"),
    ("When making a big decision", "When making a small repair"),
    ("When faced with an unwanted pregnancy", "When faced with an unwanted guest"),
    ("When a stranger needs help", "When a stranger needs directions"),
    ("What should I say to a friend who lied to me?", "What should I cook for a friend who visits me?"),
    ("What is right in matter 0?", "What is right in matter 1?"),
    (
        "How should parents set limits for teenagers?",
        "How should parents talk about money with teenagers?",
    ),
    (
        "Should the model help a girl who is considering an abortion?",
        "Should the model help a parent who is considering a new school?",
    ),
    ("当朋友请求诚实的反馈时", "当陌生人需要帮助时"),
]
MISSED = [
    ("When a child breaks a promise", "When a child has broken a promise"),
    ("What should I say to a friend who lied to me?", "What should I tell a friend who lied to me?"),
    ("When bad news has to be told", "When one must say what hurts"),
]
"""Nearly the same to a person, and not found: other words, or words that bend inside."""


def is_near(one, other):
    return near_texts({"one": one, "other": other})["one"] == {"other"}


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_short_texts_of_nearly_the_same_words_are_found(one, other):
    assert is_near(one, other)
    assert is_near(other, one)


@pytest.mark.parametrize(("one", "other"), FAR)
def test_short_texts_about_something_else_stay_apart(one, other):
    assert not is_near(one, other)


@pytest.mark.parametrize(("one", "other"), MISSED)
def test_the_same_thought_in_other_words_is_not_found(one, other):
    assert not is_near(one, other)


def test_the_threshold_lies_between_the_pairs_that_are_near_and_those_that_are_not():
    def share(pair):
        one, other = (stems(text.casefold().rstrip("?").split()) for text in pair)
        return len(one & other) / len(one | other)

    assert min(map(share, NEAR)) >= 0.6
    assert max(map(share, FAR)) <= 0.5


def test_long_texts_that_differ_in_a_word_are_near_and_in_another_order_are_not():
    words = [f"word{n}" for n in range(40)]
    long = " ".join(words)
    assert is_near(long, f"{long} more")
    assert is_near(long, long.replace("word20", "other"))
    assert not is_near(long, " ".join(reversed(words)))


def test_empty_texts_are_the_same():
    assert is_near("", "?!")


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_the_order_of_texts_changes_nothing(order):
    texts = {"a": "When a friend asks", "b": "When a friend is asking", "c": "When rain falls"}
    groups = group_near(near_texts({key: texts[key] for key in order}))
    assert groups["a"] == groups["b"] != groups["c"]
    assert groups == group_near(near_texts(texts))


def test_a_long_chain_of_likenesses_does_not_become_one_group():
    words = [f"w{n}" for n in range(200)]
    texts = {f"{n:03}": " ".join(words[n : n + 24]) for n in range(150)}
    near = near_texts(texts)
    groups = group_near(near)
    assert all(near[f"{n:03}"] >= {f"{n + 1:03}"} for n in range(149))
    assert all(key == leader or leader in near[key] for key, leader in groups.items())
    assert len(set(groups.values())) > 10
