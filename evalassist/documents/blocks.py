"""What every side is made of: words, lines, boxes, hatching. Lengths in points, y_top is the upper edge.

A block is `draw(canvas, x, y_top, width) -> height`: called once on an `Unseen` canvas to measure it and
once on the page to draw it, so what was measured is what is printed. It draws first what is read first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from evalassist.documents import look
from evalassist.documents.look import BOLD, INK, REGULAR, WHITE
from evalassist.documents.tags import say, tag
from evalassist.words import clean, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEW_LETTERS = 12
"""So few on a paragraph's last line look lost."""
_MOST_ON_A_LINE = 400
"""No line of any paper holds more letters."""

_ENDLESS = 10_000.0

Draw = Callable[[Canvas, float, float, float], float]


class Unseen:
    """In place of a canvas where a block is measured: it takes whatever is drawn and draws nothing, which is quick."""

    def __getattr__(self, _name: str) -> Unseen:
        return self

    def __call__(self, *_drawn: object, **_how: object) -> Unseen:
        return self


@dataclass(frozen=True)
class Block:
    """A part of a side with the name under which an overfull side lists it."""

    name: str
    draw: partial[float]
    """A `Draw` with what it draws from; two that share both are equally high."""


def words(
    canvas: Canvas,
    markup: str,
    x: float,
    y_top: float,
    width: float,
    size: float,
    leading: float,
    font: str = REGULAR,
    color: Color = INK,
) -> float:
    """Draw wrapped text, ragged right and without hyphens, and return its height."""
    if isinstance(canvas, Unseen):
        return _words_height(markup, width, size, leading, look.face(font))
    paragraph, height = _set(look.for_a_paragraph(markup), look.style(size, leading, font, color), width)
    with tag(canvas, "P"):
        paragraph.drawOn(canvas, x, y_top - height)
        say(canvas, paragraph.getPlainText(identify=False))
    return height


def _set(markup: str, style: ParagraphStyle, width: float) -> tuple[Paragraph, float]:
    """A wrapped paragraph and its height; a lone short word takes the one before it along to the last line."""
    paragraph = Paragraph(markup, style)
    _, height = paragraph.wrap(width, _ENDLESS)
    if height > style.leading and _letters_of_the_last_line(paragraph) < _FEW_LETTERS:
        head, _, tail = markup.rpartition(" ")
        while head and len(tail) < _FEW_LETTERS:
            head, _, word = head.rpartition(" ")
            tail = f"{word}\u00a0{tail}"
        joined = Paragraph(f"{head} {tail}", style)
        if joined.wrap(width, _ENDLESS)[1] == height:
            paragraph = joined
    return paragraph, float(height)


def _letters_of_the_last_line(paragraph: Paragraph) -> int:
    last = paragraph.blPara.lines[-1]
    pieces = last[1] if isinstance(last, tuple) else [piece.text for piece in last.words]
    return len(" ".join(pieces))


def word_lines(markup: str, width: float, size: float, leading: float, font: str = REGULAR) -> int:
    """How many lines a text takes."""
    return round(_words_height(markup, width, size, leading, look.face(font)) / leading)


@lru_cache(maxsize=4096)
def _words_height(markup: str, width: float, size: float, leading: float, font: TTFont) -> float:
    """Kept, since most texts of a sheet stand on every sheet, and each is measured on several trials of a side."""
    paragraph = Paragraph(look.for_a_paragraph(markup), look.style(size, leading, font.fontName))
    return float(paragraph.wrap(width, _ENDLESS)[1])


def label(
    canvas: Canvas,
    x: float,
    baseline: float,
    text: str,
    size: float,
    font: str = REGULAR,
    color: Color = INK,
    align: Literal["left", "right", "center"] = "left",
) -> float:
    """Draw one line of text that never wraps, and return its width."""
    text = look.printable(clean(text))
    width = look.text_width(text, font, size)
    if isinstance(canvas, Unseen):
        return width
    with tag(canvas, "P" if text else "Artifact"):
        canvas.setFont(font, size)
        canvas.setFillColor(color)
        canvas.drawString(x - {"left": 0.0, "right": width, "center": width / 2}[align], baseline, text)
        say(canvas, text)
    return width


def fitted(text: str, font: str, size: float, width: float, floor: float) -> tuple[str, float]:
    """The text and the size at which it fits on one line; under the floor it is cut at a word."""
    text = shortened(look.printable(clean(text)), _MOST_ON_A_LINE)
    while size > floor and look.text_width(text, font, size) > width:
        size -= 0.5
    while look.text_width(text, font, size) > width and " " in text:
        text = text.removesuffix("…").rstrip().rpartition(" ")[0] + "…"
    while look.text_width(text, font, size) > width and len(text) > 1:
        text = text.removesuffix("…")[:-1] + "…"
    return text, size


