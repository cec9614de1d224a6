"""A kept paper as lists name it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from evalassist.overview import Row
from evalassist.records.rows import DocumentRow, sheet_in_place_of
from evalassist.translate import tr
from ui.widgets.dates import date_text

if TYPE_CHECKING:
    from evalassist.documents.look import PaperName

KINDS = {
    "handout": tr("Handout"),
    "evaluation-note": tr("Evaluation note"),
    "plan-of-care": tr("Plan of care"),
    "referral": tr("Referral letter"),
    "discharge-summary": tr("Discharge summary"),
}
LANGUAGES = {"en": tr("English"), "es": tr("Spanish")}
MEDIA: dict[PaperName, str] = {"letter": tr("Letter"), "a4": "A4"}


def document_line(row: DocumentRow, others: Iterable[DocumentRow]) -> Row:
    """A document as the list shows it, with all its printings and what took its place."""
    new = sheet_in_place_of(row, others)
    replaced = (
        [tr("Replaced by the sheet of {visit_date}.").format(visit_date=date_text(new.visit_date))]
        if new
        else []
    )
    if row.in_error:
        replaced.append(tr("The note of this visit was entered in error."))
    tried = tr("Not printed. Tried {kept_at}.").format(kept_at=_moment(row.kept_at, row.kept_by))
    history = [f"{use.use.capitalize()} {_moment(use.at, use.by)}." for use in row.uses] or [tried]
    paper = MEDIA[cast("PaperName", row.paper)]
    return Row(
        f"{KINDS.get(row.kind, row.kind)}, {LANGUAGES[row.language]}, {paper}",
        line=(replaced or history)[-1],
        value=tr("in error")
        if row.in_error
        else tr("replaced")
        if new
        else ""
        if row.uses
        else tr("not printed"),
        look=row.in_error or not row.uses,
        group=tr("VISIT OF {visit_date}").format(visit_date=date_text(row.visit_date).upper()),
        details=(*replaced, *history),
    )


def _moment(at: datetime, by: str) -> str:
    when = at.astimezone()
    return f"{date_text(when.date())} {when:%H:%M}" + (tr(" by {by}").format(by=by) if by else "")
