"""The values beside a situation: what they say together, a bar for each, the table, and the files."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from domain.kaleido import ScorerInfo, ScoreSource, ValueScore, Vrd, VrdKind
from services.score_files import shown_csv, shown_json, table_row
from services.shown_values import ShownValue, read_shown, shown_together
from ui.figures.values_here import QUIET, Bar, values_figure
from ui.plain import plain
from ui.theme import current_palette
from ui.widgets.kaleidoscope_explanation import ask_why, show_explanation
from ui.widgets.kaleidoscope_files import offer_files
from ui.widgets.kaleidoscope_panel import scored_or_wait
from ui.widgets.kaleidoscope_proposals import Machine, can_propose, proposed_or_offer, show_lacking
from ui.widgets.score_words import untold_pulls
from ui.widgets.states import show_empty, show_notice

SHOWN = 15
"""Bars of a kind; the table has the rest."""
KIND_WORDS = {VrdKind.VALUE: "Values", VrdKind.RIGHT: "Rights", VrdKind.DUTY: "Duties"}
CONTESTED = ((0.35, "mostly one way"), (0.7, "some ways differ"), (1.01, "contested"))
"""Upper bounds of the entropy to base 3, in words."""
COLUMNS = {
    "origin": "From",
    "kind": "Kind",
    "value": "Value",
    "relevance": "Relevance",
    "supports": "Supports",
    "either": "Either",
    "opposes": "Opposes",
}


def show_situation(situation: str, values: tuple[Vrd, ...], info: ScorerInfo, *, key: str) -> ScoreSource | None:
    """Draw all that is known of a situation: offer or proposals, values, what the graph lacks, why, and the files.

    Returns:
        What made the scores; ``None`` while there are none.
    """
    found = scored_or_wait(situation, values, key=f"{key}.one")
    if found is None:
        return None
    machine = proposed_or_offer(situation, values, key=key)
    shown = shown_together(found, machine.chosen if machine else None)
    is_explained = can_propose()
    press = (lambda vrd: ask_why(situation, vrd, key=key)) if is_explained else None
    if shown:
        show_scores(shown, info, key=key, press=press)
    elif values:
        show_empty("No scores", "None of the values could be scored.", "The notice above says why.")
    else:
        show_empty("No values yet", "The graph of this study has no values.", "A model can propose some, above.")
    if is_explained and shown:
        show_explanation(situation, shown, key=key)
    if machine is not None:
        show_lacking(machine)
    show_files(situation, shown, info, machine, key=key)
    return shown[0].score.source if shown else None


def show_scores(
    shown: Sequence[ShownValue], info: ScorerInfo, *, key: str, press: Callable[[Vrd], None] | None = None
) -> None:
    """Draw the values, most relevant first, by kind where there are several, with the sentence above them.

    Args:
        shown: most relevant first; at least one.
        info: of the scorer.
        key: of the widgets.
        press: told which value's bar was pressed.
    """
    _sentence(shown, info)
    if n_shortened := sum(one.score.is_shortened for one in shown):
        n_of = f"{n_shortened} of {len(shown)} values"
        show_notice(f"The situation is longer than the model reads: for {n_of} its end was left out.")
    groups = {kind: [one for one in shown if one.vrd.kind is kind] for kind in VrdKind}
    groups = {kind: members for kind, members in groups.items() if members}
    for kind, members in groups.items():
        if len(groups) > 1:
            st.subheader(KIND_WORDS[kind])
        _draw(members, info, key=f"{key}.bars.{kind.value}", press=press)
    length = "Length: relevance, 0 to 1." + (
        " Colours and patterns: which way the value pulls." if info.has_valence else ""
    )
    st.caption(f"{length} {untold_pulls([one.score for one in shown]) if info.has_valence else ''}")


def show_files(
    situation: str, shown: Sequence[ShownValue], info: ScorerInfo, machine: Machine | None, *, key: str
) -> None:
    """Draw all values as a table, and what is shown as files."""
    if not shown:
        return
    rows = pd.DataFrame([table_row(one) for one in shown]).dropna(axis="columns", how="all").round(3)
    with st.expander("All values as a table"):
        st.dataframe(rows[[name for name in COLUMNS if name in rows]].rename(columns=COLUMNS), hide_index=True)
    rules, chosen = (machine.rules, machine.chosen) if machine else (None, None)
    document = shown_json(situation, shown, info, rules=rules, chosen=chosen)
    offer_files(shown_csv(situation, shown), document, name="scores", key=key)


def _draw(members: Sequence[ShownValue], info: ScorerInfo, *, key: str, press: Callable[[Vrd], None] | None) -> None:
    top = members[:SHOWN]
    bars = [Bar(one.vrd.text, one.score.relevance, _shares(one.score), one.is_machine) for one in top]
    figure = values_figure(bars, palette=current_palette(), has_valence=info.has_valence)
    if press is None:
        st.plotly_chart(figure, width="stretch", key=key, config=QUIET)
    else:
        told = partial(_pressed, key, [one.vrd for one in top], press)
        st.plotly_chart(figure, width="stretch", key=key, config=QUIET, on_select=told, selection_mode="points")
    if len(members) > len(top):
        st.caption(f"The {len(top)} most relevant of {len(members)}.")


def _pressed(key: str, vrds: Sequence[Vrd], press: Callable[[Vrd], None]) -> None:
    points = st.session_state[key].selection.points
    place = round(float(points[0]["y"])) if points else -1
    if 0 <= place < len(vrds):
        press(vrds[place])


def _sentence(shown: Sequence[ShownValue], info: ScorerInfo) -> None:
    first = shown[0]
    mark = ", machine-made" if first.is_machine else ""
    st.markdown(f"**Ranked first: {plain(first.vrd.text)}** ({first.score.relevance:.2f}{mark}).")
    if not info.has_valence:
        show_notice(info.valence_line)
        return
    reading = read_shown(shown)
    if reading is None:
        st.markdown("No value has both a relevance above 0 and a valence, so nothing is said of the whole.")
        return
    words = next(words for bound, words in CONTESTED if reading.entropy < bound)
    n_made = sum(one.is_machine for one in shown)
    made = f", {n_made} of them machine-made" if n_made else ""
    st.markdown(
        f"Together: {words} (contestedness {reading.entropy:.2f} of 1, of which {reading.disagreement:.2f} between "
        f"values and {reading.doubt:.2f} within them; n = {reading.n_values} values{made}). Weighted by relevance, "
        f"{reading.overall.supports:.0%} supports, {reading.overall.opposes:.0%} opposes, "
        f"{reading.overall.either:.0%} could do either."
    )


def _shares(score: ValueScore) -> tuple[float, float, float] | None:
    valence = score.valence
    return None if valence is None else (valence.supports, valence.either, valence.opposes)
