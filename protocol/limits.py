"""Every limit that this protocol chooses, in one place: unit, reason, source.

What follows from these, and what Noise and negentropy lay down, stands where it is used.
"""

from __future__ import annotations

from typing import Final

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

FRAME_BYTES_MAX: Final = 65_519
"""Bytes of one plaintext frame: a Noise message of 65,535 bytes less its 16-byte tag."""

RECORD_BYTES_MAX: Final = 4_096
"""Bytes of one record, body and signature with their envelope: it fits one QR code sheet."""

PROOF_BYTES_MAX: Final = 8_448
"""Bytes of a proof: two records with a header of its own."""

DEPTH_MAX: Final = 6
"""Levels of nesting in a body; a decision inside a request stands at level 3."""

LIST_ITEMS_MAX: Final = 1_500
"""Items of one list, in a record or a frame: the ids that fit a frame. Checked before there is room
made for them: 1,000 lists in one another that each claim a frame full would take 500 MB."""

FRAME_OVERHEAD_BYTES: Final = 64
"""Room that is left in a frame for its own keys and lengths beside what it carries."""

FRAME_RECORDS_MAX: Final = 400
"""Records in one frame. The smallest record takes 169 bytes, so more cannot fit."""

FRAME_IDS_MAX: Final = 1_500
"""Record ids asked for in one frame: 34 bytes each."""

COUNT_MAX: Final = 2**32 - 1
"""Records in one set, and starts of one machine: four bytes."""

PORT_MAX: Final = 65_535
"""TCP's own."""

QUESTIONS_MAX: Final = 4
"""Summaries of one set in one session. A peering that comes can lead to the next one, at most three
halls away; a difference that is still there then is of records that wait for what does not come."""

ROUNDS_MAX: Final = 256
"""Messages that an initiator sends in one reconciliation. Each round tells about 2,000 ids apart,
so 500,000 differences fit; who is further behind takes a snapshot first."""

ANSWER_MS_MAX: Final = 2 * MINUTE_MS
"""Milliseconds that a neighbour may take to go on with a dialogue, by our boot-time clock: a slow
line needs seconds, and a link that says nothing holds up what it settles."""

SNAPSHOT_LEAST: Final = 1_000
"""Records that the other end has more than we, from which on a snapshot is asked for..."""

SNAPSHOT_TIMES: Final = 4
"""...where it has at least this many times what we have: else most of it would come twice."""

SNAPSHOT_RECORDS_MAX: Final = 400
"""Records in one part of a snapshot, mostly some 100 KB: the next part is asked for when it is
here, so that neither end holds more than that."""

DIALOGUE_IDS_MAX: Final = 20_000
"""Ids that a session collects before it acts on them, about 3 MB: over 32 links 100 MB, if every
neighbour makes ids up. The next question finds the differences beyond."""

KIND_MAX: Final = 2**16 - 1
"""Kinds of records, known and to come: two bytes."""

CODE_MAX: Final = 255
"""Codes inside a body (verdicts, steps, urgency), known and to come: one byte."""

CREATED_MS_MAX: Final = 2**53 - 1
"""Unix milliseconds; exact in every language's numbers."""

VERSION_MAX: Final = 2**32 - 1
"""Versions of one object: one a second for a century."""

QUANTITY_MAX: Final = 999_999_999_000
"""Thousandths of a unit: a billion of anything is a slip of the finger."""

LIFETIME_MS_MAX: Final = 14 * DAY_MS
"""Milliseconds that a request and what answers it may live. Everything decays."""

DIRECTORY_LIFETIME_MS_MAX: Final = 30 * DAY_MS
"""Milliseconds that a profile or a peering may live; its device renews it at half of that."""

REACH_MAX: Final = 3
"""Halls away that anything may travel; a record that asks for more travels this far."""

REACH_CODE_MAX: Final = 255
"""The reach that a record may ask for: one byte. Whoever asks for more than is given breaks no
rule, for a later version may give more."""

DIRECTORY_REACH: Final = 3
"""Halls away that rosters, profiles and peerings travel: as far as the farthest request."""

