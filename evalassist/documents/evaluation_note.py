"""The evaluation note for the record: findings, assessment and plan of care, signed or to be signed.

An empty field never prints, tables repeat their heads, and a signature is never torn apart.
"""

from __future__ import annotations

import re
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
    draft_mark,
    heading,
    name_by_hand,
    page_told,
    pdf,
    side_by_side,
    struck,
    table,
    text,
    warning,
)
from evalassist.documents.look import BOLD, REGULAR, RULE, SECOND, SEMIBOLD, PaperName
from evalassist.documents.note_assessment import assessment
from evalassist.documents.note_discharge import discharge
from evalassist.documents.note_follow_up import follow_up
from evalassist.documents.note_plan import plan_of_care
from evalassist.documents.practice import practice_marked
from evalassist.evaluation import Addendum
from evalassist.note import Line, Note, Section
from evalassist.strength_lines import METHOD
from evalassist.wording.findings import (
    TITLES,
    addendum_head,
    addendum_lines,
    born,
    clinic_limits,
    content_release,
    day,
    entered_in_error,
    error_told,
    loud_knee,
    named,
    not_tested,
    safety_alone,
    signed,
    standing,
    step_lines,
    to_sign,
)

HEAD = 38.0
NAMES = 122.0
"""Width of the names of the muscle groups, with their lever arms."""
NOTHING = "–"
"""Stands in the column of a side that was not measured: read as text, an empty one is not there."""
LEAST_NAME = 90.0
"""Width that a long record number leaves to the name."""
SYMMETRIES = (
    ("Weaker ÷ stronger", ", asymmetry only", re.compile(" side(?= )| of the (right|left), asymmetry only")),
    ("Involved ÷ uninvolved", " side ", re.compile("^(right|left) side | of the (right|left)")),
)
"""When all rows compare in one way, the head of the column says it once; which side is weaker stays in the row."""


