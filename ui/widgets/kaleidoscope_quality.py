"""What the scores of a scorer are: how good it is, how it was read, what it is not for, and the others beside it."""

from html import escape

import streamlit as st

from domain.kaleido import ScorerInfo, ScoreSource
from services.part_names import public_scorer_name
from services.scorer_quality import CHANCE, Figure, QualityRow, QualityTable, read_quality_tables
from ui.plain import plain
from ui.widgets.states import show_notice

PUBLISHED_POSITION = 1
BETTER_LINE = (
    'So none is shown here, nor written to a file. Take another scorer: the reader (call "make reader", then start the '
    "app with MORALGRAPH_SCORER=reader), a Kaleido checkpoint (MORALGRAPH_SCORER=kaleido:FOLDER), or a larger language "
    "model (MORALGRAPH_CHAT with MORALGRAPH_SCORER=llm). The table below holds those that were measured."
)


def show_chance(info: ScorerInfo) -> None:
    """Say that the scores of this scorer may be chance and are not shown, and what to do."""
    show_notice(f"{info.chance} {BETTER_LINE}")


def show_scorer(info: ScorerInfo, source: ScoreSource | None = None, *, key: str) -> None:
    """Say which scorer this is, how good it is, and what its scores are not; the others beside it.

    Args:
        info: of the scorer.
        source: of scores on the page; ``None`` before there are any.
        key: of the widgets.
    """
    st.subheader("What these scores are")
    st.markdown(f"{info.summary} Scorer: `{public_scorer_name(info.name)}`.")
    known = [f"{one.measure}: **{one.figure:.3f}** on {one.data}." for one in info.quality]
    sentences = [
        *(known or ["How good it is at this was not measured."]),
        info.chance,
        *info.not_for,
        _position(info),
        _arithmetic(info, source),
        f"The questions are worded as in: {info.templates_from}." if info.templates_from else "",
        f"Licence: {info.licence}." if info.licence else "",
    ]
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences if sentence))
    _show_others(info, key=key)


def _position(info: ScorerInfo) -> str:
    match info.decoder_position:
        case None:
            return ""
        case position if position == PUBLISHED_POSITION:
            return f"The decoder is read at position {position}, counted from 0, as for the published figures."
        case position:
            return (
                f"The decoder is read at position {position}, counted from 0. Published figures are read at position "
                f"{PUBLISHED_POSITION}; they do not hold here."
            )


def _arithmetic(info: ScorerInfo, source: ScoreSource | None) -> str:
    if source is not None and source.dtype:
        return f"The scores above were made in {source.dtype} arithmetic."
    is_asked = info.decoder_position is not None  # a checkpoint: its arithmetic depends on the machine
    return "The arithmetic is named here once something was scored." if is_asked else ""


def _show_others(info: ScorerInfo, *, key: str) -> None:
    tables = read_quality_tables(info.name if info.quality else "")
    if not tables:
        return
    with st.expander("All measured scorers side by side"):
        place = st.selectbox(
            "Measured on", range(len(tables)), format_func=lambda n: _title(tables[n]), key=f"{key}.measured"
        )
        table = tables[place]
        st.markdown(f"**{plain(_title(table))}**")
        st.html(quality_html(table))
        others = "" if any(row.is_in_use for row in table.rows) else " The scorer in use is not among them."
        st.caption(
            "Area under the curve: the chance that a pair with the label scores above one without it. "
            f"{CHANCE} is chance, 1 is never wrong; small figures are the 95 % interval. The pairs of a column are the "
            "same for every scorer. The model that graded is one careful reader, a mark to compare with and no upper "
            f"bound. How it was measured: docs/reference/scorers.md.{others}"
        )


def _title(table: QualityTable) -> str:
    return f"{table.task.capitalize()}: {table.data}"


def quality_html(table: QualityTable) -> str:
    """Return the scorers on one set as a table: a column for all pairs, one for a sample of them."""
    names = [f"All {table.n_all:,} pairs"] if table.n_all else []
    names += [f"{table.n_sample:,} {'of them' if names else 'pairs'}"] if table.n_sample else []
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_row(row, table) for row in table.rows)
    chance = f"<td>{CHANCE:.3f}</td>" * len(names)
    return (
        f'<table class="mg-quality"><thead><tr><th scope="col">Scorer</th>{heads}</tr></thead><tbody>{rows}'
        f'<tr><th scope="row">chance: the same score for every pair</th>{chance}</tr></tbody></table>'
    )


def _row(row: QualityRow, table: QualityTable) -> str:
    mark = ' <span class="mg-mark">in use</span>' if row.is_in_use else ""
    figures = ((row.in_all, table.n_all), (row.in_sample, table.n_sample))
    cells = "".join(f"<td>{_cell(row, one, n_pairs)}</td>" for one, n_pairs in figures if n_pairs)
    opening = '<tr class="mg-in-use">' if row.is_in_use else "<tr>"
    return f'{opening}<th scope="row">{escape(row.name)}{mark}</th>{cells}</tr>'


def _cell(row: QualityRow, one: Figure | None, n_pairs: int) -> str:
    if one is None:
        return f"<small>{row.why_not}</small>"
    low, high = one.interval_95
    notes = [f"{low:.3f}–{high:.3f}"]
    notes += [f"n = {one.pairs:,}"] if one.pairs != n_pairs else []
    notes += [f"{one.failed} without a score"] if one.failed else []
    return f"{one.auc:.3f} " + " ".join(f'<small class="mg-interval">{note}</small>' for note in notes)
