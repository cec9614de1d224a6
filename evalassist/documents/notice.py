"""The clinic's own notice of free language help, carried by the sheet as its last pages.

Its pages are pictures to the sheet: drawn whole, never made larger, and named by an alternate text; their own words and
tags are not read aloud.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFObject
from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import kept
from evalassist.documents.logo import opened_on_white, refuse_large
from evalassist.documents.look import PAPER, Paper
from evalassist.documents.tags import figure_tag
from evalassist.errors import DocumentError
from evalassist.files import read_small
from evalassist.translate import tr

log = logging.getLogger(__name__)

MOST_PAGES = 2
"""Both faces of one leaf: more would be longer than what the patient came for."""
MOST_ADDED_BYTES = 500_000
"""With it and a logo a sheet stays under its 1 MB."""
PICTURE_DPI, GRAYS = 200, 8
"""Enough for small print, in half the bytes of a photograph."""
_MOST_UNPACKED = 200_000_000
_DAMAGED = "It is damaged or no PDF."
_WANTED = "a PDF, or a PNG or JPEG picture"
_LEFT_OUT = frozenset({"/Length", "/Parent", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo"})
"""What ties a part to the rest of its own file, and would mean another thing in ours."""


def fitted_notice(file: Path) -> bytes:
    """A PDF as it is, or a picture as a gray page: what the sheet carries as its last pages.

    Raises `DocumentError` with what to do when it cannot be used.
    """
    notice = _pdf(file) or _picture(file)
    if problem := notice_problem(notice):
        raise DocumentError(
            tr("{name} cannot be used. {problem} Choose {wanted}.").format(
                name=file.name, problem=problem, wanted=_WANTED
            )
        )
    return notice


def _pdf(file: Path) -> bytes:
    """The bytes of a PDF; nothing where the file is none or cannot be read, which the reader of pictures tells."""
    try:
        refuse_large(file, "file")
        data = read_small(file)
    except (OSError, ValueError):
        return b""
    return data if b"%PDF-" in data[:1024] else b""


def _picture(file: Path) -> bytes:
    gray, letter = opened_on_white(file, _WANTED), PAPER["letter"]
    gray.thumbnail((letter.width / 72 * PICTURE_DPI, letter.height / 72 * PICTURE_DPI))
    few = gray.point([round(level / 255 * (GRAYS - 1)) * 255 // (GRAYS - 1) for level in range(256)])
    width, height = (side * 72 / PICTURE_DPI for side in few.size)
    page = BytesIO()
    canvas = look.new_canvas(page, replace(letter, width=width, height=height), "en")
    canvas.drawImage(ImageReader(few), 0, 0, width, height)
    canvas.showPage()
    canvas.save()
    return page.getvalue()


@lru_cache(maxsize=2)
def notice_problem(notice: bytes) -> str:
    """Why the sheet cannot carry this notice, in sentences; empty when it can, or when there is none."""
    if not notice:
        return ""
    try:
        trial = BytesIO()
        canvas = look.new_canvas(trial, PAPER["letter"], "en")
        for page in notice_pages(notice):
            page.draw(canvas, PAPER["letter"], "")
            canvas.showPage()
        canvas.save()
    except DocumentError as fault:
        return str(fault)
    except Exception as error:  # whatever a damaged file does to the reader
        log.warning("the notice cannot be read: %s", type(error).__name__)
        return _DAMAGED
    if (size := len(trial.getvalue())) > MOST_ADDED_BYTES:
        return f"It would make every handout {size / 1e6:.1f} MB larger, and {MOST_ADDED_BYTES / 1e6} MB are the most."
    return ""


@dataclass(frozen=True)
class NoticePage:
    """A page of the clinic's file: what is drawn, the part of it that shows, in points, and how far it is turned."""

    drawn: _Part
    left: float
    bottom: float
    width: float
    height: float
    turned_degrees: int

    def draw(self, canvas: Canvas, paper: Paper, alt: str) -> None:
        """Draw it in the middle of a page of ours, made smaller where that page is smaller."""
        wide, high = (
            (self.width, self.height) if self.turned_degrees % 180 == 0 else (self.height, self.width)
        )
        scale = min(paper.width / wide, paper.height / high, 1.0)
        name = f"notice-{canvas.getPageNumber()}"
        canvas._doc.addForm(name, self.drawn)
        with figure_tag(canvas, alt, 0, paper.height, paper.width, paper.height), kept(canvas):
            canvas.translate(paper.width / 2, paper.height / 2)
            canvas.scale(scale, scale)
            canvas.rotate(-self.turned_degrees)
            canvas.translate(-self.left - self.width / 2, -self.bottom - self.height / 2)
            canvas.doForm(name)


