"""What every command and option is for, in the words of `--help`."""

from __future__ import annotations

from dataclasses import dataclass

from node.wording import _


@dataclass(frozen=True, slots=True)
class Option:
    """`metavar` names the value, and is empty for a flag, which means `const`."""

    dest: str
    metavar: str
    help: str
    const: bool = True


NOUNS = {
    "need": _("What someone lacks: add a need, list, show, edit, close."),
    "offer": _("What someone can give: add an offer, list, show, edit, close."),
    "overflow": _("What halls ask of each other, or give away: list, show, renew, edit, withdraw."),
    "print": _("Paper, as plain text: slips. Printing changes nothing."),
    "neighbour": _("The halls that we are paired with: list, invite, join, remove."),
}

_WHICH_NEED = _("Show everything about a need.")
_WHICH_OFFER = _("Show everything about an offer.")

COMMANDS = {
    "init": (_("Make this machine a hall: its keys, its database, its recovery words."),
             'hallway init --name "Northgate Hall" --area "north of the river"'),
    "node": (_("Run the node without a screen until it is told to end."),
             "hallway node --listen 0.0.0.0:7425"),
    "stop": (_("End the node that runs."), ""),
    "status": (_("Say what runs, who is linked, and what needs attention."), ""),
    "clock": (_("Say what time the hall goes by and who vouches for it, or tell it the time that "
                "your watch shows: that counts until this machine is started anew."),
              "hallway clock 19:42"),
    "need add": (_("Write down a new need."),
                 'hallway need add FOD "hot meals for tonight" --qty 40 --by 21:00'),
    "need list": (_("List the open needs, the most urgent first."), ""),
    "need show": (_WHICH_NEED, "hallway need show N-417-K"),
    "need edit": (_("Change a need; what is not named stays as it is."),
                  "hallway need edit N-417-K --qty 35"),
    "need close": (_("Close a need: met, partly met, done by others, no longer needed, referred, "
                     "cannot help, duplicate of, lapsed. What it was passed on with follows."),
                   'hallway need close N-417-K --because "no longer needed"'),
    "need open": (_("Open a need again: closed, waiting, or not read yet."),
                  'hallway need open N-417-K --because "ten were spoiled" --qty 50'),
    "need wait": (_("Let a need wait: no answer, for information, or until a date."),
                  "hallway need wait N-417-K --until 'tue 9:00'"),
    "need merge": (_("Close a need as a duplicate of another, which gets what only it says."),
                   "hallway need merge N-418-M N-417-K"),
    "offer merge": (_("Close an offer as a duplicate of another, which gets what only it says."),
                    "hallway offer merge O-211-P O-210-M"),
    "find": (_("Find needs, offers and all that has a reference: by the beginnings of words, "
               "names, streets, the end of a phone number; open ones first."),
             "hallway find rosa mill"),
    "offer open": (_("Open an offer again."), "hallway offer open O-210-M"),
    "offer add": (_("Write down a new offer."),
                  'hallway offer add TRN "van with driver" --by 18:00'),
    "offer list": (_("List the open offers."), ""),
    "offer show": (_WHICH_OFFER, "hallway offer show O-210-M"),
    "offer edit": (_("Change an offer; what is not named stays as it is."),
                   "hallway offer edit O-210-M --qty 2"),
    "offer close": (_("Close an offer: used up or withdrawn. What it was passed on with follows."),
                    'hallway offer close O-210-M --because "used up"'),
    "history": (_("Say what happened to something, when, and whose hands it was."),
                "hallway history N-417-K"),
    "undo": (_("Take back the last thing that these initials did; what has left the hall is "
               "withdrawn instead."),
             "hallway undo --as AK"),
    "suggest": (_("Say what the other board has for a need, or for an offer, best first."),
                "hallway suggest N-417-K"),
    "match": (_("Agree that an offer serves a need: that reserves it until it is handed over, or "
                "frees itself. Without references: list what is agreed. With one: show a match, "
                "or say what became of it; of a need or an offer, list its matches."),
              "hallway match N-417-K O-210-M --qty 25"),
    "handover": (_("Say how much of a match, a need or an offer was handed over; adds to what was "
                   "before. Of a job: all of it."),
                 "hallway handover N-417-K --qty 25"),
    "job": (_("Plan a trip that carries out matches. Without references: list the trips. With a "
              "trip's: show it, from whom to whom, or say how far it is."),
            'hallway job M-12-E M-14-A --who "Sam, blue van" --at 18:30'),
    "forget": (_("Shred all that is known of a person, by a reference of theirs; asks first. How "
                 "much of what it was stays as a total."),
               "hallway forget N-417-K"),
    "round": (_("List whom to ask whether it is still needed, or still there, the longest waiting "
                "first; or say what one of them answered."),
              "hallway round N-417-K --still"),
    "print slips": (_("Print blank slips with references of their own, to be filled in by hand."),
                    "hallway print slips --count 20 --to slips.txt"),
    "pass": (_("Ask the halls next door for what needs lack, or give them what offers hold: shows "
               "the exact words that would leave, then asks."),
             "hallway pass N-417-K"),
    "overflow list": (_("List what halls ask of each other, and what they give away."), ""),
    "overflow show": (_("Show everything about an overflow or a surplus, with every pledge. Its "
                        "hall can see that it was read; with --json it counts as not read."),
                      "hallway overflow show NG V-12-K"),
    "overflow renew": (_("Let our overflow live on."), "hallway overflow renew NG V-12-K"),
    "overflow edit": (_("Ask for more or less, or give it, never below what is accepted."),
                      "hallway overflow edit NG V-12-K --qty 30"),
    "overflow withdraw": (_("Take our overflow back; shows whose pledges end, and asks first."),
                          "hallway overflow withdraw NG V-12-K"),
    "pledge": (_("Promise part of what a hall asks for, or ask for part of what it gives away."),
               "hallway pledge NG V-12-K --qty 25"),
    "retract": (_("Take our pledge back before it is sent."), "hallway retract ES P-3-K"),
    "accept": (_("Accept a pledge, and seal to its hall where and when to bring or fetch it."),
               'hallway accept ES P-3-K --details "side door, ask for Rosa, 18:00"'),
    "decline": (_("Say that a pledge is not needed."), "hallway decline ES P-3-K"),
    "release": (_("Free what was accepted and never came."), "hallway release ES P-3-K"),
    "sent": (_("Say that what we pledged, or what we give away, is on its way."),
             "hallway sent ES P-3-K"),
    "receive": (_("Say how much has come of a pledge to us, or of what we asked for; adds to what "
                  "came before."),
                "hallway receive ES P-3-K --qty 25"),
    "neighbour list": (_("List our neighbours, when each was last heard, what waits for it."), ""),
    "neighbour invite": (_("Make a one-time code that pairs us with another hall."), ""),
    "neighbour join": (_("Pair with the hall that gave us this code."), ""),
    "neighbour remove": (_("End the pairing with a neighbour; asks first."),
                         "hallway neighbour remove Eastside"),
    "import": (_("Take in a spreadsheet that someone else made, as CSV: shows what each column was "
                 "taken for and the first rows, then asks. Every row that is not saved is named, "
                 "with why."),
               "hallway import needs.csv --category FOD --column 'Remarks=note'"),
    "export": (_("Write out a list: needs, offers or overflow, as CSV or JSON Lines; or all, as "
                 "JSON Lines. Nothing personal is in it without --private."),
               "hallway export needs --to needs.csv"),
    "demo": (_("Play one evening of four halls on this machine, and tell it as a story."), ""),
}  # fmt: skip
"""Every command with what it does, and an example where one helps."""

