"""What is offered is the node's word alone; what is not says why in a sentence."""

from dataclasses import replace

import pytest

from node.answers.acts import Role, part_of
from node.api.views import Act, OverflowView
from protocol.bodies import Direction
from tests.tui.fake_node import able, pledge_of
from tests.tui.halls import overflow
from tui import acts
from tui.acts import Deed

OURS = overflow("o", "NG V-12-K", "Meals", ours=True, origin="Northgate", distance=0)
THEIRS = overflow("t", "ES V-3-M", "Torches", origin="Eastside")


def pledged(asked: OverflowView, stands: str, /, **more: object) -> OverflowView:
    """`asked` with one pledge: theirs on ours, ours on theirs."""
    by = "Eastside" if asked.ours else "Northgate"
    one = replace(pledge_of(asked.id, by, 5, ours=not asked.ours), state=stands)
    return able(replace(asked, pledges=(one,), **more))  # type: ignore[arg-type]


def test_only_what_the_node_allows_is_possible_whatever_the_state_is_called() -> None:
    odd = replace(pledge_of("o", "Eastside", 5), state="of a later version", can=(Act.RECEIVE,))
    asked = replace(OURS, pledges=(odd,))
    assert acts.able(asked, Deed.RECEIVE) == [odd]
    assert acts.able(asked, Deed.ANSWER) == []
    nothing = replace(OURS, pledges=(replace(odd, state="offered", can=()),))
    assert acts.able(nothing, Deed.ANSWER) == []


def test_the_keys_of_everything_about_one_are_those_that_do_something() -> None:
    def shown(asked: OverflowView) -> str:
        return " ".join(key.shown for key in acts.keys_for(asked))

    assert shown(able(OURS)) == "e k w esc"
    assert shown(pledged(OURS, "offered")) == "a e k w esc"
    assert shown(pledged(OURS, "accepted")) == "a h e k w esc"
    assert shown(able(THEIRS)) == "g esc"
    assert shown(pledged(THEIRS, "accepted")) == "g t w esc"
    assert shown(able(replace(THEIRS, state="closed"))) == "esc"


def test_of_a_surplus_the_origin_sends_and_the_other_hall_receives() -> None:
    ours = pledged(replace(OURS, surplus=True), "accepted")
    theirs = pledged(replace(THEIRS, surplus=True), "accepted")
    assert acts.able(ours, Deed.SEND)
    assert acts.able(theirs, Deed.RECEIVE)
    assert not acts.able(ours, Deed.RECEIVE)
    assert not acts.able(theirs, Deed.SEND)


@pytest.mark.parametrize("surplus", [False, True])
@pytest.mark.parametrize("deed", Deed)
def test_whose_desk_does_it_is_said_as_the_node_has_it(deed: Deed, surplus: bool) -> None:
    direction = Direction.SURPLUS if surplus else Direction.REQUEST
    (role,) = {part_of(act, direction) for act in acts.ACTS[deed]}
    mine, theirs = (OURS, THEIRS) if role is Role.PLEDGER else (THEIRS, OURS)
    said = "That is for Eastside to do."
    if deed is Deed.ANSWER:
        said = f"Only Eastside can answer there: g {'asks' if surplus else 'pledges'}."
    other = pledged(mine, "lapsed", surplus=surplus)
    assert acts.why_not_deed(other, None, deed) == said
    own = pledged(theirs, "lapsed", surplus=surplus)
    assert acts.why_not_deed(own, None, deed) != said


@pytest.mark.parametrize(
    ("deed", "asked", "why"),
    [
        (Deed.SEND, pledged(OURS, "accepted"), "That is for Eastside to do."),
        (Deed.RECEIVE, pledged(THEIRS, "sent"), "That is for Eastside to do."),
        (Deed.ANSWER, pledged(THEIRS, "offered"), "Only Eastside can answer there: g pledges."),
        (Deed.ANSWER, able(THEIRS), "Only Eastside can answer there: g pledges."),
        (Deed.ANSWER, able(replace(THEIRS, state="closed", because="received")), "is closed"),
        (Deed.SEND, pledged(OURS, "received"), "It has come already."),
        (Deed.SEND, pledged(OURS, "sent"), "It is on its way already."),
        (Deed.SEND, pledged(THEIRS, "offered"), "Eastside has not accepted it yet"),
        (Deed.SEND, pledged(THEIRS, "sent"), "It is on its way already."),
        (Deed.SEND, pledged(THEIRS, "not needed"), "It was answered already: not needed."),
        (Deed.RETRACT, pledged(THEIRS, "sent"), "it cannot be taken back any more"),
        (Deed.RETRACT, pledged(THEIRS, "withdrawn"), "It was taken back."),
        (Deed.RECEIVE, pledged(OURS, "offered"), "It is not accepted yet: a answers it."),
        (Deed.ANSWER, pledged(OURS, "received"), "All of it has come"),
        (Deed.ANSWER, pledged(OURS, "lapsed"), "it has lapsed"),
        (Deed.ANSWER, able(OURS), "Nobody has pledged for NG V-12-K yet."),
        (Deed.SEND, able(THEIRS), "We have not pledged anything for ES V-3-M: g pledges."),
        (
            Deed.RECEIVE,
            pledged(THEIRS, "not needed", surplus=True),
            "It was answered already: it cannot be given.",
        ),
        (
            Deed.ANSWER,
            pledged(OURS, "accepted", state="closed", because="withdrawn"),
            "NG V-12-K is closed (withdrawn): nothing more can be done with it.",
        ),
    ],
)
def test_what_cannot_be_done_says_why(deed: Deed, asked: OverflowView, why: str) -> None:
    assert not acts.able(asked, deed)
    assert why in acts.why_not_deed(asked, None, deed)


def test_where_several_pledges_could_be_meant_one_is_to_be_chosen() -> None:
    two = tuple(pledge_of("o", "Eastside", 5, id_=id_) for id_ in ("a", "b"))
    said = acts.why_not_deed(able(replace(OURS, pledges=two)), None, Deed.ANSWER)
    assert said == "Choose the line under it that you mean first."
    said = acts.why_not_deed(able(replace(THEIRS, pledges=two)), None, Deed.ANSWER)
    assert said == "Only Eastside can answer there: g pledges."


def test_why_nothing_can_be_pledged() -> None:
    assert "our own" in acts.why_no_pledge(able(OURS))
    closed = able(replace(THEIRS, state="closed", because="received"))
    assert acts.why_no_pledge(closed).startswith("ES V-3-M is closed (received)")


def test_what_only_its_hall_can_change_names_the_hall_and_the_way_to_it() -> None:
    far = able(replace(THEIRS, origin="Mill Lane", through="Eastside"))
    assert acts.why_not(far) == "That is for Mill Lane, through Eastside, to do."
