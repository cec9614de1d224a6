"""The letter to the clinician to whom the patient is sent: how urgent, what was found, what is asked.

It tells findings. What they could mean is named as a possibility, never as a diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Spacer

from evalassist.documents import look
from evalassist.documents.blocks import fitted, label, rule
from evalassist.documents.flow import (
    BOTTOM,
    FURNITURE,
    MARGIN,
    TOP,
    ByHand,
    SignatureLine,
    bold,
    cell,
    details,
    draft_mark,
    name_by_hand,
    pdf,
    struck,
    table,
    text,
)
from evalassist.documents.look import BOLD, INK, REGULAR, RULE, SECOND, SEMIBOLD, PaperName
from evalassist.documents.practice import practice_marked
from evalassist.errors import DocumentError
from evalassist.evaluation import Addendum
from evalassist.note import Note, NoteConclusion
from evalassist.translate import tr
from evalassist.wording.findings import (
    born,
    content_release,
    day,
    entered_in_error,
    how_soon,
    loud_knee,
    named,
    signed,
    standing,
    the_sore_knees,
    therapist,
)
from evalassist.words import clean, shortened

HEAD = 34.0
LETTER, LETTER_LEADING = 10.5, 13.5
URGENCY = {
    "EMERGENCY": ("EMERGENCY: now", "Please see this patient now, in the emergency department."),
    "URGENT": ("URGENT: {how_soon}", "Please see this patient {how_soon}."),
    "REFER": ("Within days to 2 weeks", "Please see this patient within days, within 2 weeks at the latest."),
}
ASKED = {
    "EMERGENCY": "Please assess and treat as you see fit.",
    "URGENT": "Please assess, arrange the imaging or tests you find necessary, and decide on weight bearing.",
    "REFER": "Please assess, and arrange the imaging or tests you find necessary.",
}
ANSWER = (
    "Please tell us what you found, which load and movement are allowed, and whether physical therapy "
    "may start or go on."
)
MOST = 600
"""Letters of one finding in the letter."""
IN_THE_NOTE = "… (see the evaluation note)"
TOLD = (
    *(("Safety", "Medical contact made"), ("Safety", "Tested anyway, because"), ("Safety", "Recorded")),
    *(("History", "Pain"), ("Knee examination", "Effusion")),
)
"""Lines of the note that the letter repeats, by the title of their part and their own."""
TESTING = ("Movement", "Hip and thigh strength", "Mobility and foot")


def referral_pdf(note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = ()) -> bytes:
    """Make the referral letter; only a visit that the safety screen stopped has one."""
    if note.action not in URGENCY or not note.red_flags:
        raise DocumentError(
            tr("There is no referral letter for this visit: the safety screen did not stop it.")
        )

    def furniture(canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
        if note.is_practice:
            practice_marked(canvas, sheet)
        if entered_in_error(addenda):
            struck(canvas, sheet, HEAD)
        _head(note, standing(note, addenda), canvas, sheet)
        _foot(note, canvas, sheet, page, of)

    return pdf(lambda width: _story(note, width), furniture, paper, HEAD, "Referral letter", note.clinic.name)


def _head(note: Note, stands: str, canvas: Canvas, sheet: look.Paper) -> None:
    left, right = MARGIN, sheet.width - MARGIN
    top = sheet.height - TOP
    edge = draft_mark(canvas, right, top, stands) - 8 if stands else right
    name, size = fitted(note.clinic.name or "Physical therapy", BOLD, 14, edge - left, 10)
    label(canvas, left, top - 11.5, name, size, BOLD)
    told = " · ".join(part for part in (note.clinic.address, note.clinic.phone) if part)
    if told:
        words, size = fitted(told, REGULAR, FURNITURE + 0.5, right - left, FURNITURE)
        label(canvas, left, top - 24, words, size, color=SECOND)
    rule(canvas, left, right, top - 29, 1.1)


def _foot(note: Note, canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
    left, right = MARGIN, sheet.width - MARGIN
    rule(canvas, left, right, BOTTOM + 11, 0.6, RULE)
    label(canvas, left, BOTTOM, content_release(note), FURNITURE, color=SECOND)
    label(canvas, right, BOTTOM, f"Page {page} of {of}", FURNITURE, SEMIBOLD, align="right")


# ---------------------------------------------------------------- the letter


def _story(note: Note, width: float) -> Iterator[Flowable]:
    action = note.action or ""
    soon = how_soon(flag.do_now for flag in note.red_flags if flag.level in ("", action))
    urgency, asks = (words.format(how_soon=soon) for words in URGENCY[action])
    yield Spacer(0, 12)
    yield WriteIn("To", "Date", day(note.visit_date), width)
    yield Spacer(0, 12)
    yield from _about(note, width)
    yield Spacer(0, 10)
    yield Urgency(urgency, width)
    yield Spacer(0, 8)
    name = look.escaped(named(note.patient_name)) or "the patient"
    sent = {"F": "she", "M": "he"}.get(note.sex, "the patient")
    yield _say(
        f"Dear colleague, {name} came for a physical therapy evaluation of "
        f"{look.escaped(the_sore_knees(note))}. In {note.found_in} {sent} had the findings below. {asks}"
    )
    yield from _part("What was found")
    yield _found(note, width)
    yield Spacer(0, 2)
    yield text(
        "The first column names what it could be: a reason to look, not a diagnosis.",
        FURNITURE,
        11,
    )
    yield from _part("What was not done")
    yield _say(look.escaped(_not_done(note)))
    yield from _part("What we ask")
    yield _say(f"{ASKED[action]} {ANSWER}")
    other = _other(note)
    if other:
        yield from _part("Other findings")
        yield from details(other, width)
    yield Spacer(0, 14)
    yield KeepTogether(list(_signature(note, width)))


def _say(markup: str) -> Flowable:
    return text(markup, LETTER, LETTER_LEADING)


def _part(words: str) -> list[Flowable]:
    return [Spacer(0, 9), text(bold(words), 11.5, 15)]


def _about(note: Note, width: float) -> Iterator[Flowable]:
    name = named(note.patient_name)
    if not name:
        yield ByHand("Name of the patient:", width * 0.7)
    rows = [
        ("About", name),
        ("Born", born(note)),
        ("Record", named(note.record_number)),
        ("Side", loud_knee(note.sore_knee)),
    ]
    for title, words in rows:
        if words:
            yield _say(f"{bold(title)}&nbsp;&nbsp; {look.escaped(words)}")
            if title == "About":
                yield from name_by_hand(words, width)


def _found(note: Note, width: float) -> Flowable:
    heads = ("Possible concern", "What was found", "To do now")
    rows: list[list[Any]] = [[cell(words, BOLD) for words in heads]]
    rows += [
        [text(bold(flag.title), 10, 12.5), _short(_finding(flag)), _short(flag.do_now)]
        for flag in note.red_flags
    ]
    return table(rows, (128, width - 128 - 150, 150))


def _short(words: str) -> Flowable:
    """What was found, cut where it would fill the letter: it must reach its reader."""
    return text(look.escaped(shortened(clean(words), MOST, IN_THE_NOTE)), 10, 12.5)


def _finding(flag: NoteConclusion) -> str:
    """The flag as a sentence and each finding behind it, without saying one thing twice."""
    says = flag.says.rstrip(".")
    found = [reason.text.removesuffix(": yes") for reason in flag.reasons]
    more = [words for words in found if words.lower() not in says.lower()]
    return says + (f". Found: {'; '.join(more)}." if more else ".")


def _not_done(note: Note) -> str:
    """What the findings forbade, and what was not asked; only what the note does not hold was left out."""
    tested = {section.title for section in note.sections}
    left_out = [title for title in TESTING if title not in tested]
    words = {"Movement": "movement", "Hip and thigh strength": "strength", "Mobility and foot": "mobility"}
    told = ""
    if left_out and note.action in ("EMERGENCY", "URGENT"):
        parts = [words[title] for title in left_out]
        listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
        told = (
            f"Because of these findings {listed} were not tested. "
            if len(parts) > 1
            else (f"Because of these findings {listed} was not tested. ")
        )
    if left := note.screen_asked - note.screen_answered:
        told += (
            f"{left} of the {note.screen_asked} questions of the safety screen "
            f"{'was' if left == 1 else 'were'} not answered. "
        )
    if note.follow_up is not None and note.follow_up.phase is not None:
        return told + (
            "The patient has an exercise plan from an earlier visit. No new one was made, and that one does not go on "
            "until the patient is cleared."
        )
    return told + "No exercise plan was made, and there is none until the patient is cleared."


def _other(note: Note) -> list[tuple[str, str]]:
    """Whom the therapist has reached, pain with its duration, what the safety step recorded beside the questions."""
    return [
        (line.label, shortened(clean(line.value), MOST, IN_THE_NOTE))
        for section in note.sections
        for line in section.lines
        if (section.title, line.label) in TOLD
    ]


def _signature(note: Note, width: float) -> Iterator[Flowable]:
    if told := signed(note):
        yield _say(bold(told))
    else:
        yield SignatureLine(therapist(note), width * 0.7)


class WriteIn(Flowable):
    """A name, a line to write on, and a fact at the right."""

    def __init__(self, name: str, fact: str, value: str, width: float) -> None:
        super().__init__()
        self.name, self.fact, self.value, self.wide = name, fact, value, width

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.wide, 16

    def draw(self) -> None:
        canvas = self.canv
        at = label(canvas, 0, 3, f"{self.name}:", LETTER, BOLD) + 6
        right = self.wide - look.text_width(f"{self.fact}  {self.value}", BOLD, LETTER)
        rule(canvas, at, right - 24, 1)
        label(canvas, right, 3, self.fact, LETTER, BOLD)
        label(canvas, self.wide, 3, self.value, LETTER, align="right")


class Urgency(Flowable):
    """How soon, in words, in a box that no one overlooks."""

    def __init__(self, words: str, width: float) -> None:
        super().__init__()
        self.words, self.wide = words, width

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.wide, 28

    def draw(self) -> None:
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(2)
        self.canv.rect(1, 1, self.wide - 2, 26, stroke=1, fill=0)
        label(self.canv, 12, 8.7, self.words, 15, BOLD)
