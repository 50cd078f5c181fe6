"""Methods: what models say, in the Kaleidoscope and in the rooms of stances."""

from domain.messages import N_
from ui.methods.method import Chapter, Method

MODELS = Chapter(
    "models",
    N_("What models say"),
    (
        Method(
            name=N_("Relevance, which way, and pull"),
            says=N_(
                "How likely a scorer would name a value for a situation, and whether it would support the act or "
                "oppose it."
            ),
            formula=r"\text{pull} = r\, (s - o)",
            reads=N_(
                "r: relevance, 0 to 1; s and o: supports and opposes, which with either sum to 1. The pull is −1 to 1."
            ),
            source=N_("Sorensen and others, Value Kaleidoscope, arXiv 2309.00779; the pull is ours."),
            modules=("kaleido.readings",),
            silent=N_("A high relevance does not say that a value is important. The scores are no advice."),
        ),
        Method(
            name=N_("How contested a situation is"),
            says=N_("How undecided a scorer’s values are together; 0: all point one way, 1: they point everywhere."),
            formula=r"-\sum_{k} v_k \log_3 v_k",
            reads=N_("v: the means of supports, opposes and either over the values, weighted by relevance."),
            source=N_("Shannon entropy with base 3, as in Value Kaleidoscope."),
            modules=("kaleido.readings",),
            silent=N_("It is what one model finds undecided, not what people dispute."),
        ),
        Method(
            name=N_("Order agreement"),
            says=N_("Whether a model chooses the same action when the two are swapped; without it no stance is read."),
            formula="",
            reads=N_(
                "Share of dilemmas with the same choice in both orders, with Wilson’s interval. A coin agrees in half "
                "of them."
            ),
            source=N_("Zheng and others, arXiv 2309.03882, on the taste for a place; the bounds are ours."),
            modules=("stances.orders",),
            silent=N_("A model that always agrees with itself may still have read nothing but the topic."),
        ),
        Method(
            name=N_("Preference for a value"),
            says=N_(
                "Whether a model acts on a value where values pull apart, from −100, always against, to 100, always "
                "for."
            ),
            formula=r"100\, \frac{S - N}{S + N}",
            reads=N_(
                "S and N: mentions of the value by the chosen and by the other action. The range draws dilemmas "
                "again; beside it stand the policies that always act and that toss a coin."
            ),
            source=N_("Chiu, Jiang and Choi, DailyDilemmas (2024)."),
            modules=("stances.preference",),
            silent=N_("It says what a model chooses in these dilemmas, not what it would do."),
        ),
        Method(
            name=N_("Strength of a value against others"),
            says=N_("How often a value wins where it stands against another."),
            formula=r"P(i \text{ beats } j) = \frac{1}{1 + e^{s_j - s_i}}",
            reads=N_("Fitted with a weak prior; the range counts dilemmas, not battles."),
            source=N_("Bradley and Terry (1952); Liang and Zeger (1986); the win matrix of AIRiskDilemmas (2025)."),
            modules=("stances.battles",),
            silent=N_("It assumes one line on which all values lie. Cycles do not fit it."),
        ),
        Method(
            name=N_("Nearness to people’s answers"),
            says=N_("How near a model’s answers lie to those of people, out of how near one can come."),
            formula=r"\sqrt{\tfrac12 \mathrm{KL}(p \| m) + \tfrac12 \mathrm{KL}(q \| m)}",
            reads=N_(
                "m is the mean of p and q. Jensen–Shannon distance, base 2, 0 to 1; for ordered options also how far "
                "weight must travel."
            ),
            source=N_("Lin (1991); Endres and Schindelin (2003); Rubner, Tomasi and Guibas (2000)."),
            modules=("domain.measures.distances", "stances.population"),
            silent=N_("To answer as people do is not to be right, and these people are not all people."),
        ),
        Method(
            name=N_("Does the order of values agree?"),
            says=N_("Whether a model ranks values as the graph does, from −1 to 1."),
            formula=r"\rho = \mathrm{corr}(\mathrm{rank}\, x,\; \mathrm{rank}\, y)",
            reads=N_(
                "Spearman’s correlation; its range draws values again, and dilemmas where there are draws of them."
            ),
            source=N_("Spearman, The proof and measurement of association between two things (1904)."),
            modules=("stances.rank_agreement",),
            silent=N_("The graph itself orders few of these pairs: see what a ranking claims."),
        ),
    ),
)