DEVICES_MAX: Final = 16
"""Devices of one group; a hall has one to three."""

REMOVED_MAX: Final = 32
"""Removed devices that one roster names, each with its heir: what older ones signed is over, so
that they may be left out."""

ADOPTED_MAX: Final = 100
"""Ids on one page of an adoption: 3.4 KB of a record's 4 KiB."""

PAGES_MAX: Final = 1_000
"""Pages of one adoption: more records than a set may settle."""

VOUCH_LIFETIME_MS_MAX: Final = 14 * DAY_MS
"""Milliseconds for which a guest device is vouched for: as long as what it signs may live."""

NEIGHBOURS_MAX: Final = 32
"""Groups that one group may be paired with; with so few links, gossip needs no tree."""

SEAL_KEYS_MAX: Final = 4
"""Seal keys in one profile: this week's, and those still in use."""

DECISIONS_MAX: Final = 48
"""Pledges that one request can answer; with conditions cut short they fit into 4 KiB."""

NAME_BYTES_MAX: Final = 80
"""UTF-8 bytes of a hall's name."""

AREA_BYTES_MAX: Final = 80
"""UTF-8 bytes of a hall's area or place."""

TEXT_BYTES_MAX: Final = 400
"""UTF-8 bytes of a request's text: what is read aloud in half a minute."""

UNIT_BYTES_MAX: Final = 12
"""UTF-8 bytes of a unit."""

REF_BYTES_MAX: Final = 16
"""ASCII bytes of a reference, `V-123456-K`."""

CALL_SIGN_BYTES_MAX: Final = 3
"""ASCII bytes of a call sign."""

CONDITION_BYTES_MAX: Final = 80
"""UTF-8 bytes of the condition in which something came."""

SEALED_TEXT_BYTES_MAX: Final = 400
"""UTF-8 bytes inside a sealed field: where, when, whom to ask for."""

SEALED_PAD_BYTES: Final = 128
"""Sealed plaintext is padded to a multiple of this, so that its length tells little."""

SEALED_BYTES_MAX: Final = 1_600
"""Bytes of one sealed field: a text of 400 bytes for all of 16 devices takes 1,548."""

WAITING_ROOM_MAX: Final = 200
"""Records of one neighbour that wait for a roster, a peering or a request; the oldest of them
leaves first. At 32 neighbours 26 MB at the very worst."""

AHEAD_MS: Final = 10 * MINUTE_MS
"""Milliseconds by which a message may be ahead of a trusted clock: more than two halls' clocks
differ, less than anybody gains by."""

AHEAD_MAX: Final = 100
"""Messages from the future that one neighbour may have held aside here; the oldest leaves first."""

CLAIMS_MAX: Final = 1_000
"""Ids, each with its record's header, that one neighbour holds and we cannot, remembered so that
the link settles: half a kilobyte each."""

BURIED_MAX: Final = 10_000
"""Objects that have had their time here, remembered so that no neighbour brings back what an unsure
clock has signed."""

PURGE_STEP_MS: Final = 10 * MINUTE_MS
"""Steps in which what has expired leaves the sets: two ends that read their clocks a few seconds
apart mostly mean the same step."""

KEEP_MS: Final = 7 * DAY_MS
"""Milliseconds that a hall keeps, for its own desk alone, what it was party to and has expired:
long enough to notice and to renew."""

INVITES_MAX: Final = 16
"""Codes that may be open at once: each costs a stranger's handshake one more try."""

INVITE_CHARS_MAX: Final = 256
"""Characters of a code as it is typed or pasted, spaces and all: refused before it is looked at."""

BEACON_TAGS_MAX: Final = 16
"""Tags of one beacon. A group has one key; sixteen still fit the 255 bytes of a TXT string."""

RECKONED_MS: Final = 7 * DAY_MS
"""Milliseconds for which a time is trusted that was reckoned from one that was vouched for. A
machine's own clock is some seconds a day off: within a minute in a week."""

