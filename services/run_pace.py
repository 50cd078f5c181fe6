"""How long one call takes, told from runs that were made: the first thing that somebody asks before a start."""

from domain.errors import MoralGraphError
from domain.stances import Effort
from services.probe_plans import ProbePlan
from services.run_folder import CARD, RunFolder


def seconds_per_call(folder: RunFolder, model: str, plan: ProbePlan) -> float:
    """Return the pace of the answers in ``folder``, or of the newest run like it beside it; 0 where none is known."""
    effort = folder.card().effort if folder.has_run() else Effort()
    if not effort.n_calls:
        effort = _effort_beside(folder, model, plan)
    return effort.seconds / effort.n_calls if effort.n_calls else 0.0


def _effort_beside(folder: RunFolder, model: str, plan: ProbePlan) -> Effort:
    """Return what the newest comparable run in the same folder of runs cost; nothing where there is none."""
    templates = {condition.template for condition in plan.conditions}
    cards = []
    for file in sorted(folder.path.parent.glob(f"*/{CARD}")):
        try:
            card = RunFolder(file.parent).card()
        except MoralGraphError:  # a spoiled card of another run is no reason to give no estimate
            continue
        is_alike = card.n_samples == max(plan.n_samples, 1) and templates == {one.template for one in card.conditions}
        if card.model == model and is_alike and card.effort.n_calls:
            cards.append(card)
    return max(cards, key=lambda card: card.started_at).effort if cards else Effort()
