"""What the papers for clinicians are made of: pages with head and foot, running text, tables, signature lines.

Black on white, nothing told by colour alone; text from a person is escaped here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from evalassist.documents import look
from evalassist.documents.blocks import fitted, label, rule
from evalassist.documents.look import BOLD, INK, LIGHT, PAPER, REGULAR, RULE, PaperName
from evalassist.wording.findings import named

TEXT, TEXT_LEADING = 10.0, 11.8
CELL, CELL_LEADING = 9.0, 10.2
FURNITURE = 9.0
MARGIN, TOP, BOTTOM, FOOT = 42.0, 28.0, 27.0, 14.0
"""Left and right edge, upper edge, base of the foot line and its height."""
SIDE_HEAD = 76.0
"""Width of the column in which the names of the steps stand."""

TALLEST_ROW = 300.0
"""A taller row is cut into several, so that every row finds its place on some page."""
LONG_LIST = 400
"""Letters from which a line is a list to look things up in, set like a table."""

Story = Callable[[float], Iterable[Flowable]]
"""From the width of the text to what stands in it."""
Furniture = Callable[[Canvas, look.Paper, int, int], None]
"""Draws head and foot of page x of y."""


def pdf(story: Story, furniture: Furniture, paper: PaperName, head: float, title: str, author: str) -> bytes:
    """Set the story on as many pages as it takes: the same story gives the same bytes."""
    look.register_fonts()
    _, pages = _set(story, furniture, paper, head, title, author, of=0)
    data, _ = _set(story, furniture, paper, head, title, author, of=pages)
    return data


def _set(
    story: Story, furniture: Furniture, paper: PaperName, head: float, title: str, author: str, of: int
) -> tuple[bytes, int]:
    sheet = PAPER[paper]
    buffer = BytesIO()
    width = sheet.width - 2 * MARGIN
    frame = Frame(MARGIN, BOTTOM + FOOT, width, sheet.height - BOTTOM - FOOT - TOP - head, 0, 0, 0, 0)

    def drawn(canvas: Canvas, template: BaseDocTemplate) -> None:
        furniture(canvas, sheet, template.page, of)

    document = BaseDocTemplate(
        buffer,
        pagesize=(sheet.width, sheet.height),
        pageTemplates=[PageTemplate(id="page", frames=[frame], onPage=drawn)],
        title=title,
        subject="Physical therapy record",
        author=author or "EvalAssist",
        creator="EvalAssist",
        lang="en-US",
        invariant=1,
        pageCompression=1,
    )
    document.build(list(story(width)), canvasmaker=_canvas)
    return buffer.getvalue(), int(document.page)


def _canvas(*arguments: Any, **options: Any) -> Canvas:
    """A page that never falls back to a font which the reader's machine must supply."""
    return Canvas(*arguments, **{**options, "initialFontName": REGULAR})


# ---------------------------------------------------------------- words


def bold(words: str) -> str:
    return f"<b>{look.escaped(words)}</b>"


class _Counted(Paragraph):
    """A paragraph whose numbers stay with what they count; in a column too narrow for both they are parted."""

    parted = ""

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        if self.parted and self.minWidth() > width:
            self.frags, self.parted = Paragraph(self.parted, self.style).frags, ""
        wrapped: tuple[float, float] = super().wrap(width, height)
        return wrapped


def text(markup: str, size: float = TEXT, leading: float = TEXT_LEADING, font: str = REGULAR) -> Paragraph:
    """A paragraph; the markup is ours, what a person wrote was escaped before."""
    return counted(markup, look.style(size, leading, font))


