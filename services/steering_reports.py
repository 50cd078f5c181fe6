"""What a system text changed: two runs checked to differ in nothing else, then held against each other."""

import textwrap
from pathlib import Path
from typing import get_args

import numpy as np
from pydantic import ValidationError

from domain.errors import DataError, UserInputError
from domain.measures.intervals import wilson_interval
from domain.plurality import Range
from domain.stance_reports import RunComparison, Verdict
from domain.stances import Condition
from domain.steering_reports import PrincipleSteering, StatedPrinciple, SteeringReport
from services.stance_comparisons import LEVEL
from services.stance_reports import MIN_DILEMMAS, Run, check_dilemmas, system_texts
from services.stance_runs import RunMaterial
from stances.mentions import VALUE
from stances.steering import Principle
from stances.steering_effect import Measured, choice_changes, principle_effect

MAX_QUOTED = 60
UNREAD = "its choices follow the place of an action, so what changed is no change of stance and is not to be read"


def read_principle(file: Path) -> StatedPrinciple:
    """Return the principle that a JSON file states.

    Raises:
        UserInputError: the file cannot be read.
        DataError: it states no principle.
    """
    try:
        return StatedPrinciple.model_validate_json(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserInputError(f"The file {str(file)!r} cannot be read as text in UTF-8.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise DataError(f"states no principle: {f'{place}: ' if place else ''}{said}", file=file.name) from error


def system_pair(before: RunMaterial, after: RunMaterial) -> tuple[str, str]:
    """Return the system texts to hold against each other where nobody chose any.

    Raises:
        UserInputError: a run was asked under several, so that it is not clear which one is meant.
    """
    first = system_texts(before)[0]
    others = [text for text in system_texts(after) if text != first]
    if len(others) > 1:
        raise UserInputError(
            f"The run {after.name!r} was asked under {len(others)} system texts. Name a run that was asked under one."
        )
    return first, others[0] if others else first


def steering_fault(before: RunMaterial, after: RunMaterial, *, before_system: str, after_system: str) -> str:
    """Return in one sentence why two runs do not show what a system text changed; empty where they do.

    The seed may differ: with log-probabilities it decides nothing, and samples are drawn afresh at any seed.

    Raises:
        UserInputError: a run is not one over dilemmas, or holds numbers alone.
    """
    check_dilemmas(before)
    check_dilemmas(after)
    one, other = before.card, after.card
    if (one.model, one.revision) != (other.model, other.revision):
        return f"The two runs are of different models, {_named(before)} and {_named(after)}."
    if sorted(before.items, key=lambda item: item.id) != sorted(after.items, key=lambda item: item.id):
        return "The two runs asked different items, so a difference would not be the work of the system text."
    if (one.method, one.n_samples) != (other.method, other.n_samples):
        return "The two runs read replies in different ways, so more than the system text differs."
    if _asked(one.conditions, before_system) != _asked(other.conditions, after_system):
        return "The two runs asked in different words, orders or labels, so more than the system text differs."
    if before_system == after_system:
        return "Both runs were told the same beforehand, so there is no system text to measure."
    return ""


def _named(material: RunMaterial) -> str:
    name, revision = material.card.model, material.card.revision
    return f"{name} {revision}" if revision and not name.endswith(revision) else name


def _asked(conditions: tuple[Condition, ...], system: str) -> set[str]:
    """Return the ways of asking under one system text, the text itself left out."""
    return {one.model_copy(update={"system": ""}).key for one in conditions if one.system == system}


def steer(before: Run, after: Run, compared: RunComparison, principle: StatedPrinciple | None = None) -> SteeringReport:
    """Return what changed from ``before`` to ``after``, two runs that ``steering_fault`` finds nothing against.

    ``compared`` is what ``compare_runs`` says of both.

    Raises:
        UserInputError: the principle is found in no dilemma that both answered.
    """
    place = {item.id: at for at, item in enumerate(after.items)}
    other = np.array([after.leaning[place[item.id]] for item in before.items])
    changes = choice_changes(before.leaning, other)
    ids = [item.id for item in before.items]
    to_do = tuple(one for one, way in zip(ids, changes.tolist(), strict=True) if way > 0)
    to_leave = tuple(one for one, way in zip(ids, changes.tolist(), strict=True) if way < 0)
    order = get_args(Verdict)
    verdict: Verdict = max(before.reading.verdict, after.reading.verdict, key=order.index)
    found = None if principle is None else _principle(before, other, principle)
    return SteeringReport(
        compared=compared, verdict=verdict, changed_to_do=to_do, changed_to_leave=to_leave,
        principle=found, words=_words(compared, verdict, len(to_do) + len(to_leave)),
    )  # fmt: skip


def _words(compared: RunComparison, verdict: Verdict, n_changed: int) -> str:
    tested = [label for label in compared.labels if label.q is not None]
    moved = sum(label.q is not None and label.q < LEVEL for label in tested)
    instead = f" instead of {quoted(compared.first.system)}" if compared.first.system else ""
    said = (
        f"Told {quoted(compared.second.system)}{instead}, {compared.first.model} chose otherwise in {n_changed} of "
        f"{compared.n_shared} dilemmas"
    )
    if verdict == "not_to_be_read":
        return f"{said}; but {UNREAD}."
    if not tested:
        return f"{said}. No value or dimension is mentioned in {MIN_DILEMMAS} of them, so none is tested."
    return (
        f"{said}, and {moved} of {len(tested)} values and dimensions moved by more than chance would (corrected for "
        f"looking at {len(tested)})."
    )


def quoted(text: str) -> str:
    """Return a system text as it stands in sentences and headings: shortened, in quotation marks."""
    return f"“{textwrap.shorten(text, MAX_QUOTED, placeholder='…')}”" if text else "nothing"


def _principle(before: Run, other: np.ndarray, stated: StatedPrinciple) -> PrincipleSteering:
    known = {label.name for label in before.mentions.labels if label.theory == VALUE}
    named = [*stated.supporting, *stated.opposing]
    unknown = tuple(name for name in named if name not in known)
    if len(unknown) == len(named):
        raise UserInputError(f"No dilemma of these runs mentions a value of the principle {stated.name!r}.")
    rng = np.random.default_rng([before.reading.seed, 3])
    effect = principle_effect(
        Principle(stated.supporting, stated.opposing), before.items, before.leaning, other, rng=rng,
        n_resamples=before.reading.n_resamples,
    )  # fmt: skip
    if effect is None:
        raise UserInputError(f"The principle {stated.name!r} conflicts in no dilemma that both runs answered.")
    n = len(effect.conflicts)

    def ends(one: Measured) -> Range | None:
        return (one.low, one.high) if n >= MIN_DILEMMAS else None

    wilson = wilson_interval(effect.n_elsewhere_changed, effect.n_elsewhere)
    made = PrincipleSteering(
        principle=stated, unknown=unknown, n=n,
        before=effect.before.value, before_interval=ends(effect.before),
        after=effect.after.value, after_interval=ends(effect.after),
        difference=effect.difference.value, difference_interval=ends(effect.difference),
        toward=tuple(before.items[at].id for at in effect.toward),
        away=tuple(before.items[at].id for at in effect.away),
        net=effect.net.value, net_interval=ends(effect.net),
        n_elsewhere=effect.n_elsewhere, n_elsewhere_changed=effect.n_elsewhere_changed,
        elsewhere_interval=tuple(wilson) if wilson else None, words="",
    )  # fmt: skip
    return made.model_copy(update={"words": principle_words(made)})


def principle_words(found: PrincipleSteering) -> str:
    """Return in words how far a principle moved and what moved beside it."""
    ends = found.difference_interval
    surely = f"too few dilemmas for an interval: fewer than {MIN_DILEMMAS}"
    if ends is not None:
        surely = f"95 % {ends[0]:+.1f} to {ends[1]:+.1f}"
    where = f"conflicts in {found.n} {'dilemma' if found.n == 1 else 'dilemmas'}"
    said = (
        f"“{found.principle.name}” {where}: its score goes from {found.before:+.1f} to {found.after:+.1f} "
        f"({found.difference:+.1f}; {surely}). {len(found.toward)} choices changed towards it, {len(found.away)} away "
        "from it."
    )
    if not found.n_elsewhere:
        return f"{said} There is no other dilemma to see a side effect in."
    here, elsewhere = (len(found.toward) + len(found.away)) / found.n, found.n_elsewhere_changed / found.n_elsewhere
    return (
        f"{said} Beside it, {found.n_elsewhere_changed} of {found.n_elsewhere} choices on other dilemmas changed "
        f"({elsewhere:.0%}; here {here:.0%})."
    )
