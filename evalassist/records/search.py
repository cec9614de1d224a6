"""How a patient is found: by the beginning of any word of the name, the record number or the birth date."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from evalassist.evaluation import Patient

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_FIGURES = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{0,4}))?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NAMED = "|".join(month[:letters] for month in _MONTHS for letters in range(len(month), 2, -1))
_SPOKEN = re.compile(
    rf"(?<![\w'-])(?:(?P<day>\d{{1,2}})\.?(?:st|nd|rd|th)?[\s-]*(?P<month>{_NAMED})\.?"
    rf"|(?P<month_first>{_NAMED})\.?\s*(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?)"
    r"(?:[\s,-]+(?P<year>\d{1,4}))?(?!\w)"
)
"""9 May 2001, 9-may-2001, May 9th, 2001; and while it is typed 9 May, 9 May 20."""
_YEARS = range(1900, 2040)
"""Of births."""
_LAST = "\U0010ffff"
_MONTH_KNOWN = "\x01"
"""Before a date of whose figures the first is the month for sure."""


def folded(text: str) -> str:
    """The text in lower case and without accents, so that `munoz` finds Muñoz."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def name_key(name: str) -> str:
    return " ".join(folded(name).split())


def words_of(patient: Patient) -> frozenset[str]:
    """Every word by which this patient is found."""
    found = {patient.birth_date.isoformat()}
    for word in split_words(f"{patient.name} {patient.record_number}"):
        for part in {word, *word.split("-")}:
            pieces = re.findall(r"\w+", part)  # O'Brien is found as o'brien, obrien and brien
            found |= {part, "".join(pieces), *pieces}
    return frozenset(found - {""})


def ranges_of(text: str) -> list[list[tuple[str, str]]]:
    """For each typed word the ranges of stored words that begin with it; a date may be read in several ways.

    A range that begins and ends alike is that word alone.
    """
    typed = [word.strip("'\"()") for word in split_words(_SPOKEN.sub(_as_figures, folded(text)))]
    return [
        [(word, word + _LAST), *((day, day) for day in _as_dates(word) if day != word)]
        for word in typed
        if word
    ]


def _as_figures(spoken: re.Match[str]) -> str:
    """A date with its month as a word, in figures."""
    named = spoken["month"] or spoken["month_first"]
    number = next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(named))
    day = spoken["day"] or spoken["day_after"]
    return f" {_MONTH_KNOWN}{number}/{day}/{spoken['year'] or ''} "


def split_words(text: str) -> list[str]:
    return folded(text).replace(",", " ").replace(";", " ").split()


def _as_dates(word: str) -> list[str]:
    """The days a typed word can mean, as they are stored: 5/2/1990 may be two, and 5/2 is every birthday on them."""
    known = word.startswith(_MONTH_KNOWN)
    found = _YEAR_FIRST.fullmatch(word) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", word)
    if found and int(found[1]) in _YEARS:
        return _days([int(found[1])], [(int(found[2]), int(found[3]))])
    found = _FIGURES.fullmatch(word.removeprefix(_MONTH_KNOWN)) or re.fullmatch(r"(\d\d)(\d\d)(\d{4})", word)
    if found is None:
        return []
    first, second, year = int(found[1]), int(found[2]), found[3] or ""
    years = [
        one for one in _YEARS if str(one).startswith(year) or (len(year) == 2 and one % 100 == int(year))
    ]
    return _days(years, [(first, second)] if known else [(first, second), (second, first)])


def _days(years: list[int], months_and_days: list[tuple[int, int]]) -> list[str]:
    found = []
    for year in years:
        for month, day in months_and_days:
            try:
                found.append(date(year, month, day).isoformat())
            except ValueError:
                continue
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Hits:
    """What of a patient begins as it was typed: letters of the name, the birth date, letters of the record number."""

    name: tuple[tuple[int, int], ...]
    """Begin and end of each part of the name."""
    born: bool
    number: int


def hits(text: str, patient: Patient) -> Hits:
    """Which letters to underline in the line of a patient who was found by this text."""
    ranges = [ranges for ranges in ranges_of(text) if ranges]
    typed = [each[0][0] for each in ranges]
    born = patient.birth_date.isoformat()
    return Hits(
        tuple(
            (word.start(), word.start() + letters)
            for word in re.finditer(r"[\w']+", patient.name)
            if (letters := max((_letters(word[0], one) for one in typed), default=0))
        ),
        any(
            born == start if start == end else len(start) > 3 and born.startswith(start)
            for each in ranges
            for start, end in each
        ),
        max((_letters(patient.record_number, one) for one in typed), default=0),
    )


def _letters(word: str, typed: str) -> int:
    """How many letters of the word were typed; 0 where it does not begin so."""
    if not folded(word).startswith(typed):
        return 0
    return next(n for n in range(len(word) + 1) if folded(word[:n]).startswith(typed))
