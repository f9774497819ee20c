"""Why anything but the desk's own cannot be done. See `node.wording`."""

from typing import Final

from node.refusal import Why
from node.translation import N_

TEXT_NAMES: Final = {
    "text": N_("text"),
    "zone": N_("zone"),
    "contact": N_("contact"),
    "note": N_("note"),
    "consent": N_("consent"),
    "behalf": N_("name of who speaks for the person"),
    "household": N_("household"),
    "diet": N_("diet"),
    "access": N_("text on access"),
    "languages": N_("list of languages"),
    "ring": N_("time to ring back"),
    "safe": N_("text on safe ways to reach them"),
    "limits": N_("text on limits"),
    "because": N_("reason"),
    "who": N_("name of who goes"),
    "details": N_("text of the details"),
    "condition": N_("condition"),
    "name": N_("name of the hall"),
    "place": N_("place of the hall"),
    "area": N_("area of the hall"),
    "initials": N_("text of the initials"),
}
"""How each text that people write is spoken of, where it cannot be taken as it is."""

HOUSE: Final[dict[Why, str]] = {
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
        "The quantity {given} can be read in two ways: write it without comma or point."
    ),
    # Times.
    Why.TIME_UNREADABLE: N_(
        "“{given}” is not a time: write it like 19:30, tonight, 2h, tue 17:00 or 2031-05-28."
    ),
    Why.TIME_PAST: N_("“{given}” is already past: give a time that is still to come."),
    Why.TIME_TO_COME: N_("“{given}” is still to come: give the time when it was said."),
    Why.TIME_TOO_FAR: N_("“{given}” is too far away: give a time within {days} days."),
    Why.TIME_BEYOND_CALENDAR: N_("“{given}” is too far away: give a time before the year {year}."),
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
    Why.FIND_EMPTY: N_(
        "Nothing was said to look for: give a word, a name, a street or the end of a number."
    ),
    Why.TEXT_TOO_LONG: N_(
        "The {text} is too long ({size} bytes, at most {limit}): say it in fewer words."
    ),
    Why.TEXT_CONTROL: N_(
        "The {text} has an invisible control character in it (number {place}): type it again."
    ),
    Why.TEXT_NOT_UTF8: N_(
        "The {text} is not readable as text (UTF-8) at character {place}: type it again."
    ),
    Why.TEXT_MARKUP: N_(
        "The {text} has screen markup in it ({found}): write it again without the brackets."
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
    Why.DISK_FULL: N_(
        "Nothing can be saved because the disk of {folder} is full: make room on it and try again."
    ),
    Why.DISK_READ_ONLY: N_(
        "Nothing can be saved because the disk of {folder} can only be read: unlock it, or copy"
        " the folder to another card if nobody locked it."
    ),
    Why.FOLDER_READ_ONLY: N_(
        "Nothing can be saved because {folder}, or the hall's file in it, can only be read: make"
        " both writable and try again."
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
        "{name} could be several halls: give the id that “hallway neighbour list” shows beside the"
        " name."
    ),
    Why.REFERENCE_AMBIGUOUS: N_(
        "{ref} could be several things: say which one you mean, {choices}."
    ),
    Why.NOT_A_NEIGHBOUR: N_(
        "There is no neighbour “{name}”: see “hallway neighbour list” for their names."
    ),
}
