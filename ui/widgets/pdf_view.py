"""Real pages of a PDF on screen, and the making of a PDF while the window stays awake."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from time import sleep
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QCoreApplication,
    QEvent,
    QObject,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolButton, QWidget
from shiboken6 import isValid

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import collector, icons, spoken, style
from ui.aside import submit
from ui.faults import log_fault
from ui.spoken import Role
from ui.widgets.focus import ENTER_KEYS
from ui.widgets.segments import Choice, SegmentedControl

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfDocument

log = logging.getLogger(__name__)

View = Literal["two", "one", "width"]
GAP = 14
ASK_MS = 15
PAGE_PAINTED_S = 0.05


def open_pdf(pdf: bytes, parent: QObject | None = None) -> QPdfDocument:
    """The PDF, opened from memory."""
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument(parent)  # type: ignore[arg-type]  # the stubs forget that there may be no parent
    buffer = QBuffer(document)
    buffer.setData(QByteArray(pdf))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)
    return document


class PdfPages(QScrollArea):
    """The pages on a desk: two beside each other, one, or one as wide as the room."""

    page_changed = Signal()
    spoken_role = Role.Document

    def __init__(self, name: str, in_words: Callable[[], str] | None = None) -> None:
        """`in_words`: the same as text, where the words of the pages make no sentences, as in tables."""
        super().__init__()
        self.setAccessibleName(name)
        self._name, self._in_words = name, in_words
        self._document: QPdfDocument | None = None
        self._pdf = b""
        self._view: View = "two"
        self._page = 0
        self._words = ""
        self.setProperty("card", "desk")
        self.setWidgetResizable(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheet = _Sheet(self)
        self.setWidget(self._sheet)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def page_count(self) -> int:
        """How many pages there are; 0 while none are shown."""
        return 0 if self._document is None else self._document.pageCount()

    @property
    def at_work(self) -> bool:
        """Whether a page that is seen is still to be drawn."""
        return self._sheet.at_work

    @property
    def view(self) -> View:
        return self._view

    @property
    def shown(self) -> tuple[int, ...]:
        """The numbers of the pages to be seen, from 0."""
        count = 2 if self._view == "two" else 1
        return tuple(range(self._page, min(self._page + count, self.page_count)))

    @property
    def words(self) -> str:
        """What is said instead of pages, or "" when pages are shown."""
        return self._words

    def show_pdf(self, pdf: bytes) -> None:
        """Show these bytes, at the page that was looked at."""
        if pdf == self._pdf and self._document is not None:
            return
        old, self._document, self._pdf = self._document, open_pdf(pdf, self), pdf
        self._sheet.forget()
        if old is not None:
            old.deleteLater()
        self._words = ""
        self.show_page(min(self._page, self.page_count - 1))

    def show_words(self, words: str) -> None:
        """Say why there are no pages."""
        if self._document is not None:
            self._document.deleteLater()
        self._document, self._words = None, words
        self._redraw()

    def show_page(self, page: int) -> None:
        """Show this page (from 0); with two on the desk, the pair it belongs to."""
        page = max(0, min(page, max(0, self.page_count - 1)))
        self._page = page - page % 2 if self._view == "two" else page
        self.verticalScrollBar().setValue(0)
        self._redraw()

    def go(self, by: int) -> None:
        """To the pages after these, or before."""
        self.show_page(self._page + by * (2 if self._view == "two" else 1))
        spoken.say(self, self._where())

    def set_view(self, view: View) -> None:
        """How many pages lie on the desk, and how large."""
        self._view = view
        self.show_page(self._page)

    def image(self, page: int, size: QSize) -> QImage:
        """A picture of one page, as the printer would draw it."""
        assert self._document is not None
        return self._document.render(page, size)

    def page_size(self, page: int) -> tuple[float, float]:
        """Width and height of a page in points."""
        assert self._document is not None
        points = self._document.pagePointSize(page)
        return points.width(), points.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def text(self) -> str:
        """The words on all pages, for who has them read aloud."""
        if self._document is None:
            return self._words
        if self._in_words is not None:
            return self._in_words()
        return "\n\n".join(self._document.getAllText(page).text() for page in range(self.page_count))

    def press(self) -> None:
        """Read it as text: a picture of a page says nothing to a screen reader."""
        from ui.dialogs.as_text import AsText

        AsText(self._name, self.text(), self.window()).exec()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS:
            self.press()
        elif event.key() == Qt.Key.Key_PageDown and self._at_end():
            self.go(1)
        elif event.key() == Qt.Key.Key_PageUp and self.verticalScrollBar().value() == 0:
            self.go(-1)
        else:
            super().keyPressEvent(event)

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() == bar.maximum()

    def _where(self) -> str:
        numbers = ", ".join(str(page + 1) for page in self.shown)
        where = tr("page {numbers} of {page_count}").format(numbers=numbers, page_count=self.page_count)
        return self._words or where

    def _redraw(self) -> None:
        as_text = "" if self._words else tr("Enter: read it as text")
        self.setAccessibleDescription(". ".join(part for part in (self._where(), as_text) if part))
        self._sheet.lay_out()
        self.page_changed.emit()


class _Sheet(QWidget):
    """The desk itself, painted."""

    def __init__(self, pages: PdfPages) -> None:
        super().__init__()
        self._pages = pages
        self._images: dict[tuple[int, int], QImage] = {}
        self._boxes: list[tuple[int, QRectF]] = []
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._draw_next)

    @property
    def at_work(self) -> bool:
        """Whether there is a page that is seen and still white."""
        return self._rest.isActive()

    def forget(self) -> None:
        """The pages are others now."""
        self._images.clear()

    def lay_out(self) -> None:
        """Place the pages in the room there is."""
        room = self._pages.viewport().size()
        gap = style.px(GAP)
        self._boxes = []
        pages = self._pages.shown
        width, height = float(room.width()), float(room.height())
        if pages:
            across = 2 if self._pages.view == "two" else 1
            points = [self._pages.page_size(page) for page in pages]
            each = (width - gap * (across + 1)) / across
            factor = each / points[0][0]
            if self._pages.view != "width":
                factor = min(factor, (height - 2 * gap) / max(high for _, high in points))
            height = max(height, points[0][1] * factor + 2 * gap)
            total = across * points[0][0] * factor + (across - 1) * gap
            left = (width - total) / 2
            for place, (page, (wide, high)) in enumerate(zip(pages, points, strict=True)):
                x = left + place * (points[0][0] * factor + gap)
                top = max(gap, (height - high * factor) / 2)
                self._boxes.append(
                    (page, QRectF(round(x), round(top), round(wide * factor), round(high * factor)))
                )
        self.resize(round(width), round(height))
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.lay_out()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour("track"))
        if self._pages.words:
            painter.setPen(style.colour("quiet"))
            painter.setFont(style.font())
            room = self.rect().adjusted(style.px(40), 0, -style.px(40), 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(flags), self._pages.words)
        for page, box in self._boxes:
            painter.fillRect(box, Qt.GlobalColor.white)  # paper is white in both themes
            image = self._images.get((page, self._size(box).width()))
            if image is None:
                self._rest.start()
            else:
                painter.drawImage(box, image)
            painter.setPen(QPen(style.colour("line"), style.thin()))
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _size(self, box: QRectF) -> QSize:
        ratio = self.devicePixelRatioF()
        return QSize(round(box.width() * ratio), round(box.height() * ratio))

    def _draw_next(self) -> None:
        """One page at a time, so that a key finds room between them."""
        wanted = {(page, self._size(box).width()) for page, box in self._boxes}
        for page, box in self._boxes:
            size = self._size(box)
            key = (page, size.width())
            if key not in self._images:
                self._images = {known: image for known, image in self._images.items() if known in wanted}
                self._images[key] = self._pages.image(page, size)
                self.update()  # which asks for the next one
                return


class PageTools(QWidget):
    """Which pages are shown, the pages before and after, and how they lie."""

    def __init__(self, pages: PdfPages, *, two: bool) -> None:
        super().__init__()
        self._pages = pages
        line = style.row(self, spacing=4)
        self._back, self._forward = (
            self._button("back", tr("Pages before"), -1),
            self._button("forward", tr("Pages after"), 1),
        )
        self.where = style.label()
        self.where.setProperty("t", "b")
        choices = [Choice("two", tr("Two pages"))] if two else []
        choices += [Choice("one", tr("One page")), Choice("width", tr("Width"))]
        self.view = SegmentedControl(choices, tr("How the pages lie"))
        self.view.set_value(pages.view)
        self.view.answered.connect(self._chosen)
        for part in (self._back, self.where, self._forward):
            line.addWidget(part)
        line.addSpacing(style.px(14))
        line.addWidget(self.view)
        pages.page_changed.connect(self._show)
        self._show()

    def _button(self, name: str, says: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        icons.put_icon(button, name)
        button.setToolTip(says)
        button.setAccessibleName(says)
        button.clicked.connect(lambda: self._pages.go(by))
        return button

    def _chosen(self, view: object) -> None:
        if view is None:
            self.view.set_value(self._pages.view)
        elif view == "two":
            self._pages.set_view("two")
        else:
            self._pages.set_view("one" if view == "one" else "width")

    def _show(self) -> None:
        shown, count = self._pages.shown, self._pages.page_count
        words = f"{shown[0] + 1}–{shown[-1] + 1}" if len(shown) > 1 else f"{shown[0] + 1}" if shown else ""
        self.where.setText(tr("{words} of {count}").format(words=words, count=count) if count else "")
        self._back.setEnabled(bool(shown) and shown[0] > 0)
        self._forward.setEnabled(bool(shown) and shown[-1] + 1 < count)


class PdfMaker(QObject):
    """Makes a PDF beside the window's own work; of several wishes only the last is told."""

    made = Signal(object)
    """What the work returned."""
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: Future[Any] | None = None

    @property
    def at_work(self) -> bool:
        """Whether something was begun and is not told yet."""
        return self._wanted is not None

    def make(self, work: Callable[[], object]) -> None:
        """Begin; `made` or `failed` follows, unless another wish comes first."""
        self.forget()
        self._wanted = _workshop().begin(self, work)

    def forget(self) -> None:
        """Nothing is wanted any more: what waits is not drawn, what is being drawn is not told."""
        if self._wanted is not None:
            self._wanted.cancel()
            self._wanted = None

    def tell(self, done: Future[Any]) -> None:
        """What was begun is ready."""
        if done is not self._wanted:
            return
        self._wanted = None
        try:
            result = done.result()
        except EvalAssistError as fault:
            self.failed.emit(str(fault))
        except Exception as error:  # a defect must not leave the page waiting for ever
            log_fault(log, "a paper could not be drawn", error)
            self.failed.emit(tr("The pages could not be drawn. What you answered is kept."))
        else:
            self.made.emit(result)


class _Workshop(QObject):
    """One thread that draws papers, one at a time, and a clock that asks whether one is ready."""

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="papers")
        self._begun: list[tuple[Future[Any], weakref.ref[PdfMaker]]] = []
        self._clock = QTimer(self, interval=ASK_MS)
        self._clock.timeout.connect(self._ask)

    def begin(self, maker: PdfMaker, work: Callable[[], object]) -> Future[Any]:
        """Draw this after what was begun before."""
        collector.rest(self)
        begun = submit(self._thread, partial(_after_the_page, work))
        self._begun.append((begun, weakref.ref(maker)))
        self._clock.start()
        return begun

    def _ask(self) -> None:
        ready = [entry for entry in self._begun if entry[0].done()]
        self._begun = [entry for entry in self._begun if entry not in ready]
        if not self._begun:
            self._clock.stop()
            collector.resume(self)
        for done, asked_by in ready:
            maker = asked_by()
            if maker is not None and isValid(maker):
                maker.tell(done)


def _after_the_page(work: Callable[[], object]) -> object:
    """Let the page that asks be painted first: two threads of Python share one processor."""
    sleep(PAGE_PAINTED_S)
    return work()


@cache
def _workshop() -> _Workshop:
    return _Workshop(QCoreApplication.instance())