POSITIONALS = {
    "category": ("CATEGORY", _("three letters or a word: FOD, water, shelter …")),
    "text": ("TEXT", _("what it is about, in a few words, in quotes")),
    "ref": ("REF", _("its reference, as on the list")),
    "into": ("INTO", _("the reference of the one that stays")),
    "words": ("WORDS", _("what to look for; of each word the beginning is enough")),
    "refs": ("REF", _("needs, or offers, of one category and unit")),
    "pair": ("REF", _("a need and an offer, in either order; or a match")),
    "trip": ("REF", _("matches to carry out; or a job")),
    "moved": ("REF", _("a match, a need, an offer, or a job")),
    "overflow": ("ID", _("its reference with the hall's call sign, or its id")),
    "pledge": ("PLEDGE", _("its reference, or its id")),
    "code": ("CODE", _("the code, with or without its spaces")),
    "time": ("TIME", _("what a watch shows now: 19:42, or 2031-05-28 19:42")),
    "file": ("FILE", _("the file")),
    "list": ("LIST", _("needs, offers, overflow, or all")),
    "neighbour": ("NAME", _("the neighbour's name, or the id beside it, as on the list")),
}

OPTIONS = {
    "--name": Option("name", "NAME", _("the hall's name, as neighbours will see it")),
    "--place": Option("place", "TEXT", _("where the hall is; sealed to halls that bring things")),
    "--area": Option("area", "TEXT", _("the part of town; every neighbour may read it")),
    "--listen": Option("listen", "ADDRESS:PORT", _("where to listen; remembered; port 0: any")),
    "--no-mdns": Option("mdns", "", _("do not look for neighbours on this network"), const=False),
    "--qty": Option("qty", "N", _("how much, in digits: 40 or 2.5")),
    "--unit": Option("unit", "U", _("each, pack, kg, litre, meal, person, night, hour, EUR …")),
    "--zone": Option("zone", "Z", _("which part of the neighbourhood")),
    "--by": Option("by", "WHEN", _("by when: 19:30, tonight, 2h, tue 17:00, 2031-05-28")),
    "--contact": Option("contact", "TEXT", _("how to find the person; never leaves the hall")),
    "--note": Option("note", "TEXT", _("a note for the desk; never leaves the hall")),
    "--consent": Option("consent", "TEXT", _("what the person agreed may be told to a helper")),
    "--danger": Option("danger", "", _("danger to life")),
    "--channel": Option("channel", "HOW", _("how it came: desk, phone, paper, radio, runner")),
    "--at": Option("at", "WHEN", _("when it was said, if earlier: 14:30, yesterday 17:00, 2h")),
    "--behalf": Option("behalf", "WHO", _("who speaks for the person")),
    "--household": Option("household", "TEXT", _("who lives there: 2 adults, 3 children")),
    "--diet": Option("diet", "TEXT", _("what they may not eat, or only")),
    "--access": Option("access", "TEXT", _("stairs, wheelchair, door code")),
    "--language": Option("languages", "TEXT", _("which languages they speak")),
    "--ring": Option("ring", "TEXT", _("when to ring back")),
    "--safe": Option("safe", "TEXT", _("safe ways to reach them")),
    "--quiet": Option("quiet", "", _("unsafe to ring, unsafe to list: on no list or slip")),
    "--no-quiet": Option("quiet", "", _("safe to ring and list again"), const=False),
    "--standing": Option("standing", "", _("there again after every hand-over, until closed")),
    "--no-standing": Option("standing", "", _("not any more"), const=False),
    "--every": Option("every", "PERIOD", _("comes again: day, week, 3 days")),
    "--limits": Option("limits", "TEXT", _("what it cannot do: no stairs, evenings only")),
    "--slip": Option("slip", "REF", _("the reference on the paper slip")),
    "--same-as": Option("same_as", "REF", _("of the same person as this one")),
    "--until": Option("until", "WHEN", _("until when: 19:30, tue 9:00, 2031-05-28")),
    "--no-danger": Option("danger", "", _("no danger to life any more"), const=False),
    "--category": Option("category", "CATEGORY", _("another category")),
    "--text": Option("text", "WORDS", _("other words")),
    "--all": Option("closed", "", _("closed ones too")),
    "--open": Option("open", "", _("only open ones")),
    "--because": Option("because", "REASON", _("why, in quotes")),
    "--still": Option("still", "", _("it is still needed, or still there")),
    "--gone": Option("gone", "", _("it is no longer needed, or not there any more")),
    "--kind": Option("kind", "KIND", _("need or offer, else need")),
    "--count": Option("count", "N", _("how many, else 20")),
    "--to": Option("to", "FILE", _("write it to this new file instead")),
    "--hops": Option("hops", "H", _("how many halls away it may travel: 1 to 3, else 2")),
    "--for": Option("hours", "HOURS", _("for how many hours it lives, at most 336")),
    "--exercise": Option("exercise", "", _("an exercise: shows on all that follows")),
    "--ours": Option("ours", "", _("only what we ask, or give")),
    "--theirs": Option("theirs", "", _("only what others ask, or give")),
    "--details": Option(
        "details", "TEXT", _("where, when, whom to ask; else as told before, or our place")
    ),
    "--asked": Option("asked", "", _("the giver was asked and has not answered: reserves nothing")),
    "--agreed": Option("agreed", "", _("it is agreed, again or still")),
    "--declined": Option("declined", "", _("one side does not want it")),
    "--started": Option("started", "", _("it is on its way")),
    "--confirmed": Option("confirmed", "", _("the person says that it came")),
    "--fell-through": Option("fell_through", "", _("it came to nothing: both sides are free")),
    "--done": Option("done", "", _("all of it was handed over")),
    "--cancelled": Option("cancelled", "", _("it does not take place: its matches stay agreed")),
    "--back": Option("back", "", _("it was not handed over after all: takes it off again")),
    "--who": Option("who", "TEXT", _("who goes")),
    "--column": Option(
        "column", "HEADER=FIELD", _("what a column holds: 'Remarks=note'; 'Remarks=': not read")
    ),
    "--day-first": Option("day_first", "", _("3/4/26 is in April")),
    "--month-first": Option("month_first", "", _("3/4/26 is in March")),
    "--encoding": Option("encoding", "NAME", _("how its letters are written: cp1250, koi8-r …")),
    "--format": Option("format", "FORMAT", _("csv or jsonl; else csv, or as the file is called")),
    "--private": Option("private", "", _("also what is known of persons: keep such a file safe")),
    "--hxl": Option("hxl", "", _("with a line of HXL hashtags below the names of the columns")),
    "--condition": Option("condition", "TEXT", _("in what condition it came")),
}

