"""A QR code as lines of text, two modules to a character."""

from __future__ import annotations

from itertools import zip_longest
from typing import Final

QUIET_MODULES: Final = 2
"""Light modules around the code. The standard wants 4; phones read 2, and a screen has 24 lines."""
HALVES: Final = {
    (True, True): " ",
    (True, False): "▄",
    (False, True): "▀",
    (False, False): "█",
}
"""By dark above and dark below: the light modules are drawn, for screens are mostly dark."""


def qr_lines(text: str) -> tuple[str, ...]:
    """`text` as a QR code with the least error correction, to be shown light on dark."""
    import segno  # noqa: PLC0415 - only who invites pays for it

    code = segno.make_qr(text, error="L", boost_error=False)
    rows = [list(row) for row in code.matrix_iter(border=QUIET_MODULES)]
    light = [0] * len(rows[0])
    return tuple(
        "".join(HALVES[bool(above), bool(below)] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=light)
    )
