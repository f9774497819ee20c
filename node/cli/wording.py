"""The command line's own sentences. Refusals of the node have theirs in `node.wording`."""

from node.wording import N_, _

# Misuse: one sentence each, with where to look.
MISSING = _("Something is missing: {given}; see “{command} --help”.")
NO_VALUE = _("{given} needs a value after it; see “{command} --help”.")
VALUE_UNWANTED = _("{given} takes no value; see “{command} --help”.")
UNKNOWN_OPTION = _("“{command}” has no option “{given}”; see “{command} --help”.")
TOO_MANY_WORDS = _(
    "“{given}” is a word too many: put words that belong together in quotes; "
    "see “{command} --help”."
)
UNKNOWN_COMMAND = _("“{command}” has no command “{given}”; see “{command} --help”.")
UNKNOWN_COMMAND_NEAR = _(
    "“{command}” has no command “{given}” (did you mean {near}?); see “{command} --help”."
)
NO_VERB = _("Say what to do after “{command}”: {wanted}; see “{command} --help”.")
MISUSED = _("This cannot be read as a command; see “{command} --help”.")
NO_TERMINAL = _(
    "There is no terminal here for the board: run “hallway node” for a node without a screen, "
    "“hallway demo” to watch one evening played through, or “hallway --help”."
)
NO_FOLDER = _("--data needs the name of a folder; see “hallway --help”.")
OURS_OR_THEIRS = _("Give --ours or --theirs, not both; see “hallway overflow list --help”.")
NOTHING_TO_EDIT = _("Say what to change; see “hallway {kind} edit --help”.")
EVERYWHERE = _("for every command, before or after it")
OPTIONS_WORD = _("[options]")
SEVERAL = _("{word} [{word} …]")
IF_ANY = _("[{word}]")
OR = _(" or ")
EXAMPLE = _("example:\n  {example}")

# Asked before something leaves the hall or ends.
ANSWERS_YES = frozenset(_("y yes").split())
PASS_QUESTION = _("Pass exactly these words on? [y/N] ")
WITHDRAW_QUESTION = _("Withdraw it? [y/N] ")
REMOVE_QUESTION = _("Remove this neighbour? [y/N] ")
ACCEPT_QUESTION = _("Accept, and seal this to them? [y/N] ")
NOT_DONE = _("Nothing was changed.")

# Plans.
PASS_PLAN = _("These words would leave the hall, and no others:")
PASS_PLAN_SURPLUS = _("To give away. These words would leave the hall, and no others:")
PASS_TO = _("They go to {neighbours} first, and travel at most {hops} halls.")
PASS_TO_NEXT = _("They go to {neighbours}, and no further.")
PASS_TO_NOBODY = _("No hall is linked yet: they wait here until one is.")
PASS_UNTIL = _("They live until {until}.")
PASS_EXERCISE = _("This is an exercise, and says so everywhere.")
PASS_ONE_PERSON = _(
    "A quantity of 1 in {category} points to one person: pass it on only if they agree."
)
PASS_PERSONAL = _(
    "{pieces}: this looks personal and would leave the hall; give other words with --text."
)
HOPS = _("“{given}” is not how many halls away it may travel: give 1, 2 or 3 after --hops.")
WITHDRAW_PLAN = _("{ref}, {amount}: {text}")
WITHDRAW_PLEDGED = (
    _("Pledged by {hall}: {amount}, not answered yet: not needed then."),
    _("Pledged by {hall}: {amount}, {accepted} accepted: {falls} would fall through."),
)
WITHDRAW_ASKED = (
    _("Asked for by {hall}: {amount}, not answered yet: not given then."),
    _("Asked for by {hall}: {amount}, {accepted} promised: {falls} would fall through."),
)
"""A pledge that nobody has answered, and one of which something falls through."""
REMOVE_PLAN = _(
    "{name} would no longer hear from this hall, nor this hall from {name}; "
    "to pair again takes a new code."
)
ACCEPT_PLAN = _("Not our neighbour: {hall}. Only they could read what is sealed to them:")

