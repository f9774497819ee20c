"""What `hallway demo` tells, in order."""

from node.wording import _

NORTHGATE = _("Northgate Hall")
EASTSIDE = _("Eastside Centre")
NORTH_PLACE = _("12 North Street, side door")
NORTH_AREA = _("north of the river")
EAST_PLACE = _("3 Mill Road")
EAST_AREA = _("the east side")
NEED = _("Hot meals for tonight")
PERSON = "Rosalind Achterberg"
"""Typed with the need, and looked for afterwards: a name that is in no library's files."""
PHONE = "020 7946 0958"
"""From the range that is kept for stories, so that nobody is rung up."""
DETAILS = _("Side door, ask for Sam")

OPENING = _(
    "An evening between two halls, played by real nodes on this machine. It takes less\n"
    "than a minute; nothing leaves this machine, and nothing is left on it afterwards."
)
PAIRED = _(
    "\n1. {north} and {east} become neighbours.\n"
    "   One desk reads a one-time code to the other:\n"
    "   {code}"
)
NEEDED = _(
    "\n2. {north} takes a need at the desk.\n"
    "   {ref}: {words}, for 40.\n"
    "   With it, for this desk alone: {person}, {phone}.\n"
    "   The kitchen is closed: the hall cannot meet it."
)
SHOWN = _("\n3. {north} passes it on. Before anything leaves, the desk reads:")
SEEN = _(
    "   The desk says yes. {seconds:.1f} s later it is on the list at {east}:\n"
    "   {ref} from {origin}: {words}, {qty} meals."
)
PLEDGED = _(
    "\n4. {east} can cook 25 of the 40, and pledges them.\n   {north} sees: {ref}, 25 meals."
)
ACCEPTED = _(
    "\n5. {north} accepts, and seals to {east} alone where to bring them.\n"
    "   {east} opens it: “{details}”."
)
SENT = _("\n6. {east} says that 25 meals are on their way; {north} sees it.")
RECEIVED = _(
    "\n7. They are there. {north} writes: 25 received.\n"
    "   The list says {received} of 40, the need says {need}; {east} sees that they came."
)
PRIVATE = _(
    "\n8. Searched all {files} files of {east}: the words that {north} passed on\n"
    "   are there. {person} and {phone} are not."
)
ENDING = _("\nAll of it arrived. Your own hall: hallway")

FAILED = _("The demo stopped: {what}.")
NOT_ARRIVED = _("within {seconds} s this did not arrive: {what}")
COMMAND_FAILED = _("“hallway {command}” said: {told}")
COMMAND_SILENT = _("“hallway {command}” did not end within {seconds} s")
NODE_FAILED = _("the node of {hall} did not start: {told}")
PRIVATE_FOUND = _("something private of {north} is in a file of {east}: {file}")

SEARCH_BLIND = _("the search of the files of {east} found nothing at all, so it proves nothing")

WAITED_NEED = _("the need, at {east}")
WAITED_PLEDGE = _("the pledge, at {north}")
WAITED_DETAILS = _("the sealed details, at {east}")
WAITED_SENT = _("that the meals are on their way, at {north}")
WAITED_RECEIPT = _("the receipt, at {east}")
WAITED_COUNT = _("25 received on the need, at {north}")
