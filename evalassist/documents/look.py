"""How every document looks: fonts, greys, sizes, paper. Nothing else names a font or a colour."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

import reportlab
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.fonts import addMapping
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from evalassist.documents.tags import TaggedCanvas
from evalassist.errors import DocumentError
from evalassist.translate import tr
from evalassist.words import clean

log = logging.getLogger(__name__)

PaperName = Literal["letter", "a4"]

REGULAR, SEMIBOLD, BOLD = "SourceSans", "SourceSans-Semibold", "SourceSans-Bold"
_FILES = {
    REGULAR: "SourceSansPro-Regular.ttf",
    SEMIBOLD: "SourceSansPro-Semibold.ttf",
    BOLD: "SourceSansPro-Bold.ttf",
}
_STAND_INS = {REGULAR: "Vera.ttf", SEMIBOLD: "VeraBd.ttf", BOLD: "VeraBd.ttf"}
"""They come with ReportLab, and are embedded as well."""

INK, SECOND, BAR, RULE = (HexColor(each) for each in ("#1A1A1A", "#404040", "#595959", "#767676"))
BLACK = HexColor("#000000")
"""For papers that are faxed: the ink of the others is a dark grey."""
TINT, LIGHT, WHITE = (HexColor(each) for each in ("#CCCCCC", "#E6E6E6", "#FFFFFF"))


@dataclass(frozen=True)
class Paper:
    """A sheet of paper and the part of it that is printed on, in points.

    Inner and outer margins swap on even sides, so that the holes always meet the wide one.
    """

    width: float
    height: float
    inner: float
    outer: float
    top_first: float
    top: float
    bottom: float

    @property
    def live_width(self) -> float:
        return self.width - self.inner - self.outer

    def left(self, side: int) -> float:
        return self.inner if side % 2 else self.outer

    def live_height(self, side: int) -> float:
        return self.height - self.bottom - (self.top_first if side == 1 else self.top)


PAPER: dict[PaperName, Paper] = {
    "letter": Paper(612, 792, 57, 45, 37, 45, 47),
    "a4": Paper(595, 842, 54, 43, 37, 45, 52),
}


@cache
def register_fonts() -> bool:
    """Make the fonts known to ReportLab; False when another typeface stands in for the papers' own.

    Raises `DocumentError` when that one is missing too.
    """
    rl_config.useA85 = 0  # bytes as they are: a fifth less to store and to send to the printer
    own = True
    try:
        import font_source_sans_pro

        _register(Path(font_source_sans_pro.font_directory), _FILES)
    except (ImportError, OSError, TTFError) as error:
        log.warning("Source Sans Pro is missing or broken, papers are plain: %s", type(error).__name__)
        own = False
        try:
            _register(Path(reportlab.__file__).parent / "fonts", _STAND_INS)
        except (OSError, TTFError) as missing:
            raise DocumentError(
                tr(
                    "The fonts of the papers are missing or broken, so nothing can be printed: {missing}. "
                    "Install EvalAssist again."
                ).format(missing=missing)
            ) from missing
    for italic in (0, 1):  # without these, <b> would print in Regular and say nothing
        addMapping(REGULAR, 0, italic, REGULAR)
        addMapping(REGULAR, 1, italic, BOLD)
        addMapping(SEMIBOLD, 0, italic, SEMIBOLD)
        addMapping(SEMIBOLD, 1, italic, BOLD)
        addMapping(BOLD, 0, italic, BOLD)
        addMapping(BOLD, 1, italic, BOLD)
    return own


def _register(folder: Path, files: Mapping[str, str]) -> None:
    """All of these fonts or none: a typeface whose bold is missing is missing."""
    for font in [TTFont(name, folder / file) for name, file in files.items()]:
        pdfmetrics.registerFont(font)


def new_canvas(buffer: BytesIO, paper: Paper, language: str) -> TaggedCanvas:
    """An empty document whose bytes depend on what is drawn and on nothing else."""
    register_fonts()
    return TaggedCanvas(
        buffer,
        pagesize=(paper.width, paper.height),
        invariant=1,
        pageCompression=1,
        lang={"en": "en-US", "es": "es-US"}.get(language, language),
        initialFontName=REGULAR,
        pdfVersion=(1, 7),
    )


@cache
def style(size: float, leading: float, font: str = REGULAR, color: Color = INK) -> ParagraphStyle:
    """How a paragraph is set; only a word that is longer than its line is broken."""
    return ParagraphStyle(
        f"{font}-{size}-{leading}-{color.hexval()}",
        fontName=font,
        bulletFontName=font,
        fontSize=size,
        leading=leading,
        textColor=color,
        alignment=TA_LEFT,
        splitLongWords=1,
    )


UNKNOWN = "\u2610"
"""The empty box that stands for a sign the font does not have."""


def escaped(text: str) -> str:
    """Text from a person as it may stand in a paragraph: nothing in it is markup."""
    return escape(clean(text))


def lacks(text: str) -> str:
    """The characters of a text for which the font has no sign; empty when it can be printed."""
    register_fonts()
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return "".join(sorted({each for each in text if ord(each) not in known}))


_COUNTED = re.compile(r"(?<![\w&#])(\d+(?:[.,:/–-]\d+)*½?) (?=[^\W\d]{1,10}(?![^\W\d])|[%°])")
"""A number and, behind a blank, what it counts; a longer word may stand on the next line."""


def for_a_paragraph(markup: str) -> str:
    """What can be printed, with each number kept on one line with its unit or what it counts."""
    return _COUNTED.sub("\\1\u00a0", printable(markup))


def printable(text: str) -> str:
    """The text with a box in place of each sign the font lacks: nothing is left out unseen, nothing is refused."""
    if text.isascii() and text.isprintable():  # most texts; every font has these
        return text
    return text.translate(dict.fromkeys(map(ord, lacks(text)), UNKNOWN))


def face(font: str) -> TTFont:
    """The font of this name as it is known now: its own, or what stands in for it."""
    register_fonts()
    return pdfmetrics.getFont(font)


def text_width(text: str, font: str, size: float) -> float:
    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))
