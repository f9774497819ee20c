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
    "offer add": (_("Write down a new offer."),
                  'hallway offer add TRN "van with driver" --by 18:00'),
    "offer list": (_("List the open offers."), ""),
    "offer show": (_WHICH_OFFER, "hallway offer show O-210-M"),
    "offer edit": (_("Change an offer; what is not named stays as it is."),
                   "hallway offer edit O-210-M --qty 2"),
    "offer close": (_("Close an offer: used up or withdrawn. What it was passed on with follows."),
                    'hallway offer close O-210-M --because "used up"'),
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
    "demo": (_("Play one evening of four halls on this machine, and tell it as a story."), ""),
}  # fmt: skip
"""Every command with what it does, and an example where one helps."""

POSITIONALS = {
    "category": ("CATEGORY", _("three letters or a word: FOD, water, shelter …")),
    "text": ("TEXT", _("what it is about, in a few words, in quotes")),
    "ref": ("REF", _("its reference, as on the list")),
    "refs": ("REF", _("needs, or offers, of one category and unit")),
    "overflow": ("ID", _("its reference with the hall's call sign, or its id")),
    "pledge": ("PLEDGE", _("its reference, or its id")),
    "code": ("CODE", _("the code, with or without its spaces")),
    "time": ("TIME", _("what a watch shows now: 19:42, or 2031-05-28 19:42")),
    "neighbour": ("NAME", _("the neighbour's name, as on the list")),
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
    "--no-danger": Option("danger", "", _("no danger to life any more"), const=False),
    "--category": Option("category", "CATEGORY", _("another category")),
    "--text": Option("text", "WORDS", _("other words")),
    "--all": Option("closed", "", _("closed ones too")),
    "--because": Option("because", "REASON", _("why, in quotes")),
    "--hops": Option("hops", "H", _("how many halls away it may travel: 1 to 3, else 2")),
    "--for": Option("hours", "HOURS", _("for how many hours it lives, at most 336")),
    "--exercise": Option("exercise", "", _("an exercise: shows on all that follows")),
    "--ours": Option("ours", "", _("only what we ask, or give")),
    "--theirs": Option("theirs", "", _("only what others ask, or give")),
    "--details": Option(
        "details", "TEXT", _("where, when, whom to ask; else as told before, or our place")
    ),
    "--condition": Option("condition", "TEXT", _("in what condition it came")),
}

OPTIONS_OF = {
    "pledge --note": Option("note", "TEXT", _("a note that only the hall it goes to can read")),
    "neighbour invite --for": Option(
        "hours", "HOURS", _("for how many hours the code is good, at most 72, else 1")
    ),
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
  hallway need list | show | edit | close
  hallway offer add | list | show | edit | close

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
