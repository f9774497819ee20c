"""Every word of the screen, in one place, so that it can be translated.

Texts are marked here and translated by `_` where they are shown. Sentences for what cannot be done
are `node.wording`'s; how amounts and times are put into words is `tui.telling`'s.
"""

from typing import Final

from node.wording import N_

# The three screens and the keys.
BOARD: Final = N_("Board")
OVERFLOW: Final = N_("Overflow")
NEIGHBOURS: Final = N_("Neighbours")
ALL_KEYS: Final = N_("Keys")
INITIALS: Final = N_("Initials")
PALETTE: Final = N_("Commands")
LEAVE: Final = N_("Leave")
NEW_NEED: Final = N_("New need")
NEW_OFFER: Final = N_("New offer")
OPEN: Final = N_("Open")
EDIT: Final = N_("Edit")
CLOSE: Final = N_("Close")
PASS_ON: Final = N_("Pass on")
OTHER_SIDE: Final = N_("Switch")
MARK: Final = N_("Mark")
PLEDGE: Final = N_("Pledge")
ANSWER: Final = N_("Answer")
ON_ITS_WAY: Final = N_("On its way")
RECEIVED: Final = N_("Received")
MORE_OR_LESS: Final = N_("More or less")
STILL_NEEDED: Final = N_("Still needed")
WITHDRAW: Final = N_("Withdraw")
ADD_NEIGHBOUR: Final = N_("Add a neighbour")
REMOVE_NEIGHBOUR: Final = N_("Remove")
SAVE: Final = N_("Save")
JOIN: Final = N_("Join")
BACK: Final = N_("Back")
ACCEPT: Final = N_("Accept")
DECLINE: Final = N_("Not needed")
RELEASE: Final = N_("It never came: free the rest")
GIVE: Final = N_("Give")
NOT_GIVEN: Final = N_("Cannot give it")
RELEASE_SURPLUS: Final = N_("It never left: free the rest")
YES: Final = N_("Yes")
NO: Final = N_("No")
CHOOSE: Final = N_("Choose")
OTHER_WORDS: Final = N_("Other words")
HOW_MUCH: Final = N_("How much")
HOPS: Final = N_("Halls away")
WRITTEN_DOWN: Final = N_("They are written down")
START_NODE: Final = N_("Start the node")

# The lines that are always there.
NOT_LINKED: Final = N_("no neighbour yet")
LINKED: Final = N_("{linked} of {all} neighbours linked")
HEARD_NOW: Final = N_("heard just now")
HEARD: Final = N_("heard {ago}")
NEVER_HEARD: Final = N_("not heard yet")
TIME_UNSURE: Final = N_("time unsure")
TIME_BY_NEIGHBOURS: Final = N_("time by neighbours")
TIME_BY_YOU: Final = N_("time by your word")
ONE_WARNING: Final = N_("1 warning (?)")
WARNINGS: Final = N_("{n} warnings (?)")
TO_ANSWER: Final = N_("{n} to answer")
OPENING: Final = N_("Opening the hall …")
NODE_GONE: Final = N_(
    "The node has ended. What you type stays; the board goes on when it is back. F5 starts it."
)
NODE_SILENT: Final = N_(
    "The node (process {pid}) does not answer. What you type stays; the board goes on when it does."
)
NODE_STARTING: Final = N_("Starting the node …")
NODE_GONE_SAVING: Final = N_(
    "The node went away: look at the board whether this was saved before you save it again."
)
NODE_GONE_ASKING: Final = N_("The node does not answer, so this cannot be done now.")
WORKING: Final = N_("One moment …")

