"""The command line's own sentences. Refusals of the node have theirs in `node.wording`."""

from node.wording import N_, _

# Misuse: one sentence each, with where to look.
MISSING = _("Something is missing: {given}; see “{command} --help”.")
NO_VALUE = _("{given} needs a value after it; see “{command} --help”.")
CONTRADICTING = _("{given} and {other} say opposite things: give one of them.")
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
FORGET_QUESTION = _("Forget this person? [y/N] ")
IMPORT_QUESTION = _("Save the rows that can be read? [y/N] ")
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

FORGET_PLAN = _("All that is known of the person of {ref} would be shredded: it cannot be undone.")
FORGET_ALSO = _("The same person's, and shredded with it: {refs}.")
FORGET_CLOSES = _("Still open, and closed with it: {refs}.")
FORGET_JOBS = _("What was noted for these trips goes with it, also about other doors: {refs}.")
FORGET_PERHAPS = _("Perhaps theirs as well, and left as it is: {refs}. Look, and forget each.")
FORGET_STAYS = _(
    "How much of what it was stays as a total. Backups and spreadsheets made before still have it."
)

# Done.
UNSAID = _("Not said: {missing}. Add it with: hallway {kind} edit {ref} {options}")
LOOKS_LIKE = _("It looks like {ref} ({because}): {text}")
HOW_TO_MERGE = _("If they are the same: hallway {kind} merge {ref} {into}")
MERGED = _("Closed {refs} as a duplicate of {into}, which has what only that one said.")
FOUND_NOTHING = _("Nothing here has “{words}”.")
FOUND_MORE = _("Only the first {count} are shown: type more of it, or see all with --all.")
SAVED = _("Saved {ref}: {amount}, {category}: {text}")
EDITED = _("Changed {ref}: {amount}, {category}: {text}")
OPENED = _("Open again, {ref}: {amount}, {category}: {text}")
WAITS = _("{ref} waits: {until}.")
CLOSED = _("Closed {ref}: {because}.")
OVERMATCHED = _(
    "Still to come by its matches: {coming}, and that is {more} more than is asked for now. To let"
    " one go: hallway match {ref} --fell-through"
)
OVERMATCHED_BY = _("{ref}, {amount}, {state}")
QUIET_LIKE = _(
    "{ref} is quiet, like {like}, which is the same person's: on no list or slip. If that is wrong:"
    " hallway {kind} edit {ref} --no-quiet"
)
ALSO_QUIET = _(
    "The same person's, and quiet now as well: {refs}. If that is wrong: edit each with --no-quiet"
)
STILL_QUIET = _("The same person's, and still quiet: {refs}.")
CONSENT_ENDED = _(
    "What was agreed was agreed for another contact: ask again, and note it with"
    " hallway {kind} edit {ref} --consent TEXT"
)
ALSO_CHANGED = _("Changed with it, for nobody waits for it any more: {refs}.")
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
FORGOTTEN = _("Forgotten: {refs}. How much of what it was stays as a total.")
FORGOTTEN_BUT = _(
    "Nobody can look up {refs} any more. Words may still stand in the file, which another program"
    " reads or the disk has no room for: Hallway tries again by itself."
)
UNDONE = _("Taken back, from {at}: {did}, {refs}.")
UNDONE_WITHDRAWN = _("It had left the hall and is withdrawn: {did}, {refs}, from {at}.")
UNDONE_WAS_OVER = _(
    "Over already at the other halls, so nothing is withdrawn: {did}, {refs}, from {at}. The next"
    " undo goes on with what was before."
)
UNDONE_ACCEPTED = _(
    "Taken back, from {at}: {did}, {refs}. {accepted} of it are accepted, as before."
)
UNDONE_STAYS = _(
    "Other halls were told, and that stays: {refs} asks for less, or for nothing. If that is needed"
    " after all, pass it on again."
)
ERASED = _("Nobody agrees to it any more, so what was sealed for {refs} is erased.")
UNDONE_UNMARKED = _("Not quiet any more, for that came with it: {refs}.")
UNDONE_KEPT_QUIET = _("Quiet, for others of the same person still are: {refs}.")
UNDONE_LEFT = _("{left} of {all} were left, because others have gone on with them: {refs}.")
REFS_AND_MORE = _("{refs} and {count} more")
BY_ITSELF = _("by itself")
SAID_THEN = _("said {when}")
HAPPENED_THEN = _("it was {when}")
TAKEN_BACK = _("{did} (taken back)")
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
STOPPING_SILENT = _("The node (process {pid}) does not answer, so it is ended as a process.")

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

