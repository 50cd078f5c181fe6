"""What the guided interviewer says. Plain words, one question each, no praise, no advice; found by the catalogue."""

from domain.messages import N_

STORY_OPEN = N_(
    "Think of one time when you had to choose in a matter like this, and you feel that you chose well. "
    "It can be a small thing. What happened?"
)
STORY_MOMENT = N_(
    "Take one moment from it, as if you were there again. Where were you, who was there, and what went on?"
)
STORY_MOMENT_QUOTE = N_(
    "You wrote: “{quote}”. Take one moment from that, as if you were there again. Where were you, and what went on?"
)
STORY_MODEL = N_(
    "It is fine if no story of your own comes up. Think of someone who handles such things well. "
    "What have you seen this person do?"
)
NOTICED = N_("In that moment, what did you notice that told you what to do?")
NOTICED_QUOTE = N_("“{quote}”: stay there for a moment. What did you notice that told you what to do?")
LOOK_FOR = N_(
    "When you choose well in such things, what do you look out for? Say it so that a stranger could look for it too."
)
LOOK_FOR_QUOTE = N_(
    "You wrote: “{quote}”. What else do you look out for in such things? "
    "Say it so that a stranger could look for it too."
)
LOOK_FOR_GOAL = N_("“{quote}” is what you hope for. On the way there, what do you look at to know what to do next?")
LOOK_FOR_RULE = N_("“{quote}” sounds like a rule. What do you look at, to see what the rule asks for here and now?")
LOOK_FOR_BIG_WORD = N_("“{quote}” can mean many things. In that moment, where could someone have seen it or heard it?")
IN_OTHERS = N_("And in the other people: was there something in a face, a voice or the hands that you watched for?")
IN_SELF = N_("And in yourself: was there a feeling or a thought that you paid attention to?")
IN_SELF_QUOTE = N_("“{quote}”. And in yourself: was there a feeling or a thought that you paid attention to?")
AROUND = N_("Was there anything else around you that counted, such as the place, the time, or what had come before?")
FOR_WHAT = N_("You said that “{quote}” is for something else. When that something else is there, what do you see?")
JUDGE = N_(
    "Here is something you named. Do you pay attention to it because it counts in itself, "
    "or because it is for something else?"
)
TAKEN_OVER = N_("The language model gave no usable question, so the guide asks instead. Nothing you wrote is lost.")
DRAFT_TAKEN_OVER = N_("The language model gave no usable draft, so this one is made from your own words.")
