"""Methods: the arrows of the moral graph and how sure each is."""

from domain.messages import N_
from ui.methods.method import Chapter, Method

STUDY = N_("The study of 2023: Moral Graph Elicitation, arXiv 2404.10636, and the code that made its graph.")

EDGES = Chapter(
    "arrows",
    N_("Arrows between values"),
    (
        Method(
            name=N_("Wiser likelihood"),
            says=N_("How far people say that the second of two values is wiser than the first, from −1 to 1."),
            formula=r"\frac{W - L}{W + N + U + L}",
            reads=N_(
                "W: votes “wiser”; N: “not wiser”; U: “not sure”; L: votes “wiser” in the other direction. It is "
                "missing where nobody voted."
            ),
            source=STUDY,
            modules=("graph.tally", "graph.pairs"),
            silent=N_("It says nothing of how many people answered: two votes of two give 1."),
        ),
        Method(
            name=N_("Entropy of an arrow"),
            says=N_("How divided the answers on two values are, in bits; 0 where all say the same."),
            formula=r"-\sum_{p \in \{W, N, L, U, I\}} p \log_2 p",
            reads=N_(
                "Each letter as a share of their sum; I: all answers on the two values in both directions. So every "
                "answer counts twice, as in the published graph; the file also gives the entropy of W, N, U and L "
                "alone."
            ),
            source=STUDY,
            modules=("domain.measures.entropy", "graph.pairs"),
            silent=N_("It does not say why people differ, nor whether they are of different groups."),
        ),
        Method(
            name=N_("The filters of the kept arrows"),
            says=N_("Which pairs of values become arrows of the map, and how many each condition takes out."),
            formula=(
                r"\begin{gathered}W \ge 1\\ \text{likelihood} \ge \lambda\\ "
                r"\text{entropy} \le \eta\\ W \ge k\end{gathered}"
            ),
            reads=N_(
                "As published: a likelihood of {least_likelihood} or more, an entropy of {most_entropy} or less, and "
                "{min_wiser} votes “wiser” or more. A pair is counted at the first condition that it fails. The map "
                "can move the last one."
            ),
            source=STUDY,
            modules=("graph.pairs", "graph.funnel", "graph.build"),
            silent=N_("No arrow means no answer, or a divided one. It does not mean that two values are equal."),
        ),
        Method(
            name=N_("Share wiser, with its Wilson interval"),
            says=N_(
                "The share of people asked who found the second value wiser, and the range in which it may well lie."
            ),
            formula=(
                r"\frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4 n^2}}}"
                r"{1 + \frac{z^2}{n}}"
            ),
            reads=N_(
                "The share is W out of n = W + N + U; z = 1.96 gives 95 %. All shares with a range use this interval."
            ),
            source=N_("Wilson, Probable inference, the law of succession, and statistical inference (1927)."),
            modules=("domain.measures.intervals",),
            silent=N_("It knows chance alone: who was asked, and how the story was told, it does not know."),
        ),
        Method(
            name=N_("Beta interval"),
            says=N_("The same range found in another way, so that one sees that the choice of method decides nothing."),
            formula=(
                r"\begin{gathered}q_{0.025},\; q_{0.975} \text{ of}\\ "
                r"\mathrm{Beta}(W + \tfrac12,\, n - W + \tfrac12)\end{gathered}"
            ),
            reads=N_("Central 95 % of belief after Jeffreys’ prior. It stands in the file of the analysis."),
            source=N_("Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001)."),
            modules=("domain.measures.intervals",),
            silent=N_("Like Wilson’s, it knows chance alone."),
        ),
        Method(
            name=N_("Settled and provisional"),
            says=N_(
                "Whether more votes are likely to undo an arrow: settled arrows are drawn solid, provisional ones "
                "dashed."
            ),
            formula=(
                r"\begin{gathered}\lambda \notin \text{Wilson}_{95\,\%}(h, n)\\ "
                r"h = \max(0, W - L)\\ n = W + N + U + L\end{gathered}"
            ),
            reads=N_(
                "λ = {least_likelihood}. At least {min_people} people must have answered. An arrow comes loose again "
                "only when the 80 % interval reaches over the line. An arrow of fewer people is always dashed, and "
                "many arrows of more people are dashed too."
            ),
            source=N_("Our own rule, on Wilson’s interval."),
            modules=("graph.provisional", "graph.settling"),
            silent=N_("Settled does not mean true. It means that a few more people like these would change nothing."),
        ),
    ),
)