# The board.
NEEDS: Final = N_("Needs")
OFFERS: Final = N_("Offers")
N_OPEN: Final = N_("{n} open")
NO_NEEDS: Final = N_("No needs on the board. n takes the first.")
NO_OFFERS: Final = N_("No offers on the board. o takes the first.")
DANGER: Final = N_("DANGER")
NO_ZONE: Final = N_("zone?")
NO_CONTACT: Final = N_("contact?")
PASSED: Final = N_("passed on")
PASSED_SO_FAR: Final = N_("passed, {so_far}")
SO_FAR_PROMISED: Final = N_("{n} of {all} promised")
SO_FAR_RECEIVED: Final = N_("{n} of {all} received")
SAVED: Final = N_("{ref} saved")
QUIET_LIKE: Final = N_("{said}, quiet like {like}, the same person's")
ALSO_QUIET: Final = N_("{said}; quiet too now: {refs}")
CLOSED: Final = N_("{ref} closed")
PASSED_AS: Final = N_("{ref} passed on as {overflow}")
CHOOSE_ROW: Final = N_("Choose a line with the arrows first.")
ONE_MARKED: Final = N_("1 marked")
N_MARKED: Final = N_("{n} marked")
MARKS_HOW: Final = N_("{marked}: p passes on all that is marked as one, esc takes the marks away.")
ALSO_CLOSED: Final = N_("{ref} is closed along with it ({because})")
ALSO_ASKS: Final = N_("{ref} now asks for {amount}")
ALSO_GIVES: Final = N_("{ref} now gives away {amount}")
ALSO_CHANGED: Final = N_("{ref} is changed along with it")

# The form of a need or an offer.
EDIT_TITLE: Final = N_("Edit {ref}")
CATEGORY: Final = N_("Category")
WHAT: Final = N_("What")
ZONE: Final = N_("Zone")
CONTACT: Final = N_("Find them by")
QUANTITY: Final = N_("Quantity")
UNIT: Final = N_("Unit")
BY_WHEN: Final = N_("By when")
NOTE: Final = N_("Private note")
HINT_NOTE: Final = N_("never leaves the hall")
HINT_CONSENT: Final = N_("what may be told")
YOUR_INITIALS: Final = N_("Your initials")
HINT_CATEGORY: Final = N_("code or word")
HINT_WHAT: Final = N_("in a few words")
HINT_ZONE: Final = N_("tab passes this")
HINT_CONTACT: Final = N_("name, phone, door")
HINT_QUANTITY: Final = N_("1")
HINT_UNIT: Final = N_("the category's own")
HINT_UNIT_OF: Final = N_("{unit}")
HINT_BY: Final = N_("19:30, tonight, 2h")
HINT_INITIALS: Final = N_("who takes this down")
DROP_TYPED: Final = N_("Drop what you typed?")
TOO_LONG_HERE: Final = N_("That is longer than this field takes: say it in fewer words.")

# Closing.
CLOSE_TITLE: Final = N_("Close {ref}: why?")
BECAUSE_NEED: Final = (
    ("met", N_("met")),
    ("partly met", N_("partly met")),
    ("done by others", N_("done by others")),
    ("no longer needed", N_("no longer needed")),
    ("referred", N_("referred")),
    ("cannot help", N_("cannot help")),
    ("duplicate of", N_("duplicate of another")),
    ("lapsed", N_("lapsed")),
)
BECAUSE_OFFER: Final = (
    ("used up", N_("used up")),
    ("withdrawn", N_("withdrawn")),
)

# Passing on.
PASS_TITLE: Final = N_("Pass on {ref}")
PASS_SURPLUS_TITLE: Final = N_("Pass on {ref}: to give away")
THESE_LEAVE: Final = N_("These words leave the hall")
STAYS_HERE: Final = N_("Stays here")
STAYS: Final = N_("name and contact, zone, note")
SEEN_FIRST_BY: Final = N_("Seen first by")
NOBODY_YET: Final = N_("nobody yet: it waits here for the first neighbour")
REACH_ONE: Final = N_("the halls next door only")
REACH_MORE: Final = N_("up to {n} halls away")
AREA: Final = N_("Area")
NO_AREA: Final = N_("not said")
URGENCY: Final = N_("Urgency")
NEEDED: Final = N_("Needed")
NEEDED_BY: Final = N_("Needed by")
TO_GIVE_AWAY: Final = N_("To give away")
THERE_UNTIL: Final = N_("There until")
NOT_SAID: Final = N_("not said")
LIVES_UNTIL: Final = N_("Ends")
EXERCISE: Final = N_("EXERCISE")
NOT_YET_SHOWN: Final = N_("Reading it back …")
PERSONAL: Final = N_(
    "{pieces} looks personal: give other words, that say what is needed and not who."
)
CHANGED_MEANWHILE: Final = N_("It has changed meanwhile. Read it again; nothing has left.")
HINT_OTHER_WORDS: Final = N_("as above")
HINT_HOW_MUCH: Final = N_("as above")
ONE_PERSON_ASK: Final = N_(
    "A quantity of 1 in {category} points to one person. Do they agree that it leaves the hall?"
)

