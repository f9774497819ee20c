"""History, undo, forget: what is printed, and what is asked first."""

from __future__ import annotations

from dataclasses import replace

from node.api.history import Forget, PreviewForget, ShowHistory, Undo
from node.cli import plain
from node.refusal import Refused, Why
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import FORGET, HAPPENED, UNDONE, FakeHouse


def test_history_says_who_and_what_and_what_was_taken_back(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[ShowHistory] = (
        HAPPENED,
        replace(HAPPENED, did="closed", what="met", by="", by_itself=True),
        replace(HAPPENED, did="matched", undone=True),
    )
    first, second, third = hallway("history", "n", "417", "k").out.splitlines()[1:]
    assert ("AK" in first, "edited" in first, "40 meals" in first) == (True, True, True)
    assert "by itself" in second
    assert "matched (taken back)" in third
    assert house.asked == [ShowHistory("n 417 k")]


def test_history_says_when_it_was_where_that_was_written_down_later(
    hallway: Hallway, house: FakeHouse
) -> None:
    early = replace(HAPPENED, said_ms=HAPPENED.at_ms - 86_400_000)
    house.answers[ShowHistory] = (
        HAPPENED,
        replace(early, did="added", what=""),
        replace(early, did="handed over"),
    )
    first, second, third = hallway("history", "N-417-K").out.splitlines()[1:]
    assert first.endswith("40 meals")
    was = plain.when(early.said_ms)
    assert (second.endswith(f"  said {was}"), third.endswith(f"40 meals, it was {was}")) == (
        True,
        True,
    )
    document = hallway("history", "N-417-K", "--json").document
    assert isinstance(document, list)
    assert [each["said"] for each in document] == [None, *["2031-05-30T18:30:00Z"] * 2]


def test_undo_says_what_it_was_and_whether_it_had_left(hallway: Hallway, house: FakeHouse) -> None:
    assert "Taken back" in hallway("undo", "--as", "AK").out
    house.answers[Undo] = replace(UNDONE, did="passed on", withdrawn=True)
    assert "withdrawn: passed on, N-417-K" in hallway("undo").out
    assert house.initials == ["AK", ""]


def test_undo_says_what_was_over_and_what_is_as_it_was_before(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[Undo] = replace(UNDONE, did="passed on", was_over=True)
    assert "Over already at the other halls" in hallway("undo").out
    house.answers[Undo] = replace(UNDONE, did="accepted", accepted=10)
    assert "10 of it are accepted, as before" in hallway("undo").out
    house.answers[Undo] = replace(UNDONE, did="closed", stays=("NG V-12-K",))
    assert "that stays: NG V-12-K asks for less" in hallway("undo").out


def test_undo_says_who_is_not_quiet_any_more(hallway: Hallway, house: FakeHouse) -> None:
    assert "quiet" not in hallway("undo").out
    house.answers[Undo] = replace(UNDONE, unmarked=("N-2-D", "O-1-C"))
    assert "Not quiet any more, for that came with it: N-2-D, O-1-C." in hallway("undo").out
    house.answers[Undo] = replace(UNDONE, kept_quiet=("N-2-D", "O-1-C"))
    told = hallway("undo").out
    assert "Quiet, for others of the same person still are: N-2-D, O-1-C." in told


def test_undo_of_a_sheet_says_how_many_and_names_a_few(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[Undo] = replace(UNDONE, count=988, left=("N-2-D", "N-3-F"), left_count=12)
    first, second = hallway("undo").out.splitlines()
    assert "N-417-K and 987 more." in first
    assert second.startswith("12 of 1,000 were left")
    assert "N-2-D, N-3-F and 10 more" in second
    assert '"left_count": 12' in hallway("undo", "--json").out


def test_nothing_is_forgotten_before_a_yes(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("forget", "N-417-K")
    assert (ran.code, ran.out) == (1, "")
    for words in ("N-417-K", "O-12-D", "cannot be undone", "Backups"):
        assert words in ran.err
    assert house.asked == [PreviewForget("N-417-K")]


def test_what_was_forgotten_is_said(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("forget", "N-417-K", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "N-417-K, O-12-D" in ran.out
    assert house.asked == [PreviewForget("N-417-K"), Forget("N-417-K", ("N-417-K", "O-12-D"))]


def test_what_goes_beside_and_what_may_be_theirs_is_told_first(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[PreviewForget] = replace(
        FORGET, forgotten=False, jobs=("J-3-X",), perhaps=("N-2-D",), perhaps_count=12
    )
    told = hallway("forget", "N-417-K").err
    assert "trips goes with it, also about other doors: J-3-X." in told
    assert "left as it is: N-2-D and 11 more." in told


def test_what_is_still_to_do_is_said(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[Forget] = replace(FORGET, forgotten=False, traces_left=True)
    ran = hallway("forget", "N-417-K", "--yes")
    assert ran.code == 0
    assert "Forgotten" not in ran.out
    assert "tries again by itself" in ran.out


def test_undo_says_what_is_erased(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[Undo] = replace(UNDONE, did="edited", erased=("NG V-1-E",))
    assert "sealed for NG V-1-E is erased" in hallway("undo").out


def test_what_is_not_there_is_refused_before_anything_is_asked(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[PreviewForget] = Refused(Why.REFERENCE_NOT_FOUND, given="N-2-D")
    ran = hallway("forget", "N-2-D", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "N-2-D" in ran.err
