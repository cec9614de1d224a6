"""What each thing on a page is, for who has the sheet read aloud: a tree of headings, lists, tables, figures.

The tree has the order in which things are drawn. Whatever is drawn outside a leaf of it (lines, boxes, icons)
is decoration that a reader program passes over.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFStream, PDFString
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_GROUPS = frozenset({"Document", "L", "LI", "Table", "TR"})
"""These hold other elements; all others are leaves and hold what is drawn."""
_RUNNING_TEXT = frozenset({"H1", "H2", "H3", "P", "LBody"})
_OWNER = {"L": "List", "TH": "Table", "Figure": "Layout"}
_DECORATION, _FURNITURE, _END = "/Artifact BMC", "/Artifact <</Type /Pagination>> BDC", "EMC"
_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
"""Says to a checker that the file means to be read aloud (PDF/UA, ISO 14289-1)."""


@contextmanager
def tag(
    canvas: Canvas, role: str, alt: str = "", *, running: bool = True, **attributes: Any
) -> Iterator[None]:
    """What is drawn inside is a `role` of PDF ("H2", "P", "LI", "Figure" ...), or an "Artifact": decoration.

    `alt` is read in place of what is drawn. Inside a leaf nothing more is told apart, so that words
    drawn in a heading belong to the heading, and words in a figure to the figure. Names of studies are no
    running text: how hard the sheet is to read does not hang on them.
    """
    if not isinstance(canvas, TaggedCanvas) or canvas.in_leaf:
        yield
    elif role in _GROUPS:
        canvas.group, outer = _Element(role, canvas.group, attributes, alt), canvas.group
        yield
        canvas.group = outer
    else:
        leaf = None if role == "Artifact" else _Element(role, canvas.group, attributes, alt)
        canvas.begin(leaf)
        yield
        canvas.end(leaf, running)


def figure_tag(
    canvas: Canvas, alt: str, x: float, y_top: float, width: float, height: float
) -> AbstractContextManager[None]:
    """What is drawn inside, in this box, is one picture; `alt` says it to who does not see it."""
    if not isinstance(canvas, TaggedCanvas):
        return nullcontext()
    box = (*canvas.absolutePosition(x, y_top - height), *canvas.absolutePosition(x + width, y_top))
    return tag(canvas, "Figure", alt, Placement="Block", BBox=box)


def say(canvas: Canvas, text: str) -> None:
    """The words that are being drawn, kept with the leaf they belong to."""
    if isinstance(canvas, TaggedCanvas) and canvas.leaf is not None:
        canvas.leaf.said.append(text)


class _Element(PDFObject):
    """A node of the tree; a leaf knows its page and the number of its piece of that page's drawing."""

    __RefOnly__ = 1

    def __init__(self, role: str, parent: Any, attributes: dict[str, Any], alt: str = "") -> None:
        self.role, self.parent, self.attributes, self.alt = role, parent, attributes, alt
        self.kids: list[_Element] = []
        self.said: list[str] = []
        self.page: Any = None
        self.piece = 0
        if isinstance(parent, _Element):
            parent.kids.append(self)

    def format(self, document: Any) -> bytes:
        def reference(to: Any) -> bytes:
            return bytes(document.Reference(to).format(document))

        parts = [b"<</S/%s/P " % self.role.encode(), reference(self.parent)]
        if self.page:
            parts += (b"/Pg ", reference(self.page), b"/K %d" % self.piece)
        elif self.kids:
            parts += (b"/K[", b" ".join(map(reference, self.kids)), b"]")
        if self.alt:
            parts += (b"/Alt", PDFString(self.alt).format(document))
        if self.attributes:
            told = "".join(f"/{name}{_value(value)}" for name, value in self.attributes.items())
            parts.append(f"/A<</O/{_OWNER[self.role]}{told}>>".encode())
        return b"".join((*parts, b">>"))


def _value(value: str | float | tuple[float, ...]) -> str:
    """A name, a number or a row of numbers as PDF writes it."""
    if isinstance(value, tuple):
        return f"[{' '.join(f'{each:.1f}' for each in value)}]"
    return f"/{value}" if isinstance(value, str) else f" {value}"


class TaggedCanvas(Canvas):
    """A canvas whose file carries the tree beside the pages."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        self._root.__RefOnly__ = 1
        self._whole = self.group = _Element("Document", self._root, {})
        self.in_leaf = False
        self.leaf: _Element | None = None
        self._leaves: list[_Element] = []
        self.texts: list[str] = []
        """The running text in the order in which it is read: headings, paragraphs, entries of lists."""
        self._of_pages: list[Any] = []
        super().__init__(*arguments, **options)

    def begin(self, leaf: _Element | None) -> None:
        """From here to `end` all that is drawn belongs to this leaf; without one, to the furniture of the page."""
        self.in_leaf, self.leaf = True, leaf
        if self._code and self._code[-1] == _DECORATION:
            self._code.pop()
        else:
            self._code.append(_END)
        self._code.append(f"/{leaf.role} <</MCID {len(self._leaves)}>> BDC" if leaf else _FURNITURE)
        self._began = len(self._code)

    def end(self, leaf: _Element | None, running: bool) -> None:
        self.in_leaf, self.leaf = False, None
        if leaf and running and leaf.role in _RUNNING_TEXT:
            self.texts.append(" ".join(leaf.said))
        if len(self._code) == self._began:  # an empty cell of a table
            self._code[-1] = _DECORATION
            return
        self._code += (_END, _DECORATION)
        if leaf:
            leaf.piece = len(self._leaves)
            self._leaves.append(leaf)

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> PDFTextObject:  # noqa: N802
        return _Lines(self, x, y, direction=direction)

    def showPage(self) -> None:  # noqa: N802
        self._code.insert(0, _DECORATION)
        self._code.append(_END)
        super().showPage()
        page, number = self._doc.Pages.pages[-1], len(self._of_pages) // 2
        page.__Defaults__ = {**page.__Defaults__, "StructParents": number, "Tabs": PDFName("S")}
        for leaf in self._leaves:
            leaf.page = page
        self._of_pages += (number, PDFArray(self._leaves))
        self._leaves = []

    def save(self) -> None:
        self._root.dict |= {"K": self._whole, "ParentTree": PDFDictionary({"Nums": PDFArray(self._of_pages)})}
        catalog = self._doc.Catalog
        catalog.StructTreeRoot = self._root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        catalog.Metadata = PDFStream(
            PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}),
            _METADATA.format(title=escape(self._doc.info.title)).encode(),
        )
        super().save()


class _Lines(PDFTextObject):
    """Text whose lines end in a space: without it the last word of a line is read as one with the next."""

    def textLine(self, text: str = "") -> None:  # noqa: N802
        super().textLine(text + " ")

    def _textOut(self, text: str, TStar: int = 0) -> None:  # noqa: N802, N803
        super()._textOut(text + " " if TStar else text, TStar)
