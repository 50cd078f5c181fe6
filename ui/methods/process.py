"""Methods: the audit of the process, change over time, and the live page."""

from domain.messages import N_
from ui.methods.method import Chapter, Method

PROCESS = Chapter(
    "process",
    N_("The process, and change over time"),
    (
        Method(
            name=N_("Audit: shares, medians and ratios by group"),
            says=N_("How far people of each group came, how long it took, what they were shown, and how they felt."),
            formula="",
            reads=N_(
                "Shares have Wilson’s interval, medians that of order statistics, ratios that of people drawn again. "
                "People of whom nothing is recorded are left out, and it is said."
            ),
            source=N_("Wilson (1927); Conover, Practical nonparametric statistics (1999); Efron (1979)."),
            modules=("graph.audit",),
            silent=N_("It never calls a process fair. Other differences than those measured may be there."),
        ),
        Method(
            name=N_("Audit: tests between groups"),
            says=N_("Whether groups differ by more than chance, and which two of them."),
            formula=r"\chi^2 = \sum \frac{(O - E)^2}{E}",
            reads=N_(
                "O: people counted, E: people expected if groups did not differ. Where one E is below {min_expected}, "
                "labels are shuffled instead; medians are tested on ranks. Two groups of a share: Fisher’s exact "
                "test. All p are corrected to q."
            ),
            source=N_("Pearson (1900); Cochran (1954) for the least E; Fisher (1922); Benjamini and Hochberg (1995)."),
            modules=("graph.audit", "domain.measures.contingency"),
            silent=N_("“No difference shown at this size” is no evidence of there being none."),
        ),
        Method(
            name=N_("The difference that would go unseen"),
            says=N_("How large a difference of two shares a study of this size misses one time in five."),
            formula=(
                r"\begin{gathered}(z_{.975} + z_{.8})\, s\\ "
                r"s^2 = p (1 - p) \left(\tfrac1n + \tfrac1m\right)\end{gathered}"
            ),
            reads=N_("p: the share of all; n and m: people of the two groups."),
            source=N_("Fleiss, Statistical methods for rates and proportions."),
            modules=("graph.audit", "graph.audit_words"),
            silent=N_("A smaller difference may be there and may matter."),
        ),
        Method(
            name=N_("Over time: rose, fell, flipped"),
            says=N_("Whether the share “wiser” of an arrow moved between two waves by more than chance."),
            formula="",
            reads=N_(
                "Fisher’s exact test of “wiser” against all other answers, corrected to q over all pairs; spoken of "
                "below {false_discovery}. Flipped: it also crossed one half. Waves are halves by time, dates, or "
                "rounds; a pair needs {min_cell} people in each."
            ),
            source=N_("Fisher (1922); Benjamini and Hochberg (1995)."),
            modules=("graph.over_time",),
            silent=N_("Other people may have come in the second wave. A move of the share is not a change of mind."),
        ),
        Method(
            name=N_("Shares and minutes on Live"),
            says=N_("How many answered 4 or 5 of 5 at the end, and how long people took."),
            formula="",
            reads=N_(
                "Wilson’s interval of the share. Minutes run from the first opening to the last answer, pauses "
                "included; the median is shown."
            ),
            source=N_("4 or 5 of 5 as in the study of 2023; Wilson (1927)."),
            modules=("services.live",),
            silent=N_("It leaves out those who did not come to the end."),
        ),
    ),
)