def evaluation_note_pdf(
    note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = (), code: str = ""
) -> bytes:
    """Make the evaluation note: the same note gives the same bytes, and no file name tells the patient's name.

    `addenda` are what was written after signing; they stand after the signature and change nothing before it.
    `code` stands at the foot of a signed note, by which the paper is checked against the record.
    """
    stands = standing(note, addenda)

    def furniture(canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
        if note.is_practice:
            practice_marked(canvas, sheet)
        if entered_in_error(addenda):
            struck(canvas, sheet, HEAD)
        note_head(note, stands, canvas, sheet, TITLES[note.kind])
        note_foot(note, canvas, sheet, page_told(code, page, of))

    return pdf(
        lambda width: _story(note, addenda, width),
        furniture,
        paper,
        HEAD,
        TITLES[note.kind],
        note.clinic.name,
    )


def note_head(note: Note, stands: str, canvas: Canvas, sheet: look.Paper, titled: str) -> None:
    """Title, clinic, who it is about, and where the note stands; on every page."""
    left, right = MARGIN, sheet.width - MARGIN
    top = sheet.height - TOP
    edge = draft_mark(canvas, right, top, stands) - 8 if stands else right
    title = label(canvas, left, top - 12, titled, 15, BOLD)
    if note.clinic.name:
        name, size = fitted(note.clinic.name, REGULAR, TEXT, edge - left - title - 14, FURNITURE)
        label(canvas, edge, top - 11.3, name, size, align="right")
    sides = loud_knee(note.sore_knee)
    facts = [f"born {born(note)}", f"visit {day(note.visit_date)}"]
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


def note_foot(note: Note, canvas: Canvas, sheet: look.Paper, told_right: str) -> None:
    """Address, release of the content, page; on every page."""
    left, right = MARGIN, sheet.width - MARGIN
    rule(canvas, left, right, BOTTOM + 11, 0.6, RULE)
    told = " · ".join(
        part for part in (note.clinic.address, note.clinic.phone, content_release(note)) if part
    )
    room = right - left - max(70, look.text_width(told_right, SEMIBOLD, FURNITURE) + 12)
    words, size = fitted(told, REGULAR, FURNITURE, room, FURNITURE)
    label(canvas, left, BOTTOM, words, size, color=SECOND)
    label(canvas, right, BOTTOM, told_right, FURNITURE, SEMIBOLD, align="right")


# ---------------------------------------------------------------- the story


def _story(note: Note, addenda: Sequence[Addendum], width: float) -> Iterator[Flowable]:
    yield from name_by_hand(note.patient_name, width)
    if error := error_told(note, addenda):
        yield warning(error)
    yield from beside("Safety", safety_alone(note), width)
    for section in note.sections:
        rows, others = _strength_rows(section)
        if rows:
            method, others = _method(others)
            yield Spacer(0, 3)
            yield from _strength_table(section.title, method, rows, width)
        lines = step_lines(note, section.title, others)
        yield from beside("" if rows else section.title, lines, width)
    if left_out := not_tested(note):
        yield from beside("Not tested", [("", left_out)], width)
    if note.follow_up:
        yield from follow_up(note.follow_up, width)
    yield from assessment(note, width)
    if note.discharge:
        yield from discharge(note.discharge, width, note.clinic.phone)
    if limits := clinic_limits(note):
        yield from beside("Limits set by the clinic", [("", limits)], width)
    if note.plan:
        yield from plan_of_care(note, note.plan, width)
    elif note.no_plan_because:
        yield from heading("Plan of care")
        yield text(f"<b>No plan of care.</b> {look.escaped(note.no_plan_because)}")
    # a signature never stands alone
    yield KeepTogether([*_references(note), *signatures(note, standing(note, addenda), width)])
    for addendum in addenda:
        yield from note_addendum(addendum, note)


def _references(note: Note) -> Iterator[Flowable]:
    if note.references:
        told = [f"<b>{n}</b> {look.escaped(line.value)}" for n, line in enumerate(note.references, start=1)]
        yield Spacer(0, 4)
        yield text(f"<b>References</b>&nbsp; {'&nbsp; '.join(told)}", FURNITURE, 11)


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


def _method(lines: Sequence[Line]) -> tuple[str, list[Line]]:
    """How strength was measured, for the head of the table; the device and the tester stay a line."""
    told = next((line.value for line in lines if line.label == METHOD), "")
    how, _, by_whom = told.partition("; ")
    others = [line for line in lines if line.label != METHOD]
    return how, [Line(label=METHOD, value=by_whom), *others] if by_whom else others


def _found(side: str) -> str:
    """What stands in the column of a side: without its name, pain without the range the head names."""
    return side.removeprefix("right ").removeprefix("left ").replace("/10", "")


def _strength_table(
    title: str, method: str, rows: Sequence[tuple[str, str, str, str]], width: float
) -> Iterator[Flowable]:
    told = "Symmetry"
    for name, sign, alike in SYMMETRIES:
        if all(sign in row[3] for row in rows if row[3]):
            told = name
            rows = [(*row[:3], alike.sub("", row[3])) for row in rows]
            break
    columns = range(4 if any(row[3] for row in rows) else 3)
    heads = tuple(
        bold(head) for head in (title, "Right (trials), pain 0-10", "Left (trials), pain 0-10", told)
    )
    heads = (f"{heads[0]}<br/>{look.escaped(method)}" if method else heads[0], *heads[1:])
    rows = [(row[0], row[1] or NOTHING, row[2] or NOTHING, row[3]) for row in rows]
    body = [[cell(look.escaped(row[n]), REGULAR if n else SEMIBOLD) for n in columns] for row in rows]
    last = 80 if told != "Symmetry" else 110
    middle = (width - NAMES - last) / 2
    widths = (NAMES, middle, middle, last)
    yield table([[cell(heads[n]) for n in columns], *body], [widths[n] for n in columns])
    if any("†" in row[3] for row in rows):
        yield text(f"† {WITHIN_ERROR}", FURNITURE, 11)


# ---------------------------------------------------------------- the end


def note_addendum(addendum: Addendum, note: Note) -> Iterator[Flowable]:
    """What was added after signing, with who wrote it and when."""
    yield CondPageBreak(42)
    yield Spacer(0, 6)
    yield text(bold(addendum_head(addendum, note)))
    for line in addendum_lines(addendum):
        yield text(look.escaped(line))


def signatures(note: Note, stands: str, width: float) -> Iterator[Flowable]:
    """Who signed, or the lines for it."""
    if told := signed(note):
        yield text(bold(told))
        if stands:
            yield text(bold(f"{stands}."))
    lines = list(to_sign(note))
    if lines:
        half = (width - 24) / 2
        yield side_by_side([SignatureLine(words, half) for words in lines], [half + 24] * len(lines))
