"""What `hallway demo` tells, in order."""

from node.wording import _

NORTHGATE = _("Northgate")
NORTH_PLACE = _("12 North Street, side door")
NORTH_AREA = _("north of the river")
EASTSIDE = _("Eastside")
EAST_PLACE = _("3 Mill Road")
EAST_AREA = _("the east side")
MILL_LANE = _("Mill Lane")
MILL_PLACE = _("1 Mill Lane, by the bridge")
MILL_AREA = _("the mills")
FAR_CHAPEL = _("Far Chapel")
FAR_PLACE = _("The Chapel, Long Road")
FAR_AREA = _("beyond the mills")

NEED = _("Hot meals for tonight")
PERSON = "Rosalind Achterberg"
"""Typed with the need, and looked for afterwards: a name that is in no library's files."""
PHONE = "020 7946 0958"
"""From the range that is kept for stories, so that nobody is rung up."""
EAST_DETAILS = _("side door, ask for Sam")
MILL_DETAILS = _("kitchen hatch, ask for Ines")
SPARE = _("Warm blankets")

OPENING = _(
    "An evening of four halls, played by real nodes on this machine. It takes less\n"
    "than a minute; nothing leaves this machine, and nothing is left on it afterwards."
)
PAIRED = _("\n1. {north}, {east}, {mill}, {far}: each pairs with the next, by code:\n   {code}")
NEEDED = _(
    "\n2. {north} cannot meet a need. {ref}: {words}, for {asked}.\n"
    "   With it, for this desk alone: {person}, {phone}."
)
SHOWN = _("\n3. {north} passes it on. Before anything leaves, the desk reads:")
SEEN = _(
    "   The desk says yes. {east_s:.1f} s later {east} sees it, {mill_s:.1f} s later {mill}:\n"
    "   {ref} from {origin}: {words}, {amount}."
)
PLEDGED = _("\n4. {east} pledges {qty}; {north} sees it: {ref}.")
CUT_OFF = _("   {mill} is cut off: its node has ended. Its desk pledges {qty}, saved there.")
POWER = _(
    "\n5. {north} accepts the {qty}, and in that moment its power goes (kill -9).\n"
    "   It comes back, and nothing is lost: accepted {accepted}."
)
CAUGHT_UP = _(
    "\n6. {mill} is back. {seconds:.1f} s later {north} sees what it pledged meanwhile:\n"
    "   {ref} from {hall}: {qty} meals."
)
REFUSED = _("   {north} tries to accept all {asked}, and its node refuses:\n{told}")
OPENED = _(
    "\n7. It accepts {qty}. Where to bring them is sealed to each hall alone: {east}\n"
    "   opens “{to_east}”, {mill} “{to_mill}”."
)
RECEIVED = _(
    "\n8. Both send. {north} writes down what comes, {first} and {second}: {received}.\n"
    "   {need} closes, as met; {east} and {mill} see it closed, as received."
)
LEFT_OUT = _(
    "\n9. {far}, three halls away, never heard of it. It is linked: what {east}\n"
    "   has to give away is there after {seconds:.1f} s, {ref}, {words}, {amount}."
)
PRIVATE = _(
    "   All {files} files of the three other halls: {person} and her number\n"
    "   are in none of them, and the meals in none of {far}."
)
ENDING = _("\nAll of it arrived. Your own hall: hallway")

FAILED = _("The demo stopped: {what}.")
NOT_ARRIVED = _("within {seconds} s this did not arrive: {what}")
COMMAND_FAILED = _("“hallway {command}” said: {told}")
COMMAND_NOT_REFUSED = _("“hallway {command}” did what it should have refused")
COMMAND_SILENT = _("“hallway {command}” did not end within {seconds} s")
NODE_FAILED = _("the node of {hall} did not start: {told}")
NOT_KEPT = _("{north} forgot in the power cut what it had accepted")
NOT_SEALED = _("{hall} opened what was sealed to another hall")
FAR_SAW = _("{far} got what was not to travel so far")
PRIVATE_FOUND = _("something private of {north} is in a file of {hall}: {file}")
SEARCH_BLIND = _("the search of the files of {hall} found nothing at all, so it proves nothing")

WAITED_NEED_EAST = _("the need, at {east}")
WAITED_NEED_MILL = _("the need, at {mill}")
WAITED_EAST_PLEDGE = _("the pledge of {east}, at {north}")
WAITED_MILL_PLEDGE = _("the pledge that {mill} made while it was cut off, at {north}")
WAITED_DETAILS = _("the answers to both pledges, with sealed details, at {east} and {mill}")
WAITED_SENT = _("that meals are on their way, at {north}")
WAITED_MET = _("40 received on the need and its closing as met, at {north}")
WAITED_CLOSED = _("that all of it was received, at {hall}")
WAITED_SPARE = _("the blankets, at {far}")
WAITED_SETTLED = _("that nothing waits for {far} at {mill} any more")
