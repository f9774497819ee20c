"""Days, times and spans on the screen.

Marked and translated as in `tui.wording`.
"""

from typing import Final

from node.wording import N_

WEEKDAYS: Final = (
    N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"),
)  # fmt: skip
MONTHS: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
DAY_AND_MONTH: Final = N_("{day} {month}")
DAY_OF_A_YEAR: Final = N_("{day} {month} {year}")
ON_A_DAY: Final = N_("{day} {clock}")
BY: Final = N_("by {when}")
TIME_AND_SPAN: Final = N_("{time}, in {span}")
WAS_DUE: Final = N_("was due {time}")
MINUTES: Final = N_("{n} min")
HOURS: Final = N_("{n} h")
DAYS: Final = N_("{n} days")
ONE_DAY: Final = N_("1 day")
AGO: Final = N_("{span} ago")
