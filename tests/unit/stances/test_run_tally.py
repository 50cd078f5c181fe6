"""The tally of a run says what its answers say, in a few words per answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.provenance import Provenance
from domain.stances import Answer, AnswerClass, AnswerMethod, OptionOrder
from services.run_tally import RunTally
from stances.orders import order_agreement, pair_orders

MADE = Provenance(backend="x", revision="r", made_at=datetime(2026, 3, 1, tzinfo=UTC))


def answer(item_id, order, kind, share):
    told = {"to_do": share, "not_to_do": 1 - share} if kind is AnswerClass.CHOICE else {}
    return Answer(
        item_id=item_id, condition=f"c/{order}", family="c", order=order, kind=kind, probabilities=told,
        method=AnswerMethod.LOG_PROBABILITIES, provenance=MADE,
    )  # fmt: skip


ANSWERS = st.lists(
    st.builds(
        answer, st.sampled_from("abcd"), st.sampled_from(OptionOrder), st.sampled_from(AnswerClass),
        st.sampled_from([0.2, 0.5, 0.8]),
    )
)  # fmt: skip


@given(ANSWERS)
def test_the_tally_agrees_with_the_answers_themselves(answers):
    tally = RunTally.of(answers)
    kept = {one.key: one for one in answers}
    agreement = order_agreement(pair_orders(kept.values()))
    assert tally.agreement() == (agreement.n, agreement.n_agree)
    assert tally.agreement().share == (None if agreement.share is None else pytest.approx(agreement.share))
    kinds = [one.kind for one in kept.values()]
    assert tally.classes() == {kind: kinds.count(kind) for kind in set(kinds)}
    assert tally.n_failed == kinds.count(AnswerClass.ERROR)
    assert len(tally) == len(kept)
    assert all(tally.is_answered(key) == (one.kind is not AnswerClass.ERROR) for key, one in kept.items())