# The call-round, and paper.
STILL_OR_GONE = _("Say what they answered, --still or --gone; see “hallway round --help”.")
ROUND_WHOSE = _("Say of whom, with its reference; see “hallway round --help”.")
TO_ASK = _("{count}, whether it is still needed, or there: hallway round")
NOBODY_TO_ASK = _("There is nobody to ask now.")
QUIET_TO_ASK = (
    N_("{count} more is of a quiet person, and is not listed: unsafe to ring."),
    N_("{count} more are of quiet people, and are not listed: unsafe to ring."),
)
ROUND_NEXT = _("What they say: hallway round REF --still, or --gone")
STILL = _("{ref} is still needed, or there: noted, with the time.")
KIND_UNKNOWN = _("“{given}” is neither a need nor an offer: give one of them after --kind.")
SLIPS_PRINTED = (
    N_("{count} slip, {first}, is in {file}."),
    N_("{count} slips, {first} to {last}, are in {file}."),
)
NO_FILE = _("--to needs the name of a new file.")
FILE_EXISTS = _("{file} is there already: give another name after --to.")
FILE_UNWRITABLE = _("{file} cannot be written: give another place after --to.")

# Matches, hand-overs and jobs.
MATCHED = _("{ref}: {amount} of {offer} for {need}, {state}.")
MATCHED_ASKED = _("{ref}: {amount} of {offer} for {need}, asked; nothing is reserved yet.")
MATCH_UNTIL = _("Free again {until} if nobody moves.")
MATCH_MOVED = _("{ref}: {state}.")
STEPS_MANY = _("Say one thing of it at a time; see “hallway {command} --help”.")
MATCH_NEITHER = _("Name a need and an offer, or one match; see “hallway match --help”.")
STEP_NEEDS_MATCH = _("{options} goes with a match, {example}; see “hallway match --help”.")
NEW_MATCH_ONLY = _("{options} goes with a new match; see “hallway match --help”.")
HANDED_OVER = _("{ref}: {received} handed over, {state}.")
HANDED_OVER_JOB = _("{ref}: all of it handed over, {state}.")
EXCESS = _("{ref} got {amount} more than was asked for.")
NOW_FREE = _("Free again, for all has come: {refs}.")
CANDIDATE = _("{ref}, {amount}: {text} ({because})")
CANDIDATES = _("The other board may have it; match with: hallway match {ref} …")
JOB_PLANNED = _("{ref} is planned: {matches}.")
JOB_MOVED = _("{ref}: {state}.")
JOB_ONE = _("Name one job, or matches to plan one; see “hallway job --help”.")
JOB_NEW_ONLY = _("{options} goes with a new job; see “hallway job --help”.")
JOB_STEP_ONLY = _("{options} goes with a job, {example}; see “hallway job --help”.")
LEG = _("{match}: {amount}, {category}, {state}")
ONLY_SAFE = _("only in these ways: {safe}")
NO_SAFE = _("ask the desk: unsafe to ring, unsafe to list")

# Lists.
NO_MATCHES = _("Nothing is matched. A match: hallway match NEED OFFER")
NO_CANDIDATES = _("The other board has nothing for it now. Ask other halls: hallway pass REF")
NO_JOBS = _("No trips are planned. A new one: hallway job MATCH [MATCH …]")
NO_NEEDS = _("No open needs. A new one: hallway need add CATEGORY TEXT")
NO_OFFERS = _("No open offers. A new one: hallway offer add CATEGORY TEXT")
NO_OVERFLOWS = _("No overflows. Pass a need or an offer on: hallway pass REF")
NO_NEIGHBOURS = _("No neighbours yet. Give one a code: hallway neighbour invite")
OF = _("{part} of {whole}")
OURS = _("ours")
NEVER = _("never")
URGENT = _("DANGER TO LIFE")
QUIET = _("QUIET: unsafe to ring, unsafe to list")
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
NODE_SILENT = _(
    "The node (process {pid}) does not answer, and what you asked for may be done or not: wait a"
    " minute, or end it with “hallway stop”, and look before you do it again."
)
BUG = _("Something went wrong inside Hallway; the details are in {file}.")
BUG_UNWRITTEN = _("Something went wrong inside Hallway, and its details could not be written.")
UNWRITTEN = _("The answer could not be written out: {reason}.")
VERSION_LINE = _("hallway {version}")

