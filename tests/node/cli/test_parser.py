"""What is typed is read as it was meant, or refused in one sentence with exit code 2."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    LetWait,
    ListEntries,
    ListOverflows,
    OpenEntry,
    ReadEntry,
    ReceivePledge,
    ShowEntry,
    ShowOverflow,
    Whose,
)
from node.api.views import Kind
from node.cli.entries import PAGE
from node.cli.parser import VALUED, CommandLine, HelpAsked, Misused, first_word
from node.cli.run import NOUNS, command_line, modules_for
from node.cli.texts import COMMANDS, OPTIONS_OF
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import FakeHouse

EVERYWHERE = ["--data", "DIR", "--json", "--yes", "--as", "ZO"]


def places() -> list[list[str]]:
    """The options of every command before, between and after the words of one."""
    words = ["need", "list"]
    return [[*words[:at], *EVERYWHERE, *words[at:]] for at in range(3)]


@pytest.mark.parametrize("typed", places())
def test_options_of_every_command_stand_anywhere(
    hallway: Hallway, house: FakeHouse, typed: list[str], tmp_path: Path
) -> None:
    typed = [str(tmp_path) if word == "DIR" else word for word in typed]
    ran = hallway(*typed)
    assert (ran.code, ran.err) == (0, "")
    assert isinstance(ran.document, list)
    assert house.initials == ["ZO"]
    assert house.done == [("open", tmp_path)]


def test_options_may_be_spread(hallway: Hallway, house: FakeHouse, tmp_path: Path) -> None:
    ran = hallway("--as", "ZO", "need", f"--data={tmp_path}", "list", "--json", "--all")
    assert ran.code == 0
    assert house.asked == [ListEntries(Kind.NEED, closed=True, count=PAGE)]
    assert house.done == [("open", tmp_path)]
    assert house.initials == ["ZO"]


@pytest.mark.parametrize("qty", ["-1", "-1e99", "1e99", "forty", "0", "-.5", "--40"])
@pytest.mark.parametrize("joined", [True, False])
def test_whatever_follows_an_option_is_its_value(
    hallway: Hallway, house: FakeHouse, qty: str, joined: bool
) -> None:
    option = [f"--qty={qty}"] if joined else ["--qty", qty]
    assert hallway("receive", "ES", "P-3-K", *option).code == 0
    assert house.asked[-1] == ReceivePledge("ES P-3-K", qty)


def test_every_detail_of_an_entry_arrives(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway(
        "offer", "add", "--qty", "2.5", "fod", "--unit=kg", "Rice, dry", "--zone", "North",
        "--by", "tue 17:00", "--contact", "-- back door", "--note", "-n", "--consent", "yes",
        "--danger", "--channel", "phone", "--at", "2h", "--behalf", "sister", "--household", "3",
        "--diet", "halal", "--access", "stairs", "--language", "Tigrinya", "--ring", "after 18:00",
        "--safe", "only her sister", "--quiet", "--standing", "--every", "week", "--limits", "no",
        "--slip", "N-417-K", "--same-as", "N-1-B",
    )  # fmt: skip
    assert ran.code == 0
    assert house.asked == [
        AddEntry(
            Kind.OFFER,
            "fod",
            "Rice, dry",
            qty="2.5",
            unit="kg",
            zone="North",
            by="tue 17:00",
            contact="-- back door",
            note="-n",
            consent="yes",
            danger=True,
            channel="phone",
            at="2h",
            behalf="sister",
            household="3",
            diet="halal",
            access="stairs",
            languages="Tigrinya",
            ring="after 18:00",
            safe="only her sister",
            quiet=True,
            standing=True,
            every="week",
            limits="no",
            slip="N-417-K",
            same_as="N-1-B",
        )
    ]


def test_edit_names_only_what_changes(hallway: Hallway, house: FakeHouse) -> None:
    hallway("need", "edit", "N-417-K", "--qty", "35", "--zone", "", "--no-danger")
    expected = EditEntry(Kind.NEED, "N-417-K", qty="35", zone="", danger=False)
    assert house.asked == [expected]


@pytest.mark.parametrize("words", [["NG V-12-K"], ["NG", "V-12-K"], ["NG", "V", "12", "K"]])
def test_a_reference_may_be_several_words(
    hallway: Hallway, house: FakeHouse, words: list[str]
) -> None:
    assert hallway("overflow", "show", *words, "--json").code == 0
    assert house.asked == [ShowOverflow(" ".join(words))]


def test_an_edit_takes_flags_back(hallway: Hallway, house: FakeHouse) -> None:
    hallway("offer", "edit", "O-12-D", "--no-quiet", "--no-standing", "--every", "")
    expected = EditEntry(Kind.OFFER, "O-12-D", quiet=False, standing=False, every="")
    assert house.asked == [expected]


@pytest.mark.parametrize("flag", ["quiet", "danger", "standing"])
def test_a_flag_is_not_given_and_taken_back_at_once(
    hallway: Hallway, house: FakeHouse, flag: str
) -> None:
    for words in ([f"--{flag}", f"--no-{flag}"], [f"--no-{flag}", "--qty", "2", f"--{flag}"]):
        ran = hallway("need", "edit", "N-417-K", *words)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"--{flag}" in ran.err
        assert f"--no-{flag}" in ran.err
    assert house.asked == []
    hallway("need", "edit", "N-417-K", f"--no-{flag}", f"--no-{flag}")
    assert len(house.asked) == 1


def test_to_a_person_it_is_read_and_to_a_program_it_is_not(
    hallway: Hallway, house: FakeHouse
) -> None:
    hallway("need", "show", "n", "417", "k")
    hallway("need", "show", "N-417-K", "--json")
    assert house.asked == [ReadEntry(Kind.NEED, "n 417 k"), ShowEntry(Kind.NEED, "N-417-K")]


def test_open_again_and_wait(hallway: Hallway, house: FakeHouse) -> None:
    hallway("need", "open", "N-417-K", "--because", "ten were spoiled", "--qty", "50")
    hallway("offer", "open", "O-12-D")
    hallway("need", "wait", "N-417-K", "--because", "information", "--until", "tue 9:00")
    assert house.asked == [
        OpenEntry(Kind.NEED, "N-417-K", "ten were spoiled", "50"),
        OpenEntry(Kind.OFFER, "O-12-D"),
        LetWait("N-417-K", "information", "tue 9:00"),
    ]


def test_close_says_why(hallway: Hallway, house: FakeHouse) -> None:
    hallway("need", "close", "--because", "no longer needed", "N-417-K")
    assert house.asked == [CloseEntry(Kind.NEED, "N-417-K", "no longer needed")]


@pytest.mark.parametrize(
    ("option", "whose"),
    [([], Whose.ALL), (["--ours"], Whose.OURS), (["--theirs"], Whose.THEIRS)],
)
def test_overflows_of_one_side(
    hallway: Hallway, house: FakeHouse, option: list[str], whose: Whose
) -> None:
    hallway("overflow", "list", *option)
    assert house.asked == [ListOverflows(whose)]


MISUSES = [
    "nede",
    "need",
    "overflow",
    "neighbour",
    "need ad",
    "need add",
    "need add FOD",
    "need add FOD text more",
    "need add FOD text --loud",
    "need add FOD text --qty",
    "need add FOD text --qty --unit kg",
    "need add FOD text --danger=yes",
    "need close N-417-K",
    "need edit N-417-K",
    "need show",
    "pass",
    "pledge NG V-12-K",
    "pledge --qty 3",
    "receive ES P-3-K",
    "overflow edit NG V-12-K",
    "overflow list --ours --theirs",
    "neighbour join",
    "init",
    "status now",
    "--data",
    "--data= status",
    "--qt 3 receive ES P-3-K",
    "backup file",
    "",
]


@pytest.mark.parametrize("typed", MISUSES)
def test_misuse_is_one_sentence_and_2(hallway: Hallway, house: FakeHouse, typed: str) -> None:
    ran = hallway(*typed.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(".\n")
    assert ran.err.count("\n") == 1
    assert "usage" not in ran.err
    assert "--help”" in ran.err
    assert house.asked == []
    assert house.done == []


def test_what_was_mistyped_is_repeated_harmlessly(hallway: Hallway) -> None:
    ran = hallway("\x1b[2Jneed" + "x" * 100_000)
    assert ran.code == 2
    assert "\x1b" not in ran.err
    assert len(ran.err) < 200


def test_a_near_command_is_named(hallway: Hallway) -> None:
    assert "“neighbour”" in hallway("neighbor").err


def test_every_command_has_help_that_names_what_it_takes(hallway: Hallway) -> None:
    for command in command_line().commands:
        ran = hallway(*command.split(), "--help")
        assert (ran.code, ran.err) == (0, ""), command
        assert ran.out.startswith(f"usage: hallway {command}"), command
        assert max(map(len, ran.out.splitlines())) <= 100, command


def test_the_first_help_names_every_command(hallway: Hallway) -> None:
    told = hallway("--help").out
    words = set(itertools.chain.from_iterable(command.split() for command in COMMANDS))
    assert {word for word in words if word not in told} == set()


@pytest.mark.parametrize("noun", sorted({command.split()[0] for command in COMMANDS}))
def test_a_command_is_the_same_where_the_others_are_not_loaded(noun: str) -> None:
    everything = command_line()
    alone = command_line(modules_for([noun]))
    commands = [each for each in everything.commands if each.split()[0] == noun]
    assert [each for each in alone.commands if each.split()[0] == noun] == commands
    for typed in ([], ["--help"], ["lisst"], ["--nonsense"]):
        words = [each.split() + typed for each in (*commands, noun)]
        assert [told(alone, each) for each in words] == [told(everything, each) for each in words]


def told(line: CommandLine, typed: list[str]) -> str:
    """What is said of it at once: help, or what is wrong with it."""
    try:
        line.parse(typed)
    except (HelpAsked, Misused) as said:
        return str(said)
    return ""


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", ""),
        ("--version", ""),
        ("status --json", "status"),
        ("--data need --json --as=AK offer list", "offer"),
        ("--qty -- need", "need"),
        ("-- need", "--"),
    ],
)
def test_the_first_word_is_no_option_nor_the_value_of_one(typed: str, word: str) -> None:
    assert first_word(typed.split()) == word


def test_what_takes_a_value_takes_one_in_every_command() -> None:
    for place, option in OPTIONS_OF.items():
        assert (place.split()[-1] in VALUED) == bool(option.metavar), place


def test_what_no_module_adds_is_looked_for_in_all() -> None:
    assert modules_for([]) == ()
    assert list(modules_for(["statsu"])) == list(modules_for(["--"])) == list(NOUNS)


def test_every_command_described_is_offered() -> None:
    assert set(command_line().commands) == set(COMMANDS)