TOLD_MS: Final = DAY_MS
"""Milliseconds for which a neighbour's time counts, reckoned on by our boot-time clock, which is
off by seconds in that. Halls whose lines are up at different hours of the day still count together;
a neighbour that was set right is not held to what it said before for longer."""

TELLERS_LEAST: Final = 3
"""Neighbours that have told their time before any is taken: of two, the middle is one's own."""

LIARS_MAX: Final = 2
"""Neighbours that may tell a wrong time together without being believed, where there are five or
more; one where there are three or four. More would have to be linked before a hall is trusted."""

AGREED_MS: Final = AHEAD_MS
"""Milliseconds by which two neighbours' times may differ and say the same: watches, and a week of
reckoning."""

BELIEVED_MS: Final = 36_525 * DAY_MS
"""Milliseconds after this was written for which any time is believed: a century. Later ones are
slips, or no numbers that a record can hold."""

CARRY_PAYLOAD_BYTES_MAX: Final = 16_384
"""Bytes of one carry block's payload: some fifty records, all that one flaw in a stick costs. The
longest proof takes half of it."""

CARRY_BLOCKS_MAX: Final = 65_536
"""Blocks of one carry file, 1 GiB: a number of two bytes, and a reader remembers each in one."""

CARRY_HEADER_EVERY: Final = 16
"""Blocks of a carry file from one copy of the header to the next: where the first ones are damaged,
no more than a quarter of a MiB stays sealed, and the copies take less than 1 % of the file."""

CARRY_DAMAGE_MAX: Final = 1_000
"""Damaged blocks of one carry file that are searched for the next one's beginning, byte by byte;
after that, what they claim to be long is passed over whole. A file made of nothing but beginnings
costs a reader 16 MB of hashing, not the square of its length."""

SEAL_KEY_MS: Final = 7 * DAY_MS
"""Milliseconds that one seal key stands first on its device's card: whoever takes a device learns
what was sealed to it in the weeks before, not in the years."""

SEAL_KEY_SLACK_MS: Final = HOUR_MS
"""Milliseconds that an old seal key is kept beyond the last use of it: two halls' clocks may be ten
minutes apart, and each lets go in steps of ten minutes."""

RECORDS_PER_LINK_MAX: Final = 10_000
"""Messages, and as many directory records, that are held because one neighbour was the first to
bring them: some ten live messages of each hall that can stand behind it. Some 5 MB on disk, 80 MB
at the very worst."""

GROUPS_PER_LINK_MAX: Final = 1_000
"""Groups of whose records one neighbour brought any that is held: 1 + 31 + 31 x 31 = 993 can stand
behind it within three halls, with 32 neighbours each."""

PLEDGES_PER_REQUEST_MAX: Final = 200
"""Pledges to one request that one neighbour brought: four times what a request can answer."""

PLEDGES_PER_GROUP_MAX: Final = 10
"""Pledges of one group to one request, whoever brought them: a hall adds to what it gave now and
then, and ten is a page to read."""

PACE_RECORDS_PER_S: Final = 1_000
"""Records, and frames of any kind, that are read of one neighbour a second, once its burst is used
up. A Raspberry Pi verifies some 5,000 signatures a second, and all else that is done with a record
takes about as long: a flood costs it less than half of its time."""

PACE_RECORDS_BURST: Final = 20_000
"""Records that one neighbour may send at once: a first synchronisation of 10,000, twice."""

PACE_BYTES_PER_S: Final = 1_048_576
"""Bytes that are read of one neighbour a second: 1,000 records of an ordinary length twice over."""

PACE_BYTES_BURST: Final = 16_777_216
"""Bytes that one neighbour may send at once: 20,000 records of 800 bytes, twice the ordinary."""

PACE_ROUNDS_PER_S: Final = 10
"""Questions and rounds of reconciliation that one neighbour may ask a second: where the sets have
to be gathered anew each may take a Raspberry Pi 50 ms, so half of its time."""

PACE_ROUNDS_BURST: Final = 600
"""Rounds that one neighbour may ask at once: two whole dialogues of 256, and what goes with them.
An evening of halls that come and go asks some dozens."""