# Spreadsheets.
IMPORT_FILE = _("{file}, read as {encoding}:")
ENCODINGS = _("{whole}, and {legacy} where it is not")
KNOWN_BY = {
    "said": _("it was said"),
    "tagged": _("its HXL hashtag"),
    "settled": _("what stands in it"),
    "guessed": _("its name"),
}
IMPORT_AS_NEEDS = _("Rows that do not say it would be needs; --kind offer changes that.")
IMPORT_AS_OFFERS = _("Rows that do not say it would be offers; --kind need changes that.")
IMPORT_COUNTS = _(
    "Rows that can be read: {read}, of them needs: {needs}, offers: {offers}. Rows that cannot:"
    " {refused}. Left out, as headings, blank lines, sums and what is closed: {left_out}."
)
IMPORT_DATES = _("Dates, as they are understood:")
IMPORT_DATE = _("row {row}, {column}: “{given}” is {when}")
IMPORT_ORDERS = {
    "day-first": _(
        "{column}: dates like “{given}” are read with the day first, {why}; --month-first changes"
        " that."
    ),
    "month-first": _(
        "{column}: dates like “{given}” are read with the month first, {why}; --day-first changes"
        " that."
    ),
}
IMPORT_ORDER_SAID = _("as was said")
IMPORT_ORDER_SETTLED = _("as “{given}” tells")
IMPORT_ORDER_POINTS = _("as wherever points are used")
IMPORT_ORDER_OPEN = _(
    "{column}: dates like “{given}” can be read in two ways, and no other cell settles it: say"
    " --day-first or --month-first, or such rows cannot be read."
)
IMPORT_ROW = _("row {row}: {kind}, {amount}, {category}: {rest}")
IMPORT_NEW = _("They would be new: unread, until somebody of the desk has looked at each.")
IMPORT_NOTHING = _("No row of it can be read, so nothing was changed.")
IMPORT_BROKE_OFF = _(
    "Rows that are saved: {count}. Then it ended: {why} The same command again saves the rest."
)
NODE_GONE = _("the node ended.")
NODE_QUIET = _("the node does not answer.")
INTERRUPTED = _("it was interrupted.")
SHEET_SUMMARY = (
    N_(
        "Read {read} row: {saved} saved, {duplicates} on the board already, {refused} not usable;"
        " {left_out} left out."
    ),
    N_(
        "Read {read} rows: {saved} saved, {duplicates} on the board already, {refused} not usable;"
        " {left_out} left out."
    ),
)
SHEET_ROW = _("row {row}: {why}")
SHEET_COLUMN = _("{column}: {why}")
SHEET_MORE = _("… and {count} more; with --json all of them are named.")
SHEET_QUIET_LIKE = _("Quiet, like {like}, which is the same person's.")
SHEET_DUPLICATE = _("It is on the board already, as {ref}.")
SHEET_HEADER = _("Above the rows, or the names of the columns once more.")
SHEET_BLANK = _("A blank line.")
SHEET_TOTAL = _("A line of sums, or of nothing but numbers.")
SHEET_OVER = _("It says that it is closed.")
DAY_OR_MONTH = _("Give --day-first or --month-first, not both; see “hallway import --help”.")
COLUMN_UNREADABLE = _(
    "“{given}” does not say what a column holds: write --column 'HEADER=FIELD'; see “hallway import"
    " --help”."
)
FILE_NOT_NAMED = _("Say which file; see “hallway import --help”.")
FILE_MISSING = _("There is no file {file}.")
FILE_UNREADABLE = _("{file} cannot be read: check the card or ask its owner.")
FILE_NO_FILE = _("{file} is no file that can be read twice: save it as one first.")
FILE_CHANGED = _("{file} has changed meanwhile, so nothing was saved: look at it once more.")
EXPORT_LIST = _("“{given}” is no list: give needs, offers, overflow or all.")
EXPORT_FORMAT = _("“{given}” is no format: give csv or jsonl.")
EXPORT_ALL_CSV = _(
    "All of it is several tables, and a spreadsheet holds one: give a file that ends in .jsonl, or"
    " export needs, offers and overflow one by one."
)
EXPORT_ENDING = _("{file} would be neither csv nor jsonl: let the file's name end in one of these.")
EXPORT_TWO_FORMATS = _(
    "--format says {format}, and {file} ends like {ending}: change one of the two."
)
EXPORT_HXL_JSONL = _("Only CSV has a line of hashtags: leave out --hxl, or --format jsonl.")
EXPORTED = (
    N_("Wrote {count} row into {file}."),
    N_("Wrote {count} rows into {file}."),
)
EXPORT_PRIVATE = _(
    "This holds what is known of persons: who they are, how to find them and what is noted of them."
    " Keep it where nobody else can read it, and delete it when it has served."
)
EXPORT_PERSONAL = (
    N_("{count} text in it looks personal all the same, that of {refs}: read it before others do."),
    N_(
        "{count} texts in it look personal all the same, first those of {refs}: read them before"
        " others do."
    ),
)
