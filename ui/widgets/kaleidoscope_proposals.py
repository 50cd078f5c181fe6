"""Values that a model proposes for a situation: asked for by a press, thinned out with sliders, what went counted."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import pandas as pd
import streamlit as st

from domain.kaleido import CandidateRules, KindThresholds, NgramBounds, ScoreFailure, Vrd
from domain.value_readings import MissingValue
from services.awaited import Awaited
from services.proposals import (
    GENERATOR_LINE,
    SAME_FROM,
    Candidates,
    Proposed,
    choose,
    lacking,
    unasked_pulls,
    with_scores,
)
from ui.runtime import services
from ui.widgets.kaleidoscope_panel import scored_or_wait
from ui.widgets.score_words import counted_reasons, failure_sentence
from ui.widgets.states import show_failure, show_notice, show_waiting

POLL_EVERY = "0.6s"
STEP = 0.01
LACKING_SHOWN = 6
KINDS = {"value": "values", "right": "rights", "duty": "duties"}
BOUNDS = {"f1": "both ways", "precision": "of the upper one's words", "recall": "of the lower one's words"}
RULE_WORDS = {"min_relevance": "least relevance", "ngram": "words in common", "embedding": "likeness of meaning"}
CUT_WORDS = {"relevance": "low relevance", "words": "much the same words", "meaning": "much the same meaning"}


class Machine(NamedTuple):
    """What a model proposed, as the sliders leave it."""

    proposed: Proposed
    rules: CandidateRules
    chosen: Candidates
    lacking: tuple[MissingValue, ...]


def can_propose() -> bool:
    """Tell whether the scorer in use proposes and explains values."""
    return services().kaleido.proposals.rules() is not None


def proposed_or_offer(situation: str, values: Sequence[Vrd], *, key: str) -> Machine | None:
    """Return what was proposed; until then draw the offer, how far it is, or why there is nothing."""
    proposals = services().kaleido.proposals
    rules = proposals.rules()
    if rules is None:
        st.caption(GENERATOR_LINE)
        return None
    titles = tuple(vrd.text for vrd in values)
    awaited = proposals.look(situation, titles)
    if awaited is None:
        if st.button("Propose values for this situation", key=f"{key}.propose"):
            proposals.ask(situation, titles)
            st.rerun()
        st.caption("The model behind the scorer writes values, rights and duties; they are marked as machine-made.")
        return None
    if not awaited.is_done:
        _wait(situation, titles, key)
        return None
    found = _found(awaited)
    if found is None and st.button("Try again", key=f"{key}.propose.again"):
        proposals.drop(situation, titles)
        proposals.ask(situation, titles)
        st.rerun()
    return None if found is None else _thinned(situation, found, rules, key=key)


@st.fragment(run_every=POLL_EVERY)
def _wait(situation: str, titles: tuple[str, ...], key: str) -> None:
    proposals = services().kaleido.proposals
    awaited = proposals.look(situation, titles)
    if awaited is None or awaited.is_done:
        st.rerun()
    else:
        if awaited.n_all:
            words = f"{awaited.n_done} of {awaited.n_all} proposed values scored"
            st.progress(awaited.n_done / awaited.n_all, text=words)
        else:
            show_waiting(f"The model writes values, rights and duties: {awaited.seconds:.0f} seconds so far")
        if st.button("Stop", key=f"{key}.propose.stop"):
            proposals.drop(situation, titles)
            st.rerun()


def _found(awaited: Awaited[Proposed | ScoreFailure]) -> Proposed | None:
    if awaited.failure:
        show_failure(awaited.failure)
        return None
    if isinstance(awaited.found, ScoreFailure):
        show_failure(failure_sentence(awaited.found, what="No values were proposed"))
        return None
    return awaited.found


def _thinned(situation: str, proposed: Proposed, rules: CandidateRules, *, key: str) -> Machine:
    place = st.container()
    with st.expander("How the proposed values were thinned out"):
        moved = _sliders(rules, key=f"{key}.rules")
        same_from = st.slider(
            "A value of the graph is the same one from a likeness of meaning of", 0.0, 1.0, SAME_FROM, STEP,
            key=f"{key}.rules.same",
        )  # fmt: skip
        chosen = choose(proposed, moved)
        _show_cut(chosen)
    with place:
        _count(proposed, chosen)
        # Of a long list, which way a value of low relevance pulls is asked once a slider brings one back.
        unasked = unasked_pulls(proposed, chosen)
        found = scored_or_wait(situation, unasked, key=f"{key}.unasked") if unasked else None
        chosen = chosen if found is None else with_scores(chosen, found)
    return Machine(proposed, moved, chosen, lacking(proposed, chosen, same_from=same_from))


def _sliders(rules: CandidateRules, *, key: str) -> CandidateRules:
    """Draw a slider for each number, starting from those of the generator."""
    st.caption(
        f"{starts_sentence(rules)} Likeness of meaning is that of this app's embedder; a checkpoint's number was set "
        "for another one."
    )
    columns = st.columns(3)
    with columns[0]:
        st.markdown("**Least relevance**")
        least = {kind: _slider(words, rules.min_relevance, kind, f"{key}.least") for kind, words in KINDS.items()}
    with columns[1]:
        st.markdown("**Most words in common**")
        ngram = {name: _slider(words, rules.ngram, name, f"{key}.words") for name, words in BOUNDS.items()}
    with columns[2]:
        st.markdown("**Most likeness of meaning**")
        meaning = {kind: _slider(words, rules.embedding, kind, f"{key}.meaning") for kind, words in KINDS.items()}
    across = st.checkbox("Compare values with rights and duties too", rules.across_kinds, key=f"{key}.across")
    moved = CandidateRules(
        min_relevance=KindThresholds(**least),
        ngram=NgramBounds(**ngram),
        embedding=KindThresholds(**meaning),
        across_kinds=across,
    )
    is_as_told = moved == rules.model_copy(update={"from_checkpoint": False, "own": ()})
    return rules if is_as_told else moved


def starts_sentence(rules: CandidateRules) -> str:
    """Say whose numbers the sliders start from; of a checkpoint that tells some, which are this app's own."""
    if not rules.from_checkpoint:
        return "The sliders start from numbers of this app, chosen by eye."
    names = [name.partition(".") for name in rules.own]
    own = ", ".join(f"{RULE_WORDS[group]} ({(KINDS | BOUNDS)[name]})" for group, _, name in names)
    but = f"; it tells none for {own}: there they are this app's own, chosen by eye" if own else ""
    return f"The sliders start from the numbers of the checkpoint's configuration{but}."