def notice_pages(notice: bytes) -> list[NoticePage]:
    """The pages of a notice, for one sheet; raises `DocumentError` or whatever a damaged file leads to."""
    if not notice:
        return []
    from pypdf import PdfReader  # a fifth of a second, and few clinics have a notice

    read = PdfReader(BytesIO(notice))
    if read.is_encrypted:
        raise DocumentError(tr("It is protected with a password; save a copy without one."))
    if not 1 <= (count := len(read.pages)) <= MOST_PAGES:
        raise DocumentError(
            tr("It has {count} pages, and {most_pages} are the most: the two sides of one leaf.").format(
                count=count, most_pages=MOST_PAGES
            )
        )
    known: dict[tuple[int, int], _Part] = {}
    return [_page(page, known) for page in read.pages]


def _page(page: Any, known: dict[tuple[int, int], _Part]) -> NoticePage:
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

    contents, drawn, box = page.get_contents(), DecodedStreamObject(), page.cropbox
    drawn.set_data(b"" if contents is None else contents.get_data())
    form: Any = drawn.flate_encode()
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/FormType")], form[NameObject("/BBox")] = NumberObject(1), box
    form[NameObject("/Resources")] = page.get("/Resources", DictionaryObject())
    if "/Group" in page:  # how its see-through parts mix
        form[NameObject("/Group")] = page["/Group"]
    left, bottom, width, height = map(float, (box.left, box.bottom, box.width, box.height))
    part = _Part()
    part.pieces = list(_pieces(form, known))
    return NoticePage(part, left, bottom, width, height, page.rotation % 360)


class _Part(PDFObject):
    """An object of the clinic's file as it is written into ours: its bytes, and between them the parts it names."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.pieces: list[bytes | _Part] = []

    def format(self, document: Any) -> bytes:
        return b"".join(
            piece if isinstance(piece, bytes) else document.Reference(piece).format(document)
            for piece in self.pieces
        )


def _pieces(thing: Any, known: dict[tuple[int, int], _Part]) -> Iterator[bytes | _Part]:
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

    if isinstance(thing, IndirectObject):
        key = thing.idnum, thing.generation
        if key not in known:
            known[key] = _Part()  # before it is read: parts may name each other
            known[key].pieces = list(_pieces(thing.get_object(), known))
        yield known[key]
    elif isinstance(thing, DictionaryObject):
        yield b"<<"
        for name, value in thing.items():
            if name not in _LEFT_OUT:
                yield _written(name) + b" "
                yield from _pieces(value, known)
                yield b"\n"
        if isinstance(thing, StreamObject):
            _refuse_torn(thing)
            yield b"/Length %d>>\nstream\n%b\nendstream" % (len(thing._data), thing._data)
        else:
            yield b">>"
    elif isinstance(thing, ArrayObject):
        yield b"["
        for value in thing:
            yield b" "
            yield from _pieces(value, known)
        yield b"]"
    else:
        yield _written(thing)


def _refuse_torn(stream: Any) -> None:
    """The reader mends what it can and says nothing; a printer would leave out what is torn."""
    if stream.get("/Filter") in ("/FlateDecode", ["/FlateDecode"]):
        unpacked = zlib.decompressobj()
        unpacked.decompress(stream._data, _MOST_UNPACKED)
        if not unpacked.eof:
            raise DocumentError(_DAMAGED)


def _written(thing: Any) -> bytes:
    stream = BytesIO()
    thing.write_to_stream(stream)
    return stream.getvalue()
