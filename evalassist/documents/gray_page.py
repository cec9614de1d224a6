"""A test page for the printer: what a sheet needs to stay readable with little toner."""

from __future__ import annotations

from io import BytesIO

from evalassist.documents import look
from evalassist.documents.blocks import cell, heading, label, rule, words
from evalassist.documents.look import BAR, INK, LIGHT, PAPER, RULE, SECOND, TINT, PaperName

_GRAYS = (
    ("Text and lines", INK),
    ("Second text", SECOND),
    ("Filled bars", BAR),
    ("Thin lines", RULE),
    ("Shapes in pictures", TINT),
    ("The rest of a body", LIGHT),
)
_LINES = (2.6, 1.6, 1.2, 0.75, 0.5)
_SIZES = (12, 10, 9)
"""Text, captions and labels, the furniture of a page."""


def gray_page_pdf(paper: PaperName) -> bytes:
    """One side: six grays that must differ, the hatching, the thinnest lines, the smallest letters."""
    buffer, size = BytesIO(), PAPER[paper]
    canvas = look.new_canvas(buffer, size, "en")
    canvas.setTitle("Test page of the printer")
    x, y, width = size.left(1), size.height - size.top, size.live_width
    y -= heading(canvas, x, y, "Test page: can this printer print the patient's sheet?")
    asked = (
        "Look for six grays that differ from each other and from the paper, for hatching that is not black, for "
        "five lines, and for three sizes of letters that can be read. If something is missing, switch toner "
        "saving off, change the toner, or take another printer."
    )
    y -= words(canvas, asked, x, y, width, 12, 15) + 14
    each = width / len(_GRAYS)
    for number, (word, gray) in enumerate(_GRAYS):
        cell(canvas, x + number * each, y - 60, each - 6, 60, gray)
        label(canvas, x + number * each, y - 73, word, 10)
    y -= 96
    cell(canvas, x, y - 40, width / 2 - 6, 40, hatched=True)
    cell(canvas, x + width / 2, y - 40, width / 2 - 6, 40)
    label(canvas, x, y - 53, "Hatched: the stronger hip, SLOW DOWN", 10)
    label(canvas, x + width / 2, y - 53, "White", 10)
    y -= 80
    for line in _LINES:
        rule(canvas, x, x + width, y, line)
        y -= 14
    y -= 8
    for letters in _SIZES:
        said = f"{letters} points: Hold for 5 seconds. Rest 1 minute. ¿Dolor agudo? Pare. 0123456789"
        y -= words(canvas, said, x, y, width, letters, letters * 1.3) + 4
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
