"""The live board: figures, a funnel of steps with people as dots, minutes, and what people said at the end."""

import pandas as pd
import streamlit as st

from services.live import IDLE_AFTER, LiveView
from ui.figures.journey import funnel_figure, minutes_figure
from ui.figures.shares import Share, share_figure
from ui.theme import current_palette
from ui.widgets.finishing import QUESTIONS
from ui.widgets.states import show_empty

STEP_WORDS = {
    "welcome": "Welcome",
    "interview": "Interview",
    "card": "Card",
    "belong": "Belongs where",
    "choose": "Choose",
    "compare": "Compare",
    "finish": "Closing questions",
    "done": "Done",
}


def show_board(view: LiveView, *, key: str) -> None:
    """Draw the state of a study."""
    if view.n_people == 0:
        show_empty(
            "No one has come yet", "People appear here when they open their link.", "Send the link on the page Studies."
        )
        return
    median = f"{view.median_minutes:.0f} min" if view.median_minutes is not None else "–"
    figures = (
        (str(view.n_people), "people"),
        (str(view.n_finished), "finished"),
        (median, f"median time, n = {view.n_finished}"),
        (str(view.n_cards), "cards"),
        (str(view.n_votes), "votes"),
        (str(view.n_hidden), "hidden cards"),
        *([(str(view.n_saw_values), "cards after a look at the map")] if view.n_saw_values else []),
    )
    st.html(
        '<div class="mg-figures">'
        + "".join(f'<div class="mg-figure"><b>{number}</b><span>{words}</span></div>' for number, words in figures)
        + "</div>"
    )
    names = [STEP_WORDS[s.step.value] for s in view.stages]
    st.plotly_chart(
        funnel_figure(
            names,
            n_here=[s.n_here - s.n_stopped for s in view.stages],
            n_stopped=[s.n_stopped for s in view.stages],
            palette=current_palette(),
        ),
        width="stretch",
        key=f"{key}.funnel",
    )
    st.caption(
        f"One dot is one person at that step now. A hollow dot did nothing for {IDLE_AFTER.seconds // 60} minutes."
    )
    rows = [
        {"Step": name, "Came this far": s.n_reached, "Here now": s.n_here, "Stopped here": s.n_stopped}
        for name, s in zip(names, view.stages, strict=True)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if view.minutes:
        st.plotly_chart(minutes_figure(view.minutes, palette=current_palette()), width="stretch", key=f"{key}.minutes")
    said = [
        {
            "Question": QUESTIONS[line.question],
            "Answers": line.n,
            "4 or 5 of 5": line.n_high,
            "95 %": _share(line.interval),
        }
        for line in view.survey
    ]
    st.markdown("**What people said at the end**: the share who answered 4 or 5 of 5, with its 95 % interval")
    shares = [Share(QUESTIONS[line.question], line.n_high, line.n, line.interval) for line in view.survey]
    st.plotly_chart(share_figure(shares, palette=current_palette()), width="stretch", key=f"{key}.survey")
    st.dataframe(pd.DataFrame(said), hide_index=True, width="stretch")


def _share(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.0%}–{interval[1]:.0%}" if interval is not None else "no answers yet"