def counted(markup: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph set in this style, its numbers on one line with what they count."""
    paragraph = _Counted(look.for_a_paragraph(markup), style)
    paragraph.parted = look.printable(markup)
    return paragraph


def cell(markup: str, font: str = REGULAR) -> Paragraph:
    return text(markup, CELL, CELL_LEADING, font)


def heading(words: str) -> list[Flowable]:
    """The name of a part, never alone at the foot of a page."""
    return [CondPageBreak(42), Spacer(0, 4), text(bold(words), 11.5, 14)]


def labelled(lines: Iterable[tuple[str, str]]) -> Iterator[Paragraph]:
    """One paragraph a line, its label in bold."""
    for name, value in lines:
        markup = f"{bold(name)}&nbsp; {look.escaped(value)}" if name else look.escaped(value)
        yield cell(markup) if len(value) > LONG_LIST else text(markup)


def beside(name: str, lines: Sequence[tuple[str, str]], width: float) -> Iterator[Flowable]:
    """The name of a step in the left column and its lines in the right one."""
    if not lines:
        return
    rows: list[list[Any]] = [["", line] for line in labelled(lines)]
    rows[0][0] = text(bold(name), 10, TEXT_LEADING) if name else ""
    widths = (SIDE_HEAD, width - SIDE_HEAD)
    rows, _ = _cut_tall(rows, widths)
    tall = sum(row[1].wrap(widths[1], _ENDLESS)[1] for row in rows) > TALLEST_ROW
    style = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6),
        ("SPAN", (0, 0), (0, min(1, len(rows) - 1) if tall else -1)),  # a span is never torn apart
        ("RIGHTPADDING", (0, 0), (0, -1), 6),
    ]
    yield Spacer(0, 3)
    yield Table(rows, colWidths=widths, style=style, hAlign="LEFT")


_ENDLESS = 1_000_000.0


def _cut_tall(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], bands: Sequence[int] = ()
) -> tuple[list[list[Any]], list[int]]:
    """The rows, those taller than a page takes cut at a line; beside them the row each one came from."""
    cut: list[list[Any]] = []
    origins: list[int] = []
    for number, row in enumerate(rows):
        wide = [sum(widths)] if number in bands else list(widths)
        columns = [_pieces(each, wide[n] if n < len(wide) else 0) for n, each in enumerate(row)]
        for piece in range(max(map(len, columns))):
            cut.append([column[piece] if piece < len(column) else "" for column in columns])
            origins.append(number)
    return cut, origins


def _pieces(content: Any, width: float) -> list[Any]:
    """A paragraph in pieces that are not too tall, cut between two of its lines."""
    pieces: list[Any] = [content]
    while isinstance(pieces[-1], Paragraph) and pieces[-1].wrap(width, _ENDLESS)[1] > TALLEST_ROW:
        halves = pieces[-1].split(width, TALLEST_ROW)
        if len(halves) < 2:
            break
        pieces[-1:] = halves
    return pieces


_PADDING = 8.0
"""What the left and right padding of a cell take of its width."""


def table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], *, head: bool = True, bands: Sequence[int] = ()
) -> Table:
    """A quiet table: a rule under each row, the head repeated on the next page; `bands` span the width."""
    rows, origins = _cut_tall(rows, [wide - _PADDING for wide in widths], bands)
    bands = [n for n, origin in enumerate(origins) if origin in bands]
    last_pieces = [n for n, origin in enumerate(origins) if origin not in origins[n + 1 : n + 2]]
    style: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING - 3),
        ("TOPPADDING", (0, 0), (-1, -1), 0.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.7),
        *(("LINEBELOW", (0, n), (-1, n), 0.4, RULE) for n in last_pieces),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, -1), (-1, -1), 0.8, INK),
    ]
    for row in ([0] if head else []) + list(bands):
        style.append(("BACKGROUND", (0, row), (-1, row), LIGHT))
    for row in bands:
        style.append(("SPAN", (0, row), (-1, row)))
        if row in last_pieces:
            style.append(("NOSPLIT", (0, row), (-1, row + 1)))
    return Table(rows, colWidths=widths, repeatRows=1 if head else 0, style=style, hAlign="LEFT")


def details(lines: Sequence[tuple[str, str]], width: float) -> Iterator[Flowable]:
    """Names in a narrow column, what belongs to them beside it; a line without words is left out."""
    rows = [[cell(look.escaped(name), BOLD), cell(look.escaped(words))] for name, words in lines if words]
    if rows:
        yield Spacer(0, 2)
        yield table(rows, (68, width - 68), head=False)


def side_by_side(parts: Sequence[Flowable], widths: Sequence[float]) -> Table:
    style = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        *((f"{edge}PADDING", (0, 0), (-1, -1), 0) for edge in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ]
    return Table([list(parts)], colWidths=widths, style=style, hAlign="LEFT")


DATE = 74.0
"""Width left for a date written by hand."""


class SignatureLine(Flowable):
    """A line to sign on and one for the date, with the words under it."""

    def __init__(self, words: str, width: float, least: float = FURNITURE, ink: Color = INK) -> None:
        super().__init__()
        self.words, self.wide, self.least, self.ink = words, width, least, ink

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.wide, 30

    def draw(self) -> None:
        canvas = self.canv
        split = self.wide - DATE
        rule(canvas, 0, split - 16, 12.5, color=self.ink)
        rule(canvas, split, self.wide, 12.5, color=self.ink)
        words, size = fitted(self.words, REGULAR, self.least + 0.5, split - 16, self.least)
        label(canvas, 0, 2, words, size, color=self.ink)
        label(canvas, split, 2, "Date", size, color=self.ink)


class ByHand(Flowable):
    """Words, and a line behind them to write on by hand."""

    def __init__(self, words: str, width: float, ink: Color = INK) -> None:
        super().__init__()
        self.words, self.wide, self.ink = words, width, ink

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.wide, 20

    def draw(self) -> None:
        said = label(self.canv, 0, 5, self.words, TEXT, color=self.ink)
        rule(self.canv, said + 6, self.wide, 3, color=self.ink)


def name_by_hand(name: str, width: float) -> Iterator[Flowable]:
    """A line for the name where the font lacks signs of it."""
    if look.lacks(named(name)):
        yield ByHand("Some signs could not be printed: write the name by hand:", width)


def page_told(code: str, page: int, of: int) -> str:
    """Which page it is, and by what code the paper is checked against the record."""
    return f"Code {code} · Page {page} of {of}" if code else f"Page {page} of {of}"


MARKS = {
    "Not signed": "NOT SIGNED",
    "Entered in error": "ENTERED IN ERROR",
    "Waits for co-signature of a therapist": "NOT CO-SIGNED",
}
"""What the head says of a note that is not to be relied on as it is, by its standing."""


def draft_mark(canvas: Canvas, right: float, top: float, standing: str = "Not signed") -> float:
    """Where the note stands, in a box; gives the left edge of it."""
    words = MARKS[standing]
    wide = look.text_width(words, BOLD, 10) + 12
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.rect(right - wide, top - 15.5, wide, 15.5, stroke=1, fill=0)
    label(canvas, right - wide / 2, top - 11.3, words, 10, BOLD, align="center")
    return right - wide


def struck(canvas: Canvas, sheet: look.Paper, head: float) -> None:
    """A line across the page: what stands on it does not count."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(2)
    canvas.line(MARGIN, BOTTOM + FOOT, sheet.width - MARGIN, sheet.height - TOP - head)


def warning(words: str) -> Table:
    """A sentence that must not be overlooked, in a box over the whole width."""
    style = [("BOX", (0, 0), (-1, -1), 1, INK), ("FONTNAME", (0, 0), (-1, -1), REGULAR)]
    return Table([[text(bold(words))]], colWidths=["100%"], style=style, spaceAfter=6)
