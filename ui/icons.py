"""The one door to icons: one family, drawn in our colours.

The shapes are the Material Design icons that come with `qtawesome`.
"""

import json
import weakref
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from shiboken6 import isValid

from ui.style import px, tokens

NAMES = {
    "about": "information-outline",
    "accept-all": "check-all",
    "account": "account-outline",
    "add": "plus",
    "back": "chevron-left",
    "bed": "bed-outline",
    "calendar": "calendar-clock",
    "chart": "chart-line",
    "close": "close",
    "copy": "content-copy",
    "delete": "trash-can-outline",
    "document": "file-document-outline",
    "down": "arrow-down",
    "locked": "lock",
    "unlocked": "lock-open-variant-outline",
    "edit": "pencil-outline",
    "export": "export-variant",
    "flag": "flag",
    "fold": "chevron-double-right",
    "forward": "chevron-right",
    "full-screen": "fullscreen",
    "go": "arrow-right",
    "help": "help-circle-outline",
    "history": "history",
    "keys": "keyboard-outline",
    "letter": "file-edit-outline",
    "lock": "lock-outline",
    "new-patient": "account-plus-outline",
    "open": "chevron-down",
    "phone": "phone-outline",
    "picture": "image-outline",
    "print": "printer-outline",
    "save": "content-save-outline",
    "search": "magnify",
    "seat": "seat-outline",
    "settings": "cog-outline",
    "sides": "swap-horizontal",
    "sign": "lock-check-outline",
    "sound": "volume-high",
    "start": "play",
    "stop": "stop",
    "time": "timer-outline",
    "undo": "undo",
    "unfold": "chevron-double-left",
    "up": "arrow-up",
    "view": "eye-outline",
    "what-if": "flask-outline",
    "window": "fullscreen-exit",
}

_shown: "weakref.WeakKeyDictionary[QAbstractButton, tuple[str, str, int]]" = weakref.WeakKeyDictionary()


def icon(name: str, tone: str = "ink", size: int = 16, room: int = 0) -> QIcon:
    """An icon by our name for it (see `NAMES`), in a colour token, at a size given for 100 % text.

    `room` is left empty at both sides, in pixels.
    """
    made = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, tone), (QIcon.Mode.Disabled, "quiet")):
        for ratio in (1, 2, 3):
            made.addPixmap(_drawn(NAMES[name], getattr(tokens(), colour), px(size), room, ratio), mode)
    return made


def put_icon(button: QAbstractButton, name: str, tone: str = "ink", size: int = 16) -> None:
    """Give the button an icon that `refresh` can tint again."""
    if name not in NAMES:
        raise KeyError(f"no icon is called {name!r}; add it to ui.icons.NAMES")
    _shown[button] = (name, tone, size)
    _set(button, name, tone, size)


def refresh() -> None:
    """Tint and size every icon again after a change of theme or text scale."""
    for button, wanted in list(_shown.items()):
        if isValid(button):  # its widget may be gone while Python still knows its name
            _set(button, *wanted)


class Picture(QLabel):
    """An icon that only shows; what it means stands in words beside it."""

    def __init__(self, name: str, tone: str = "ink", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self._draw()

    def set_icon(self, name: str, tone: str = "") -> None:
        """Show another icon."""
        self._name, self._tone = name, tone or self._tone
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._draw()
        super().changeEvent(event)

    def _draw(self) -> None:
        side = px(self._size)
        made = icon(self._name, self._tone, self._size)
        self.setPixmap(made.pixmap(QSize(side, side), self.devicePixelRatio()))


def _set(button: QAbstractButton, name: str, tone: str, size: int) -> None:
    # Qt leaves 4 px between icon and word at any text size: the picture brings the rest of the room.
    room = max(0, px(5) - 4)
    button.setIconSize(QSize(px(size) + 2 * room, px(size)))
    button.setIcon(icon(name, tone, size, room))


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, side: int, room: int, ratio: int) -> QPixmap:
    family, letters = _font()
    width = side + 2 * room
    pixmap = QPixmap(width * ratio, side * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    font = QFont(family)
    font.setPixelSize(side)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(QRect(0, 0, width, side), Qt.AlignmentFlag.AlignCenter, letters[name])
    painter.end()
    return pixmap


@cache
def _font() -> tuple[str, dict[str, str]]:
    """The family name of the icon font, and the letter that stands for each icon.

    Importing `qtawesome` itself costs half a second (it loads every binding's names and twelve fonts);
    the one font and its table are read from its folder instead.
    """
    package = find_spec("qtawesome")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("qtawesome is not installed; it holds the icon font")
    fonts = Path(package.submodule_search_locations[0], "fonts")
    font_id = QFontDatabase.addApplicationFont(str(next(fonts.glob("materialdesignicons6-webfont-*.ttf"))))
    table = json.loads(next(fonts.glob("materialdesignicons6-webfont-charmap-*.json")).read_text("utf-8"))
    letters = {name: chr(int(table[name], 16)) for name in NAMES.values()}
    return QFontDatabase.applicationFontFamilies(font_id)[0], letters
