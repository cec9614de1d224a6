"""Which passwords are refused: the short ones, and those that are tried first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

LEAST = 8
RECOMMENDED = 15
RULES = (
    f"At least {LEAST} characters; {RECOMMENDED} or more are safer. Any characters, blanks too: a few words that do "
    "not belong together are easy to keep in mind. Pasting is fine."
)
FEW_SIGNS = 4
"""With fewer different characters it is a pattern, however long."""


def refusal(password: str, known: Iterable[str] = ()) -> str:
    """Why a password is not taken, or "". `known`: names that others know, of the person and the clinic."""
    typed = unicodedata.normalize("NFKC", password)
    if len(typed) < LEAST:
        return f"{len(typed)} of at least {LEAST} characters. {RECOMMENDED} or more are safer."
    plain = typed.casefold()
    if len(set(plain)) < FEW_SIGNS:
        return "This is the same few characters again and again. Choose words that do not belong together."
    letters = _letters(plain)
    if plain in _common() or (len(letters) * 2 >= len(plain) and letters in _common()):
        return "This is one of the passwords that are tried first. Choose words that do not belong together."
    if _is_a_name(letters, known):
        return "This is a name that others know. Choose words that do not belong together."
    return ""


def _letters(plain: str) -> str:
    """The letters alone: digits and signs around a word hide nothing."""
    return "".join(filter(str.isalpha, plain))


def _is_a_name(letters: str, known: Iterable[str]) -> bool:
    """Whether hardly anything is left without the names."""
    left, words = (
        letters,
        {_letters(word) for name in (*known, "EvalAssist", "password") for word in _words(name)},
    )
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 1:
            left = left.replace(word, "")
    return left != letters and len(left) < FEW_SIGNS


def _words(name: str) -> list[str]:
    return re.split(r"[\W_]+", unicodedata.normalize("NFKC", name).casefold())


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 0.1 s, and only when a password is chosen

    return frozenset(FREQUENCY_LISTS["passwords"])