def _slider(words: str, numbers: KindThresholds | NgramBounds, name: str, key: str) -> float:
    """Return where the slider stands; one that was not moved keeps its number to the last digit."""
    start = float(getattr(numbers, name))
    at = float(st.slider(words.capitalize(), 0.0, 1.0, start, STEP, key=f"{key}.{name}"))
    return start if abs(at - start) < STEP / 2 else at


def _show_cut(chosen: Candidates) -> None:
    if not chosen.cut:
        st.markdown("Nothing was cut.")
        return
    rows = [
        {
            "Cut": cut.vrd.text,
            "Kind": cut.vrd.kind.value,
            "Relevance": round(cut.score.relevance, 3),
            "For": CUT_WORDS[cut.reason.value],
            "Like": "" if cut.kept is None else cut.kept.text,
        }
        for cut in chosen.cut
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _count(proposed: Proposed, chosen: Candidates) -> None:
    """Say what became of everything that the model wrote."""
    weighed = proposed.weighed
    generated = weighed.generated
    n_lines = len(generated.vrds) + generated.n_malformed + generated.n_repeated
    counts = {words: sum(cut.reason.value == reason for cut in chosen.cut) for reason, words in CUT_WORDS.items()}
    cut = ", ".join(f"{n} for {words}" for words, n in counts.items() if n)
    st.markdown(
        f"**{len(chosen.kept)} machine-made values stay of {n_lines} that were written.** "
        f"Not readable: {generated.n_malformed}. Said twice: {generated.n_repeated}. "
        f"Cut: {len(chosen.cut)}{f' ({cut})' if cut else ''}."
    )
    if weighed.failed:
        show_notice(f"{len(weighed.failed)} proposed values have no score ({counted_reasons(weighed.failed)}).")
    if generated.failures:
        show_notice(f"Not every question brought names ({counted_reasons(generated.failures)}).")


def show_lacking(machine: Machine) -> None:
    """List the values that the situation needs and the graph lacks, each with the graph's nearest."""
    st.subheader("What the situation needs and the graph lacks")
    if not machine.chosen.kept:
        st.markdown("Nothing can be said: no machine-made value stays. The fold above holds what is asked of one.")
        return
    if not machine.lacking:
        st.markdown("Nothing: each machine-made value that stays has one in the graph that means much the same.")
        return
    first = machine.lacking[:LACKING_SHOWN]
    st.html(f'<ul class="mg-lacking">{"".join(_lacking_line(one) for one in first)}</ul>')
    rest = len(machine.lacking) - len(first)
    more = f" {rest} more are left out here." if rest else ""
    st.caption(f"Machine-made values that stay and resemble no value of the graph.{more}")


def _lacking_line(one: MissingValue) -> str:
    near = (
        f"nearest in the graph: {one.nearest} (likeness {one.similarity:.2f})" if one.nearest else "the graph is empty"
    )
    return (
        f'<li><b dir="auto">{escape(one.vrd.text)}</b> <span class="mg-mark mg-mark-machine">machine-made</span>'
        f"<br><span>{one.vrd.kind.value}, relevance {one.relevance:.2f}; {escape(near)}</span></li>"
    )
