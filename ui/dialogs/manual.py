"""The manual in a window of its own: chapters at the left, one page at the right, and a search through all of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

from evalassist import resources
from evalassist.manual import CHAPTERS, FOLDER, Chapter, chapters
from evalassist.translate import tr
from ui import spoken, style
from ui.spoken import Said
from ui.widgets.focus import ENTER_KEYS
from ui.widgets.typed import quotable

SIZE, LEFT, MARGIN = (1080, 700), 250, 18
HEADINGS = {1: 15.0, 2: 11.5, 3: 10.5}
"""Sizes in points at 100 % text, as everywhere in the window."""
PICTURE = "\ufffc"
"""What stands for a picture in the text of a block."""
FOR_STEP = {
    "strength": "strength",
    "assessment": "plan",
    "plan": "plan",
    "handout": "handout",
    "sign": "sign",
}
"""The chapter that fits a step better than the one about all steps."""


def show_manual(window: QWidget, chapter_id: str = "") -> None:
    """Show the manual beside the window, which goes on working; it is opened once."""
    manual = next((each for each in window.findChildren(Manual) if each.isVisible()), None)
    if manual is None:
        manual = Manual(window)
        manual.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        manual.show()
    manual.go_to(chapter_id or manual.page.shown)
    manual.raise_()
    manual.activateWindow()


class Manual(QDialog):
    """Links lead from chapter to chapter; Enter in the search goes from hit to hit, through all chapters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("EvalAssist manual"))
        room = parent.window().size() if parent is not None else self.size().expandedTo(self.maximumSize())
        self.resize(min(style.px(SIZE[0]), room.width()), min(style.px(SIZE[1]), room.height()))
        self.chapters = chapters()
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("Find in the manual"))
        self.search.setPlaceholderText(tr("Find in the manual"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._look_for)
        self.said = Said("s", wrap=True)
        self.said.hide()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Chapters"))
        self.list.setObjectName("chapters")
        for each in self.chapters:
            item = QListWidgetItem(each.title, self.list)
            item.setSizeHint(QSize(0, style.control_height()))
        self.list.currentRowChanged.connect(lambda at: self._show(at))
        self.page = Page()
        self.page.chapter_wanted.connect(self.go_to)
        left = style.column(spacing=8)
        for part in (self.search, self.said, self.list):
            part.setFixedWidth(style.px(LEFT))
            left.addWidget(part)
        line = style.row(self, (12, 12, 12, 12), spacing=12)
        line.addLayout(left)
        line.addWidget(self.page, 1)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def go_to(self, chapter_id: str) -> None:
        """Show a chapter from its beginning."""
        if chapter_id in CHAPTERS:
            self.list.setCurrentRow(CHAPTERS.index(chapter_id))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.search.setFocus()
            self.search.selectAll()
        elif event.key() == Qt.Key.Key_F3:
            self._go_on(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in ENTER_KEYS
        ):
            self._go_on(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return True
        return super().eventFilter(watched, event)

    def _show(self, at: int) -> None:
        self.page.show_chapter(self.chapters[at])

    # ------------------------------------------------------------ finding

    def _look_for(self, words: str) -> None:
        """Say beside each chapter how often it has these words, and go to the first place."""
        wanted = words.strip().casefold()
        hits = [_plain(each.text).count(wanted) if wanted else 0 for each in self.chapters]
        for at, (each, count) in enumerate(zip(self.chapters, hits, strict=True)):
            self.list.item(at).setText(f"{each.title}  ({count})" if count else each.title)
        self.said.setText(tr("“{words}” is not in the manual.").format(words=quotable(words)))
        self.said.setVisible(bool(wanted) and not any(hits))
        if any(hits) and not hits[self.list.currentRow()]:
            self.list.setCurrentRow(next(at for at, count in enumerate(hits) if count))
        self.page.mark(words)
        self.page.find_next(words, from_start=True)
        if any(hits):
            found = ", ".join(
                item.text() for at, count in enumerate(hits) if count and (item := self.list.item(at))
            )
            spoken.say(self.search, found, at_once=True, instead=True)

    def _go_on(self, *, back: bool = False) -> None:
        """The next place in this chapter, else the first of the next chapter that has one; and round again."""
        words, here = self.search.text(), self.list.currentRow()
        if not words.strip() or self.page.find_next(words, back=back):
            return
        step = -1 if back else 1
        for far in range(1, len(self.chapters) + 1):
            at = (here + step * far) % len(self.chapters)
            if words.strip().casefold() in _plain(self.chapters[at].text):
                self.list.setCurrentRow(at)
                self.page.find_next(words, back=back, from_start=True)
                return


class Page(QTextBrowser):
    """One chapter in the window's own look; pictures are never wider than the page."""

    chapter_wanted = Signal(str)
    """A link to a chapter was followed."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""
        self.setObjectName("manual")
        spoken.read_by_keys(self)
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )  # else pictures change their room
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.anchorClicked.connect(self._follow)
        self._chapter: Chapter | None = None
        self._marked = ""
        self._again = QTimer(self, singleShot=True, interval=120)
        self._again.timeout.connect(self._draw_again)

    def show_chapter(self, chapter: Chapter) -> None:
        self._chapter, self.shown = chapter, chapter.id
        self.setAccessibleName(chapter.title)
        self._draw()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def mark(self, words: str) -> None:
        """Mark each place that has these words."""
        self._marked = words
        found = []
        ground = QTextCharFormat()
        ground.setBackground(style.colour("att_soft"))
        ground.setForeground(style.colour("att"))
        ground.setFontUnderline(True)  # not by color alone
        cursor = QTextCursor(self.document())
        while words.strip() and not (cursor := self.document().find(words.strip(), cursor)).isNull():
            place = QTextEdit.ExtraSelection()
            place.cursor, place.format = QTextCursor(cursor), ground
            found.append(place)
        self.setExtraSelections(found)

    def find_next(self, words: str, *, back: bool = False, from_start: bool = False) -> bool:
        """Go to the next place with these words; False when there is none further on."""
        if from_start:
            self.moveCursor(QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start)
        flags = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if not words.strip() or not self.find(words.strip(), flags):
            return False
        bar = self.verticalScrollBar()  # where the eye is, with what stands before it
        bar.setValue(bar.value() + self.cursorRect().top() - self.viewport().height() // 3)
        return True

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        url = name if isinstance(name, QUrl) else QUrl(name)
        picture = QImage(str(resources.path(f"{FOLDER}/{url.path()}")))
        room = self.viewport().width() - 2 * style.px(MARGIN)
        wide = min(round(picture.width() * style.scale()), max(room, style.px(100)))
        return picture.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._again.start()  # pictures are fitted anew

    def _draw(self) -> None:
        if self._chapter is None:
            return
        bar = self.verticalScrollBar()
        part = bar.value() / max(1, bar.maximum())
        document = self.document()
        document.clear()
        document.setDocumentMargin(style.px(MARGIN))
        self.setMarkdown(self._chapter.text)
        _dress(document)
        self.mark(self._marked)
        bar.setValue(round(part * bar.maximum()))

    def _draw_again(self) -> None:
        """Another width: the same words stand at the same place, and what was found stays chosen."""
        before = self.textCursor()
        anchor, position = before.anchor(), before.position()
        self._draw()
        found = QTextCursor(self.document())
        found.setPosition(anchor)
        found.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(found)

    def _follow(self, url: QUrl) -> None:
        self.chapter_wanted.emit(PurePosixPath(url.path()).stem)


@cache
def _plain(text: str) -> str:
    """What a chapter says, without its marks."""
    document = QTextDocument()
    document.setMarkdown(text)
    return document.toPlainText().casefold()


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _dress(document: QTextDocument) -> None:
    """The window's sizes, distances and colors; a style sheet does not reach Markdown."""
    whole = QTextCursor(document)
    whole.beginEditBlock()  # laid out once, at the end
    for block in _blocks(document):
        level = block.blockFormat().headingLevel()
        cursor = QTextCursor(block)
        room = QTextBlockFormat()
        in_table = cursor.currentTable() is not None
        code = block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
        words = not (in_table or code or block.text().startswith(PICTURE))
        room.setLineHeight(128 if words else 100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        room.setTopMargin(style.px(20) if level > 1 else 0)
        room.setBottomMargin(0 if in_table else style.px(8 if level or not block.textList() else 4))
        if code:
            room.setNonBreakableLines(False)
            room.setBackground(style.colour("faint"))
            room.setBottomMargin(0)
        cursor.mergeBlockFormat(room)
        if level:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            letters = cursor.charFormat()
            letters.clearProperty(QTextFormat.Property.FontSizeAdjustment)
            letters.setFontPointSize(HEADINGS.get(level, style.BASE_PT) * style.scale())
            letters.setFontWeight(600)
            cursor.setCharFormat(letters)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            look = frame.format()
            look.setBorder(style.thin())
            look.setBorderBrush(style.colour("line"))
            look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            look.setBorderCollapse(True)
            look.setCellPadding(style.px(6))
            look.setCellSpacing(0)
            look.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
            look.setBottomMargin(style.px(10))
            frame.setFormat(look)
    whole.endEditBlock()
