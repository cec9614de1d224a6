"""How a patient is found: by the beginning of any word of the name, the record number or the birth date."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from evalassist.evaluation import Patient

_DATE = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_LAST = "\U0010ffff"


def folded(text: str) -> str:
    """The text in lower case and without accents, so that `munoz` finds Muñoz."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def name_key(name: str) -> str:
    return " ".join(folded(name).split())


def words_of(patient: Patient) -> frozenset[str]:
    """Every word by which this patient is found."""
    found = {patient.birth_date.isoformat()}
    for word in _split(f"{patient.name} {patient.record_number}"):
        for part in {word, *word.split("-")}:
            pieces = re.findall(r"\w+", part)  # O'Brien is found as o'brien, obrien and brien
            found |= {part, "".join(pieces), *pieces}
    return frozenset(found - {""})


def ranges_of(text: str) -> list[list[tuple[str, str]]]:
    """For each typed word the ranges of stored words that begin with it; a date may be read in two ways."""
    typed = (word.strip("'\"()") for word in _split(text))
    return [[(start, start + _LAST) for start in (word, *_as_dates(word))] for word in typed if word]


def _split(text: str) -> list[str]:
    return folded(text).replace(",", " ").replace(";", " ").split()


def _as_dates(word: str) -> list[str]:
    """A typed date as it is stored: 1990-5-2 is one day, 5/2/1990 may be two."""
    parts = _DATE.fullmatch(word)
    if parts is None:
        return []
    first, second, third = (int(part) for part in parts.groups())
    if len(parts[1]) == 4:
        readings = [(first, second, third)]
    elif len(parts[3]) == 4:
        readings = [(third, first, second), (third, second, first)]
    else:
        return []
    found = []
    for year, month, day in readings:
        try:
            found.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return found
