"""The texts of the patient's sheet, each language beside the other, checked like all content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from string import Formatter

from pydantic import ValidationError, field_validator

from evalassist import resources
from evalassist.content.schema import Exercise, Model, Reviewed, Steps, Text
from evalassist.errors import ContentError

FILE = "content/handout/texts.toml"


class PatientText(Text):
    """One text in each language it exists in; its slots (`{side}`) are the same in every language."""

    @field_validator("en", "es")
    @classmethod
    def _can_be_filled(cls, text: str | None) -> str | None:
        list(Formatter().parse(text or ""))  # an unclosed brace raises ValueError, and that is the fault
        return text


class Study(Model):
    """A study as it is printed at the end of the sheet; `only` names the sheets on which it is used."""

    cite: str
    only: str = ""


class PatientTexts(Model):
    studies: tuple[Study, ...]
    texts: Mapping[str, PatientText]

    def form(self, key: str, *, both: bool) -> str:
        """The key of what is said to who has two sore knees, where that is something else; else the key itself."""
        of_both = f"{key}_both"
        return of_both if both and of_both in self.texts else key

    def missing_in(self, language: str) -> tuple[str, ...]:
        """The keys of the texts that do not exist in this language."""
        return tuple(sorted(key for key, text in self.texts.items() if text.in_language(language) is None))


@lru_cache(maxsize=1)
def load_patient_texts() -> PatientTexts:
    """The checked texts; raises `ContentError` with file and key."""
    data = resources.read_toml(FILE)
    texts = {key: value for key, value in data.items() if key != "study"}
    try:
        found = PatientTexts(studies=data.get("study", ()), texts=texts)
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, " > ".join(str(part) for part in first["loc"][-2:]), first["msg"]) from None
    for key, text in found.texts.items():
        if text.es is not None and _slots(text.es) != _slots(text.en):
            raise ContentError(FILE, key, "the Spanish text fills other slots than the English one")
    return found


def unreviewed(exercises: Mapping[str, Exercise], planned: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """English and Spanish of every text that no qualified translator has approved: the sheet's, then those of the
    planned exercises (by id) with the names of what is easier and harder."""
    return tuple(
        (_joined(text.en), _joined(text.es))
        for text in _printed(exercises, planned)
        if text.es and text.reviewed is None
    )


def reviews(exercises: Mapping[str, Exercise], planned: Iterable[str]) -> tuple[Reviewed, ...]:
    """Who approved Spanish texts of this sheet and when, the latest first, each once."""
    found = {text.reviewed for text in _printed(exercises, planned) if text.reviewed}
    return tuple(sorted(found, key=lambda each: (each.on, each.by), reverse=True))


def _printed(exercises: Mapping[str, Exercise], planned: Iterable[str]) -> Iterator[Text | Steps]:
    yield from load_patient_texts().texts.values()
    for exercise in map(exercises.__getitem__, planned):
        yield exercise.patient_name
        yield exercise.steps
        if exercise.steps_both:
            yield exercise.steps_both
        yield exercise.feel
        for other in filter(None, (exercise.easier, exercise.harder)):
            yield exercises[other].patient_name


def _joined(text: str | tuple[str, ...]) -> str:
    return text.strip() if isinstance(text, str) else "\n".join(text)


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
