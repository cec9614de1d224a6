"""Documents: a note in, the bytes of a PDF out. Nothing outside this folder draws on paper.

The doors import their page only when it is asked for, because ReportLab is slow to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalassist.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from evalassist.documents.handout import Handout
    from evalassist.documents.look import PaperName
    from evalassist.evaluation import Addendum
    from evalassist.note import Language, Note, SheetForm
    from evalassist.settings import NameOnSheet

__all__ = [
    "discharge_summary_pdf",
    "evaluation_note_pdf",
    "fitted_logo",
    "fitted_notice",
    "gray_page_pdf",
    "handout_pdf",
    "lacks",
    "make_handout",
    "not_drawn",
    "notice_problem",
    "paper_key_pdf",
    "plan_of_care_pdf",
    "referral_pdf",
]


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
    """The patient's sheet with how hard it is to read; `handout_pdf` says what is in it."""
    from evalassist.documents.handout import make_handout as draw

    return draw(note, language, paper, form=form, name=name, logo=logo, notice=notice, replaces=replaces)


def handout_pdf(
    note: Note,
    language: Language = "en",
    paper: PaperName = "letter",
    *,
    form: SheetForm = "standard",
    name: NameOnSheet = "none",
    logo: bytes = b"",
    notice: bytes = b"",
    replaces: date | None = None,
) -> bytes:
    """The patient's sheet: why the hip, what was found, the moves, the log, and when to call.

    `notice` is the clinic's own, as `fitted_notice` made it: the last pages, left out where it cannot be read.
    `replaces` is the date on the sheet whose place it takes, printed at the foot.
    """
    return make_handout(
        note, language, paper, form=form, name=name, logo=logo, notice=notice, replaces=replaces
    ).pdf


def lacks(text: str) -> str:
    """The characters of a text for which the papers have no sign; nothing is loaded for plain letters."""
    if text.isascii():
        return ""
    from evalassist.documents.look import lacks as looked_up

    try:
        return looked_up(text)
    except DocumentError:  # without its font nothing is printed, and printing says so
        return ""


def not_drawn(note: Note) -> tuple[str, ...]:
    """The exercises of a note (by id) for whose picture the sheet has an empty frame; quick once it was drawn."""
    from evalassist.documents.pictures import picture

    exercises = note.plan.exercises if note.plan else ()
    return tuple(
        each.id for each in exercises if not all(picture(f"{each.id}-{pose}") for pose in ("start", "end"))
    )


def gray_page_pdf(paper: PaperName = "letter") -> bytes:
    """A page that shows whether a printer keeps the grays, the hatching and the smallest letters of the sheet."""
    from evalassist.documents.gray_page import gray_page_pdf as draw

    return draw(paper)


def paper_key_pdf(key: str, clinic: str, made_on: date, paper: PaperName = "letter") -> bytes:
    """The key that opens the records when no password is left, on one page to be locked away."""
    from evalassist.documents.paper_key import paper_key_pdf as draw

    return draw(key, clinic, made_on, paper)


def fitted_logo(file: Path) -> bytes:
    """A clinic's logo as the sheet prints it; raises `DocumentError` with what to do when it cannot be used."""
    from evalassist.documents.logo import fitted_logo as fit

    return fit(file)


def fitted_notice(file: Path) -> bytes:
    """A clinic's notice of language help as the sheet carries it; raises `DocumentError` with what to do."""
    from evalassist.documents.notice import fitted_notice as fit

    return fit(file)


def notice_problem(notice: bytes) -> str:
    """Why the sheet leaves this notice out, in sentences; empty when it carries it. Nothing is loaded for none."""
    if not notice:
        return ""
    from evalassist.documents.notice import notice_problem as found

    return found(notice)


def evaluation_note_pdf(
    note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = (), code: str = ""
) -> bytes:
    """The evaluation note with the plan of care, for the record, and what was added after signing.

    `code` is that by which the paper of a signed note is checked against the record.
    """
    from evalassist.documents.evaluation_note import evaluation_note_pdf as draw

    return draw(note, paper, addenda, code)


def discharge_summary_pdf(
    note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = (), code: str = ""
) -> bytes:
    """What was reached, why care ends, what the patient goes on with and when to come back.

    `code` is that by which the paper of a signed note is checked against the record.
    """
    from evalassist.documents.discharge_summary import discharge_summary_pdf as draw

    return draw(note, paper, addenda, code)


def plan_of_care_pdf(
    note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = (), code: str = ""
) -> bytes:
    """The plan of care as a paper to be sent and signed, readable after a fax."""
    from evalassist.documents.care_plan import plan_of_care_pdf as draw

    return draw(note, paper, addenda, code)


def referral_pdf(note: Note, paper: PaperName = "letter", addenda: Sequence[Addendum] = ()) -> bytes:
    """The letter to the clinician to whom the patient is referred."""
    from evalassist.documents.referral import referral_pdf as draw

    return draw(note, paper, addenda)
