"""Methods: what the votes entail."""

from domain.messages import N_
from ui.methods.method import Chapter, Method

ORDER = Chapter(
    "order",
    N_("What the votes entail"),
    (
        Method(
            name=N_("The order of values"),
            says=N_("Which of two values is wiser by all votes together, over any number of steps."),
            formula=(
                r"\begin{gathered}a \prec b \iff\\ "
                r"a \rightsquigarrow b \text{ and not } b \rightsquigarrow a\end{gathered}"
            ),
            reads=N_(
                "Along kept arrows. Values that reach each other are one class, a cycle. Two values without an order "
                "are *on a par* where {min_people} people or more were asked about them, *hardly compared* where "
                "fewer were, and *never compared* where nobody was."
            ),
            source=N_(
                "The condensation of a directed graph to its strongly connected parts; the reading as plural order "
                "follows Zhi-Xuan, Carroll, Franklin and Ashton, arXiv 2408.16984."
            ),
            modules=("graph.order",),
            silent=N_("If b is wiser than a and c wiser than b, nobody said that c is wiser than a."),
        ),
        Method(
            name=N_("Figures of the order"),
            says=N_(
                "How much of all pairs has an order, how long the longest chain is, and how many values stand beside "
                "one another."
            ),
            formula=(
                r"\begin{gathered}\text{share} = \frac{|\{a \prec b\}|}{n (n - 1) / 2}\\ "
                r"\text{width} = m - |M|\end{gathered}"
            ),
            reads=N_(
                "m: classes; M: a largest matching of the order taken as a graph of two sides. The width is exact: the "
                "largest set without any order in it."
            ),
            source=N_("Dilworth (1950); Fulkerson (1956); Hopcroft and Karp (1973)."),
            modules=("graph.order_figures",),
            silent=N_("A low share is no fault of people: most pairs were never shown to anyone."),
        ),
        Method(
            name=N_("What a ranking claims"),
            says=N_(
                "How many of the pairs that a ranking tells apart are ordered by no vote at all, or the other way "
                "round."
            ),
            formula=r"1 - \frac{\text{claims that follow}}{\text{claims}}",
            reads=N_("Equal scores claim nothing. Counted for PageRank and for wisdom."),
            source=N_("Our own count."),
            modules=("graph.order_figures",),
            silent=N_("A claim that follows from no vote is not shown to be wrong. It is not shown at all."),
        ),
        Method(
            name=N_("Worth asking next"),
            says=N_("Which two values to ask about, so that the answer orders most pairs whichever way it falls."),
            formula=r"\min\left(g(a \to b),\; g(b \to a)\right)",
            reads=N_(
                "g: pairs of values newly ordered by that arrow. Pairs must share a context, and fewer than "
                "{min_people} people were asked about them. Values that have a card or a vote and no arrow take part; "
                "each is also listed once with the value that would tie it in best."
            ),
            source=N_("Our own rule."),
            modules=("graph.next_pair",),
            silent=N_("It does not say how people will answer. An answer that stays open orders nothing."),
        ),
    ),
)