def heading(canvas: Canvas, x: float, y_top: float, text: str) -> float:
    with tag(canvas, "H2"):
        label(canvas, x, y_top - 13.5, text, 17, BOLD)
    return 20.5


def paragraphs(
    canvas: Canvas,
    markups: Iterable[str],
    x: float,
    y_top: float,
    width: float,
    size: float,
    leading: float,
    between: float = 4.5,
) -> float:
    """Draw paragraphs under one another and return the height of all."""
    height = 0.0
    for number, markup in enumerate(markups):
        height += between if number else 0
        height += words(canvas, markup, x, y_top - height, width, size, leading)
    return height


def bullets(
    canvas: Canvas,
    markups: Sequence[str],
    x: float,
    y_top: float,
    width: float,
    size: float = 13,
    leading: float = 16.5,
    between: float = 1.5,
) -> float:
    height = 0.0
    with tag(canvas, "L", ListNumbering="Square"):
        for markup in markups:
            with tag(canvas, "LI"):
                with tag(canvas, "Lbl", "\u2022"):
                    canvas.setFillColor(INK)
                    canvas.rect(x, y_top - height - size + 1.2, 5, 5, stroke=0, fill=1)
                with tag(canvas, "LBody"):
                    height += words(canvas, markup, x + 12, y_top - height, width - 12, size, leading)
            height += between
    return height - between


def rule(canvas: Canvas, x1: float, x2: float, y: float, width: float = 0.75, color: Color = INK) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.line(x1, y, x2, y)


def write_in(canvas: Canvas, x1: float, x2: float, y: float) -> None:
    """A line to write on by hand."""
    rule(canvas, x1, x2, y, 0.75, INK)


def upright(canvas: Canvas, x: float, y1: float, y2: float, width: float = 0.75, color: Color = INK) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.line(x, y1, x, y2)


def box(
    canvas: Canvas, x: float, y_top: float, width: float, height: float, line: float = 1.2, radius: float = 5
) -> None:
    """An outlined box with round corners; white inside stays paper."""
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(line)
    canvas.roundRect(x, y_top - height, width, height, radius, stroke=1, fill=0)


def cell(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    fill: Color = WHITE,
    line: float = 0.9,
    hatched: bool = False,
) -> None:
    """A box of a ruler or bar; y is its lower edge. Hatching, not a tint: it survives the copier."""
    canvas.setFillColor(fill)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    if hatched:
        hatch(canvas, x, y, width, height)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(line)
    canvas.rect(x, y, width, height, stroke=1, fill=0)


def hatch(canvas: Canvas, x: float, y: float, width: float, height: float, step: float = 5) -> None:
    with kept(canvas):
        path = canvas.beginPath()
        path.rect(x, y, width, height)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.9)
        start = -height
        while start < width:
            canvas.line(x + start, y, x + start + height, y + height)
            start += step


def bracket(canvas: Canvas, x1: float, x2: float, y: float, tick: float = 6) -> None:
    """A span with an upright at both ends."""
    rule(canvas, x1, x2, y, 1.4)
    for x in (x1, x2):
        upright(canvas, x, y - tick / 2, y + tick / 2, 1.4)


def arrow_right(canvas: Canvas, x: float, y: float, length: float = 18) -> None:
    rule(canvas, x, x + length - 5, y, 1.6)
    path = canvas.beginPath()
    path.moveTo(x + length, y)
    path.lineTo(x + length - 7, y + 3.6)
    path.lineTo(x + length - 7, y - 3.6)
    path.close()
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)


def numbered_disc(canvas: Canvas, x: float, y: float, radius: float, number: int, filled: bool) -> None:
    """A number in a circle around (x, y); black for the hip, white for the knee."""
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.2)
    canvas.setFillColor(INK if filled else WHITE)
    canvas.circle(x, y, radius, stroke=1, fill=1)
    size = radius * 1.3
    label(canvas, x, y - size * 0.34, str(number), size, BOLD, WHITE if filled else INK, "center")


@contextmanager
def kept(canvas: Canvas) -> Iterator[None]:
    """Whatever is changed inside, clip, scale or colour, is as before afterwards."""
    canvas.saveState()
    try:
        yield
    finally:
        canvas.restoreState()
