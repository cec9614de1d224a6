"""The words of the patient's sheet in one language, and the facts of the note that its sides ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from evalassist.content.patient_texts import load_patient_texts
from evalassist.documents import look
from evalassist.documents.look import Paper
from evalassist.errors import DocumentError
from evalassist.note import Language, Note, NoteExercise, NotePlan, Sheet
from evalassist.words import seen

NO_BREAK = "\u00a0"


def complete_languages() -> tuple[Language, ...]:
    """The languages in which every text of the sheet exists: only these are offered."""
    languages: tuple[Language, ...] = ("en", "es")
    return tuple(each for each in languages if not load_patient_texts().missing_in(each))


class Texts:
    """Every text of the sheet in one language, asked for by its key.

    A sheet never mixes languages: when a text is missing in its language, the sheet is refused.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        content = load_patient_texts()
        self.studies = content.studies
        if missing := content.missing_in(language):
            raise DocumentError(
                f"The sheet does not exist in {language!r} yet. {len(missing)} of its texts are missing: "
                f"{', '.join(missing)}."
            )
        self._texts = {key: (text.in_language(language) or "").strip() for key, text in content.texts.items()}

    def __call__(self, key: str, **slots: object) -> str:
        """A text as markup: what is filled in is escaped, so nobody's input is read as markup."""
        return self._texts[key].format(**{name: look.escaped(str(value)) for name, value in slots.items()})

    def plain(self, key: str, **slots: object) -> str:
        """A text without markup, for a single line."""
        return self._texts[key].format(**slots)

    def paragraphs(self, key: str, **slots: object) -> tuple[str, ...]:
        return tuple(part.strip() for part in self(key, **slots).split("\n\n"))

    def lines(self, key: str, **slots: object) -> tuple[str, ...]:
        return tuple(self.plain(key, **slots).split("\n"))

    def counted(self, key: str, n: int) -> str:
        """The form of a text for a number of things: 1 move, 4 moves."""
        return self.plain(f"{key}_one" if n == 1 else key, n=n)

    def duration(self, seconds: int) -> str:
        if seconds % 60:
            return self.counted("second", seconds)
        return self.counted("minute", seconds // 60)

    def day(self, day: date, visit: date) -> str:
        """A date with the month in words; the year only where it is not the visit's."""
        months = self._texts["months"].split()
        key = "date" if day.year == visit.year else "date_with_year"
        said = self.plain(key, month=months[day.month - 1], day=day.day, year=day.year)
        return said.replace(" ", NO_BREAK)

    def full_day(self, day: date) -> str:
        months = self._texts["months"].split()
        return self.plain("date_with_year", month=months[day.month - 1], day=day.day, year=day.year)

    def month(self, day: date) -> str:
        months = self._texts["months"].split()
        return self.plain("month_with_year", month=months[day.month - 1], year=day.year)


def _commonest(values: Iterable[int]) -> int:
    counted = list(values)
    return max(counted, key=lambda value: (counted.count(value), -counted.index(value)))


@dataclass(frozen=True)
class Case:
    """What the sides draw from: the note, its plan and sheet, the words, the paper."""

    note: Note
    plan: NotePlan
    sheet: Sheet
    texts: Texts
    paper: Paper
    exercises: tuple[NoteExercise, ...]
    safety_page: int = 4
    with_name: bool = False
    replaces: date | None = None
    """The date on the sheet whose place this one takes."""

    @property
    def both(self) -> bool:
        return self.note.sore_knee == "both"

    @property
    def teen(self) -> bool:
        return self.sheet.age < 18

    @property
    def older(self) -> bool:
        return self.sheet.age >= 60

    @property
    def combined(self) -> bool:
        """Hip and knee moves together, which is what the sheet's title speaks of."""
        return {"HIP", "KNEE"} <= {each.chip for each in self.exercises}

    @property
    def hips(self) -> tuple[NoteExercise, ...]:
        """The moves that train a hip."""
        return tuple(each for each in self.exercises if each.chip == "HIP")

    def number_form(self, key: str) -> str:
        """The key of a text that has a form of its own for a plan of one move."""
        return f"{key}_one" if len(self.exercises) == 1 else key

    def form(self, key: str) -> str:
        """The key of a text that has a form of its own for two sore knees."""
        return f"{key}_both" if self.both else key

    def day(self, day: date) -> str:
        return self.texts.day(day, self.note.visit_date)

    def side_words(self, side: str) -> dict[str, str]:
        other = "left" if side == "right" else "right"
        return {"side": self.texts.plain(f"side_{side}"), "other": self.texts.plain(f"side_{other}")}

    @cached_property
    def shared_rest_s(self) -> int | None:
        """The rest of most cards, printed once; a card that differs prints its own."""
        rests = [each.rest_s for each in self.exercises if each.rest_s and each.sets > 1]
        return _commonest(rests) if rests else None

    def name_of(self, exercise: NoteExercise) -> str:
        return self.of_exercise(exercise, "patient_name")

    def of_exercise(self, exercise: NoteExercise, field: str) -> str:
        """A patient text of an exercise in the sheet's language."""
        text = getattr(exercise, field).get(self.texts.language)
        if not text:
            raise DocumentError(f"{exercise.id} has no {field} in {self.texts.language!r}.")
        return str(text)

    @property
    def phone(self) -> str:
        """The clinic's number as typed, or nothing where the font cannot show it."""
        phone = seen(self.note.clinic.phone)[:24]  # as long as the settings allow
        return "" if look.lacks(phone) else phone

    @property
    def clinic(self) -> str:
        """The clinic's name, or nothing where the font cannot show it: then a line to write on is printed."""
        name = seen(self.note.clinic.name)
        return "" if look.lacks(name) else name

    @property
    def address(self) -> str:
        address = seen(self.note.clinic.address)
        return "" if look.lacks(address) else address

    @property
    def therapist(self) -> str:
        parts = (seen(self.note.clinic.therapist), seen(self.note.clinic.licence))
        said = ", ".join(part for part in parts if part)
        return said if parts[0] and not look.lacks(said) else self.texts.plain("your_therapist")

    @property
    def name_on_sheet(self) -> str:
        """The first name when it is asked for and can be printed; else a line to write on is printed."""
        family, comma, given = seen(self.note.patient_name).partition(",")
        first = next(iter((given if comma else family).split()), "")
        return first if self.with_name and not look.lacks(first) else ""
