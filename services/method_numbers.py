"""The constants that the page on methods names, read from where they are used, so that the page cannot lag behind."""

from domain.graphs import Thresholds
from graph.audit import MIN_EXPECTED
from graph.audit_words import FALSE_DISCOVERY
from graph.bridging import N_STARTS, UPHELD_LOW
from graph.card_likeness import DEFAULT_BOUNDS
from graph.cell_guard import MIN_CELL
from graph.factors import FACTOR_PENALTY, INTERCEPT_PENALTY
from graph.influence import N_DRAWS, N_TOP
from graph.opinion_groups import MAX_GROUPS, MIN_ANSWERS
from graph.opinion_groups import MIN_PEOPLE as MIN_OPINION_PEOPLE
from graph.provisional import MIN_PEOPLE
from graph.rank import DAMPING
from graph.resampling import N_RESAMPLES
from services.analysis_groups import N_RESAMPLES as N_GROUP_RESAMPLES
from services.analysis_groups import N_SHUFFLES

LIMITS = Thresholds()
NUMBERS: dict[str, float | int] = {
    "damping": DAMPING,
    "factor_penalty": FACTOR_PENALTY,
    "false_discovery": FALSE_DISCOVERY,
    "intercept_penalty": INTERCEPT_PENALTY,
    "least_likelihood": LIMITS.min_wiser_likelihood,
    "likeness_apart": DEFAULT_BOUNDS.apart,
    "likeness_cut": DEFAULT_BOUNDS.cut,
    "max_groups": MAX_GROUPS,
    "min_answers": MIN_ANSWERS,
    "min_cell": MIN_CELL,
    "min_expected": MIN_EXPECTED,
    "min_opinion_people": MIN_OPINION_PEOPLE,
    "min_people": MIN_PEOPLE,
    "min_wiser": LIMITS.min_wiser,
    "most_entropy": LIMITS.max_entropy,
    "n_draws": N_DRAWS,
    "n_group_resamples": N_GROUP_RESAMPLES,
    "n_resamples": N_RESAMPLES,
    "n_shuffles": N_SHUFFLES,
    "n_starts": N_STARTS,
    "n_top": N_TOP,
    "upheld_low": UPHELD_LOW,
}
