"""The patient's sheet, from a note to the bytes of a PDF; here with what stands around its sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import fitted, label, rule, write_in
from evalassist.documents.handout_large import large_furniture, large_question_side, large_sides
from evalassist.documents.handout_moves import moves_sides
from evalassist.documents.handout_sides import (
    LEAST_GAP,
    WIDEST_GAP,
    Side,
    question_side,
    sides,
    why_sides,
)
from evalassist.documents.handout_texts import Case, Texts, refuse_missing
from evalassist.documents.icons import icon
from evalassist.documents.look import BOLD, PAPER, RULE, SECOND, SEMIBOLD, PaperName
from evalassist.documents.notice import notice_pages, notice_problem
from evalassist.documents.practice import practice_line, practice_marked
from evalassist.documents.tags import tag
from evalassist.errors import DocumentError
from evalassist.note import Language, Note, SheetForm
from evalassist.reading import Reading, reading_of
from evalassist.settings import NameOnSheet
from evalassist.sheet_checks import why_refused
from evalassist.translate import tr

_PLAIN = 0.7
"""The large print of the stand-in typeface at this scale has letters of 12.6 points."""


@dataclass(frozen=True, slots=True)
class Handout:
    """A sheet that is ready for the printer, and how hard its finished text is to read."""

    pdf: bytes
    reading: Reading | None
    plain: bool = False
    """Its typeface is missing: another stands in, in one column, where it has room."""


def make_handout(
    note: Note,
    language: Language = "en",
    paper: PaperName = "letter",
    *,
    form: SheetForm = "standard",
    name: NameOnSheet = "none",
    logo: bytes = b"",
    notice: bytes = b"",
    replaces: date | None = None,
) -> Handout:
    """Make the patient's sheet from a note: the same note gives the same bytes."""
    plain = not look.register_fonts()
    in_one_column = plain and form != "why"
    scale = _PLAIN if in_one_column and form != "large" else 1.0
    arranged, around, questions = _FORMS["large" if in_one_column else form]
    case = replace(_case(note, language, paper, form), name=name, logo=logo, replaces=replaces)
    sheet = case.paper
    case, made = arranged(
        replace(case, paper=replace(sheet, width=sheet.width / scale, height=sheet.height / scale))
    )
    carried = [] if notice_problem(notice) else notice_pages(notice)
    pages = len(made) + len(carried)
    if carried and pages % 2:  # the notice is last, and no side of a leaf is blank
        made, pages = [*made, questions(case, len(made) + 1)], pages + 1
    buffer = BytesIO()
    canvas = look.new_canvas(buffer, sheet, language)
    _describe(case, canvas)
    for number, side in enumerate(made, start=1):
        if note.is_practice:
            with tag(canvas, "Artifact"):
                practice_marked(canvas, sheet)
        canvas.scale(scale, scale)
        _draw_side(case, canvas, side, number)
        with tag(canvas, "Artifact"):
            around(case, canvas, number, pages)
        canvas.showPage()
    for page in carried:
        page.draw(canvas, sheet, case.texts.plain("alt_notice"))
        if note.is_practice:
            with tag(canvas, "Artifact"):
                practice_line(canvas, sheet)
        canvas.showPage()
    canvas.save()
    reading = reading_of(canvas.texts, language, part=form in ("moves", "why"))
    return Handout(buffer.getvalue(), reading, plain)


def _case(note: Note, language: Language, paper: PaperName, form: SheetForm) -> Case:
    if note.plan is None or note.sheet is None:
        reason = (
            note.no_plan_because or "This sheet is for pain around the kneecap, and the note has no plan."
        )
        raise DocumentError(tr("There is no patient sheet for this visit. {reason}").format(reason=reason))
    if refused := why_refused(note, form):
        raise DocumentError(refused)
    exercises = () if form == "why" else note.plan.exercises
    texts = Texts(language)
    refuse_missing(exercises, language)
    return Case(note, note.plan, note.sheet, texts, PAPER[paper], exercises)


