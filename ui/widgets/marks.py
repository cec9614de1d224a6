"""Small signs: state by shape, side by word and shape, chips, keys, reasons, sources, banners."""

from html import escape
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from evalassist.translate import tr
from evalassist.words import unbroken
from ui import spoken, style
from ui.widgets.elided import GivingLabel
from ui.widgets.focus import ENTER_KEYS
from ui.widgets.glyph import State, StateGlyph
from ui.widgets.side import SideBadge
from ui.widgets.symmetry import SymmetryBar, SymmetryReading

__all__ = [
    "Banner",
    "Chip",
    "KeptIndicator",
    "KeyCap",
    "LinkButton",
    "ReasonLink",
    "SideBadge",
    "SourceMark",
    "StateGlyph",
    "SymmetryBar",
    "SymmetryReading",
]

ChipKind = Literal["plain", "att", "danger", "filled", "outlined"]
BannerKind = Literal["danger", "att", "quiet"]
SAY_KEEPING_AFTER_MS = 1000


class Chip(QLabel):
    """A word in a small box; `filled` and `outlined` tell HIP from KNEE without colour."""

    def __init__(self, text: str, kind: ChipKind = "plain", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("chip", kind)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


NAMES = {"Enter": tr("Enter"), "Backspace": tr("Backspace")}
"""Keys that other keyboards call by other names."""


class KeyCap(QLabel):
    """A key of the keyboard, as a hint."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(NAMES.get(key, key), parent)
        self.setProperty("key", True)
        self.setAccessibleName(tr("key {key}").format(key=key))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class LinkButton(QPushButton):
    """An act in words, in the accent colour ("Keep", "Undo", "Why not")."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class SourceMark(QToolButton):
    """Where a conclusion comes from ("CPG B"); a click opens the source."""

    def __init__(self, text: str, says: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setToolTip(says)
        self.setAccessibleName(tr("Source: {text}").format(text=text) + (f", {says}" if says else ""))
        self.setProperty("src", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS:
            self.click()
        else:
            super().keyPressEvent(event)


class ReasonLink(QAbstractButton):
    """A finding that is a reason; the whole line takes the click and leads to it. Long ones wrap."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: dict[tuple[str, int, float], int] = {}
        """By words, width and text scale: a layout asks many times for the height of the same line."""
        self.setText(text)
        self.setAccessibleName(tr("Go to: {text}").format(text=text))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS:
            self.click()
        else:
            super().keyPressEvent(event)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        asked = self.text(), width, style.scale()
        if asked not in self._heights:
            self._heights[asked] = self._height(width)
        return self._heights[asked]

    def _height(self, width: int) -> int:
        room = QRect(0, 0, max(1, width - self._indent() - style.px(4)), 10_000)
        text = QFontMetrics(style.font(9.5)).boundingRect(room, self._flags(), unbroken(self.text()))
        return max(style.link_height(), text.height() + style.px(2))

    def sizeHint(self) -> QSize:
        advance = QFontMetrics(style.font(9.5)).horizontalAdvance(self.text())
        return QSize(self._indent() + advance + style.px(6), style.link_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(style.px(60), style.link_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(style.colour("accent" if self.isEnabled() else "quiet"), style.px(1.4))
        painter.setPen(pen)
        line_high = QFontMetrics(style.font(9.5)).height()
        several = self.heightForWidth(self.width()) > style.link_height()
        middle = line_high / 2 + 1 if several else self.height() / 2
        x, half = style.px(5), style.px(2.6)
        painter.drawPolyline(
            QPolygonF(
                [QPointF(x, middle - half), QPointF(x + half, middle), QPointF(x, middle + half)],
            )
        )
        looked_at = self.underMouse() or self.hasFocus()
        text_font = style.font(9.5)
        text_font.setUnderline(looked_at)
        painter.setFont(text_font)
        room = self.rect().adjusted(self._indent(), 0, -style.px(4), 0)
        painter.drawText(room, self._flags(), unbroken(self.text()))
        if self.hasFocus():
            painter.setPen(QPen(style.colour("accent"), style.thin()))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), style.px(4), style.px(4))

    def _indent(self) -> int:
        return style.px(16)

    def _flags(self) -> int:
        return int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class KeptIndicator(QWidget):
    """When the last change was kept; the one thing in the header that may change colour."""

    help_wanted = Signal()
    """The therapist asked what to do about changes that cannot be kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = StateGlyph("kept", size=14)
        self._text, self._short = GivingLabel(), False
        self._text.setProperty("t", "s")
        self._help = LinkButton(tr("What to do"))
        self._help.clicked.connect(self.help_wanted)
        self._late = QTimer(self, singleShot=True, interval=SAY_KEEPING_AFTER_MS)
        self._late.timeout.connect(self.show_keeping)
        self._backup = style.label("s")
        style.say(self._backup, c="att")
        self._backup.hide()
        line = style.row(self, spacing=6)
        for part in (self._glyph, self._text, self._help, self._backup):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._show("kept", "")

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def set_kept(self, at: str) -> None:
        """All is kept, since this time ("10:42:03")."""
        self._late.stop()
        told = tr("Kept {at}").format(at=at)
        self._show("kept", tr("Kept") if self._short else told)
        self._text.setToolTip(told if self._short else "")
        self.kept_at = at

    def set_short(self, short: bool) -> None:
        """Leave out when it was kept, which the tooltip says: for large text."""
        self._short = short
        if self.kept_at:
            self.set_kept(self.kept_at)

    def set_backup(self, short: str, full: str) -> None:
        """What is wrong with the backups, beside when the last change was kept; empty when all is well."""
        self._backup.setText(f"· {short}" if short else "")
        self._backup.setToolTip(full)
        self._backup.setVisible(bool(short))

    def set_keeping(self) -> None:
        """Keeping has begun; said only when it takes longer than a second."""
        if not self._late.isActive():
            self._late.start()

    def show_keeping(self) -> None:
        """Say now that it takes a while."""
        self._show("under-way", tr("Keeping…"))

    def set_failed(self, since: str, because: str) -> None:
        """Changes since this time cannot be kept; `because` says why in a short sentence."""
        self._late.stop()
        words = " ".join(because.split())
        self._show("danger", tr("Not kept since {since}. {words}").format(since=since, words=words))
        self._text.setToolTip(words)

    def _show(self, state: State, text: str) -> None:
        failed = state == "danger"
        self.kept_at = ""
        """Since when all is kept; empty while something is not."""
        self._glyph.set_state(state)
        self._glyph.setVisible(bool(text))
        self._text.setText(text)
        self._text.set_gives(failed)
        style.say(self._text, t="b" if failed else "s", c="danger" if failed else "")
        self._help.setVisible(failed)


class Banner(QFrame):
    """One line above a page: a sentence in bold, then a quiet one. At most one to a page."""

    acted = Signal()
    """Its link was clicked."""

    def __init__(
        self,
        kind: BannerKind,
        headline: str = "",
        detail: str = "",
        parent: QWidget | None = None,
        *,
        act: str = "",
    ) -> None:
        super().__init__(parent)
        self._kind: BannerKind = kind
        self._headline, self._detail = headline, detail
        self._glyph = StateGlyph("look")
        self._text = style.label()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._act = LinkButton(act)
        self._act.clicked.connect(self.acted)
        line = style.row(self, (10, 5, 10, 5), spacing=9)
        line.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._text, 1)
        line.addWidget(self._act, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(style.px(34))
        self.say(kind, headline, detail, act=act)

    def say(self, kind: BannerKind, headline: str, detail: str = "", *, act: str = "") -> None:
        """Say something else."""
        self._kind, self._headline, self._detail = kind, headline, detail
        glyphs: dict[BannerKind, State] = {"danger": "danger", "att": "look", "quiet": "good"}
        self._glyph.set_state(glyphs[kind])
        style.say(self, card="sunk" if kind == "quiet" else kind)
        self._act.setText(act)
        self._act.setVisible(bool(act))
        changed = self.accessibleName() != f"{headline} {detail}".strip()
        self.setAccessibleName(f"{headline} {detail}".strip())
        self._write()
        if changed and self.isVisible():
            self._speak()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._speak()

    def _speak(self) -> None:
        spoken.say(self, self.accessibleName(), at_once=self._kind == "danger")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        theme = style.tokens()
        loud = theme.ink if self._kind == "quiet" else getattr(theme, self._kind)
        bold = f'<span style="color:{loud}; font-weight:600">{escape(self._headline)}</span>'
        quiet = f' &nbsp;<span style="color:{theme.quiet}">{escape(self._detail)}</span>'
        self._text.setText(bold + (quiet if self._detail else ""))
