"""Methods: ranks of values, their ranges, and which cards are gathered under one value."""

from domain.messages import N_
from ui.methods.edges import STUDY
from ui.methods.method import Chapter, Method

VALUES = Chapter(
    "values",
    N_("Values and their places"),
    (
        Method(
            name=N_("Wisdom and place"),
            says=N_("How much a value was found wiser than others; the place is the order by it, 1 the highest."),
            formula=r"\sum_{a \to b} \ell(a \to b)",
            reads=N_("Over kept arrows into the value b; ℓ: wiser likelihood. Equal values share the better place."),
            source=STUDY,
            modules=("graph.rank",),
            silent=N_(
                "It grows with the number of stories told about a value. It says how much was found wiser than "
                "something, not how wise a value is."
            ),
        ),
        Method(
            name=N_("PageRank"),
            says=N_("Where one ends up who keeps following arrows to wiser values; the shares of all values sum to 1."),
            formula=(
                r"\begin{gathered}r_b = \tfrac{1 - d}{n} + d \sum_{a} r_a s_{ab}\\ "
                r"s_{ab} = \ell(a \to b) / \sum_x \ell(a \to x)\end{gathered}"
            ),
            reads=N_(
                "d = {damping}; ℓ: wiser likelihood. The rank of values without an arrow out is spread over all. The "
                "study of 2023 let it leak away; the file gives that number too."
            ),
            source=N_("Brin and Page, The anatomy of a large-scale hypertextual web search engine (1998)."),
            modules=("graph.rank",),
            silent=N_("It acts as if wiser than wiser meant wiser. Nobody was asked that."),
        ),
        Method(
            name=N_("Ranges of wisdom, PageRank and place"),
            says=N_("What these numbers could have been had other people of the same kind come."),
            formula=r"\begin{gathered}q_{0.025},\; q_{0.975} \text{ of}\\ T(X^{*}_1), \ldots, T(X^{*}_B)\end{gathered}",
            reads=N_(
                "B = {n_resamples} draws. Each draws as many people with replacement, each with all their votes, and "
                "applies every rule anew. “First in” is the share of draws in which a value is first."
            ),
            source=N_("Efron, Bootstrap methods: another look at the jackknife (1979)."),
            modules=("graph.resampling", "graph.uncertainty"),
            silent=N_("It does not say what other stories, or other people than these, would have brought."),
        ),
        Method(
            name=N_("Cycles"),
            says=N_("Values each of which was found wiser than the next, round and round; they are drawn as a ring."),
            formula="",
            reads=N_("Values that reach each other along kept arrows, two or more. Circles are shown, not broken."),
            source=N_("Strongly connected components, as in networkx."),
            modules=("graph.cycles",),
            silent=N_(
                "A cycle does not say that anybody contradicted themselves: its arrows come from different people."
            ),
        ),
        Method(
            name=N_("Height in the picture"),
            says=N_("Wiser is up: a value stands one layer above the highest value that it was found wiser than."),
            formula="",
            reads=N_("Values of a cycle share a layer. Left and right are chosen so that few lines cross."),
            source=N_("Layers by the longest way up; in a layer, repeated means of the neighbours’ places."),
            modules=("graph.layout",),
            silent=N_("Two values at one height are not equal, and height alone orders nothing."),
        ),
        Method(
            name=N_("Likeness of cards"),
            says=N_("How alike two cards are, from 0 to 1; alike cards are put before a person, who may merge them."),
            formula=(
                r"\begin{gathered}\tfrac23 \max(0, \cos(u, v))\\ "
                r"{} + \tfrac13\, |A \cap B| / |A \cup B|\end{gathered}"
            ),
            reads=N_(
                "u, v: vectors of title and policies; A, B: the words of each card. Groups are joined from a mean "
                "likeness of {likeness_cut}, and never where two cards lie below {likeness_apart}."
            ),
            source=N_(
                "Cosine of a language model’s vectors and shared words after Jaccard (1901), mixed as measured on "
                "published cards; average linkage after Sokal and Michener (1958). How two groupings agree: Hubert "
                "and Arabie (1985)."
            ),
            modules=("graph.card_likeness", "graph.linkage", "graph.gathering", "domain.measures.partitions"),
            silent=N_("A machine proposes; only people decide whether two cards are one value."),
        ),
        Method(
            name=N_("Votes seen through merges"),
            says=N_("Which votes count once values were put together or words were taken back."),
            formula="",
            reads=N_(
                "A vote on a merged value counts for the value that it was merged into. Left out, and counted as left "
                "out, are votes between two values that became one, the earlier of two votes of one person on what "
                "became one pair, and votes on values whose words were taken back."
            ),
            source=N_("Our own rule."),
            modules=("graph.merging",),
            silent=N_("It does not say what a person would have answered about the merged wording."),
        ),
    ),
)