OPTIONS_OF = {
    "import --kind": Option("kind", "KIND", _("what rows are that do not say it: need or offer")),
    "import --category": Option("category", "CATEGORY", _("of rows that have none")),
    "export --to": Option("to", "FILE", _("into this file; --yes: also over one that is there")),
    "find --all": Option("closed", "", _("all of them, not the first 50 only")),
    "pledge --note": Option("note", "TEXT", _("a note that only the hall it goes to can read")),
    "neighbour invite --for": Option(
        "hours", "HOURS", _("for how many hours the code is good, at most 72, else 1")
    ),
    "match --for": Option(
        "hours", "HOURS", _("how long it waits for somebody to move, at most 336, else 24")
    ),
    "match --all": Option("closed", "", _("also what has ended")),
    "job --all": Option("closed", "", _("also what has ended")),
    "handover --at": Option("at", "WHEN", _("when it was, if earlier: 14:30, yesterday 17:00, 2h")),
    "job --at": Option("at", "WHEN", _("when they go: 18:30, tomorrow 9:00, tue 17:00")),
    "job --note": Option("note", "TEXT", _("a note for who goes")),
    "pass --text": Option("text", "WORDS", _("the words that leave, instead of its own")),
}
"""Options that mean something else with one command."""

EVERYWHERE = {
    "--data": Option("data", "DIR", _("the hall's folder, else HALLWAY_DATA, else your own")),
    "--json": Option("json", "", _("print one JSON document instead of words")),
    "--yes": Option("yes", "", _("do not ask; never passes words that look personal")),
    "--as": Option("initials", "INITIALS", _("whose hands these are")),
}

