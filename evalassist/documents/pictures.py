"""The exercise pictures on paper: the same SVG files as on screen, drawn as lines."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from reportlab.graphics import renderPDF
from reportlab.pdfgen.canvas import Canvas

from evalassist import resources
from evalassist.documents.blocks import kept, word_lines, words
from evalassist.documents.look import REGULAR, RULE, SECOND

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Picture:
    """A drawing as PDF operators, with its size in points."""

    operators: str
    width: float
    height: float


@lru_cache(maxsize=160)
def picture(name: str) -> Picture | None:
    """The picture `pictures/<name>.svg`, or None when it is missing or broken."""
    file = resources.path(f"pictures/{name}.svg")
    try:
        shown = _read(str(file)) if file.is_file() else None
    except Exception as error:  # whatever a damaged file does to the reader, the sheet is still printed
        log.warning("picture %s cannot be read: %s", name, type(error).__name__)
        return None
    if shown is None:
        log.warning("picture %s is missing or broken", name)
    return shown


def _read(file: str) -> Picture | None:
    """Translate a file once; a page then takes the operators as they are, which is quick."""
    from svglib.svglib import svg2rlg

    drawing = svg2rlg(file)
    if drawing is None or drawing.width <= 0 or drawing.height <= 0:
        return None
    canvas = Canvas(BytesIO(), initialFontName=REGULAR)
    before = len(canvas._code)
    renderPDF.draw(drawing, canvas, 0, 0)
    # ReportLab sets a font for every drawing, and ours carry no words: its name must not enter the file.
    operators = [line for line in canvas._code[before:] if " Tf " not in line]
    if any(line.split()[-1:] in (["gs"], ["Do"], ["Tj"]) for line in operators):
        return None  # needs more than lines and fills
    return Picture("\n".join(operators), float(drawing.width), float(drawing.height))


def draw_picture(
    canvas: Canvas, shown: Picture, x: float, y: float, scale: float = 1, mirrored: bool = False
) -> None:
    """Draw a picture with its lower left corner at (x, y); mirrored for the other leg."""
    with kept(canvas):
        canvas.translate(x + (shown.width * scale if mirrored else 0), y)
        canvas.scale(-scale if mirrored else scale, scale)
        canvas._code.append(shown.operators)


def reach(shown: Picture, right: float) -> float:
    """How high the lines of a picture go over its lower edge, left of `right`."""
    highest = shown.height
    for line in shown.operators.split("\n"):
        if not line.startswith("n "):  # only paths begin so
            continue
        numbers: list[float] = []
        at = (0.0, 0.0)
        for word in line.split()[1:]:
            if word.isalpha():
                for point in zip(numbers[::2], numbers[1::2], strict=True):
                    (x1, y1), (x2, y2) = sorted((point if word == "m" else at, point))
                    if x1 <= right:  # of a curve the lines between its handles, which it never leaves
                        end = y2 if x2 <= right else y1 + (y2 - y1) * (right - x1) / (x2 - x1)
                        highest = min(highest, y1, end)
                    at = point
                numbers = []
            else:
                numbers.append(float(word))
    return shown.height - highest


def draw_missing(canvas: Canvas, x: float, y_top: float, width: float, height: float, says: str) -> None:
    """An empty frame to draw in, so that the sheet still works."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.75)
    canvas.setDash(3, 2)
    canvas.rect(x, y_top - height, width, height, stroke=1, fill=0)
    canvas.setDash()
    lines = word_lines(says, width - 8, 10.5, 13)
    words(canvas, says, x + 4, y_top - (height - 13 * lines) / 2, width - 8, 10.5, 13, color=SECOND)
