"""What rose, fell or flipped between two waves: a picture of what can be compared, and all pairs as a table."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.people import REAL_SOURCES, Source
from domain.plurality import ChangeRow, OverTimeSection, PairInWaveRow, WaveRow
from ui.drawn import once, words_of
from ui.figures.groups import GroupPoint, GroupRow, side_by_side_figure
from ui.palette import Palette
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.group_words import HIDDEN
from ui.widgets.states import show_empty, show_notice

MAX_ROWS = 12
MOVED = ("flipped", "rose", "fell")
EARLIER, LATER = "earlier", "later"
TWO = 2
BY_TIME = ""
NOT_COMPARED = "not compared"
HIDDEN_WAVES_LINE = (
    "Hidden: fewer than five people answered in one of the waves or in none of them, or a wave is hidden beside such a "
    "one so that its answers do not follow from the total."
)


def waves_of(study_id: StudyId, *, key: str) -> OverTimeSection:
    """Draw whose votes are meant and how they are cut into waves, and return what changed."""
    with_simulated = st.toggle("Include simulated people", key=f"{key}.simulated")
    sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())
    rounds = services().groups.attributes(study_id, sources=sources)
    by = BY_TIME
    if rounds:
        by = st.selectbox(
            "Waves",
            [BY_TIME, *rounds],
            format_func=lambda name: f"by {name}: a round for each answer" if name else "by date",
            key=f"{key}.by",
        )
    day = None
    if by == BY_TIME:
        day = st.date_input(
            "The later wave starts on (UTC); left empty, the votes are cut into two halves",
            value=None,
            key=f"{key}.day",
        )
    starts = () if day is None else (datetime.combine(day, time.min, tzinfo=UTC),)
    query = GraphQuery(study_id=study_id, sources=sources)
    with st.spinner("Reading the votes and comparing the waves"):
        return services().groups.over_time(query, starts=starts, round_attribute=by)


def show_waves(found: OverTimeSection, titles: Mapping[int, str], *, key: str) -> None:
    """Draw the first and the last wave side by side."""
    if len(found.waves) <= 1:
        show_empty(
            "There is only one wave",
            "To see change, votes must come from two stretches of time or two rounds.",
            "Come back when more people have voted, or choose another start of the second wave.",
        )
        return
    sizes = "; ".join(f"{_begin(w, found)}: {_size(w)}" for w in found.waves)
    st.markdown(f"**{found.words[:1].upper()}{found.words[1:]}.** {_kind(found)}: {sizes}.")
    if len(found.waves) > TWO:
        st.markdown(f"Compared are {_begin(found.waves[0], found)} and {_begin(found.waves[-1], found)}.")
    palette = current_palette()
    if any(change.q is not None for change in found.changes):
        drawn = ("waves", palette, words_of(titles))
        figure = once(found, drawn, lambda: _waves_figure(found.changes, titles, palette))
        st.plotly_chart(figure, width="stretch", key=f"{key}.waves")
        st.caption(
            "Point: share who said “wiser” in a wave. Line: 95 % interval. Pairs whose answers may be shown in both."
        )
    else:
        show_notice("There is no pair yet whose answers may be shown in both waves, so nothing can be compared.")
    with st.expander("All pairs as a table"):
        table = once(found, ("pairs", words_of(titles)), lambda: _table(found.changes, titles))
        st.dataframe(table, hide_index=True, width="stretch")
        st.caption(HIDDEN_WAVES_LINE)


def _waves_figure(changes: Sequence[ChangeRow], titles: Mapping[int, str], palette: Palette) -> go.Figure:
    tested = sorted((change for change in changes if change.q is not None), key=_most_telling)
    rows = [GroupRow(_name(change, titles), _points(change)) for change in tested[:MAX_ROWS]]
    return side_by_side_figure(rows, [EARLIER, LATER], palette=palette)


def _table(changes: Sequence[ChangeRow], titles: Mapping[int, str]) -> pa.Table:
    return pa.Table.from_pylist([_row(change, titles) for change in sorted(changes, key=_most_telling)])


def _kind(found: OverTimeSection) -> str:
    return f"Waves by {found.by}" if found.by else "Waves"


def _begin(wave: WaveRow, found: OverTimeSection) -> str:
    """Return the name of a round, or the day on which a wave begins; the minute says nothing to a reader."""
    return wave.name if found.by else f"from {datetime.fromisoformat(wave.name):%Y-%m-%d}"


def _size(wave: WaveRow) -> str:
    if wave.n_people is None:
        return "number of people hidden"
    people = f"{wave.n_people} people"
    return people if wave.n_votes is None else f"{wave.n_votes} votes, {people}"


def _most_telling(change: ChangeRow) -> tuple[bool, float, int, int]:
    return change.move not in MOVED, 2.0 if change.q is None else change.q, change.src, change.wiser


def _name(change: ChangeRow, titles: Mapping[int, str]) -> str:
    pair = " → ".join(titles.get(n, str(n)) for n in (change.src, change.wiser))
    return f"{pair}: {change.move}" if change.move in MOVED else pair


def _points(change: ChangeRow) -> tuple[GroupPoint, ...]:
    return tuple(
        GroupPoint(name, wave.share, *wave.interval, n=wave.n_people)
        for name, wave in ((EARLIER, change.earlier), (LATER, change.later))
        if wave.share is not None and wave.interval is not None and wave.n_people
    )


def _row(change: ChangeRow, titles: Mapping[int, str]) -> dict[str, object]:
    return {
        "Pair": " → ".join(titles.get(n, str(n)) for n in (change.src, change.wiser)),
        "Earlier": _cell(change.earlier),
        "Later": _cell(change.later),
        "What happened": NOT_COMPARED if change.q is None else change.move,
        "Corrected p": "–" if change.q is None else f"{change.q:.2f}",
    }


def _cell(wave: PairInWaveRow) -> str:
    if wave.n_people is None:
        return HIDDEN
    return f"{wave.wiser} of {wave.n_votes} wiser" if wave.n_votes else "–"
