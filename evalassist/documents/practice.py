"""What every paper bears that was made to learn with: a line at its upper edge and large gray words across it."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import label
from evalassist.documents.look import BOLD, LIGHT
from evalassist.wording.findings import NOT_A_PATIENT

EDGE, SIZE = 17.0, 11.0
ACROSS, TILT = 46.0, 52.0


def practice_marked(canvas: Canvas, sheet: look.Paper) -> None:
    """Mark a page before anything else stands on it: it is read through what is printed over it."""
    middle = sheet.width / 2
    canvas.saveState()
    canvas.setFillColor(LIGHT)
    canvas.setFont(BOLD, ACROSS)
    canvas.translate(middle, sheet.height / 2)
    canvas.rotate(TILT)
    canvas.drawCentredString(0, 0, NOT_A_PATIENT)
    canvas.restoreState()
    practice_line(canvas, sheet)


def practice_line(canvas: Canvas, sheet: look.Paper) -> None:
    """The line alone, where a page is filled already."""
    label(canvas, sheet.width / 2, sheet.height - EDGE, NOT_A_PATIENT, SIZE, BOLD, align="center")
