"""A seal key every week; what may still be alive opens, and the rest cannot be opened any more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from protocol.bodies import Details, Kind, Pledge, Unknown
from protocol.boxes import KEY_HINT_BYTES
from protocol.ids import ObjectId, UnixMs
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    DIRECTORY_REACH,
    HOUR_MS,
    LIFETIME_MS_MAX,
    MINUTE_MS,
    SEAL_KEY_MS,
    SEAL_KEY_SLACK_MS,
    SEAL_KEYS_MAX,
)
from protocol.record import Header, Record, sign
from protocol.seal_keys import SealKey, hints_in, is_due, is_sealed_to, may_delete, shown, with_new
from protocol.sealing import open_sealed, seal
from tests.protocol.halls import NOW, Hall, seed_of

NORTH, EAST = Hall("Northgate"), Hall("Eastside")
ABOUT = ObjectId(seed_of("about")[:16])
TEXT = "back door, ask for Ada"
CARD = NORTH.header(Kind.PROFILE, "")
KEPT_MS = DIRECTORY_LIFETIME_MS_MAX + LIFETIME_MS_MAX + SEAL_KEY_SLACK_MS
"""From when the last card was made that showed a key first, to when the key is deleted."""
OLD = SealKey(b"o" * 32, NOW)


def at(ms: int) -> UnixMs:
    return UnixMs(NOW + ms)


# When a new one is due ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age_ms", "is_due_then"),
    [
        (0, False),
        (SEAL_KEY_MS - 1, False),
        (SEAL_KEY_MS, True),
        (3_000 * DAY_MS, True),
        (-MINUTE_MS, False),
        (-SEAL_KEY_MS, True),
    ],
)
def test_a_new_key_is_due_each_week(age_ms: int, is_due_then: bool) -> None:
    assert is_due(OLD, at(age_ms), is_trusted=True) is is_due_then
    assert not is_due(OLD, at(age_ms), is_trusted=False)


def test_an_old_key_is_kept_as_long_as_something_sealed_to_it_may_come() -> None:
    oldest = SealKey(b"a" * 32, at(-SEAL_KEY_MS), keep_until_ms=at(77))
    new, old, as_before = with_new([OLD, oldest], b"n" * 32, CARD, at(SEAL_KEY_MS))
    assert new == SealKey(b"n" * 32, at(SEAL_KEY_MS))
    assert old == replace(OLD, keep_until_ms=UnixMs(CARD.created_ms + KEPT_MS))
    assert as_before == oldest


def test_a_card_of_an_unsure_clock_counts_from_when_it_is_replaced_at_each_hall() -> None:
    """Its own times mean nothing: that clock may have been years off."""
    now_ms = at(SEAL_KEY_MS)
    lifetimes_ms = DIRECTORY_REACH * DIRECTORY_LIFETIME_MS_MAX + LIFETIME_MS_MAX
    for created_ms in (UnixMs(0), NOW, at(30_000 * DAY_MS)):
        card = replace(CARD, clock_unsure=True, created_ms=created_ms)
        _, old = with_new([OLD], b"n" * 32, card, now_ms)
        assert old.keep_until_ms == now_ms + lifetimes_ms + SEAL_KEY_SLACK_MS


def test_a_card_shows_the_newest_keys_that_may_be_in_use_still() -> None:
    keys = [OLD, *(SealKey(bytes([n]) * 32, NOW, at(100 - n)) for n in range(6))]
    assert shown(keys, NOW) == tuple(key.public for key in keys[:SEAL_KEYS_MAX])
    assert shown(keys, at(99)) == (keys[0].public, keys[1].public)
    assert shown(keys, at(100)) == (keys[0].public,)


# When an old one is deleted -----------------------------------------------------------------


def test_a_key_goes_when_nothing_needs_it() -> None:
    key = replace(OLD, keep_until_ms=at(100))
    assert not may_delete(key, at(99), is_trusted=True)
    assert may_delete(key, at(100), is_trusted=True)
    assert not may_delete(key, at(100 + 30_000 * DAY_MS), is_trusted=False)


def test_the_newest_is_never_deleted() -> None:
    assert not may_delete(OLD, at(30_000 * DAY_MS), is_trusted=True)


def sealed_to_east() -> dict[str, Record]:
    """What may be sealed to Eastside: details for its pledge, a note on its surplus, and both as a
    later version writes them."""
    request = NORTH.request()
    pledge = EAST.pledge(request)
    details = NORTH.details(request, pledge, EAST)
    note = seal(TEXT, EAST.group, ABOUT, [bytes(EAST.seal_key.public_key)], PrivateKey.generate())
    assert isinstance(pledge.body, Pledge)
    noted = sign(pledge.header, replace(pledge.body, note=note), EAST.device)
    later = replace(details, body=Unknown(99))
    return {"details": details, "note": noted, "later": later}


@pytest.mark.parametrize("what", sorted(sealed_to_east()))
def test_a_key_is_kept_while_something_held_is_sealed_to_it(what: str) -> None:
    held = [NORTH.request(), sealed_to_east()[what]]
    east = SealKey(bytes(EAST.seal_key.public_key), NOW, keep_until_ms=NOW)
    north = SealKey(bytes(NORTH.seal_key.public_key), NOW, keep_until_ms=NOW)
    assert not may_delete(east, at(0), held, is_trusted=True)
    assert may_delete(east, at(0), held[:1], is_trusted=True)
    assert may_delete(north, at(0), held, is_trusted=True)


def test_a_card_that_shows_a_key_is_not_sealed_to_it() -> None:
    public = bytes(NORTH.seal_key.public_key)
    assert public in NORTH.profile().body_bytes
    assert not is_sealed_to(NORTH.profile(), public)


def test_a_sealed_field_names_everyone_that_it_is_for() -> None:
    keys = [bytes(hall.seal_key.public_key) for hall in (NORTH, EAST)]
    sealed = seal(TEXT, EAST.group, ABOUT, keys, PrivateKey.generate())
    assert hints_in(sealed) == {key[:KEY_HINT_BYTES] for key in keys}


@given(st.binary(max_size=200))
def test_what_is_no_sealed_field_names_nobody(junk: bytes) -> None:
    assert hints_in(junk) == frozenset()


@pytest.mark.parametrize(
    "boxes", [b"\x91\x90", b"\x91\xc4\x01x", b"\x91\x91\x07", b"\x90", b"\x07"]
)
def test_boxes_of_another_shape_name_nobody(boxes: bytes) -> None:
    assert hints_in(b"\x81\x01" + boxes) == frozenset()


# Whatever happens ---------------------------------------------------------------------------


@dataclass
class Shown:
    """A card that was published, and the key that it shows first. `replaced_ms`: when it was."""

    header: Header
    first: bytes
    replaced_ms: int | None = None

    def is_usable(self, now_ms: int) -> bool:
        """Whether any hall may still seal by it. One of an unsure clock ages from when each heard
        of it, from us as long as it is our newest."""
        if not self.header.clock_unsure:
            return now_ms < self.header.created_ms + self.header.lifetime_ms
        ages_ms = 0 if self.replaced_ms is None else now_ms - self.replaced_ms
        return ages_ms < DIRECTORY_REACH * self.header.lifetime_ms


@dataclass
class Sealed:
    """Something that another hall has sealed to ours; `held`: it has come to us."""

    sealed: bytes
    ends_ms: int
    held: bool = False


@dataclass
class Town:
    """One device, and all that others may do with its cards. `off_ms`: how wrong its clock is."""

    now_ms: UnixMs = NOW
    off_ms: int = 0
    is_trusted: bool = True
    private: dict[bytes, PrivateKey] = field(default_factory=dict)
    keys: tuple[SealKey, ...] = ()
    cards: list[Shown] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = (SealKey(self._new_key(), self.clock_ms),)
        self.cards.append(Shown(CARD, self.keys[0].public))

    @property
    def clock_ms(self) -> UnixMs:
        return UnixMs(self.now_ms + (0 if self.is_trusted else self.off_ms))

    def boot(self, off_ms: int) -> None:
        """Without knowing the time: its card is renewed at once."""
        self.is_trusted, self.off_ms = False, off_ms
        self._publish()

    def look(self) -> None:
        """What upkeep does."""
        newest, now_ms = self.cards[-1].header, self.clock_ms
        if is_due(self.keys[0], now_ms, is_trusted=self.is_trusted):
            self.keys = with_new(self.keys, self._new_key(), newest, now_ms)
            self._publish()
        elif now_ms >= newest.created_ms + newest.lifetime_ms // 2:
            self._publish()
        if self.is_trusted:
            for each in self.sealed:
                each.held = each.held and each.ends_ms > now_ms
        held = [record_of(each.sealed) for each in self.sealed if each.held]
        self.keys = tuple(
            key
            for key in self.keys
            if not may_delete(key, now_ms, held, is_trusted=self.is_trusted)
        )

    def seal(self, card: int) -> None:
        """Somebody far away does, by any card that has not expired there."""
        usable = [each for each in self.cards if each.is_usable(self.now_ms)]
        if usable:
            key = usable[card % len(usable)].first
            sealed = seal(TEXT, NORTH.group, ABOUT, [key], self._ephemeral())
            self.sealed.append(Sealed(sealed, self.now_ms + LIFETIME_MS_MAX))

    def alive(self) -> list[Sealed]:
        return [each for each in self.sealed if each.held or self.now_ms < each.ends_ms]

    def opens_all(self) -> bool:
        return all(self.opens(each) for each in self.alive())

    def _publish(self) -> None:
        """As a signer does: no version is made before, or expires before, the one it replaces."""
        card, now_ms = self.cards[-1], self.clock_ms
        is_unsure = not self.is_trusted or (
            card.header.created_ms > now_ms and card.header.clock_unsure
        )
        header = replace(
            card.header,
            version=card.header.version + 1,
            created_ms=max(now_ms, card.header.created_ms),
            clock_unsure=is_unsure,
        )
        card.replaced_ms = self.now_ms
        self.cards.append(Shown(header, shown(self.keys, now_ms)[0]))

    def _new_key(self) -> bytes:
        private = PrivateKey(seed_of(f"seal key {len(self.private)}"))
        self.private[bytes(private.public_key)] = private
        return bytes(private.public_key)

    def _ephemeral(self) -> PrivateKey:
        return PrivateKey(seed_of(f"ephemeral {len(self.sealed)}"))

    def opens(self, each: Sealed) -> bool:
        private = [self.private[key.public] for key in self.keys]
        return open_sealed(each.sealed, NORTH.group, ABOUT, private) == TEXT


REQUEST = EAST.request()
PLEDGE = NORTH.pledge(REQUEST)
DETAILS = EAST.details(REQUEST, PLEDGE, NORTH)


def record_of(sealed: bytes) -> Record:
    assert isinstance(DETAILS.body, Details)
    return replace(DETAILS, body=replace(DETAILS.body, sealed=sealed))


OFF = st.integers(-2_000, 2_000).map(lambda days: days * DAY_MS)
WHICH = st.integers(0, 3)
STEP = st.one_of(
    st.tuples(st.just("off"), st.integers(0, 100).map(lambda days: days * DAY_MS)),
    st.tuples(st.just("weeks"), st.integers(1, 7)),
    st.tuples(st.just("weeks"), st.integers(1, 7)),
    st.tuples(st.just("boot"), OFF),
    st.tuples(st.just("trust"), st.none()),
    st.tuples(st.just("seal"), WHICH),
    st.tuples(st.just("seal"), WHICH),
    st.tuples(st.just("hear"), WHICH),
    st.tuples(st.just("renew"), WHICH),
)
"""Steps that matter are there twice."""


def take(town: Town, step: tuple[str, object]) -> None:
    match step:
        case "off", int(ms):
            town.now_ms = UnixMs(town.now_ms + ms)
        case "weeks", int(weeks):
            for _ in range(weeks):
                town.now_ms = UnixMs(town.now_ms + SEAL_KEY_MS)
                town.look()
                assert town.opens_all()
        case "boot", int(off_ms):
            town.boot(off_ms)
        case "trust", _:
            town.is_trusted = True
            town.look()
        case "seal", int(card):
            town.seal(card)
        case (("hear" | "renew" as what), int(which)) if town.alive():
            each = town.alive()[which % len(town.alive())]
            if what == "hear":
                each.held = True
            elif each.held and town.now_ms < each.ends_ms:
                each.ends_ms = town.now_ms + LIFETIME_MS_MAX


@settings(max_examples=500)
@given(st.lists(STEP, min_size=3, max_size=20))
def test_all_that_may_be_alive_opens(steps: list[tuple[str, object]]) -> None:
    town = Town()
    for step in steps:
        take(town, step)
        assert town.opens_all()


@given(OFF, st.lists(STEP.filter(lambda step: step[0] != "trust"), max_size=20))
def test_who_is_never_told_the_time_keeps_the_key_that_it_has(
    off_ms: int, steps: list[tuple[str, object]]
) -> None:
    town = Town()
    town.boot(off_ms)
    for step in steps:
        take(town, step)
    assert len(town.keys) == 1
    assert town.cards[-1].first == town.keys[0].public


def test_in_a_year_of_weeks_no_key_is_kept_for_longer_than_it_may_be_needed() -> None:
    town = Town()
    for _ in range(365 * 24):
        town.now_ms = UnixMs(town.now_ms + HOUR_MS)
        town.look()
        assert all(town.now_ms - key.created_ms <= KEPT_MS + HOUR_MS for key in town.keys)
    assert len(town.private) == 1 + 365 // 7
    assert len(town.keys) == 1 + KEPT_MS // SEAL_KEY_MS


def test_a_renewal_keeps_its_key_for_a_year() -> None:
    town = Town()
    town.seal(0)
    (details,) = town.sealed
    details.held = True
    for _ in range(52):
        details.ends_ms = town.now_ms + LIFETIME_MS_MAX
        take(town, ("weeks", 1))
        assert town.opens(details)
    take(town, ("weeks", 1))
    take(town, ("weeks", 1))
    assert not details.held
    assert not town.opens(details)
