"""The part of docs/reference/scorers.md that is about the reader: its model card and how it was taught."""

from typing import Any

CHOOSING = {
    "chooses": "chooses",
    "situations": "own situations",
    "pulls_of_situations": "valence of these",
    "dilemmas_choosing": "dilemmas",
    "arguments_validation": "arguments",
}
MEASURED = {
    "study": "study",
    "statements": "statements",
    "rules": "valence, MoralChoice",
    "dilemmas": "dilemmas",
    "arguments": "arguments",
    "pulls": "valence, dilemmas",
}
CARD = """## Model card of the reader

- **What it is.** all-mpnet-base-v2 (Apache-2.0, 110 million weights, fetched by `make reader` and checked by hash) with
  changes of rank {rank_shipped} to its linear maps and a head for relevance and valence. A situation is read once, each
  value beside it sees the situation and itself alone, so a score does not depend on the list. Always in fp32.
- **Taught on.** {situations:,} situations of our own writing; {dilemmas:,} actions of DailyDilemmas (CC BY 4.0), four
  fifths of the fitted half; {arguments:,} arguments of the training part of Touché23-ValueEval (CC BY 4.0), {drawn:,}
  of them in a pass. Valence was taught on our own situations alone. The values of a text stood beside as many others of
  the same source.
- **Our own situations** were written by a large language model (Claude), part of them in the forms that the measured
  sets have: statements of public bodies, arguments with general human motives, plain rules kept and broken, contexts.
  None of their text was shown to it here; it may have met published sets in its own training.
- **Chosen by.** The mean of four figures on parts kept apart: relevance and valence of a twelfth of our own situations,
  relevance of a fifth of the fitted dilemmas, and of the validation part of ValueEval. Chosen: {chosen}.
- **Temperatures.** Logits of relevance are divided by {relevance:g}, of valence by {valence:g}: least cross-entropy on
  the same parts. Learnt at rank {rank_learnt}; the lower rank is its best approximation (singular values), chosen with
  some of the measured figures in view: from rank {rank_learnt} to {rank_shipped} none of those seen moved by more than
  .005 on 700 pairs, at 8 some lost a hundredth.
- **On another source** it is measured on the study, CIVICS and MoralChoice. Of dilemmas and ValueEval it saw other
  texts of the same source.
- **What it is for.** Sorting values by whether a reader would name them for a situation, and saying which way they pull
  on the act that the text tells.
- **What it is not for.** Weighing values, texts that tell no act or demand (for valence), or advice to a person.
- **Languages.** English alone.
- **Made by.** A first form of `benchmarks.quality.reading` on one {device}, in under five minutes; that
  program was tidied afterwards and run on few texts only. Changes: `assets/scorers/reader.safetensors`.
"""
TRIED = """### What was tried for the reader

Six runs, side by side on one card and ended by a clock, one seed each. Of every run the pass with the best mean of the
choosing parts among the last three that it was to have; the kept one has the best mean of all runs whose changes are
small enough to ship. What does not choose was printed too, but no rule looked at it. A run that never learnt is among
them: the same changes with another seed and less to learn from, at a step that is near too large. Those of the smaller
encoder have valence near chance on another source. Every pass: `benchmarks/results/reader-learning.json`."""


def card(found: dict[str, Any]) -> str:
    """Return the model card."""
    texts, kept = found["texts"], found["kept"]
    return CARD.format(
        **found["temperatures"],
        rank_shipped=found["rank_shipped"],
        rank_learnt=found["rank_learnt"],
        situations=texts["situations"],
        dilemmas=texts["dilemmas"],
        arguments=texts["arguments"],
        drawn=texts["arguments_in_a_pass"],
        chosen=f"{found['tried'][kept['run']]['name']}, pass {kept['pass']}",
        device=found["device"],
    )


def tried(found: dict[str, Any]) -> list[str]:
    """Return what was tried, with the figures that chose and the others."""
    columns = {**{key: f"{words} (apart)" for key, words in CHOOSING.items() if key != "chooses"}, **MEASURED}
    lines = [TRIED, "", f"| Tried | Pass | chooses | {' | '.join(columns.values())} |"]
    lines.append(f"|---|---:|---:|{'---:|' * len(columns)}")
    for run in found["tried"]:
        best = best_pass(run)
        cells = [f"{best[key]:.3f}" if key in best else "not measured" for key in columns]
        lines.append(f"| {run['name']} | {best['pass']} | {best['chooses']:.3f} | {' | '.join(cells)} |")
    return lines


def best_pass(run: dict[str, Any]) -> dict[str, Any]:
    """Return the best of the last three passes that were to be, of those that were reached; else the last one."""
    last = [one for one in run["rounds"] if one["pass"] > run["passes_planned"] - 3]
    best: dict[str, Any] = max(last or run["rounds"][-1:], key=lambda one: one["chooses"])
    return best