# Overflow.
OURS: Final = N_("Ours: what we asked for or give away")
THEIRS: Final = N_("Theirs: what we could do or use")
NO_OURS: Final = N_("Nothing passed on. On the board, p passes a need or an offer on.")
NO_THEIRS: Final = N_("The neighbours ask for nothing and give nothing away now.")
NEEDS_AMOUNT: Final = N_("needs {amount}")
GIVES_AMOUNT: Final = N_("gives away {amount}")
FAR_HALL: Final = N_("{hall}, through {through}")
FAR_HALL_WHO: Final = N_("{hall}, through {through},")
FROM_HALL: Final = N_("from {hall}")
HALLS_AWAY: Final = N_("{hall}, {n} halls away")
NO_WAY: Final = N_("{hall}, no way to it is known now")
EXERCISE_SAID: Final = N_("EXERCISE: {text}")
WE_PLEDGED: Final = N_("we pledged {amount}")
WE_ASKED: Final = N_("we ask for {amount}")
THEY_PLEDGED: Final = N_("{hall} pledges {amount}")
THEY_ASKED: Final = N_("{hall} asks for {amount}")
ACCEPTED_SOME: Final = N_("{n} accepted")
RECEIVED_SOME: Final = N_("{n} received")
DETAILS: Final = N_("Details")
CONDITION: Final = N_("Condition")
PLEDGE_TITLE: Final = N_("Pledge for {ref}")
ASK_TITLE: Final = N_("Ask for part of {ref}")
ASKED_FOR: Final = N_("{hall} asks for {amount}: {text}")
GIVES_AWAY: Final = N_("{hall} gives away {amount}: {text}")
STILL_OPEN: Final = N_("Still open: {amount}.")
STILL_THERE: Final = N_("Still to be had: {amount}.")
NOTE_TO_THEM: Final = N_("Note to them")
HINT_NOTE_TO_THEM: Final = N_("only {hall} can read it")
PLEDGED: Final = N_("{ref}: {amount} pledged to {hall}")
ASKED: Final = N_("{ref}: {amount} asked of {hall}")
ANSWER_TITLE: Final = N_("Answer to {hall}")
OFFERS_OF: Final = N_("{hall} pledges {amount} for {ref}: {text}")
ASKS_OF: Final = N_("{hall} asks for {amount} of {ref}: {text}")
THEIR_NOTE: Final = N_("Their note: {note}")
ACCEPT_HOW_MUCH: Final = N_("Accept")
GIVE_HOW_MUCH: Final = N_("Give")
WHERE_AND_WHOM: Final = N_("Where and whom")
READ_BY: Final = N_("Only {hall} can read where, when and whom to ask for. No other hall can.")
READ_BY_FAR: Final = N_("{hall} is not your neighbour. Only they can read what you write here.")
ACCEPTED: Final = N_("{ref}: {n} accepted from {hall}")
GIVEN: Final = N_("{ref}: {n} promised to {hall}")
DECLINED: Final = N_("{ref}: not needed, {who} is told")
REFUSED: Final = N_("{ref}: it cannot be given, {who} is told")
DECLINE_ASK: Final = N_("Tell {hall}: not needed?")
REFUSE_ASK: Final = N_("Tell {hall}: it cannot be given?")
RELEASED: Final = N_("{ref}: the rest is free again")
SEND_ASK: Final = N_("On its way to {hall}: {amount}?")
SENT: Final = N_("{ref}: on its way to {hall}")
RECEIVE_TITLE: Final = N_("Received from {hall}")
RECEIVE_LINE: Final = N_("{accepted} accepted, {received} received so far: {text}")
CAME: Final = N_("How much came")
HINT_CONDITION: Final = N_("good, cold, damaged …")
CONDITION_SEEN: Final = N_("Every hall that sees the request can read the condition.")
RECEIVED_SAID: Final = N_("{ref}: {n} received from {hall}")
RESIZE_TITLE: Final = N_("Ask for more or less: {ref}")
RESIZE_SURPLUS_TITLE: Final = N_("Give away more or less: {ref}")
RESIZE_LINE: Final = N_("{amount} now: {text}")
RESIZE_FLOOR: Final = N_("{amount} are accepted already: not below that.")
RESIZED: Final = N_("{ref} now asks for {amount}")
RESIZED_SURPLUS: Final = N_("{ref} now gives away {amount}")
RENEWED: Final = N_("{ref} goes on until {time}")
WITHDRAW_ASK: Final = N_("Withdraw {ref}? Every hall that holds it sees it closed.")
WITHDRAW_FALLS: Final = N_("{hall}: {amount} would fall through.")
WITHDRAW_NOT_NEEDED: Final = N_("{hall}: {amount} would not be needed.")
WITHDRAW_NOT_GIVEN: Final = N_("{hall}: {amount} would not be given.")
WITHDRAW_MORE: Final = N_("And {n} more that would end.")
WITHDRAWN: Final = N_("{ref} withdrawn")
RETRACT_ASK: Final = N_("Take back our pledge of {amount} to {hall}?")
UNASK_ASK: Final = N_("No longer ask {hall} for {amount}?")
RETRACTED: Final = N_("{ref}: our pledge is taken back")
UNASKED: Final = N_("{ref}: we no longer ask for it")

