"""A situation, the values beside it, two actions compared, and what the scores must not be used for."""

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from domain.errors import MoralGraphError
from domain.kaleido import ScorerInfo, ValueScore, Vrd
from domain.studies import Study
from services.scoring import MAX_CHARS, Scored, compare, read_together
from ui.figures.values_here import Bar, values_figure
from ui.plain import plain
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.states import show_empty, show_failure, show_notice

POLL_EVERY = "0.6s"
SHOWN = 15
OWN_WORDS = "my own words"
CONTESTED = ((0.35, "mostly one way"), (0.7, "some ways differ"), (1.01, "contested"))
"""Upper bounds of the entropy to base 3, in words."""


def scorer_in_use() -> ScorerInfo | None:
    """Return what is known of the scorer; say what is wrong with it where it cannot be used."""
    try:
        return services().kaleido.scorer.info()
    except MoralGraphError as error:
        show_failure(str(error))
        return None


def choose_situation(study: Study, given: Sequence[str], *, key: str) -> str:
    """Draw the choice of a situation: one of the study's, or words of one's own."""
    picked = st.selectbox("Situation", [OWN_WORDS, *given], key=f"{key}.pick.{study.id}")
    if picked != OWN_WORDS:
        st.markdown(plain(picked))
        return picked
    return st.text_area(
        "Tell the situation, or what somebody is about to do",
        key=f"{key}.own",
        max_chars=MAX_CHARS,
        height=110,
        placeholder="A friend asks what I think of her first novel. I find it weak.",
    ).strip()


@st.fragment(run_every=POLL_EVERY)
def _wait(situation: str, vrds: tuple[Vrd, ...]) -> None:
    found = services().kaleido.scoring.ask(situation, vrds)
    if found.is_done:
        st.rerun()
    st.progress(found.n_done / max(1, found.n_all), text=f"{found.n_done} of {found.n_all} values")


def scored_or_wait(situation: str, vrds: tuple[Vrd, ...]) -> Scored | None:
    """Return the scores once they are there; until then draw how far they are."""
    found = services().kaleido.scoring.ask(situation, vrds)
    if not found.is_done:
        _wait(situation, vrds)
        return None
    if found.failure:
        show_failure(found.failure)
        return None
    if found.failed:
        reasons = sorted({one.reason.value for one in found.failed})
        show_notice(f"{len(found.failed)} of {found.n_all} values have no score ({', '.join(reasons)}).")
    return found


def show_scores(found: Scored, info: ScorerInfo, *, key: str) -> None:
    """Draw the values, most relevant first, with the sentence, the table and the files."""
    if not found.scored:
        show_empty("No scores", "None of the values could be scored.", "The notice above says why.")
        return
    top = found.scored[:SHOWN]
    _sentence(found, info)
    bars = [Bar(one.vrd.text, one.score.relevance, _shares(one.score)) for one in top]
    st.plotly_chart(values_figure(bars, palette=current_palette()), width="stretch", key=f"{key}.bars")
    length = "Length: relevance, 0 to 1." + (" Colours: which way the value pulls." if info.has_valence else "")
    st.caption(f"{length} The {len(top)} most relevant of {len(found.scored)} values.")
    rows = pd.DataFrame([_row(one.vrd, one.score) for one in found.scored])
    with st.expander("All values as a table"):
        st.dataframe(rows, hide_index=True, width="stretch")
    files = st.columns(2)
    files[0].download_button(
        "Download as CSV", rows.to_csv(index=False), "scores.csv", "text/csv", key=f"{key}.csv", width="stretch"
    )
    whole = [{"vrd": one.vrd.model_dump(mode="json"), **one.score.model_dump(mode="json")} for one in found.scored]
    files[1].download_button(
        "Download as JSON",
        json.dumps(whole, ensure_ascii=False, indent=1),
        "scores.json",
        "application/json",
        key=f"{key}.json",
        width="stretch",
    )


def _sentence(found: Scored, info: ScorerInfo) -> None:
    first = found.scored[0]
    st.markdown(f"**Ranked first: {plain(first.vrd.text)}** ({first.score.relevance:.2f}).")
    if not info.has_valence:
        show_notice(info.valence_line)
        return
    reading = read_together(found)
    if reading is None:
        st.markdown("No value has both a relevance above 0 and a valence, so nothing is said of the whole.")
        return
    words = next(words for bound, words in CONTESTED if reading.entropy < bound)
    st.markdown(
        f"Together: {words} (contestedness {reading.entropy:.2f} of 1, of which {reading.disagreement:.2f} between "
        f"values and {reading.doubt:.2f} within them; n = {reading.n_values} values). Weighted by relevance, "
        f"{reading.overall.supports:.0%} supports, {reading.overall.opposes:.0%} opposes, "
        f"{reading.overall.either:.0%} could do either."
    )


def show_comparison(first: Scored, second: Scored) -> None:
    """Say which values speak for which of two actions, as a sentence and a table."""
    found = compare(first, second)
    if not found.differences:
        show_empty("Nothing to compare", "No value has a valence for both actions.", "Take other actions or a scorer.")
        return
    leaning = "the first" if found.first > found.second else "the second" if found.second > found.first else "neither"
    st.markdown(
        f"**Summed over {len(found.differences)} values, they speak more for {leaning}** "
        f"({found.first:+.2f} against {found.second:+.2f}; {found.n_missing} values without a score are in no sum)."
    )
    rows = [
        {"Value": one.vrd.text, "First action": one.first, "Second action": one.second, "Difference": one.difference}
        for one in found.differences
    ]
    st.dataframe(pd.DataFrame(rows).round(3), hide_index=True, width="stretch")
    st.caption("Relevance times (supports less opposes), -1 to 1; above 0 the value speaks for the action.")


def show_scorer(info: ScorerInfo) -> None:
    """Say which scorer this is, how good it is, and what its scores are not."""
    st.subheader("What these scores are")
    st.markdown(f"{info.summary} Scorer: `{info.name}`.")
    for one in info.quality:
        st.markdown(f"- {one.measure}: **{one.figure:.2f}** on {one.data}.")
    if not info.quality:
        st.markdown("- How good it is at this was not measured.")
    for sentence in info.not_for:
        st.markdown(f"- {sentence}")


def _shares(score: ValueScore) -> tuple[float, float, float] | None:
    valence = score.valence
    return None if valence is None else (valence.supports, valence.either, valence.opposes)


def _row(vrd: Vrd, score: ValueScore) -> dict[str, object]:
    valence = score.valence
    shares = {name: round(getattr(valence, name), 3) for name in ("supports", "either", "opposes")} if valence else {}
    return {"Kind": vrd.kind.value, "Value": vrd.text, "Relevance": round(score.relevance, 3), **shares}
