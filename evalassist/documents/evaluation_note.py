"""The evaluation note for the record: findings, assessment and plan of care, signed or to be signed.

An empty field never prints, tables repeat their heads, and a signature is never torn apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer

from evalassist.clinical.facts import WITHIN_ERROR
from evalassist.documents import look
from evalassist.documents.blocks import fitted, label, rule
from evalassist.documents.flow import (
    BOTTOM,
    FURNITURE,
    MARGIN,
    TEXT,
    TOP,
    SignatureLine,
    beside,
    bold,
    cell,
    day,
    draft_mark,
    heading,
    name_by_hand,
    named,
    pdf,
    side_by_side,
    table,
    text,
)
from evalassist.documents.look import BOLD, REGULAR, RULE, SECOND, SEMIBOLD, PaperName
from evalassist.documents.note_assessment import assessment
from evalassist.documents.note_plan import plan_of_care
from evalassist.evaluation import Addendum
from evalassist.note import Line, Note, Section

HEAD = 38.0
LEAST_NAME = 90.0
"""Width that a long record number leaves to the name."""
SHORT = 30
"""Letters of a line that may share its place with others."""
TITLES = {
    "initial": "Physical therapy initial evaluation",
    "re-evaluation": "Physical therapy re-evaluation",
    "discharge": "Physical therapy discharge evaluation",
}
SYMMETRIES = (
    ("Involved ÷ uninvolved", "sore side ", " of the other"),
    ("Weaker ÷ stronger", "weaker side ", " of the stronger, asymmetry only"),
)
"""When all rows compare in one way, the head of the column says it once."""


def evaluation_note_pdf(note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = ()) -> bytes:
    """Make the evaluation note: the same note gives the same bytes, and no file name tells the patient's name.

    `addenda` are what was written after signing; they stand after the signature and change nothing before it.
    """

    def furniture(canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
        _head(note, canvas, sheet)
        _foot(note, canvas, sheet, page, of)

    return pdf(
        lambda width: _story(note, addenda, width),
        furniture,
        paper,
        HEAD,
        TITLES[note.kind],
        note.clinic.name,
    )


def _head(note: Note, canvas: Canvas, sheet: look.Paper) -> None:
    left, right = MARGIN, sheet.width - MARGIN
    top = sheet.height - TOP
    edge = right if note.signed_at else draft_mark(canvas, right, top) - 8
    title = label(canvas, left, top - 12, TITLES[note.kind], 15, BOLD)
    if note.clinic.name:
        name, size = fitted(note.clinic.name, REGULAR, TEXT, edge - left - title - 14, FURNITURE)
        label(canvas, edge, top - 11.3, name, size, align="right")
    sides = "BOTH knees" if note.sore_knee == "both" else f"{note.sore_knee.upper()} knee"
    facts = [f"born {day(note.birth_date)} ({note.age} y, {note.sex})", f"visit {day(note.visit_date)}"]
    room = right - left - look.text_width(sides, BOLD, TEXT) - 12
    room -= sum(look.text_width(fact, REGULAR, TEXT) + 12 for fact in facts)
    if named(note.record_number):
        left_over = room - LEAST_NAME - 12 - look.text_width("record ", REGULAR, TEXT)
        number, _ = fitted(named(note.record_number), REGULAR, TEXT, left_over, TEXT)
        facts.insert(1, f"record {number}")
        room -= look.text_width(facts[1], REGULAR, TEXT) + 12
    if named(note.patient_name):
        name, size = fitted(named(note.patient_name), BOLD, 10.5, room, FURNITURE)
        at = left + label(canvas, left, top - 28, name, size, BOLD) + 12
    else:
        said = label(canvas, left, top - 28, "Name:", 10.5, BOLD)
        at = left + max(said + 30, min(room, 150))
        rule(canvas, left + said + 4, at, top - 30)
        at += 12
    at += label(canvas, at, top - 28, sides, TEXT, BOLD) + 12
    for fact in facts:
        at += label(canvas, at, top - 28, fact, TEXT) + 12
    rule(canvas, left, right, top - 34, 1.1)


def _foot(note: Note, canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
    left, right = MARGIN, sheet.width - MARGIN
    rule(canvas, left, right, BOTTOM + 11, 0.6, RULE)
    content = f"Clinical content {note.release}, evidence checked {note.evidence_checked}"
    told = " · ".join(part for part in (note.clinic.address, note.clinic.phone, content) if part)
    words, size = fitted(told, REGULAR, FURNITURE, right - left - 70, FURNITURE)
    label(canvas, left, BOTTOM, words, size, color=SECOND)
    label(canvas, right, BOTTOM, f"Page {page} of {of}", FURNITURE, SEMIBOLD, align="right")


# ---------------------------------------------------------------- the story


def _story(note: Note, addenda: Sequence[Addendum], width: float) -> Iterator[Flowable]:
    yield from name_by_hand(note.patient_name, width)
    if "Safety" not in {section.title for section in note.sections}:
        yield from beside("Safety", [(note.action or "", note.action_text)], width)
    for section in note.sections:
        rows, others = _strength_rows(section)
        if rows:
            yield Spacer(0, 3)
            yield from _strength_table(section.title, rows, width)
        lines = [(line.label, line.value) for line in others]
        if section.title == "Safety" and note.action != "NONE":
            lines.insert(0, (note.action or "", note.action_text))
        yield from beside("" if rows else section.title, _short_together(lines), width)
    left_out = "; ".join(f"{line.label}: {line.value}" for line in note.not_tested)
    if left_out:
        yield from beside("Not tested", [("", left_out)], width)
    yield from assessment(note, width)
    if note.defaults:
        set_otherwise = "; ".join(f"{line.label}: {line.value}" for line in note.defaults)
        yield from beside("Limits set by the clinic", [("", set_otherwise)], width)
    if note.plan:
        yield from plan_of_care(note, note.plan, width)
    elif note.no_plan_because:
        yield from heading("Plan of care")
        yield text(f"<b>No plan of care.</b> {look.escaped(note.no_plan_because)}")
    yield KeepTogether([*_references(note), *_signatures(note, width)])  # a signature never stands alone
    for addendum in addenda:
        yield from _addendum(addendum, note)


def _references(note: Note) -> Iterator[Flowable]:
    if note.references:
        told = [f"<b>{n}</b> {look.escaped(line.value)}" for n, line in enumerate(note.references, start=1)]
        yield Spacer(0, 4)
        yield text(f"<b>References</b>&nbsp; {'&nbsp; '.join(told)}", FURNITURE, 11)


def _short_together(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Scores share a line; what is longer than a score keeps its own."""
    told: list[tuple[str, str]] = []
    shared = False
    for name, value in lines:
        short = len(name) + len(value) <= SHORT
        if short and shared:
            told[-1] = (told[-1][0], f"{told[-1][1]}; {name} {value}")
        else:
            told.append((name, value))
        shared = short
    return told


