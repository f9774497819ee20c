"""Large letters for paper: what has to be read at arm's length, by a tired eye, in plain text."""

from __future__ import annotations

from typing import Final

ROWS: Final = 5
"""Lines that a large letter takes; it is as wide, and one column lies between two."""

_DRAWN: Final = """\
 ###  ####   #### ####  ##### #####  ###  #   # ##### ##### #   # #     #   #
#   # #   # #     #   # #     #     #     #   #   #      #  #  #  #     ## ##
##### ####  #     #   # ####  ####  #  ## #####   #      #  ###   #     # # #
#   # #   # #     #   # #     #     #   # #   #   #   #  #  #  #  #     #   #
#   # ####   #### ####  ##### #      ###  #   # #####  ##   #   # ##### #   #

#   #  ###  ####   ###  ####   #### ##### #   # #   # #   # #   # #   # #####
##  # #   # #   # #   # #   # #       #   #   # #   # #   #  # #   # #     #
# # # #   # ####  # # # ####   ###    #   #   #  # #  # # #   #     #     #
#  ## #   # #     #  #  #  #      #   #   #   #  # #  ## ##  # #    #    #
#   #  ###  #      ## # #   # ####    #    ###    #   #   # #   #   #   #####

 ###    #   ####  ####  #  #  #####  ###  #####  ###   ###
#  ##  ##       #     # #  #  #     #        #  #   # #   #
# # #   #    ###   ###  ##### ####  ####    #    ###   #### #####
##  #   #   #         #    #      # #   #   #   #   #     #
 ###   ###  ##### ####     #  ####   ###    #    ###   ###
"""
_ORDER: Final = ("ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", "0123456789-")


def _letters() -> dict[str, tuple[str, ...]]:
    letters: dict[str, tuple[str, ...]] = {}
    for drawn, order in zip(_DRAWN.split("\n\n"), _ORDER, strict=True):
        lines = [line.ljust(6 * len(order)) for line in drawn.splitlines()]
        for place, letter in enumerate(order):
            letters[letter] = tuple(line[6 * place : 6 * place + ROWS] for line in lines)
    return letters


_LETTERS: Final = _letters()


def large(text: str) -> list[str]:
    """`ROWS` lines with the text in large letters: A to Z, 0 to 9 and the hyphen, no others."""
    drawn = [_LETTERS[letter] for letter in text]
    return [" ".join(letter[row] for letter in drawn).rstrip() for row in range(ROWS)]
