"""English word lists by which the guide and the rules read a line. Other languages simply match none of them."""

import re

STOP_WORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being but by can could did do
    does doing don don't down each even every few for from get gets got had has have having he her here hers him
    his how i i'm i'd i've if in into is isn't it it's its itself just know let like made make me more most much
    my myself no nor not now of off on once one only or other our out over own really say she should so some
    still such than that that's the their them then there these they thing things this those through time to too
    up us very was we were what when where whether which while who why will with would you your yourself someone
    somebody something anyone anything everything people person""".split()
)
FRAME_NOUNS = frozenset({"moments", "signs", "places", "people", "ways", "words", "times"})
"""Nouns that the guide may put in front of a person's clause; they are not counted as anyone's words."""

NOTICE = re.compile(
    r"\b(?:notic(?:e|es|ed|ing)|pa(?:y|ys|id|ying)\s+(?:\w+\s+)?attention\s+to|look(?:s|ed|ing)?\s+(?:out\s+)?(?:for|at|into)"
    r"|look(?=\s+(?:her|his|their|my)\b)|watch(?:es|ed|ing)?(?:\s+(?:out\s+)?for)?|listen(?:s|ed|ing)?\s+(?:for|to)"
    r"|focus(?:es|ed|ing)?\s+on|car(?:e|es|ed|ing)\s+about|ke(?:ep|eps|pt)\s+an\s+eye\s+on|check(?:s|ed|ing)?\s+(?:for|on)"
    r"|attend(?:s|ed|ing)?\s+to|s(?:aw|ee|ees)|hear(?:s|d)?|sens(?:e|es|ed)|spot(?:s|ted)?|aware\s+of|f(?:eel|elt)\s+for)\b",
    re.IGNORECASE,
)
CLAUSE_HEADS = {
    "when": "MOMENTS", "whenever": "MOMENTS", "where": "PLACES", "who": "PEOPLE", "that": "SIGNS",
    "whether": "SIGNS of", "if": "SIGNS of", "how": "SIGNS of", "what": "SIGNS of", "why": "SIGNS of",
}  # fmt: skip
"""First word of a clause -> the frame that makes a noun phrase of it; the clause follows as it was written."""
SUBJECTS = frozenset("""i he she they we it you someone somebody everyone nobody people there""".split())
POSSESSIVES = frozenset("""my his her their our your its""".split())
ARTICLES = frozenset({"a", "an", "the"})
PHRASE_ENDS = frozenset(
    """of in on at when that who which where with without to for from about is are was were while as by and or if
    how what whether between among around behind before after during under over into than because has have had
    will would can could does did do goes gets comes becomes seems feels looks sounds says makes turns stops
    starts needs wants i he she they we it you""".split()
)
NOT_ANSWERS = frozenset(
    """idk dunno no yes yep yeah nope nah none nothing n/a na ok okay whatever pass skip next hm hmm maybe same
    ditto lol test asdf hi hello hey bye stop sure fine""".split()
)
NOT_ANSWER_PHRASES = re.compile(
    r"^(?:i\s+)?(?:(?:really\s+)?(?:do\s?n[o']?t|dont)\s+(?:know|care|remember)|have\s+no\s+idea|no\s+idea|not\s+sure"
    r"|can(?:no|')?t\s+(?:say|think\s+of\s+\w+)|no\s+comment|nothing\s+(?:really|much)|not\s+really|see\s+above)\W*$",
    re.IGNORECASE,
)
RUDE = re.compile(
    r"\b(?:f+u+c+k\w*|sh[i1]t\w*|bullshit|bitch\w*|asshole\w*|arsehole\w*|cunt\w*|bastard\w*|idiot\w*|moron\w*|stupid"
    r"|dumb|wtf|stfu|screw you|shut up|crap)\b|\bf\*+",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)[^\s@]+@[^\s@]+\.\S+", re.IGNORECASE)
"""Web and e-mail addresses. Each word is tried from its start alone: thousands of @ must not take minutes to read."""

PAST = re.compile(
    r"\b(?:was|were|had|did|said|told|came|went|saw|felt|knew|thought|took|gave|got|left|found|lost|made|began|kept|heard"
    r"|met|sat|stood|\w{2,}ed)\b",
    re.IGNORECASE,
)
WHEN_IT_WAS = re.compile(
    r"\b(?:yesterday|last|ago|once|one (?:day|time|night|evening|morning)|years?|weeks?|months?|christmas|summer|winter"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|when i was|that day|in (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
GOAL = re.compile(
    r"\b(?:i\s+(?:just\s+)?want(?:ed)?|my\s+(?:goal|aim)|goals?|achiev\w+|succe(?:ed|ss)\w*|i\s+hope[ds]?|wish(?:ed)?\s+to"
    r"|tr(?:y|ied)\s+to|make\s+sure)\b",
    re.IGNORECASE,
)
NORM = re.compile(
    r"\b(?:should(?:n't)?|must(?:n't)?|ought|shall|supposed\s+to|ha(?:ve|s)\s+to|need(?:s)?\s+to|always|never"
    r"|right\s+thing|wrong\s+to|duty|obliged|obligations?|not\s+allowed|it\s+is\s+wrong)\b",
    re.IGNORECASE,
)
MEANS = re.compile(
    r"\b(?:so\s+that|in\s+order\s+to|so\s+(?:i|we|they|he|she|you)\s+(?:can|could|will|would|do)|as\s+a\s+way\s+to"
    r"|(?:that|which)\s+(?:will\s+)?(?:leads?|help(?:s|ed)?|allows?|ensures?)|to\s+(?:make\s+sure|ensure|avoid|achieve|get|help|prevent)"
    r"|for\s+the\s+sake\s+of|will\s+(?:lead|result)|leading\s+to|results?\s+in)\b",
    re.IGNORECASE,
)
EXPECTATIONS = re.compile(
    r"\b(?:expect(?:s|ed|ations?|ing)?|what\s+(?:(?:other\s+)?people|others|everyone|society|my\s+\w+|the\s+\w+)\s+"
    r"(?:think|thinks|want|wants|say|says)|look(?:ing)?\s+good|impress\w*|approv(?:al|es?)|judg(?:e|es|ed)\s+me"
    r"|proud\s+of\s+me|reputation|society)\b",
    re.IGNORECASE,
)
NEGATIVE = re.compile(
    r"^\W*(?:no|not|never|avoid\w*|lack|absence|none|nothing|refus\w+|reject\w*|stop\w*|without|prevent\w*|don't)\b"
    r"|\b(?:avoid(?:s|ed|ing)?|lack\s+of|absence\s+of|is\s+not|are\s+not|do(?:es)?\s+not|don't|doesn't|instead\s+of)\b",
    re.IGNORECASE,
)
INFLATED = re.compile(r"\b(?:meaning(?:ful|fully)?|deep(?:er|est|ly)?|profound(?:ly)?)\b", re.IGNORECASE)
ABSTRACT = frozenset(
    """honesty respect love trust kindness empathy compassion freedom justice fairness truth peace happiness
    harmony integrity loyalty dignity equality responsibility care support understanding growth wisdom family
    friendship balance safety health success values value communication autonomy independence courage patience
    good better best right important everything being doing life truthfulness openness faith hope morality
    ethics kind honest fair nice loving caring happy""".split()
)
FEELINGS = {
    "fear": "afraid scared fear feared frightened worried worry anxious nervous terrified panic",
    "anger": "angry anger furious mad annoyed frustrated rage resent",
    "shame": "ashamed shame guilty guilt embarrassed regret",
    "sadness": "sad cried crying cry grief heartbroken lonely hurt",
    "confusion": "confused torn lost overwhelmed unsure stuck",
    "joy": "happy glad relieved joy proud peaceful calm grateful",
}
FEELING_WORDS = {word: kind for kind, words in FEELINGS.items() for word in words.split()}
ENGLISH_MARKS = frozenset(
    """the and i to of a in is it my me was he she they we you that for with not but when her his be on at do have
    because so what if are were am this""".split()
)