# Done.
SAVED = _("Saved {ref}: {amount}, {category}: {text}")
EDITED = _("Changed {ref}: {amount}, {category}: {text}")
CLOSED = _("Closed {ref}: {because}.")
ALSO_CHANGED = _("What was passed on with it is less now, or closed: {refs}.")
PASSED = _("Passed on as {ref}: {amount}, {category}: {text}")
PASSED_SURPLUS = _("Passed on as {ref}, to give away: {amount}, {category}: {text}")
PASSED_WAITS = _("It is saved here: linked halls get it now, the others when they are linked.")
PASSED_HELD = (
    N_("{count} neighbour holds it already."),
    N_("{count} neighbours hold it already."),
)
WITHDRAWN = _("Withdrawn: {ref}.")
RENEWED = _("{ref} now lives until {until}.")
RESIZED = _("{ref} now asks for {amount}.")
RESIZED_SURPLUS = _("{ref} now gives away {amount}.")
RETRACTED = _("{ref} is taken back.")
# Done with a pledge: to an overflow, and to a surplus.
PLEDGED = (
    _("Pledged {qty} as {ref}. It goes now, or as soon as there is a way, to {origin}."),
    _("Asked for {qty} as {ref}. It goes now, or as soon as there is a way, to {origin}."),
)
ACCEPTED = (
    _("Accepted {accepted} of {qty} from {hall} ({ref})."),
    _("Promised {accepted} of the {qty} that were asked for to {hall} ({ref})."),
)
DECLINED = (
    _("{ref} is not needed; the answer goes to {hall}."),
    _("{ref} is not given; the answer goes to {hall}."),
)
RELEASED = (
    _("{ref}: what never came is free again."),
    _("{ref}: what never left is free again."),
)
SENT = (_("{ref} is on its way to {origin}."), _("{ref} is on its way to {hall}."))
RECEIVED = (
    _("{ref}: {received} received of {accepted} accepted from {hall}."),
    _("{ref}: {received} received of {accepted} promised by {origin}."),
)
INVITED = _("Read this code to the hall down the road; it serves once, until {until}:")
INVITED_NEXT = _("There they type: hallway neighbour join {code}")
JOINED = _("Paired with {name}.")
REMOVED = _("{name} is no longer a neighbour.")
HALL_MADE = _("{name} is ready, in {folder}.")
RECOVERY = _("These twelve words are the key to this hall if the machine is lost:")
RECOVERY_KEEP = _("Write them on paper now and keep it safe: they are shown only this once.")
HALL_NEXT = _("Go on with “hallway” for the board, or “hallway neighbour invite” for a neighbour.")
STOPPED = _("The node has ended.")
NOT_RUNNING = _("No node was running.")

# The time, and who vouches for it.
TIME_BY = {
    "synchronised": _("this machine's time synchronisation"),
    "operator": _("a person here"),
    "neighbours": _("neighbours, by the middle one of their times"),
    "nobody": _("nobody"),
}
TIME_BY_SHORT = _("{time}, vouched for by {by}")
TIME_UNSURE = _("What is saved and passed on now says that its time is not sure.")
TIME_ASKED = _("Look at a watch, and type: hallway clock HH:MM")
TIME_SAME = _("the same")
TIME_AHEAD = _("{span} later")
TIME_BEHIND = _("{span} earlier")
TIME_TOLD_BY = (
    N_("{difference}, says {count} neighbour"),
    N_("{difference}, by the middle one of {count} neighbours"),
)
DAYS_SPAN = (N_("{count} day"), N_("{count} days"))
HOURS_SPAN = (N_("{count} hour"), N_("{count} hours"))
MINUTES_SPAN = (N_("{count} minute"), N_("{count} minutes"))

# Lists.
NO_NEEDS = _("No open needs. A new one: hallway need add CATEGORY TEXT")
NO_OFFERS = _("No open offers. A new one: hallway offer add CATEGORY TEXT")
NO_OVERFLOWS = _("No overflows. Pass a need or an offer on: hallway pass REF")
NO_NEIGHBOURS = _("No neighbours yet. Give one a code: hallway neighbour invite")
OF = _("{part} of {whole}")
OURS = _("ours")
NEVER = _("never")
URGENT = _("DANGER TO LIFE")
EXERCISE = _("AN EXERCISE")
THROUGH = _("{hall}, through {through}")
OVERFLOW = _("overflow")
SURPLUS = _("surplus")
OVERFLOW_LONG = _("overflow, asked of other halls")
SURPLUS_LONG = _("surplus, to give away")
SURPLUS_STATES = {"offered": _("asked for"), "not needed": _("not given")}
"""A pledge to a surplus asks rather than offers; with --json the states are the same for both."""
PLEDGE_LINE = _("{hall}: {amount}, {state}")
NO_WAY = _("no way to it is known now")
HALL_NO_WAY = _("{hall}, no way to it is known now")
HALLS_AWAY = (N_("{count} hall away"), N_("{count} halls away"))
CONTRADICTS = _("{state}, contradicts itself")
WAITING = _("{count}: {refs}")
DETAILS_FOR = _("details for {ref}")
AND_MORE = _("{refs} …")

# How far something has got, one after the other.
SAVED_HERE = _("saved here")
REACHED = _("reached {halls}")
READ_AT = (N_("read at {count} hall"), N_("read at {count} halls"))
THEN = " → "

# Trouble.
NODE_ENDED = _(
    "The node ended while this was asked; look with “hallway status” whether it was done."
)
BUG = _("Something went wrong inside Hallway; the details are in {file}.")
BUG_UNWRITTEN = _("Something went wrong inside Hallway, and its details could not be written.")
UNWRITTEN = _("The answer could not be written out: {reason}.")
VERSION_LINE = _("hallway {version}")
