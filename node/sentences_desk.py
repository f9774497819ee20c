"""Why something at the desk cannot be done: the board, and spreadsheets. See `node.wording`."""

from typing import Final

from node.refusal import Why
from node.translation import N_

DESK: Final[dict[Why, str]] = {
    # The board.
    Why.CONSENT_NO: N_(
        "“{given}” is no consent: leave it out; what was noted before is taken back with"
        " --consent ''."
    ),
    Why.IS_FORGOTTEN: N_("{ref} is of somebody who was forgotten: write down a new one."),
    Why.IS_CLOSED: N_("{ref} is closed: nothing can be changed about it any more."),
    Why.NOT_OPEN: N_("{ref} is closed: open it again first with “hallway {noun} open {ref}”."),
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
    Why.DUPLICATE_OF_ITSELF: N_("{ref} is no duplicate of itself: name the other one."),
    Why.WAITS_WITHOUT_DATE: N_("Nothing waits for a date without one: say it with --until WHEN."),
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
        "{given} is less than the {promised} of {ref} that are given, promised or passed on: end"
        " some of that first."
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
        "{ref} was {did}, and others have gone on from there: undo or end that first, as “hallway"
        " history {ref}” shows it."
    ),
    Why.UNDO_LEFT: N_(
        "What was done last, “{did}” with {ref}, has left the hall and cannot be taken back: tell"
        " the other hall, and correct it with them."
    ),
    Why.FORGET_CHANGED: N_(
        "Nobody was forgotten, for what is known of the person has changed: look once more."
    ),
    Why.UNDO_FORGOTTEN: N_("A person was forgotten with {ref}: that cannot be undone."),
    Why.UNDO_PASSED_ON: N_(
        "{ref} was passed on, so something may still come of it, and it stays: close it instead."
    ),
    Why.UNDO_PASSED_AS_IT_IS: N_(
        "{ref} was passed on since it was {did}, so other halls may count it as it is now: close it"
        " and write it anew."
    ),
    Why.INITIALS_NOBODY_S: N_(
        "“{given}” stands for what the node does by itself: say your own with --as INITIALS."
    ),
    Why.WRONG_STATE: N_("{ref} stands at “{state}”: this cannot be done with it now."),
    Why.NOTHING_TO_PASS: N_(
        "Nothing of {ref} is left to pass on: all of it is met or asked for already."
    ),
    Why.SURPLUS_TOO_MUCH: N_(
        "{given} cannot be given away: of {offers}, {left} are left to give, so edit the offer if"
        " there is more."
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
    Why.SHEET_BOTH_KINDS: N_(
        "The row has a need and an offer: give each of them a row of its own."
    ),
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
    Why.SHEET_QUANTITY_ABOUT: N_("“{given}” is not exact: taken as {qty}."),
    Why.SHEET_PHONE_CUT: N_(
        "“{given}” is a telephone number that the spreadsheet cut short, so it was left out: make"
        " the column text there, and type the number again."
    ),
    Why.SHEET_MADE_QUIET: N_(
        "“{given}” stands in it, so it is marked quiet, unsafe to ring and to list: where that is"
        " wrong, edit it with --no-quiet."
    ),
}
