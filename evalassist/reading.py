"""How hard a finished text is to read, counted offline and in the text's own language.

English: the school grades of Flesch-Kincaid and SMOG. Spanish: the ease of Fernández-Huerta and of Szigriszt-Pazos,
where more is easier. Syllables are counted by groups of vowels, so a grade is good to a few tenths.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]

LONGEST_SENTENCE = 20
"""Words of a sentence that is still easy to follow."""
HIGHEST_GRADE, HIGHEST_SMOG = 5.0, 6.0
LEAST_EASE, LEAST_EASE_OF_A_PART = 80.0, 70.0

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\s\"”’)]+|\n+")
_EN_VOWELS = re.compile(r"[aeiouy]+")
_EN_TWO = re.compile(r"i(?=er$|est$|a$|ence)|e(?=a$)")
"""Two vowels side by side that are spoken apart: "easier", "area"."""
_EN_SILENT = re.compile(r"(?:[^aeiouyl]e|[aeiouy]le|[^aeiouydt]ed|[^aeiouylscxzhg]es|[aeiouy]les)$")
"""An e that is written and not spoken: "move", "moved", "moves"; but "table", "needed", "touches"."""
_ES_SILENT = re.compile(r"(?<=q)u|(?<=g)u(?=[eiéí])")
_ES_NUCLEUS = re.compile(r"[iuüy]?[aeoáéó][iuüy]?|[íú]|[iuüy]+")
_EN_ONES = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)
_EN_TENS = (0, 0, 2, 2, 2, 2, 2, 3, 2, 2)
_ES_ONES = (2, 2, 1, 1, 2, 2, 1, 2, 2, 2, 1, 2, 2, 2, 3, 2, 4, 5, 5, 5)
_ES_TENS = (0, 0, 2, 2, 3, 3, 3, 3, 3, 3)


@dataclass(frozen=True, slots=True)
class Reading:
    """The two measures of the language, by name, and what makes a text hard to follow."""

    scores: tuple[tuple[str, float], ...]
    easy: bool
    """Both measures are within the limits of the sheet, and no sentence is too long."""
    words: int
    longest: str
    """The sentence of the most words."""

    @property
    def longest_words(self) -> int:
        return len(_WORD.findall(self.longest))


def reading_of(texts: Iterable[str], language: Language, *, part: bool = False) -> Reading | None:
    """How hard these texts are together; a line's end, and a text's, ends a sentence. None where there is no word.

    In Spanish, a `part` of a sheet may be somewhat harder than the whole; in English the limits are the same.
    """
    sentences = [said for text in texts for said in _SENTENCE_END.split(text) if _WORD.search(said)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return None
    counted = [syllables(word, language) for word in words]
    scores, within = _MEASURES[language](counted, len(sentences), part)
    longest = max(sentences, key=lambda sentence: len(_WORD.findall(sentence)))
    easy = within and len(_WORD.findall(longest)) <= LONGEST_SENTENCE
    return Reading(scores, easy, len(words), longest.strip())


def syllables(word: str, language: Language) -> int:
    """Syllables as the word is spoken; a number is spoken in pairs of digits."""
    if word.isdigit():
        return sum(_spoken(int(word[at : at + 2]), language) for at in range(0, len(word), 2))
    word = word.lower()
    if language == "es":
        return max(len(_ES_NUCLEUS.findall(_ES_SILENT.sub("", word))), 1)
    return sum(_english(part) for part in word.split("-"))


def _english(word: str) -> int:
    word = re.split("['’]", word)[0]
    spoken = len(_EN_VOWELS.findall(word)) + len(_EN_TWO.findall(word)) - len(_EN_SILENT.findall(word))
    return max(spoken, 1)


def _spoken(number: int, language: Language) -> int:
    ones, tens = (_ES_ONES, _ES_TENS) if language == "es" else (_EN_ONES, _EN_TENS)
    if number < len(ones):
        return ones[number]
    ten, one = divmod(number, 10)
    joined = language == "es" and ten > 2  # "treinta y dos"
    return tens[ten] + (ones[one] + joined if one else 0)


Measured = tuple[tuple[tuple[str, float], ...], bool]


def _in_english(counted: Sequence[int], sentences: int, _part: bool) -> Measured:
    grade = 0.39 * len(counted) / sentences + 11.8 * sum(counted) / len(counted) - 15.59
    long_words = sum(count >= 3 for count in counted)
    smog = 1.043 * math.sqrt(long_words * 30 / sentences) + 3.1291
    return (("Flesch-Kincaid", grade), ("SMOG", smog)), grade <= HIGHEST_GRADE and smog <= HIGHEST_SMOG


def _in_spanish(counted: Sequence[int], sentences: int, part: bool) -> Measured:
    a_word, words_a_sentence = sum(counted) / len(counted), len(counted) / sentences
    huerta = 206.84 - 60 * a_word - 1.02 * words_a_sentence
    pazos = 206.835 - 62.3 * a_word - words_a_sentence
    return (("Fernández-Huerta", huerta), ("Szigriszt-Pazos", pazos)), min(huerta, pazos) >= (
        LEAST_EASE_OF_A_PART if part else LEAST_EASE
    )


_MEASURES = {"en": _in_english, "es": _in_spanish}
