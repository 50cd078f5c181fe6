"""Two actions side by side: which values speak for which, as a sentence, a picture, a table, and files."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from domain.kaleido import ScorerInfo, ScoreSource, Vrd
from domain.value_readings import ActionComparison
from services.score_files import ActionValues, actions_csv, actions_json
from services.scoring import MAX_CHARS, Scored, compare
from services.shown_values import shown_together
from ui.figures.two_actions import Pulls, actions_figure
from ui.figures.values_here import QUIET
from ui.theme import current_palette
from ui.widgets.kaleidoscope_files import offer_files
from ui.widgets.kaleidoscope_panel import scored_or_wait
from ui.widgets.states import show_empty, show_notice

FILLED_BY = "They come with its seeds and its first cards."
COMPARED = 12
"""Values drawn beside two actions; the table has the rest."""
MAX_ACTION_CHARS = min(400, MAX_CHARS)


def show_actions(values: tuple[Vrd, ...], info: ScorerInfo, *, key: str) -> ScoreSource | None:
    """Ask for two actions and compare them by the values; return what made the scores, once there are any."""
    if not info.has_valence:
        show_notice(f"Two actions are compared by which way each value pulls. {info.valence_line}")
        return None
    if not values:
        show_empty("No values yet", "Two actions are compared by the values of the study, and it has none.", FILLED_BY)
        return None
    actions = [
        st.text_input(f"The {word} action", key=f"{key}.{word}", max_chars=MAX_ACTION_CHARS).strip()
        for word in ("first", "second")
    ]
    if not all(actions):
        return None
    first, second = (scored_or_wait(action, values, key=f"{key}.{n}") for n, action in enumerate(actions))
    if first is None or second is None:
        return None
    show_comparison(actions, first, second, info, key=key)
    return next((one.score.source for one in (*first.scored, *second.scored)), None)


def show_comparison(actions: Sequence[str], first: Scored, second: Scored, info: ScorerInfo, *, key: str) -> None:
    """Say which values speak for which of two actions, as a sentence, a picture, a table and files."""
    found = compare(first, second)
    if not found.differences:
        show_empty("Nothing to compare", "No value has a valence for both actions.", "Take other actions or a scorer.")
        return
    leaning = "the first" if found.first > found.second else "the second" if found.second > found.first else "neither"
    n_out = first.n_all - len(found.differences)
    out = f"; {n_out} of {first.n_all} values lack a pull on one of the actions and are in no sum" if n_out else ""
    st.markdown(
        f"**Summed over {len(found.differences)} values, they speak more for {leaning}** "
        f"({found.first:+.2f} against {found.second:+.2f}{out})."
    )
    _draw(found, key=key)
    with st.expander("All values as a table"):
        st.dataframe(_table(found), hide_index=True, width="stretch")
    both = zip(actions, (first, second), strict=True)
    sides = [ActionValues(action, shown_together(one, None)) for action, one in both]
    offer_files(actions_csv(sides), actions_json(sides, info, found), name="actions", key=key)


def _draw(found: ActionComparison, *, key: str) -> None:
    drawn = [Pulls(one.vrd.text, one.first, one.second) for one in found.differences[:COMPARED]]
    figure = actions_figure(drawn, palette=current_palette())
    st.plotly_chart(figure, width="stretch", key=f"{key}.actions", config=QUIET)
    st.caption(
        "Relevance times (supports less opposes), -1 to 1; right of 0 the value speaks for the action. "
        f"The {len(drawn)} widest differences of {len(found.differences)} values."
    )


def _table(found: ActionComparison) -> pd.DataFrame:
    rows = [
        {"Value": one.vrd.text, "First action": one.first, "Second action": one.second, "Difference": one.difference}
        for one in found.differences
    ]
    return pd.DataFrame(rows).round(3)