ROOT_HELP = _("""\
hallway: a hall's board of needs and offers, which passes on what the hall cannot meet.

Start here:
  hallway                         open the board in this terminal
  hallway demo                    watch four halls play one evening through
  hallway init --name NAME        make this machine a hall, without the board
  hallway status                  what runs, who is linked, what needs attention

At the desk:
  hallway need add FOD "hot meals for tonight" --qty 40 --by 21:00
  hallway need list | show | edit | close | open | wait | merge
  hallway offer add | list | show | edit | close | open | merge
  hallway find WORDS              needs and offers, by any word, name, street, end of a number
  hallway suggest REF             what the other board has for it
  hallway match NEED OFFER        agree it; hallway match lists what is agreed
  hallway job MATCH …             one trip that carries matches out
  hallway handover REF --qty N    it happened
  hallway round                   whom to ask “still needed?”, and what they said
  hallway history REF | undo      what happened; take back what you did last
  hallway forget REF              shred what is known of a person; asks first
  hallway import FILE | export    spreadsheets in and out
  hallway print slips             blank slips with references of their own

When the hall cannot meet it, or has more than it can use:
  hallway pass REF                ask the halls next door, or give; shows the words first
  hallway overflow list | show | renew | edit | withdraw
  hallway accept PLEDGE           or: decline, release
  hallway receive PLEDGE --qty N  it came

When another hall asks, or gives:
  hallway pledge ID --qty N       promise part of it, or ask for it; take it back with: retract
  hallway sent PLEDGE             it is on its way

Neighbours and the node:
  hallway neighbour invite        make a code for the hall down the road
  hallway neighbour join CODE     pair with the hall that gave us a code
  hallway neighbour list | remove
  hallway node                    run without a screen; end it with: hallway stop
  hallway clock                   who vouches for the time here; tell it: hallway clock 19:42

For every command, before or after it:
  --data DIR     the hall's folder, else HALLWAY_DATA, else your own
  --json         print one JSON document instead of words
  --yes          do not ask; never passes words that look personal
  --as INITIALS  whose hands these are

More on each: hallway need add --help. The version: hallway --version.
""")
