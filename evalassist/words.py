"""How a label or a title stands inside a sentence, and how a text from a person may stand on a line."""

import re
import unicodedata

EPONYMS = (
    *("Hoffa", "Noble", "Thessaly", "Lachman", "Thomas", "Ely", "Trendelenburg", "Perthes", "Beighton"),
    *(
        "Ober",
        "Wells",
        "Wilson",
        "Waldron",
        "Renne",
        "Tegner",
        "Tinel",
        "Craig",
        "Budapest",
        "Osgood-Schlatter",
    ),
    *("Sinding-Larsen-Johansson", "Achilles"),
)


def lower_first(text: str) -> str:
    """The text as it stands inside a sentence; names of people and of tests (HipSIT, Y-balance) keep their capital."""
    first = text.split(" ")[0].strip(",")
    keeps = first in EPONYMS or first[1:2] == "-" or any(letter.isupper() for letter in first[1:])
    return text if keeps else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text as it begins a sentence; the rest of it stays."""
    return text[:1].upper() + text[1:]


KEPT_SPACES = "\u00a0\u202f"
"""Blanks at which no line ends."""
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%|(?:N|Nm|kgf|lbf|kg|cm|mm|m|s|h|min|y)\b)")
_FILLERS = {0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
"""Letters and marks that show nothing."""


def clean(text: str) -> str:
    """Text as it may be drawn: composed letters, single spaces, no control or invisible characters."""
    plain = text.isascii() and text.isprintable()  # most texts; nothing in them is invisible
    shown = text if plain else "".join(_drawn(each) for each in unicodedata.normalize("NFC", text))
    return " ".join(part for part in shown.split(" ") if part)


def _drawn(letter: str) -> str:
    category = unicodedata.category(letter)
    if letter in "\t\n\r" or (category[0] == "Z" and letter not in KEPT_SPACES):
        return " "
    return "" if category in ("Cc", "Cf", "Cs") or ord(letter) in _FILLERS else letter


def in_unit(number: str, unit: str) -> str:
    """A number with its unit as it is printed: `6°`, `82 N`, `1 week`, `4`."""
    if number == "1" and unit in ("days", "weeks", "months", "years"):
        unit = unit.removesuffix("s")
    return f"{number}{unit}" if unit in ("", "°", "/10") else f"{number} {unit}"


def unbroken(text: str) -> str:
    """The text with no line ending between a number and its unit."""
    return _BEFORE_UNIT.sub("\u00a0", text)


def seen(text: str) -> str:
    """The text as it may be drawn, or nothing where no ink would show: a name of blanks is a missing name."""
    shown = clean(text)
    return shown if any(unicodedata.category(each)[0] not in "ZM" for each in shown) else ""


def shortened(text: str, most: int, more: str = "…") -> str:
    """The text of at most so many characters, cut at a word (a word without end, anywhere), and what tells it."""
    if len(text) <= most:
        return text
    kept = text[: most - len(more) + 1]
    at = kept.rfind(" ")
    return kept[: at if at > most // 2 else -1].rstrip(" ,;:") + more