# Neighbours.
NO_NEIGHBOURS: Final = N_("No neighbour yet. + adds the hall down the road.")
PATHS: Final = {
    "lan": N_("over the local network"),
    "relay": N_("through a relay"),
    "carry": N_("by carry file"),
}
NO_PATH: Final = N_("no path now")
WAITING_ITEMS: Final = N_("{n} waiting for them")
WAITING_FOR_THEM: Final = N_("waiting for them: {refs}")
WAITS: Final = N_("Waits for them")
DETAILS_FOR: Final = N_("details for {ref}")
N_RECORDS: Final = N_("{n} records to hand over")
PLEDGE_OF: Final = N_("{pledge} ({ref})")
ONE_RECORD: Final = N_("1 record to hand over")
NOTHING_WAITS: Final = N_("nothing")
PATH: Final = N_("Path")
LAST_HEARD: Final = N_("Last heard")
REF_AND_WHAT: Final = N_("{ref}  {amount}: {text}")
ADD_TITLE: Final = N_("Add a neighbour")
GIVE_CODE: Final = N_("Give a code to the other hall")
HAVE_CODE: Final = N_("Type the code of the other hall")
ADD_PRICE: Final = N_("Other halls will be able to see that the two of you know each other.")
CODE_TITLE: Final = N_("Your code")
CODE_WHAT: Final = N_("Read it to the other hall, or let them read it from here. It works once.")
CODE_UNTIL: Final = N_("It is good until {time}. You may leave this page; the code stays good.")
CODE_DONE: Final = N_("{hall} is your neighbour now.")
CODE_WAITING: Final = N_("Waiting for them …")
JOIN_TITLE: Final = N_("The other hall's code")
CODE: Final = N_("Code")
HINT_CODE: Final = N_("spaces and dashes do not matter")
JOINING: Final = N_("Looking for the other hall … this takes up to half a minute.")
REMOVE_ASK: Final = N_("Remove {hall}? Pairing again takes a new code.")
REMOVED: Final = N_("{hall} is no longer a neighbour")