# ---------------------------------------------------------------- strength


def _strength_rows(section: Section) -> tuple[list[tuple[str, str, str, str]], list[Line]]:
    """Lines that read `right …; left …; …` become rows of a table; all others stay lines."""
    rows, others = [], []
    for line in section.lines:
        parts = line.value.split("; ")
        right = next((part for part in parts if part.startswith("right ")), "")
        left = next((part for part in parts if part.startswith("left ")), "")
        if "strength" not in section.title.lower() or not (right or left):
            others.append(line)
            continue
        more = [part for part in parts if part not in (right, left, WITHIN_ERROR)]
        symmetry = "; ".join(more) + (" †" if WITHIN_ERROR in parts else "")
        rows.append((line.label, _found(right), _found(left), symmetry))
    return rows, others


def _found(side: str) -> str:
    """What stands in the column of a side: without its name, pain without the range the head names."""
    return side.removeprefix("right ").removeprefix("left ").replace("/10", "")


def _strength_table(
    title: str, rows: Sequence[tuple[str, str, str, str]], width: float
) -> Iterator[Flowable]:
    told = "Symmetry"
    for name, before, after in SYMMETRIES:
        if all(row[3].startswith(before) for row in rows if row[3]):
            told = name
            rows = [(*row[:3], row[3].replace(before, "").replace(after, "")) for row in rows]
            break
    columns = range(4 if any(row[3] for row in rows) else 3)
    heads = (title, "Right (trials), pain 0-10", "Left (trials), pain 0-10", told)
    body = [[cell(look.escaped(row[n]), REGULAR if n else SEMIBOLD) for n in columns] for row in rows]
    last = 80 if told != "Symmetry" else 110
    middle = (width - 102 - last) / 2
    widths = (102, middle, middle, last)
    yield table([[cell(heads[n], BOLD) for n in columns], *body], [widths[n] for n in columns])
    if any("†" in row[3] for row in rows):
        yield text(f"† {WITHIN_ERROR}", FURNITURE, 11)


# ---------------------------------------------------------------- the end


def _addendum(addendum: Addendum, note: Note) -> Iterator[Flowable]:
    """What was added after signing, with who wrote it and when, by the clock by which the note was signed."""
    written_at = addendum.written_at.astimezone(note.signed_at.tzinfo if note.signed_at else None)
    when = f"{day(written_at.date())} at {written_at:%H:%M}"
    yield CondPageBreak(42)
    yield Spacer(0, 6)
    yield text(bold(f"Addendum by {named(addendum.clinician)}, {when}"))
    for line in addendum.text.splitlines():
        if look.seen(line):
            yield text(look.escaped(line))


def _signatures(note: Note, width: float) -> Iterator[Flowable]:
    lines = []
    if note.signed_at:
        licence = f", license {named(note.signed_licence)}" if note.signed_licence else ""
        when = f"{day(note.signed_at.date())} at {note.signed_at:%H:%M}"
        yield text(bold(f"Signed by {named(note.signed_by)}{licence}, {when}"))
    else:
        licence = f", license {note.clinic.licence}" if note.clinic.licence else ""
        lines.append(f"{note.clinic.therapist or 'Physical therapist'}{licence}")
    if note.plan and note.plan.certification_due:
        lines.append("Physician or NPP, where needed")
    if lines:
        half = (width - 24) / 2
        yield side_by_side([SignatureLine(words, half) for words in lines], [half + 24] * len(lines))
