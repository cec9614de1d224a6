"""The plan of care as a paper of its own, to be sent, faxed and signed: what a plan must hold, on one or two pages.

A fax knows black and white only. So all is black on white, no type is under 10 points and no line under 0.75.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, Spacer, Table

from evalassist.documents import look
from evalassist.documents.blocks import fitted, label, rule
from evalassist.documents.flow import (
    BOTTOM,
    MARGIN,
    TOP,
    ByHand,
    SignatureLine,
    bold,
    counted,
    page_told,
    pdf,
    struck,
    warning,
)
from evalassist.documents.look import BLACK, BOLD, REGULAR, PaperName
from evalassist.documents.practice import practice_marked
from evalassist.errors import DocumentError
from evalassist.evaluation import Addendum
from evalassist.note import Note, NotePlan
from evalassist.wording.care_plan import (
    NOT_SIGNED,
    TITLES,
    Told,
    certifies,
    cut,
    dates,
    found,
    order_stands,
    treatment,
)
from evalassist.wording.findings import (
    addendum_head,
    day,
    entered_in_error,
    error_told,
    loud_knee,
    named,
    signed,
    standing,
    therapist,
)
from evalassist.wording.plan import codes_told, goal_rows
from evalassist.words import lower_first

SIZE, LEADING = 10.0, 11.9
LINE = 0.75
"""Thinner rules are lost at 200 dots an inch."""
HEAD = 46.0
NAMES = 92.0
"""Width of the column in which the parts are named."""
Row = tuple[str, list[Paragraph]]
"""The name of a part and its paragraphs."""


def plan_of_care_pdf(
    note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = (), code: str = ""
) -> bytes:
    """Make the plan of care: the same note gives the same bytes. Only a visit with a plan has one."""
    plan, stands = note.plan, standing(note, addenda)
    if plan is None:
        raise DocumentError(f"There is no plan of care for this visit. {note.no_plan_because}".strip())

    def furniture(canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
        if note.is_practice:
            practice_marked(canvas, sheet)
        if entered_in_error(addenda):
            struck(canvas, sheet, HEAD)
        _head(note, canvas, sheet)
        _foot(note, stands, canvas, sheet, page_told(code, page, of))

    return pdf(
        lambda width: _story(note, plan, addenda, width),
        furniture,
        paper,
        HEAD,
        TITLES[note.kind],
        note.clinic.name,
    )


# ---------------------------------------------------------------- head and foot: on every page, for pages get parted


def _head(note: Note, canvas: Canvas, sheet: look.Paper) -> None:
    left, right = MARGIN, sheet.width - MARGIN
    top = sheet.height - TOP
    title = label(canvas, left, top - 12, TITLES[note.kind], 15, BOLD, BLACK)
    clinic = " · ".join(part for part in (note.clinic.name, note.clinic.phone) if part)
    words, size = fitted(clinic, REGULAR, SIZE, right - left - title - 16, SIZE)
    label(canvas, right, top - 12, words, size, color=BLACK, align="right")
    facts = [f"born {day(note.birth_date)}", f"evaluated {day(note.visit_date)}"]
    if named(note.record_number):
        number, _ = fitted(named(note.record_number), REGULAR, SIZE, 110, SIZE)
        facts.insert(1, f"record {number}")
    told = " · ".join(facts)
    room = right - left - look.text_width(told, REGULAR, SIZE) - 14
    if named(note.patient_name):
        name, size = fitted(named(note.patient_name), BOLD, 12, room, SIZE)
        label(canvas, left, top - 30, name, size, BOLD, BLACK)
    else:
        said = label(canvas, left, top - 30, "Name:", 12, BOLD, BLACK)
        rule(canvas, left + said + 4, left + room, top - 32, LINE, BLACK)
    label(canvas, right, top - 30, told, SIZE, color=BLACK, align="right")
    rule(canvas, left, right, top - 37, 1.2, BLACK)


def _foot(note: Note, stands: str, canvas: Canvas, sheet: look.Paper, told_right: str) -> None:
    left, right = MARGIN, sheet.width - MARGIN
    rule(canvas, left, right, BOTTOM + 12, LINE, BLACK)
    state = "" if not stands else f"{stands.upper()}. " if signed(note) else f"{NOT_SIGNED} "
    room = right - left - max(80, look.text_width(told_right, BOLD, SIZE) + 12)
    words, size = fitted(f"{state}{note.clinic.address}".strip(), REGULAR, SIZE, room, SIZE)
    label(canvas, left, BOTTOM, words, size, BOLD if state else REGULAR, BLACK)
    label(canvas, right, BOTTOM, told_right, SIZE, BOLD, BLACK, "right")


# ---------------------------------------------------------------- the story


def _story(note: Note, plan: NotePlan, addenda: Sequence[Addendum], width: float) -> Iterator[Flowable]:
    if look.lacks(named(note.patient_name)):
        yield ByHand("Some signs could not be printed: write the name by hand:", width, BLACK)
    if error := error_told(note, addenda):
        yield warning(error)
    yield _table([_diagnosis(note, plan), *_parts((("Found", found(note)),))], width)
    if plan.goals:
        yield from _part("Goals")
        yield _goals(plan, width)
    yield from _part("Treatment")
    yield _table(_parts(treatment(plan)), width)
    ends = [*_part("Dates"), _table(_parts(dates(plan)), width), Spacer(0, 6)]
    # No signature stands on a page of its own.
    yield KeepTogether([*ends, *_therapist(note, addenda, width), *_provider(plan, width)])


def _say(markup: str, font: str = REGULAR) -> Paragraph:
    return counted(markup, look.style(SIZE, LEADING, font, BLACK))


def _part(words: str) -> list[Flowable]:
    return [CondPageBreak(60), Spacer(0, 4), _say(bold(words))]


def _parts(told: Told) -> list[Row]:
    return [(name, [_say(_text(words)) for words in paragraphs if words]) for name, paragraphs in told]


def _diagnosis(note: Note, plan: NotePlan) -> Row:
    named_knee = bold(f"Patellofemoral pain, {loud_knee(note.sore_knee)}")
    onset = f". Onset {look.escaped(plan.onset)}" if plan.onset else ""
    return "Diagnosis", [_say(f"{named_knee}{onset}."), _say(_text(": ".join(codes_told(plan, "diagnosis"))))]


def _table(parts: Sequence[Row], width: float) -> Flowable:
    """Names at the left, what belongs to them beside; a part without words is left out."""
    rows = [
        [_say(bold(name)) if not number else "", paragraph]
        for name, paragraphs in parts
        for number, paragraph in enumerate(paragraphs)
    ]
    return Table(rows, colWidths=(NAMES, width - NAMES), style=_style(), hAlign="LEFT", spaceBefore=2)


def _style() -> list[tuple[Any, ...]]:
    return [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("TEXTCOLOR", (0, 0), (-1, -1), BLACK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]


def _text(words: str) -> str:
    return look.escaped(words).replace(" %", "\u00a0%")


# ---------------------------------------------------------------- goals


def _goals(plan: NotePlan, width: float) -> Flowable:
    short = plan.short_term_ends
    heads = ["Goal, how measured", "Now", f"By {day(short)}" if short else "", f"By {day(plan.ends)}"]
    heads.append("What the patient will do")
    widths = [116.0, 46.0, 64.0, 64.0]
    if short is None:
        del heads[2], widths[2]
    widths.append(width - sum(widths))
    rows: list[list[Any]] = [[_say(bold(words)) for words in heads]]
    for row in goal_rows(plan, remarks=False):
        columns = [row.now, row.in_column, row.long]
        if short is None:
            del columns[1]
        measure = f", {look.escaped(row.measure)}" if row.measure else ""
        targets = [_say(look.escaped(words)) for words in columns]
        rows.append([_say(bold(row.title) + measure), *targets, _say(_text(cut(row.words)))])
    style = _style()
    style += [
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("LINEABOVE", (0, 0), (-1, 0), 1.2, BLACK),
        ("LINEBELOW", (0, 0), (-1, -1), LINE, BLACK),
        ("LINEBELOW", (0, -1), (-1, -1), 1.2, BLACK),
    ]
    return Table(rows, colWidths=widths, repeatRows=1, style=style, hAlign="LEFT", spaceBefore=2)


# ---------------------------------------------------------------- signatures


def _therapist(note: Note, addenda: Sequence[Addendum], width: float) -> Iterator[Flowable]:
    by = signed(note)
    yield _say(bold(f"Established and {lower_first(by)}")) if by else _line(therapist(note), width)
    for addendum in addenda:
        if addendum.kind == "co-signature":
            yield _say(bold(addendum_head(addendum, note)))
    if by and (stands := standing(note, addenda)):
        yield _say(bold(f"{stands}."))


def _provider(plan: NotePlan, width: float) -> Iterator[Flowable]:
    """What the physician or NPP signs, or why no signature is needed."""
    if not certifies(plan):
        yield _line("Physician or NPP, where payer or state ask for it", width)
        return
    yield Spacer(0, 6)
    if order_stands(plan):
        yield _say(look.escaped(order_stands(plan)))
        yield ByHand("Sent to, on which day, and how:", width, BLACK)
        yield Spacer(0, 4)
    yield _say(look.escaped(certifies(plan)))
    yield _line("Physician or NPP: name and signature", width)


def _line(words: str, width: float) -> Flowable:
    return SignatureLine(words, width, SIZE, BLACK)
