"""The words of the patient's sheet in one language, and the facts of the note that its sides ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from evalassist.content.patient_texts import load_patient_texts
from evalassist.documents import look
from evalassist.documents.look import Paper
from evalassist.errors import DocumentError
from evalassist.note import Language, Note, NoteExercise, NotePlan, Sheet
from evalassist.settings import NameOnSheet
from evalassist.sheet_checks import MOST_OF_A_PHONE, letters_of
from evalassist.translate import tr
from evalassist.words import seen, shortened

NO_BREAK = "\u00a0"
LOG_WEEKS = 6
"""Of so many weeks the log is where the sheet asks for no number of them [P]."""


LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "es": "Spanish"}


class Texts:
    """Every text of the sheet in one language, asked for by its key.

    A sheet never mixes languages: when a text is missing in its language, the sheet is refused.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        content = load_patient_texts()
        self.studies, self.form = content.studies, content.form
        if missing := content.missing_in(language):
            raise DocumentError(
                tr(
                    "The sheet does not exist in {language_names} yet. {count} of its texts are missing: "
                    "{missing}."
                ).format(
                    language_names=LANGUAGE_NAMES[language], count=len(missing), missing=", ".join(missing)
                )
            )
        self._texts = {key: (text.in_language(language) or "").strip() for key, text in content.texts.items()}
        self._said = {
            text.en: self._texts[key]
            for key, text in content.texts.items()
            if key.startswith(("count_", "load_"))
        }

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

    def counted(self, key: str, n: int | str) -> str:
        """The form of a text for a number of things: 1 move, 4 moves, 3–6 days."""
        return self.plain(f"{key}_one" if str(n) == "1" else key, n=n)

    def said(self, english: str) -> str:
        """What the content says in English: a count that is no number of times (10 steps each way), a step of load."""
        if self.language == "en" or not any(map(str.isalpha, english)):
            return english
        if english not in self._said:
            raise DocumentError(
                tr("The words {english!r} do not exist in {language_names} yet.").format(
                    english=english, language_names=LANGUAGE_NAMES[self.language]
                )
            )
        return self._said[english]

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


@dataclass(frozen=True, eq=False)
class Case:
    """What the sides draw from: the note, its plan and sheet, the words, the paper."""

    note: Note
    plan: NotePlan
    sheet: Sheet
    texts: Texts
    paper: Paper
    exercises: tuple[NoteExercise, ...]
    moves_page: int = 2
    safety_page: int = 4
    name: NameOnSheet = "none"
    logo: bytes = b""
    """The clinic's, as `fitted_logo` made it."""
    replaces: date | None = None
    """The date on the sheet whose place this one takes."""

    @property
    def both(self) -> bool:
        return self.note.sore_knee == "both"

    @property
    def ends(self) -> bool:
        """Care ends with this visit: no next one is spoken of."""
        return self.note.discharge is not None

    @property
    def foot(self) -> str:
        """The text that says what the sheet is."""
        return "foot_after" if self.ends else "foot"

    @property
    def log_weeks(self) -> int:
        """Of how many weeks the log is where there is room: of those the sheet asks for."""
        return self.sheet.weeks or LOG_WEEKS

    @property
    def log_how(self) -> str:
        """How the log is filled in."""
        return self.texts("log_how") if self.ends else f"{self.texts('log_how')} {self.texts('log_bring')}"

    @property
    def questions(self) -> str:
        """The text above the lines for what the patient wants to ask."""
        return "questions_after" if self.ends else "questions"

    @property
    def teen(self) -> bool:
        return self.sheet.age < 18

    @property
    def older(self) -> bool:
        return self.sheet.age >= 60

    @property
    def days_differ(self) -> bool:
        """Not every move is done on the same number of days: each card says its own."""
        return len({each.days_per_week for each in self.exercises}) > 1

    @property
    def days_a_week(self) -> str:
        """On how many days the moves are done: "3", or "3–6" where they differ."""
        days = {each.days_per_week for each in self.exercises} or {self.sheet.days_per_week}
        return f"{min(days)}–{max(days)}" if self.days_differ else str(min(days))

    @property
    def combined(self) -> bool:
        """Hip and knee moves together, which is what the sheet's title speaks of."""
        return self.moves_later or {"HIP", "KNEE"} <= {each.chip for each in self.exercises}

    @property
    def moves_later(self) -> bool:
        """The sheet says why, and the moves come at the next visit."""
        return not self.exercises

    @property
    def of_hips(self) -> bool:
        """The sheet says how hip training helps: it has hip moves, or none yet."""
        return self.moves_later or bool(self.hips)

    @property
    def hips(self) -> tuple[NoteExercise, ...]:
        """The moves that train a hip."""
        return tuple(each for each in self.exercises if each.chip == "HIP")

    def number_form(self, key: str) -> str:
        """The key of a text that has a form of its own for a plan of one move."""
        return f"{key}_one" if len(self.exercises) == 1 else key

    def form(self, key: str) -> str:
        """The key of a text, or of its form for two sore knees where it has one."""
        return self.texts.form(key, both=self.both)

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
        return exercise.patient_name[self.texts.language]

    @property
    def phone(self) -> str:
        """The clinic's number as typed, or nothing where the font cannot show it."""
        phone = seen(self.note.clinic.phone)[:MOST_OF_A_PHONE]
        return "" if look.lacks(phone) else phone

    @property
    def ask_first(self) -> str:
        """When to ask before starting, whole and as markup; nothing where the therapist did not say."""
        said = self._own_words("ask-first", self.sheet.ask_first)
        return self.texts("ask_first", why=f"{said.removesuffix('.')}.") if said else ""

    @property
    def therapist_note(self) -> str:
        return self._own_words("note-to-patient", self.sheet.therapist_note)

    def _own_words(self, item_id: str, text: str) -> str:
        """A text of the therapist's; where the font cannot show it, a line to write on."""
        said = shortened(seen(text), letters_of(item_id))
        return "_" * 40 if look.lacks(said) else said

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
        """As much of the name as is asked for and can be printed; else a line to write on is printed."""
        if self.name == "none":
            return ""
        whole = seen(self.note.patient_name)
        family, comma, given = whole.partition(",")
        first, *others = (given if comma else whole).split() or [""]
        last = family.strip() if comma else "".join(others[-1:])
        initial = last[:1].upper()
        asked = f"{first} {initial}." if self.name == "first-initial" and first and initial else first
        return "" if look.lacks(asked) else asked


def refuse_missing(exercises: Iterable[NoteExercise], language: Language) -> None:
    """A card never mixes languages and never lacks a part: say which texts of which exercise do not exist."""
    missing = [
        f"{each.patient_name.get('en') or each.name} ({', '.join(parts)})"
        for each in exercises
        if (parts := _missing_parts(each, language))
    ]
    if missing:
        raise DocumentError(
            tr("The sheet cannot be printed in {language_names} yet. Missing: {missing}.").format(
                language_names=LANGUAGE_NAMES[language], missing="; ".join(missing)
            )
        )


def _missing_parts(exercise: NoteExercise, language: Language) -> list[str]:
    parts: tuple[tuple[str, Mapping[Language, object], bool], ...] = (
        ("name", exercise.patient_name, True),
        ("steps", exercise.steps, True),
        ("where to feel it", exercise.feel, True),
        ("what is easier", exercise.easier, bool(exercise.easier)),
        ("what is harder", exercise.harder, bool(exercise.harder)),
    )
    return [name for name, texts, needed in parts if needed and not texts.get(language)]
