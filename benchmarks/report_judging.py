"""The part of the benchmark page on language models that file cards, and on those that judged pairs before."""

import json
from pathlib import Path
from typing import Any

BAR_F1_JUDGED = 0.8
LEAST_PRECISION = 0.9
"""Asked for on values of even number of the sureness from which a card joins; of those, the one with the highest F1."""
FIGURES = ("precision", "recall", "f1")
JOINED = ("joined_right", "joined_wrong")
FILING = """`benchmarks.quality.judging`: the {texts} wordings of values of odd number. {cards_to_file} of them are of
one person and left alone by likeness; for {right_one_offered} the value of the study is among the five offered. Filers
that are wrong at a known rate: mean of {draws} draws. A line with a name is a real model; its cards join where it is
sure enough.

| Filer | Joined rightly | Wrongly | Precision | Recall | F1 |
|---|---:|---:|---:|---:|---:|"""
HALVES = """{model} on both halves, by the sureness from which a card joins. Its two answers contradict each other for
{even_differ} of {even_asked} cards of even number and for {differ} of {asked} of odd number. Values of even number
choose: the highest F1 with precision of {least} or more is at {chosen}.

| Joined from | Even: rightly | Wrongly | Precision | F1 | Odd: rightly | Wrongly | Precision | F1 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|"""
PAIRWISE = """Before, pairs of the same wordings were judged, each in both orders, and a judgement spoke for the groups
of both cards. That is no longer done when cards of a file are gathered; the figures stay for comparison.

| Judge of pairs | Pairs judged | Precision | Recall | F1 |
|---|---:|---:|---:|---:|"""


def judging(results: Path) -> list[str]:
    """Return what a model adds that files cards, and what one gave that judged pairs."""
    found = json.loads((results / "judging.json").read_text(encoding="utf-8"))
    return [*_filing(found["filing"]["odd"], found["filing"].get("even", {})), *_pairwise(found["pairwise"])]


def _filing(odd: dict[str, Any], even: dict[str, Any]) -> list[str]:
    rows: list[list[object]] = [["nobody", 0, 0, *(odd["without_model"][k] for k in FIGURES)]]
    for rate, one in odd["if_wrong_at_rate"].items():
        rows.append([f"wrong about {float(rate):.0%} of cards", *(one[k] for k in (*JOINED, *FIGURES))])
    said: list[str] = []
    for own in odd["by_model"]:
        at_cut = own["by_cut"][str(own["sure_from"])]
        rows.append([_short(own), *(at_cut[k] for k in (*JOINED, *FIGURES))])
        said.append(_of_filer(own, alone=odd["without_model"]["f1"]))
        other = next((one for one in even.get("by_model", []) if one["model"] == own["model"]), None)
        said += _of_halves(own, other, odd=odd, even=even) if other else []
    said = said or ["- No model was measured yet."]
    return ["", FILING.format(**odd), *(f"| {' | '.join(map(str, row))} |" for row in rows), "", *said]


def _of_filer(own: dict[str, Any], *, alone: float) -> str:
    word = "met" if own["figures"]["f1"] >= BAR_F1_JUDGED else "**missed**"
    sureness = [
        f"{sure}: {seen['right']} right, {seen['wrong']} wrong" for sure, seen in own["filed_by_sureness"].items()
    ]
    others = [f"{n} {opinion}" for opinion, n in own["not_filed"].items()]
    trial = own.get("trial")
    tried = (
        f" Trial: {trial['n_right']} right, {trial['n_wrong']} wrong, {trial['n_missed']} missed of {trial['n_cards']}."
        if trial
        else ""
    )
    return (
        f"- {_short(own)}: asked about {own['asked']} cards; joined from sureness {own['sure_from']} on. Filed, by "
        f"sureness: {'; '.join(sureness) or 'none'}. Not filed: {'; '.join(others) or 'none'}. F1 of {BAR_F1_JUDGED}: "
        f"{word}, {own['figures']['f1']}; without a model {alone}.{tried}"
    )


def _of_halves(own: dict[str, Any], other: dict[str, Any], *, odd: dict[str, Any], even: dict[str, Any]) -> list[str]:
    """Return what a model gives on both halves, by the sureness from which a card joins, and which one is chosen."""
    rows = [
        [cut, *(one["by_cut"][cut][k] for one in (other, own) for k in (*JOINED, "precision", "f1"))]
        for cut in own["by_cut"]
    ]
    rows.append(["nobody", *(k for half in (even, odd) for k in (0, 0, *_two(half["without_model"])))])
    sure = [cut for cut, one in other["by_cut"].items() if one["precision"] >= LEAST_PRECISION]
    chosen = max(sure, key=lambda cut: other["by_cut"][cut]["f1"], default="none")
    given = {
        "model": _short(own), "even_asked": other["asked"], "even_differ": other["orders_that_differ"],
        "asked": own["asked"], "differ": own["orders_that_differ"], "least": LEAST_PRECISION, "chosen": chosen,
    }  # fmt: skip
    return ["", HALVES.format(**given), *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def _two(figures: dict[str, float]) -> tuple[float, float]:
    return figures["precision"], figures["f1"]


def _pairwise(found: dict[str, Any]) -> list[str]:
    always = found["always_right"]
    rows = [["always right", always["asked"], *(always[k] for k in FIGURES)]]
    rows += [[_short(own), own["judged"], *(own["figures"][k] for k in FIGURES)] for own in found["by_model"]]
    said = [line for own in found["by_model"] for line in _of_judge(own)]
    return ["", PAIRWISE, *(f"| {' | '.join(map(str, row))} |" for row in rows), "", *said]


def _of_judge(own: dict[str, Any]) -> list[str]:
    says, trial = own["opinions"], own.get("trial")
    opinions = [
        f"of pairs of {kind} it called "
        + ", ".join(f"{says.get(f'{opinion}, {kind}', 0)} {opinion}" for opinion in ("same", "different", "unsure"))
        for kind in ("one value", "two values")
    ]
    tried = (
        f" Trial of pairs: {trial['n_right']} right, {trial['n_wrong']} wrong of {trial['n_pairs']}." if trial else ""
    )
    return [
        f"- {_short(own)}: its two answers differ in {own['orders_that_differ']} of {own['judged']} pairs; "
        f"{'; '.join(opinions)}.{tried}"
    ]


def _short(own: dict[str, Any]) -> str:
    name: str = own["model"].partition("@")[0]
    return name