# Everything about one.
NEED: Final = N_("Need")
SURPLUS: Final = N_("Surplus")
OFFER: Final = N_("Offer")
PASSED_ON_AS: Final = N_("Passed on as")
NOTE_SHORT: Final = N_("Note")
GOT_TO: Final = N_("Got to")
OUR_NEEDS: Final = N_("Our needs in it")
OUR_OFFERS: Final = N_("Our offers in it")
STATE: Final = N_("State")
SO_FAR: Final = N_("So far")
TAKEN: Final = N_("Taken")
TAKEN_BY: Final = N_("{when}, by {initials}")
CONSENT: Final = N_("Consent")
FROM: Final = N_("From")
REACH: Final = N_("Reach")
PLEDGES: Final = N_("Pledges")
NONE: Final = N_("none")

# First start.
WELCOME: Final = N_("Welcome to Hallway")
WELCOME_WHAT: Final = N_(
    "A board for what people need and what they offer. What this hall cannot meet, it can pass on"
    " to the halls next door."
)
HALL_NAME: Final = N_("The hall's name")
HINT_HALL_NAME: Final = N_("as the neighbours know it")
HALL_AREA: Final = N_("Part of town")
HINT_HALL_AREA: Final = N_("may stay empty; neighbours see it")
HALL_PLACE: Final = N_("Address")
HINT_HALL_PLACE: Final = N_("told only to who brings something")
MAKING: Final = N_("Making the keys of this hall …")
WORDS_TITLE: Final = N_("The twelve recovery words of {hall}")
WORDS_WHY: Final = (
    N_("Write them on paper now, in this order. They are shown this once and kept nowhere."),
    N_("Two copies, with two people, in two places."),
    N_("They are the key to this hall when the machine is lost or stolen."),
    N_("Lost words mean a new identity, and pairing with every neighbour again."),
)

# Initials and all keys.
INITIALS_WHAT: Final = N_("They stand beside what you enter. Empty is fine.")
KEYS_TITLE: Final = N_("All keys")
KEYS_LISTS: Final = N_("In every list")
KEYS_FORMS: Final = N_("In every form")
KEYS_EVERYWHERE: Final = N_("Everywhere")
MOVE: Final = N_("Move")
NEXT_FIELD: Final = N_("Next field")
NODE_WARNS: Final = N_("What the node warns about")
HOW_TO_LEAVE: Final = N_("q leaves the board; the node goes on.")
COLOURS: Final = N_("Colours")
COLOURS_WHAT: Final = N_("dark, light and others")
NO_TERMINAL: Final = N_("The board needs a terminal: open one and run it there.")
LEAVE_WITH_TYPED: Final = N_("Leave, and drop what you typed?")

# States as the product page names them; the node tells the code, the screen says the word.
STATES: Final = {
    state: state_said
    for state, state_said in (
        ("new", N_("new")),
        ("open", N_("open")),
        ("waiting", N_("waiting")),
        ("matched", N_("matched")),
        ("under way", N_("under way")),
        ("closed", N_("closed")),
        ("available", N_("available")),
        ("reserved", N_("reserved")),
        ("used up", N_("used up")),
        ("withdrawn", N_("withdrawn")),
        ("expired", N_("expired")),
        ("draft", N_("draft")),
        ("approved", N_("approved")),
        ("covered", N_("covered")),
        ("offered", N_("unanswered")),
        ("accepted", N_("accepted")),
        ("not needed", N_("not needed")),
        ("lapsed", N_("lapsed")),
        ("sent", N_("on its way")),
        ("received", N_("received")),
        ("fell through", N_("fell through")),
        ("linked", N_("linked")),
        ("away", N_("away")),
        ("removed", N_("removed")),
    )
}

SURPLUS_STATES: Final = {"not needed": N_("not given")}
"""What this says of a pledge on a surplus, which asks rather than offers."""

# When the board itself breaks.
BUG: Final = N_(
    "Something went wrong inside the board; the details are in {file}. What was saved is safe, the"
    " node goes on: open the board again."
)
BUG_UNWRITTEN: Final = N_(
    "Something went wrong inside the board. What was saved is safe, the node goes on: open the"
    " board again."
)
