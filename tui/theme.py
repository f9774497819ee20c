"""The colours: calm, warm, and never the only carrier of a meaning."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

VARIABLES: Final = {
    "quiet": "#8f9499",
    "need": "#d9a441",
    "offer": "#6fae93",
    "chosen": "#343b44",
}
"""For themes that know nothing of the board."""

DARK: Final = Theme(
    name="hallway-dark",
    primary="#d9a441",
    secondary="#6fae93",
    accent="#d9a441",
    foreground="#dcd9d2",
    background="#15181b",
    surface="#1b1f23",
    panel="#23282d",
    success="#8fb573",
    warning="#e0a458",
    error="#e08368",
    dark=True,
    variables={
        "quiet": "#939aa1",
        "need": "#d9a441",
        "offer": "#6fae93",
        "chosen": "#2d343b",
        "footer-key-foreground": "#d9a441",
        "input-selection-background": "#d9a441 35%",
    },
)

LIGHT: Final = Theme(
    name="hallway-light",
    primary="#8a5a00",
    secondary="#1f6b50",
    accent="#8a5a00",
    foreground="#22262a",
    background="#f7f4ee",
    surface="#efebe3",
    panel="#e5e0d6",
    success="#3d6b1f",
    warning="#8a5a00",
    error="#a33c1f",
    dark=False,
    variables={
        "quiet": "#5f656b",
        "need": "#8a5a00",
        "offer": "#1f6b50",
        "chosen": "#dcd5c6",
        "footer-key-foreground": "#8a5a00",
    },
)
