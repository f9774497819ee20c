"""The words about what goes on between halls: how far a thing has got, why not, and the news.

Marked and translated as in `tui.wording`.
"""

from typing import Final

from node.wording import N_

# Where each thing has got to. Held by a node is never said to be read by a person.
SAVED_HERE: Final = N_("saved here only")
SAVED_FIRST: Final = N_("saved here")
REACHED: Final = N_("reached {halls}")
REACHED_ONE: Final = N_("reached 1 hall")
REACHED_N: Final = N_("reached {n} halls")
READ_AT_ONE: Final = N_("read at 1 hall")
READ_AT: Final = N_("read at {n} halls")
CHANGE_HERE: Final = N_("last change saved here only")
PLEDGED_SO_FAR: Final = N_("pledged {n} of {all}")
ASKED_SO_FAR: Final = N_("asked for {n} of {all}")
ACCEPTED_SO_FAR: Final = N_("{n} of {all} accepted")
SENT_SO_FAR: Final = N_("{n} of {all} on its way")
AND_LAST: Final = N_("{most} and {last}")
AND_MORE: Final = N_("{some} and {n} more")

# A hall that has signed two versions of one thing.
CONTRADICTS: Final = N_("contradicts itself")
TAKE_CARE: Final = N_("Take care")
CALL_THEM: Final = N_("It contradicts itself: call them. ? says in what.")

# Why something cannot be done between halls.
NOT_THEIRS: Final = N_("This one is our own: only another hall can pledge to it.")
NOT_OURS: Final = N_("That is for {hall} to do.")
IS_CLOSED: Final = N_("{ref} is closed ({because}): nothing more can be done with it.")
NOT_NOW: Final = N_("That cannot be done with {ref} as it stands.")
NO_PLEDGE_YET: Final = N_("Nobody has pledged for {ref} yet.")
NOBODY_ASKED_YET: Final = N_("Nobody has asked for any of {ref} yet.")
WE_PLEDGED_NOTHING: Final = N_("We have not pledged anything for {ref}: g pledges.")
WE_ASKED_NOTHING: Final = N_("We have not asked for any of {ref}: g asks.")
ONLY_THEY_ANSWER: Final = N_("Only {hall} can answer there: g pledges.")
ONLY_THEY_GIVE: Final = N_("Only {hall} can answer there: g asks.")
CHOOSE_PLEDGE: Final = N_("Choose the line under it that you mean first.")
UNANSWERED: Final = N_("{hall} has not accepted it yet: wait for the answer.")
ANSWER_FIRST: Final = N_("It is not accepted yet: a answers it.")
ON_ITS_WAY_ALREADY: Final = N_("It is on its way already.")
HAS_COME: Final = N_("It has come already.")
TOO_LATE_TO_RETRACT: Final = N_("It is on its way: it cannot be taken back any more.")
ALL_CAME: Final = N_("All of it has come: there is nothing left to do.")
WAS_DECLINED: Final = N_("It was answered already: not needed.")
WAS_REFUSED: Final = N_("It was answered already: it cannot be given.")
WAS_WITHDRAWN: Final = N_("It was taken back.")
HAS_LAPSED: Final = N_("Nobody answered it in time: it has lapsed.")
FELL_THROUGH: Final = N_("It fell through: what was accepted of it is free again.")

# The answer to a pledge: what would be told, and taking back what was promised.
EMPTY_TELLS_PLACE: Final = N_("empty: the hall's own place")
EMPTY_TELLS_NOTHING: Final = N_("empty: nothing is told")
EMPTY_LEAVES: Final = N_("empty: as you told them before")
SEAL_FAR_ASK: Final = N_("Give these details to {hall}: “{details}”?")
RELEASE_ASK: Final = N_(
    "Free what never came from {hall}? What is on its way can still be written down."
)
RELEASE_SURPLUS_ASK: Final = N_(
    "Free what never reached {hall}? What is on its way can still be written down."
)

# News of the halls around us.
NEW_PLEDGE: Final = N_("{hall} pledges {amount} for {ref}.")
NEW_ASKING: Final = N_("{hall} asks for {amount} of {ref}.")
NEW_OVERFLOW: Final = N_("{hall} asks for {amount}: {text}")
NEW_SURPLUS: Final = N_("{hall} gives away {amount}: {text}")
PLEDGE_ACCEPTED: Final = N_("{hall} accepts our {amount} for {ref}.")
PLEDGE_ACCEPTED_PART: Final = N_("{hall} accepts {n} of our {amount} for {ref}.")
ASKING_GRANTED: Final = N_("{hall} can give us {amount} of {ref}.")
PLEDGE_NOT_NEEDED: Final = N_("{hall} does not need our {amount} for {ref}.")
ASKING_REFUSED: Final = N_("{hall} cannot give us {amount} of {ref}.")
PLEDGE_FELL_THROUGH: Final = N_("{hall} no longer counts on our {amount} for {ref}.")
ASKING_FELL_THROUGH: Final = N_("{hall} no longer keeps {amount} of {ref} for us.")
PLEDGE_TAKEN_BACK: Final = N_("{hall} takes back {amount} for {ref}.")
ASKING_TAKEN_BACK: Final = N_("{hall} no longer asks for {amount} of {ref}.")
PLEDGE_ON_ITS_WAY: Final = N_("{hall} has sent {amount} for {ref}: it is on its way.")
OUR_OVERFLOW_EXPIRED: Final = N_("{ref} has expired: k asks for it again.")
OUR_SURPLUS_EXPIRED: Final = N_("{ref} has expired: k gives it away again.")
OVERFLOW_CLOSED: Final = N_("{ref} of {hall} is closed ({because}).")
MORE_NEWS: Final = N_("… and {n} more: see 2 Overflow.")
