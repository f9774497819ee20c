"""Our seal keys change weekly; nobody at either hall notices, and old ones are gone for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from node import seal_keys
from node.api.requests import AcceptPledge, MakePledge, ReceivePledge, RenewOverflow
from node.core import Core
from node.hall import make_hall
from node.seal_keys import delete_seal_keys, rotate_seal_key
from node.store.folder import FILE_NAME
from node.store.hall import all_shown_seal_keys
from node.store.records import all_records
from node.upkeep import look_after
from protocol.bodies import Profile
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    LIFETIME_MS_MAX,
    SEAL_KEY_MS,
    SEAL_KEY_SLACK_MS,
    SEAL_KEYS_MAX,
)
from protocol.record import Record
from tests.node.answers.street import Street
from tests.node.refusals import unchanged
from tests.node.two_halls import (
    EVENING,
    HOUR_MS,
    OneHall,
    Pipe,
    SetClock,
    one_hall,
    opened,
    two_halls,
)

pytestmark = pytest.mark.asyncio

KEPT_MS = DIRECTORY_LIFETIME_MS_MAX + LIFETIME_MS_MAX + SEAL_KEY_SLACK_MS
"""From when the last card was made that showed a key first, to when the key is deleted."""


def card_of(core: Core) -> tuple[Record, Profile]:
    (found,) = [
        (record, record.body)
        for record in core.shelf.own_directory()
        if isinstance(record.body, Profile)
    ]
    return found


def public_of(core: Core) -> tuple[bytes, ...]:
    """The seal keys that open what comes, as they are shown."""
    return tuple(bytes(key.public_key) for key in core.hall.seal_keys)


async def on_disk(core: Core) -> tuple[bytes, ...]:
    return tuple(key.public for key in await core.read(all_shown_seal_keys))


async def a_week_on(*halls: OneHall) -> None:
    """A week later upkeep has looked at each, and looked again."""
    for hall in halls:
        put_all(hall.clock() + SEAL_KEY_MS, hall)
    for hall in (*halls, *halls):
        await look_after(hall.core)


def put(ms: int) -> SetClock:
    clock = SetClock()
    clock.put(ms)
    return clock


def put_all(ms: int, *halls: OneHall) -> None:
    for hall in halls:
        hall.clock.put(ms)
        hall.core.driver.tick()


def traces(folder: Path, secret: bytes) -> set[str]:
    """The files of a hall's folder with these bytes in them."""
    return {path.name for path in folder.iterdir() if secret in path.read_bytes()}


# Once a week --------------------------------------------------------------------------------


