"""The texts of the patient's sheet, each language beside the other, checked like all content."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Literal

from pydantic import ValidationError, field_validator

from evalassist import resources
from evalassist.content.schema import Model
from evalassist.errors import ContentError

FILE = "content/handout/texts.toml"


class PatientText(Model):
    """One text in each language it exists in; its slots (`{side}`) are the same in every language."""

    en: str
    es: str | None = None

    @field_validator("en", "es")
    @classmethod
    def _can_be_filled(cls, text: str | None) -> str | None:
        list(Formatter().parse(text or ""))  # an unclosed brace raises ValueError, and that is the fault
        return text

    def in_language(self, language: str) -> str | None:
        return self.es if language == "es" else self.en


class Study(Model):
    """A study as it is printed at the end of the sheet; `only` names the sheets on which it is used."""

    cite: str
    only: str = ""


class PatientTexts(Model):
    review: Literal["draft", "reviewed"]
    studies: tuple[Study, ...]
    texts: Mapping[str, PatientText]

    def missing_in(self, language: str) -> tuple[str, ...]:
        """The keys of the texts that do not exist in this language."""
        return tuple(sorted(key for key, text in self.texts.items() if text.in_language(language) is None))


@lru_cache(maxsize=1)
def load_patient_texts() -> PatientTexts:
    """The checked texts; raises `ContentError` with file and key."""
    data = resources.read_toml(FILE)
    texts = {key: value for key, value in data.items() if key not in ("review", "study")}
    try:
        found = PatientTexts(review=data.get("review"), studies=data.get("study", ()), texts=texts)  # type: ignore[arg-type]  # pydantic checks them here
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, " > ".join(str(part) for part in first["loc"][-2:]), first["msg"]) from None
    for key, text in found.texts.items():
        if text.es is not None and _slots(text.es) != _slots(text.en):
            raise ContentError(FILE, key, "the Spanish text fills other slots than the English one")
    return found


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