def _describe(case: Case, canvas: Canvas) -> None:
    """What a reader program shows of the file; never the patient's name."""
    canvas.setTitle(case.texts.plain(case.form("running_title")))
    canvas.setSubject(case.texts.plain("subject"))
    canvas.setAuthor(case.clinic)
    canvas.setCreator("EvalAssist")
    canvas.setKeywords("")
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.setViewerPreference("Duplex", "DuplexFlipLongEdge")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _draw_side(case: Case, canvas: Canvas, side: Side, number: int) -> None:
    paper = case.paper
    left = paper.left(number)
    y = paper.height - (paper.top_first if number == 1 else paper.top)
    gap = min(max(side.gap, LEAST_GAP), WIDEST_GAP)
    for block in side.blocks:
        y -= block.draw(canvas, left, y, paper.live_width) + gap


def _around(case: Case, canvas: Canvas, number: int, of: int) -> None:
    left, width = case.paper.left(number), case.paper.live_width
    if number > 1:
        _running_head(case, canvas, left, width)
    _footer(case, canvas, left, width, number, of)


def _running_head(case: Case, canvas: Canvas, x: float, width: float) -> None:
    baseline, right = case.paper.height - 33, x + width
    title = case.texts.plain(case.form("running_title"))
    label(canvas, x, baseline, title, 10.5, SEMIBOLD, SECOND)
    if case.phone:
        phone, size = fitted(case.phone, BOLD, 14, width * 0.35, 11)
        at = right - label(canvas, right, baseline, phone, size, BOLD, align="right") - 17
        icon(canvas, "phone", at, baseline - 1, 11)
    else:
        write_in(canvas, right - 90, right, baseline - 2)
        said = label(canvas, right - 94, baseline, case.texts.plain("phone_line"), 10.5, align="right")
        at = right - 94 - said
    room = at - 10 - x - look.text_width(title, SEMIBOLD, 10.5) - 15
    clinic, size = fitted(case.clinic, look.REGULAR, 10.5, room, 9)
    label(canvas, at - 8, baseline, clinic, size, color=SECOND, align="right")
    rule(canvas, x, right, case.paper.height - 38, 0.75)


def _footer(case: Case, canvas: Canvas, x: float, width: float, number: int, of: int) -> None:
    texts = case.texts
    page = texts.plain("page", page=number, pages=of)
    said = label(canvas, x + width, 25.5, page, 11, BOLD, align="right")
    parts = (
        texts.plain("sheet", release=case.note.release),
        texts.plain("language"),
        texts.full_day(case.note.visit_date),
        texts.plain("replaces", date=texts.full_day(case.replaces)) if case.replaces else "",
        case.therapist,
        # its room goes to the sheet that is replaced; it stands in every head too
        "" if case.replaces else case.clinic,
    )
    phone = "" if case.replaces or not case.phone else f"{'' if case.clinic else ' ·'} {case.phone}"
    room = width - said - 16 - look.text_width(phone, look.REGULAR, 9)
    line, size = fitted(" · ".join(part for part in parts if part), look.REGULAR, 9, room, 9)
    label(canvas, x, 25.5, line + phone, size, color=SECOND)  # a name is cut rather than a number to call
    rule(canvas, x, x + width, 38.5, 0.5, RULE)


_FORMS: dict[
    SheetForm,
    tuple[
        Callable[[Case], tuple[Case, list[Side]]],
        Callable[[Case, Canvas, int, int], None],
        Callable[[Case, int], Side],
    ],
] = {
    "standard": (sides, _around, question_side),
    "large": (large_sides, large_furniture, large_question_side),
    "moves": (moves_sides, _around, question_side),
    "why": (why_sides, _around, question_side),
}
"""How a form is laid out on its sides, what stands around each, and the side that fills a leaf."""