async def test_a_week_old_key_makes_room_for_a_new_one(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        before, old = card_of(hall.core)
        hall.clock.put(EVENING + SEAL_KEY_MS - 1)
        async with unchanged(hall.core):
            await look_after(hall.core)
        hall.clock.put(EVENING + SEAL_KEY_MS)
        await look_after(hall.core)
        after, new = card_of(hall.core)
        assert after.header.version == before.header.version + 1
        assert new.seal_keys[1] == old.seal_keys[0]
        assert new == replace(old, seal_keys=new.seal_keys)
        assert public_of(hall.core)[:2] == new.seal_keys[:2]
        assert await on_disk(hall.core) == public_of(hall.core)
        async with unchanged(hall.core):
            await look_after(hall.core)


async def test_half_life_and_rotation_share_one_version(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        before, _ = card_of(hall.core)
        now_ms = EVENING + DIRECTORY_LIFETIME_MS_MAX // 2
        hall.clock.put(now_ms)
        await look_after(hall.core)
        after, _ = card_of(hall.core)
        assert after.header.version == before.header.version + 1
        assert after.header.expires_ms == now_ms + DIRECTORY_LIFETIME_MS_MAX


async def test_a_card_shows_no_more_keys_than_it_may(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        for _ in range(20):  # the card that this hall was made with is long over
            await a_week_on(hall)
        _, card = card_of(hall.core)
        assert len(card.seal_keys) == SEAL_KEYS_MAX
        assert card.seal_keys == public_of(hall.core)[:SEAL_KEYS_MAX]
        assert len(public_of(hall.core)) == 1 + KEPT_MS // SEAL_KEY_MS
        assert await on_disk(hall.core) == public_of(hall.core)


async def test_a_hall_that_is_never_told_the_time_keeps_its_key(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        hall.clock.is_trusted = False
        before = public_of(hall.core)
        for _ in range(20):
            await a_week_on(hall)
        assert public_of(hall.core) == before == await on_disk(hall.core)
        record, card = card_of(hall.core)
        assert card.seal_keys == before
        assert record.header.clock_unsure


async def test_what_an_unsure_card_may_have_sealed_opens_when_the_time_is_told(
    tmp_path: Path,
) -> None:
    """It thought that it was last year: by its own card's word the key would be long over."""
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        (key, *_) = public_of(hall.core)
        hall.clock.is_trusted = False
        hall.clock.put(EVENING + DAY_MS)
        hall.core.cards_are_fresh = False
        await look_after(hall.core)
        hall.clock.put(EVENING + 400 * DAY_MS)
        hall.clock.is_trusted = True
        await look_after(hall.core)
        assert public_of(hall.core)[1] == key, "a new one has come, and this one stays"
        hall.clock.put(EVENING + 400 * DAY_MS + KEPT_MS - 1)
        await look_after(hall.core)
        assert key in public_of(hall.core)


async def test_where_no_card_of_ours_counts_no_key_is_made_for_it(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        card, _ = card_of(hall.core)
        await hall.core.database.run(
            lambda conn: conn.execute("DELETE FROM record WHERE id = ?", [card.id])
        )
    async with opened(tmp_path / "hall") as hall:
        async with unchanged(hall.core):
            await rotate_seal_key(hall.core)
        assert len(public_of(hall.core)) == 1


# Power cuts ---------------------------------------------------------------------------------


class PowerCutError(BaseException):
    """What no code of ours expects."""


CUTS = ["keep_seal_keys", "add_seal_key"]


@pytest.mark.parametrize("step", CUTS)
async def test_a_cut_before_all_is_on_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real: Callable[..., object] = getattr(seal_keys, step)

    def cut(*given: object) -> None:
        real(*given)
        raise PowerCutError

    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        hall.clock.put(EVENING + SEAL_KEY_MS)
        with monkeypatch.context() as during:
            during.setattr(seal_keys, step, cut)
            async with unchanged(hall.core):
                with pytest.raises(PowerCutError):
                    await rotate_seal_key(hall.core)
        before = public_of(hall.core)
    async with opened(tmp_path / "hall", put(EVENING + SEAL_KEY_MS)) as hall:
        assert public_of(hall.core) == before
        await look_after(hall.core)
        assert public_of(hall.core)[1:] == before
        assert card_of(hall.core)[1].seal_keys == public_of(hall.core)[:SEAL_KEYS_MAX]


async def test_a_cut_between_disk_and_publishing_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card is on disk and so is its key: the next run shows it and opens with it."""

    def cut(_event: object) -> None:
        raise PowerCutError

    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        before, _ = card_of(hall.core)
        hall.clock.put(EVENING + SEAL_KEY_MS)
        monkeypatch.setattr(hall.core.driver, "feed", cut)
        with pytest.raises(PowerCutError):
            await rotate_seal_key(hall.core)
        assert card_of(hall.core)[0] == before, "nobody has it"
    async with opened(tmp_path / "hall", put(EVENING + SEAL_KEY_MS)) as hall:
        after, card = card_of(hall.core)
        assert after.header.version == before.header.version + 1
        assert card.seal_keys == public_of(hall.core)
        async with unchanged(hall.core):
            await rotate_seal_key(hall.core)


@pytest.mark.parametrize("owner", ["keep_seal_keys", "add_seal_key", "feed"])
async def test_the_card_on_disk_never_shows_a_key_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    """As another process sees the file before and behind each step: so a power cut leaves it."""
    folder = tmp_path / "hall"
    seen: list[bool] = []

    def look() -> None:
        with closing(sqlite3.connect(folder / FILE_NAME)) as conn:
            conn.row_factory = sqlite3.Row
            (card,) = [r.body for r in all_records(conn) if isinstance(r.body, Profile)]
            seen.append(card.seal_keys[0] == all_shown_seal_keys(conn)[0].public)

    async with one_hall(folder) as hall:
        place = hall.core.driver if owner == "feed" else seal_keys
        real: Callable[..., None] = getattr(place, owner)

        def watched(*given: object) -> None:
            look()
            real(*given)
            look()

        monkeypatch.setattr(place, owner, watched)
        await rotate_seal_key(hall.core)
    assert seen == [True, True]


# Deleting -----------------------------------------------------------------------------------


async def test_an_old_key_is_gone_from_the_files_after_its_time(tmp_path: Path) -> None:
    folder = tmp_path / "hall"
    async with one_hall(folder) as hall:
        await look_after(hall.core)
        private = hall.core.hall.seal_keys[0]
        secret = bytes(private)
        hall.clock.put(EVENING + SEAL_KEY_MS)
        await look_after(hall.core)
        hall.clock.put(EVENING + KEPT_MS - 1)
        await look_after(hall.core)
        assert private in hall.core.hall.seal_keys
        assert traces(folder, secret)
        hall.clock.put(EVENING + KEPT_MS)
        hall.clock.is_trusted = False
        await look_after(hall.core)
        assert traces(folder, secret)
        hall.clock.is_trusted = True
        await look_after(hall.core)
        assert private not in hall.core.hall.seal_keys
        assert traces(folder, secret) == set()
        assert traces(folder, bytes(hall.core.hall.seal_keys[0])), "so it would have been found"
    assert traces(folder, secret) == set()


async def test_what_a_broken_off_run_left_in_the_log_is_swept_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut() -> bool:
        raise PowerCutError

    folder = tmp_path / "hall"
    async with one_hall(folder) as hall:
        await look_after(hall.core)
        secret = bytes(hall.core.hall.seal_keys[0])
        hall.clock.put(EVENING + SEAL_KEY_MS)
        await look_after(hall.core)
        hall.clock.put(EVENING + KEPT_MS)
        monkeypatch.setattr(hall.core.database, "sweep", cut)
        with pytest.raises(PowerCutError):
            await delete_seal_keys(hall.core)
        assert traces(folder, secret), "deleted, and still in the log or beneath it"
        monkeypatch.undo()
        await delete_seal_keys(hall.core)
        assert traces(folder, secret) == set()


# Two halls ----------------------------------------------------------------------------------


async def test_details_sealed_to_an_older_card_open_after_the_rotation(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        street = Street(north, east)
        await a_week_on(north, east)
        await street.meet()
        put_all(EVENING + 2 * SEAL_KEY_MS - HOUR_MS, north, east)
        overflow, pledge = await street.pledged()
        (key, *_) = public_of(east.core)
        north.pipes[0].cut()
        put_all(EVENING + 2 * SEAL_KEY_MS, north, east)
        await look_after(east.core)
        assert public_of(east.core)[1] == key
        await north.ask(AcceptPledge(pledge, details="Back door, ask for Ada"))
        assert north.core.shelf.seal_keys_of(east.core.hall.group) == [key], "it has not heard"
        Pipe(north, east)
        await street.meet()
        assert (await east.only_pledge(overflow)).details == "Back door, ask for Ada"
    async with opened(tmp_path / "east", put(EVENING + 2 * SEAL_KEY_MS)) as east:
        assert (await east.only_pledge(overflow)).details == "Back door, ask for Ada"


async def test_a_note_sealed_to_an_older_card_opens_after_the_rotation(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        street = Street(north, east)
        overflow = (await north.pass_on(await north.need())).id
        await street.meet()
        await street.do(east, MakePledge(overflow, "25", note="Two trays, still warm"))
        await look_after(north.core)
        assert len(public_of(north.core)) == 2
        assert (await north.only_pledge(overflow)).note == "Two trays, still warm"


async def test_a_neighbour_seals_to_the_newest_key(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        street = Street(north, east)
        await a_week_on(east)
        await street.meet()
        (newest,) = north.core.shelf.seal_keys_of(east.core.hall.group)
        assert newest == public_of(east.core)[0]


async def test_a_key_stays_while_details_that_are_renewed_need_it(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        street = Street(north, east)
        await a_week_on(north, east)
        await street.meet()
        overflow, pledge = await street.pledged()
        await street.do(north, AcceptPledge(pledge, details="Back door"))
        private = east.core.hall.seal_keys[0]
        for day in range(1, 80):
            put_all(EVENING + SEAL_KEY_MS + day * DAY_MS, north, east)
            if day % 2:
                await street.do(north, RenewOverflow(overflow))
            for hall in (north, east):
                await look_after(hall.core)
                await street.meet()
        assert (await east.only_pledge(overflow)).details == "Back door"
        assert private in east.core.hall.seal_keys
        assert traces(tmp_path / "east", bytes(private))
        await street.do(north, ReceivePledge(pledge, "25"))
        await look_after(east.core)
        assert private not in east.core.hall.seal_keys
        assert traces(tmp_path / "east", bytes(private)) == set()


async def test_a_hall_of_the_version_before_changes_its_key_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "hall"
    make_hall(folder, "Northgate Hall")
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as conn:
        conn.execute("ALTER TABLE seal_key DROP COLUMN keep_until_ms")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = '003_seal_keys'")
    async with opened(folder) as hall:
        before = public_of(hall.core)
        await look_after(hall.core)
        assert public_of(hall.core)[1:] == before
        assert card_of(hall.core)[1].seal_keys[0] == public_of(hall.core)[0]
