"""Methods: groups of people side by side."""

from domain.messages import N_
from ui.methods.method import Chapter, Method

GROUPS = Chapter(
    "groups",
    N_("Groups of people"),
    (
        Method(
            name=N_("Which cells are shown"),
            says=N_(
                "A cell is the people of one group on one item; none of one to four people is shown, nor follows from "
                "others."
            ),
            formula="",
            reads=N_(
                "At least {min_cell} people stand behind each shown cell. Where a small cell could be worked out from "
                "the total, other cells are hidden with it, in an order that the answers do not change."
            ),
            source=N_(
                "Complementary suppression: Willenborg and de Waal, Elements of statistical disclosure control (2001)."
            ),
            modules=("graph.cell_guard",),
            silent=N_(
                "What is shown at different moments can be subtracted. The pages that set groups side by side are for "
                "staff; the filter of a public map by group is open to all who may see the map, and has this gap too."
            ),
        ),
        Method(
            name=N_("Disagreement between and within groups"),
            says=N_("The chance that two people answer one item differently: one of each group, or two of the same."),
            formula=(
                r"\begin{gathered}D_{IJ} = 1 - \sum_k \frac{a_k b_k}{n\,m}\\ "
                r"D_{I} = \frac{n^2 - \sum_k a_k^2}{n (n - 1)}\end{gathered}"
            ),
            reads=N_(
                "a of n people of the first group, and b of m of the second, give answer k. “Not sure” is an answer "
                "of its own. Items are pooled by n·m."
            ),
            source=N_("Simpson, Measurement of diversity (1949), over items; after Hodel and West, arXiv 2408.08025."),
            modules=("graph.disagreement", "graph.ballots"),
            silent=N_("High disagreement between groups means little where it is as high within them."),
        ),
        Method(
            name=N_("Excess disagreement"),
            says=N_(
                "How much more two groups differ from each other than people within them do: 0 is no fault line, 1 is "
                "two camps."
            ),
            formula=r"X = D_{IJ} - \tfrac12 (D_I + D_J)",
            reads=N_(
                "Its range is over people drawn again. It is also given with each context left out, and with “not "
                "sure” left out: a fault line that hangs on one subject goes away."
            ),
            source=N_("Nei’s excess between populations (1973), over items."),
            modules=("graph.disagreement",),
            silent=N_("It does not say who is right, nor that the groups are apart on what was not asked."),
        ),
        Method(
            name=N_("Permutation tests"),
            says=N_("How often chance alone would show a difference this large: p."),
            formula=r"p = \frac{1 + |\{\, b : T_b \ge T \,\}|}{1 + B}",
            reads=N_(
                "B = {n_shuffles} shuffles of the groups among the people who answered. T is the excess, or on one "
                "arrow Pearson’s chi-square of groups by answers."
            ),
            source=N_(
                "Fisher, The design of experiments (1935); one is added to both counts after Phipson and Smyth (2010)."
            ),
            modules=("graph.groups", "graph.disagreement"),
            silent=N_("A large p does not show that there is no difference. It shows none at this size."),
        ),
        Method(
            name=N_("Correction for many tests: q"),
            says=N_("The share of false alarms to expect among all differences called with a q at most this."),
            formula=r"q_{(i)} = \min_{j \ge i} \frac{m\, p_{(j)}}{j}",
            reads=N_("p in ascending order, m tests. A difference is spoken of below {false_discovery}."),
            source=N_("Benjamini and Hochberg, Controlling the false discovery rate (1995)."),
            modules=("domain.measures.corrections",),
            silent=N_("It knows the tests of one table, not those of another page or another day."),
        ),
        Method(
            name=N_("Opinion groups"),
            says=N_("Groups made from the votes themselves: people who answered alike."),
            formula=(
                r"\begin{gathered}X \approx U \Sigma V^{\top}\\ "
                r"\text{k-means on } U \Sigma \sqrt{m / m_u}\end{gathered}"
            ),
            reads=N_(
                "m: items; m with u: items that a person answered. Missing answers stand at the item’s mean. People "
                "need {min_answers} answers, a study {min_opinion_people} such people. The number of groups, up to "
                "{max_groups}, is the one of the best mean silhouette."
            ),
            source=N_("Small and others, Polis (2021); Rousseeuw, Silhouettes (1987)."),
            modules=("graph.opinion_groups",),
            silent=N_(
                "K-means finds groups in anything. Read the excess measured on other questions before believing them."
            ),
        ),
        Method(
            name=N_("Excess on other questions (cross-fitting)"),
            says=N_("Whether opinion groups also differ on questions that they were not made from."),
            formula=r"\tfrac{1}{2S} \sum_{s} \left(X_{1 \to 2} + X_{2 \to 1}\right)",
            reads=N_(
                "Over S = 10 random halves; 1 → 2: groups made on the first half, measured on the second. Both "
                "directions of a pair and its contexts stay in one half."
            ),
            source=N_(
                "Our own arrangement of sample splitting, as usual where one part of the data chooses and the other "
                "judges."
            ),
            modules=("graph.cross_fitting",),
            silent=N_(
                "The excess on the questions that made the groups is large by construction. It is shown to be compared."
            ),
        ),
    ),
)
