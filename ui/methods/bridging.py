"""Methods: what is upheld across camps."""

from domain.messages import N_
from ui.methods.method import Chapter, Method

BRIDGING = Chapter(
    "bridging",
    N_("Bridging"),
    (
        Method(
            name=N_("Bridging intercept"),
            says=N_("How far an arrow or a value is upheld once people’s sides are taken out: what camps agree on."),
            formula=r"r_{ui} \approx \mu + g_u + i_i + s_u t_i",
            reads=N_(
                "r: support, 1, ½ for “not sure”, or 0; g: how generous the person is; s·t: side of the person times "
                "side of the item; i: the intercept. Penalties: {intercept_penalty} on mean, generosity and "
                "intercept, {factor_penalty} on sides."
            ),
            source=N_(
                "Community Notes, note ranking (2023). Ours is solved by alternating least squares from {n_starts} "
                "starts, and its penalty is a mean over people and over items, so that items with few answers are "
                "pulled in harder."
            ),
            modules=("graph.factors", "graph.factor_model", "graph.sparse_factors", "graph.bridging"),
            silent=N_("It finds the largest divide in the answers, whatever it is. The sign of a side means nothing."),
        ),
        Method(
            name=N_("The bar for “upheld”"),
            says=N_("An item is called upheld across camps when both of its ranges begin at {upheld_low} or above."),
            formula=r"\min\left(l_{\text{draws}},\; l_{\text{one more}}\right) \ge b",
            reads=N_(
                "l: lower ends. The first range comes from {n_group_resamples} draws of people, the second from one "
                "more voter of any kind. Below {min_cell} people nothing is said. “Unsettled” is how far the better "
                "half of the starts differ."
            ),
            source=N_(
                "Community Notes, the bar for a note’s lower bound and the made-up voters. There it is used on notes "
                "and answers of their kind; on values it is a convention, not a finding."
            ),
            modules=("graph.bridging",),
            silent=N_("Below the bar is not the same as divided: most items have too few answers to reach it."),
        ),
        Method(
            name=N_("Group minimum"),
            says=N_("The share of support in the group that upholds an item least."),
            formula=r"\begin{gathered}\min_g y_g / n_g\\ \min_g \text{Wilson}_{1 - 0.05 / G}(y_g, n_g)\end{gathered}",
            reads=N_(
                "y of n people of a group say yes, over the G groups shown. Upheld: the sure lower bound, which holds "
                "for all groups together, is above ½."
            ),
            source=N_(
                "The maximin reading of consensus; Bonferroni’s correction over the groups, on Wilson’s interval."
            ),
            modules=("graph.group_minimum",),
            silent=N_(
                "It knows only the groups that people named. Somebody in no group, or in a small one, does not count."
            ),
        ),
        Method(
            name=N_("Influence of a group"),
            says=N_("Which arrows, and which of the {n_top} highest values, would change without one group."),
            formula="",
            reads=N_(
                "Beside it stands what changes when as many people, drawn by lot {n_draws} times, are left out, and "
                "p: how often the lot changes at least as many arrows."
            ),
            source=N_("Our own: a group left out, held against as many people left out by lot."),
            modules=("graph.influence",),
            silent=N_("A large group changes much by its size. The usual range says how much."),
        ),
    ),
)
