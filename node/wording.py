"""Every sentence that a person reads when something cannot be done, in one place.

The terminal and the command line both take their words from here, so that one translation serves
both. The language is the environment's (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`); where there
is no translation, the English text stands.
"""

import gettext
from collections.abc import Mapping
from pathlib import Path

from node.desk.text import inert
from node.refusal import Why

FACT_CHARACTERS_MAX = 60
"""A fact from elsewhere must not push what to do off a screen of 80 columns."""

PATHS = frozenset({"folder", "log", "choices"})
PATH_CHARACTERS_MAX = 300
"""A path or an id that is cut helps nobody; both come from this machine."""

_TRANSLATION = gettext.translation(
    "hallway", localedir=Path(__file__).parent / "locale", fallback=True
)
_ = _TRANSLATION.gettext
ngettext = _TRANSLATION.ngettext


def N_(text: str) -> str:
    """Mark a text in a module's table for translation; `_` translates it where it is shown."""
    return text


SENTENCES: dict[Why, str] = {
    # Categories, units, quantities.
    Why.UNKNOWN_CATEGORY: N_("There is no category “{given}”: did you mean {near}?"),
    Why.UNKNOWN_UNIT: N_("There is no unit “{given}”: did you mean {near}?"),
    Why.QUANTITY_NOT_A_NUMBER: N_(
        "“{given}” is not a quantity: write it in digits, for example 40 or 2.5."
    ),
    Why.QUANTITY_NOT_POSITIVE: N_("The quantity {given} is too small: it must be more than zero."),
    Why.QUANTITY_TOO_LARGE: N_("The quantity {given} is too large: the most is {limit}."),
    Why.QUANTITY_TOO_FINE: N_(
        "The quantity {given} is too fine: write at most three digits after the point."
    ),
    Why.QUANTITY_OTHER_UNIT: N_("“{given}” is in another unit: this one is counted in {unit}."),
    Why.QUANTITY_UNCLEAR: N_(
        "The quantity {given} can be read in two ways: write it without the comma."
    ),
    # Times.
    Why.TIME_UNREADABLE: N_(
        "“{given}” is not a time: write it like 19:30, tonight, 2h, tue 17:00 or 2031-05-28."
    ),
    Why.TIME_PAST: N_("“{given}” is already past: give a time that is still to come."),
    Why.TIME_TO_COME: N_("“{given}” is still to come: give the time when it was said."),
    Why.TIME_TOO_FAR: N_("“{given}” is too far away: give a time within {days} days."),
    Why.HOURS_OUT_OF_RANGE: N_(
        "“{given}” is not a number of hours here: give more than 0 and at most {limit}."
    ),
    Why.CLOCK_UNREADABLE: N_(
        "“{given}” is not what a watch shows: write it like 19:30 or 2031-05-28 19:30."
    ),
    Why.CLOCK_TOO_EARLY: N_(
        "“{given}” cannot be, for this Hallway was made after {written}: give the right day with"
        " it, like 2031-05-28 19:30."
    ),
    Why.CLOCK_SYNCHRONISED: N_(
        "This machine's clock is synchronised and shows {shown}: Hallway goes by that, and takes no"
        " other time."
    ),
    # References.
    Why.REFERENCE_UNREADABLE: N_(
        "“{given}” is not a reference: it is a letter, a number and a letter, like {example}."
    ),
    Why.REFERENCE_CHECK: N_(
        "The reference {given} has a wrong character in it: read it again from the slip."
    ),
    Why.REFERENCE_NOT_FOUND: N_(
        "Nothing here has the reference {given}: check it, or look it up in the list."
    ),
    Why.REFERENCE_WRONG_KIND: N_("{given} is the wrong kind of thing here: give {wanted}."),
    Why.SLIP_NOT_PRINTED: N_(
        "No slip with {ref} was printed here: read it again, or leave out --slip for a new one."
    ),
    Why.SLIP_USED: N_(
        "{ref} is on the board already: look at it, and write anything else on a slip of its own."
    ),
    Why.SLIPS_OUT_OF_RANGE: N_("“{given}” is not how many slips: give 1 to {limit}."),
    # Texts.
    Why.NAME_EMPTY: N_("The hall has no name yet: say what your neighbours call it."),
    Why.TEXT_EMPTY: N_("The text is empty: say in a few words what it is about."),
    Why.TEXT_TOO_LONG: N_(
        "The text is too long ({size} bytes, at most {limit}): say it in fewer words."
    ),
    Why.TEXT_CONTROL: N_(
        "The text has an invisible control character in it (number {place}): type it again."
    ),
    Why.TEXT_MARKUP: N_(
        "The text has screen markup in it ({found}): write it again without the brackets."
    ),
    Why.TEXT_PERSONAL: N_(
        "“{found}” looks personal ({kind}) and would leave the hall: say what is needed, not who."
    ),
    # Pairing codes.
    Why.CODE_UNREADABLE: N_("This is not a pairing code: ask the other hall for all of it."),
    Why.CODE_MISTYPED: N_(
        "The code is mistyped in group {group}: compare it with the other hall's screen."
    ),
    Why.CODE_USED: N_(
        "This code was already used by {name}: if that was not you, tell the other hall to remove"
        " it there, and ask for a new code."
    ),
    Why.CODE_UNKNOWN: N_("The other hall does not know this code: ask it for a new one."),
    Why.CODE_BROKE_OFF: N_("The connection broke off while pairing: try the same code again."),
    Why.CODE_EXPIRED: N_("This code has expired: ask the other hall for a new one."),
    Why.CODE_OWN: N_("This code is this hall's own: give it to the other hall."),
    Why.CODE_UNANSWERED: N_(
        "The other hall did not answer: check that its node runs and try the same code again."
    ),
    # The data folder and the running node.
    Why.FOLDER_NOT_A_HALL: N_(
        "The folder {folder} holds something that is not a hall: choose another with --data."
    ),
    Why.FOLDER_NOT_READABLE: N_(
        "The folder {folder} cannot be read: choose another with --data or ask its owner."
    ),
    Why.FOLDER_BUSY: N_(
        "Another command is at work in {folder}: wait until it has ended and try again."
    ),
    Why.DISK_FAILED: N_(
        "Nothing was saved, the disk refused ({problem}): make room in {folder} or check the card."
    ),
    Why.FOLDER_NOT_WRITABLE: N_(
        "The folder {folder} cannot be written to: choose another with --data or ask its owner."
    ),
    Why.FOLDER_DAMAGED: N_(
        "The hall in {folder} is damaged: leave the folder as it is, copy it to another card, and"
        " ask whoever keeps it."
    ),
    Why.FOLDER_NEWER: N_(
        "The hall in {folder} was made by a newer Hallway: use the newer one to open it."
    ),
    Why.FOLDER_IS_A_HALL: N_(
        "The folder {folder} already is a hall: choose another with --data for a second one."
    ),
    Why.FOLDER_EMPTY: N_(
        "There is no hall in {folder} yet: make one with “hallway init --name NAME”."
    ),
    Why.NODE_RUNNING: N_(
        "A node already runs for {folder}: use that one, or end it with “hallway stop”."
    ),
    Why.NODE_NOT_STARTING: N_("The node did not start: its log, {log}, says why."),
    Why.NODE_BUG: N_(
        "Something went wrong inside the node, and nothing was changed; its log says what."
    ),
    Why.NODE_OTHER_VERSION: N_(
        "The running node is of another version: end it with “hallway stop” and try again."
    ),
    Why.NODE_NOT_ANSWERING: N_(
        "The node for {folder} does not end: wait a minute and try again, or restart the machine."
    ),
    Why.ADDRESS_UNREADABLE: N_(
        "“{given}” is not an address to listen on: write it like 0.0.0.0:7425."
    ),
    Why.ADDRESS_NOT_OURS: N_(
        "This machine cannot listen on {address}: choose one of its own addresses with --listen."
    ),
    Why.PORT_TAKEN: N_(
        "Another program uses {address} already: choose another port with --listen."
    ),
    # The board.
    Why.IS_FORGOTTEN: N_("{ref} is of somebody who was forgotten: write down a new one."),
    Why.IS_CLOSED: N_("{ref} is closed: nothing can be changed about it any more."),
    Why.HAS_EXPIRED: N_("{ref} has expired: renew it first, if it is still wanted."),
    Why.UNKNOWN_NEED_REASON: N_(
        "“{given}” is not a reason to close a need: give one of met, partly met, done by others,"
        " no longer needed, referred, cannot help, duplicate of, lapsed."
    ),
    Why.UNKNOWN_OFFER_REASON: N_(
        "“{given}” is not a reason to close an offer: give one of used up, withdrawn."
    ),
    Why.UNKNOWN_WAITING_REASON: N_(
        "“{given}” is nothing that a need waits for: give one of {known}."
    ),
    Why.UNKNOWN_CHANNEL: N_("“{given}” is not a way in which it came: give one of {known}."),
    Why.EVERY_UNREADABLE: N_("“{given}” is not how often: write day, week, 3 days or 2 weeks."),
    Why.ALL_HAS_COME: N_(
        "All of {ref} has come, {received}: say with --qty how much it is now, or take back what"
        " did not come with “hallway handover {ref} --back --qty N”."
    ),
    Why.MERGE_ITSELF: N_("{ref} is one already: name two different ones to merge."),
    Why.MERGE_OTHER_WAY: N_(
        "Something of {ref} is promised, passed on or has come: merge {into} into {ref} instead."
    ),
    Why.MERGE_BOTH_COUNTED_ON: N_(
        "Of {ref} and {into} something is promised, passed on or has come: close the one that is"
        " not wanted."
    ),
    Why.PROMISED_ALREADY: N_(
        "{given} is less than the {promised} of {ref} that are given or promised already."
    ),
    Why.MATCH_OTHER_UNIT: N_(
        "{need} is counted in {unit} and {offer} in {other}: edit one of them first."
    ),
    Why.MATCH_NOTHING_LEFT: N_("Nothing of {ref} is left: all of it is promised or has come."),
    Why.MATCH_TOO_MUCH: N_("That is too much: of {ref}, {left} are left."),
    Why.MATCH_WRONG_STEP: N_("{ref} stands at “{state}”: what can be said of it now is {choices}."),
    Why.MATCHED_AS_IT_WAS: N_("{ref} is matched as {match}: end that first to change the unit."),
    Why.MATCH_ON_A_JOB: N_("{ref} is on {job} already: cancel that one first."),
    Why.JOB_EMPTY: N_("A job carries out matches: give at least one, like {example}."),
    Why.HANDOVER_HOW_MUCH: N_("Say with --qty how much of {ref} was handed over."),
    Why.HANDOVER_WHOLE_JOB: N_(
        "{ref} is handed over as a whole: for a part of it name the match, with --qty N."
    ),
    Why.HANDOVER_TOO_MUCH: N_(
        "{given} is more than {offer} has: {left} of it can be handed over, so if there was more,"
        " edit the offer first."
    ),
    Why.HANDOVER_BACK_TOO_MUCH: N_(
        "{given} cannot be taken back: only {moved} of {ref} were handed over."
    ),
    Why.HANDOVER_BETWEEN_HALLS: N_(
        "{ref} is between halls: say what came of a pledge with “hallway receive PLEDGE --qty N”."
    ),
    Why.UNDO_NOTHING: N_(
        "There is nothing to undo for “{initials}”: say whose with --as INITIALS."
    ),
    Why.UNDO_BUILT_ON: N_(
        "Others have gone on with {ref} since it was {did}: undo or end that first."
    ),
    Why.UNDO_LEFT: N_(
        "What was done last, “{did}” with {ref}, has left the hall and cannot be taken back: tell"
        " the other hall, and correct it with them."
    ),
    Why.UNDO_FORGOTTEN: N_("A person was forgotten with {ref}: that cannot be undone."),
    Why.WRONG_STATE: N_("{ref} stands at “{state}”: this cannot be done with it now."),
    Why.NOTHING_TO_PASS: N_(
        "Nothing of {ref} is left to pass on: all of it is met or asked for already."
    ),
    Why.PASS_NEEDS_AND_OFFERS: N_(
        "{first} and {second} cannot be passed on as one: pass on needs or offers, not both."
    ),
    Why.PASS_MIXED: N_(
        "{first} and {second} cannot be passed on as one: pass on one category and unit at a time."
    ),
    Why.PASS_CHANGED: N_(
        "Nothing was passed on, for what would leave has changed: read it once more."
    ),
    Why.PASS_TOO_LONG: N_(
        "The words are too long together ({size} bytes, at most {limit}): say them shorter."
    ),
    Why.PASSED_ON_AS_IT_WAS: N_(
        "{ref} was passed on with {overflow}: withdraw that first to change the category or unit."
    ),
    Why.HOPS_OUT_OF_RANGE: N_("“{given}” is not a reach: it may travel 1 to {limit} halls."),
    Why.NEEDS_CONFIRMATION: N_("Nothing was changed: run it again with --yes to do it."),
    # Spreadsheets.
    Why.SHEET_EMPTY: N_("The file is empty: choose the one that has the rows in it."),
    Why.SHEET_NOT_TEXT: N_(
        "This file is {format}, not CSV: open it in its own program and save it as CSV first."
    ),
    Why.SHEET_ENCODING_UNKNOWN: N_("There is no encoding “{given}” here: give one of {choices}."),
    Why.SHEET_NO_HEADER: N_(
        "No line of the file names its columns: write a first line like category, text, qty, zone."
    ),
    Why.SHEET_NO_CATEGORY: N_(
        "No column holds the category: name it with --column “HEADER=category”, or give one for all"
        " rows with --category."
    ),
    Why.SHEET_NO_TEXT: N_(
        "No column says what is needed or offered: name it with --column “HEADER=text”."
    ),
    Why.SHEET_COLUMN_UNKNOWN: N_(
        "There is no column “{given}” in the file: its columns are {choices}."
    ),
    Why.SHEET_COLUMN_TWICE: N_("Two columns are given as {field}: say which one of them holds it."),
    Why.SHEET_FIELD_UNKNOWN: N_(
        "“{given}” is nothing that a column can hold: give one of {choices}."
    ),
    Why.SHEET_LINE_TOO_LONG: N_("The line is too long to be read: shorten it in the spreadsheet."),
    Why.SHEET_QUOTE_OPEN: N_(
        "A cell opens a quotation mark and nothing closes it: correct that line in the file."
    ),
    Why.SHEET_ROW_TOO_LONG: N_(
        "The row has {cells} cells where {columns} have a name: a separator stands within a cell,"
        " so put that cell in quotation marks."
    ),
    Why.SHEET_FORMULA: N_(
        "“{given}” is a formula, and none is worked out here: put the value in its place."
    ),
    Why.SHEET_DATE_UNCLEAR: N_(
        "“{given}” can be read in two ways: say --day-first or --month-first, or write it like"
        " 2031-05-28."
    ),
    Why.SHEET_FLAG_UNCLEAR: N_("“{given}” is neither yes nor no: write one of them."),
    Why.SHEET_KIND_UNKNOWN: N_("“{given}” is neither a need nor an offer: write one of them."),
    Why.SHEET_CATEGORY_EMPTY: N_(
        "The row has no category: write one, or give one for all such rows with --category."
    ),
    Why.SHEET_CATEGORY_UNKNOWN: N_("There is no category “{given}”: write one of ours."),
    Why.SHEET_UNIT_UNKNOWN: N_("There is no unit “{given}”: write one of ours."),
    Why.SHEET_TIME_DROPPED: N_("The time “{given}” is past already, so it was left out."),
    Why.SHEET_SAID_DROPPED: N_(
        "The time “{given}” is still to come, so it is not when this was said, and was left out."
    ),
    Why.SHEET_CHANNEL_DROPPED: N_("“{given}” is no way of ours to hear of things: left out."),
    Why.SHEET_LETTERS_LOST: N_(
        "Some letters could not be read, and “�” stands for them: say the file's --encoding."
    ),
    # Between halls.
    Why.DETAILS_WITHOUT_CONSENT: N_(
        "“{found}” is from the contact of {ref}, who has not agreed: ask them, and note their words"
        " as consent first."
    ),
    Why.ACCEPT_MORE_THAN_PLEDGED: N_(
        "{given} cannot be accepted: {promised} were promised, accept that many or fewer."
    ),
    Why.ACCEPT_TOO_MUCH: N_(
        "{given} cannot be accepted: of {asked} asked for, {elsewhere} are accepted from others,"
        " so {left} are left."
    ),
    Why.GIVE_TOO_MUCH: N_(
        "{given} cannot be promised: of {asked} to give away, {elsewhere} are promised to others,"
        " so {left} are left."
    ),
    Why.GIVEN_BELOW_ACCEPTED: N_(
        "{given} is less than the {accepted} already promised: give away that many or more."
    ),
    Why.ASKED_BELOW_ACCEPTED: N_(
        "{given} is less than the {accepted} already accepted: ask for that many or more."
    ),
    Why.CONDITION_NO_ROOM: N_(
        "There is no room left in {ref} for a condition: write down what came without it."
    ),
    Why.PLEDGES_FULL: N_(
        "{ref} has as many answers as fit into it: pass on what is left as a new one."
    ),
    Why.PLEDGED_OFTEN: N_(
        "This hall has answered {ref} {limit} times, and other halls take no more of one: call them"
        " about the rest."
    ),
    Why.PLEDGE_OWN: N_("{ref} is this hall's own: only another hall can pledge to it."),
    Why.NOT_OURS: N_("{ref} is {owner}'s: only they can do this."),
    Why.OTHER_DEVICE: N_(
        "Another device of this hall has written {what}: only there can this be done."
    ),
    Why.SEAL_KEY_UNKNOWN: N_(
        "Nothing can be sealed to {name} yet: wait until its card has arrived and try again."
    ),
    Why.NEIGHBOURS_FULL: N_(
        "A hall can have {limit} neighbours and no more: remove one that has gone first."
    ),
    Why.SIGNED_TWICE: N_(
        "{hall} has signed two different versions of {what}, so neither counts: call them, and ask"
        " them to write it anew."
    ),
    Why.SIGNED_TWICE_HERE: N_(
        "This hall has signed two different versions of {what}, so neither counts: end whatever is"
        " at work from a copy of its folder or card, and write it anew."
    ),
    Why.PEERING_NOT_COUNTED: N_(
        "What this device says of the hall's neighbours does not count now, so it cannot be"
        " changed: “hallway status” says why."
    ),
    Why.NODE_NEEDED: N_("This needs the running node: start it with “hallway node” and try again."),
    Why.NAME_AMBIGUOUS: N_(
        "{name} could be several halls: give the group id that “hallway neighbour list” shows."
    ),
    Why.REFERENCE_AMBIGUOUS: N_(
        "{ref} could be several things: say which one you mean, {choices}."
    ),
    Why.NOT_A_NEIGHBOUR: N_(
        "There is no neighbour “{name}”: see “hallway neighbour list” for their names."
    ),
}
"""The sentence for each reason, with the facts that it needs as named fields."""


class _Facts(dict[str, str]):
    """A node of another version may tell fewer facts; the sentence still says what to do."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(why: Why, facts: Mapping[str, object]) -> str:
    """One plain sentence for people; facts are shown as text that cannot act on the screen."""
    shown = _Facts({name: _shown(fact, _limit(name)) for name, fact in facts.items()})
    return _(SENTENCES[why]).format_map(shown)


def _limit(name: str) -> int:
    return PATH_CHARACTERS_MAX if name in PATHS else FACT_CHARACTERS_MAX


def _shown(fact: object, limit: int) -> str:
    """A fact as text, made inert and short. Cut first: it may be ten megabytes long."""
    told = inert(str(fact)[: 4 * limit])
    return told if len(told) <= limit else told[: limit - 1] + "…"
