"""The discharge summary as a paper of its own, for the record, the referring clinician and the patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Spacer

from evalassist.documents import look
from evalassist.documents.evaluation_note import HEAD, note_addendum, note_foot, note_head, signatures
from evalassist.documents.flow import (
    FURNITURE,
    bold,
    cell,
    details,
    heading,
    name_by_hand,
    page_told,
    pdf,
    struck,
    table,
    text,
    warning,
)
from evalassist.documents.look import BOLD, PaperName
from evalassist.documents.note_discharge import at_home, goals
from evalassist.errors import DocumentError
from evalassist.evaluation import Addendum
from evalassist.note import Note, NoteDischarge
from evalassist.translate import tr
from evalassist.wording import discharge as words
from evalassist.wording.findings import entered_in_error, error_told, sore_knees, standing


def discharge_summary_pdf(
    note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = (), code: str = ""
) -> bytes:
    """Make the discharge summary: the same note gives the same bytes. Only a discharge has one."""
    found, stands = note.discharge, standing(note, addenda)
    if found is None:
        raise DocumentError(tr("Only a discharge visit with an earlier visit has a discharge summary."))

    def furniture(canvas: Canvas, sheet: look.Paper, page: int, of: int) -> None:
        if entered_in_error(addenda):
            struck(canvas, sheet, HEAD)
        note_head(note, stands, canvas, sheet, words.TITLE)
        note_foot(note, canvas, sheet, page_told(code, page, of))

    return pdf(
        lambda width: _story(note, found, addenda, width),
        furniture,
        paper,
        HEAD,
        words.TITLE,
        note.clinic.name,
    )


def _story(note: Note, found: NoteDischarge, addenda: Sequence[Addendum], width: float) -> Iterator[Flowable]:
    yield from name_by_hand(note.patient_name, width)
    if error := error_told(note, addenda):
        yield warning(error)
    yield from details(
        (("Treated for", f"Patellofemoral pain, {sore_knees(note)}"), *words.care(found)), width
    )
    yield from heading("Goals")
    yield from goals(found, width)
    yield from _changes(note, width)
    yield from heading("What the patient goes on with")
    yield from at_home(found, width)
    back = [
        *heading("When to come back"),
        *details(words.back(found, note.clinic.phone), width),
        Spacer(0, 6),
    ]
    # no signature stands on a page of its own
    yield KeepTogether([*back, *signatures(note, standing(note, addenda), width)])
    for addendum in addenda:
        yield from note_addendum(addendum, note)


def _changes(note: Note, width: float) -> Iterator[Flowable]:
    told = list(words.paper_changes(note))
    course = note.follow_up.course if note.follow_up else ""
    if told or course:
        yield from heading("Change since the first visit")
    if course:
        yield text(look.escaped(f"{course}."))
    if told:
        heads = ("Measured", "Then", "Now", "Change", "What it means")
        rows: list[list[Any]] = [[cell(head, BOLD) for head in heads]]
        rows += [[cell(bold(row[0])), *(cell(look.escaped(part)) for part in row[1:])] for row in told]
        yield table(rows, (132, 62, 62, 52, width - 308))
        yield text("MDC: beyond measurement error. MCID: important to patients on average.", FURNITURE, 11)
