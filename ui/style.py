"""How EvalAssist looks: two sets of colours, one type scale, one style sheet.

`apply_style` sets all of it on the application and may be called again when the text scale or the
theme changes. Painted controls read `tokens()` and `px()` each time they draw.
"""

import atexit
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from ui import collector

BASE_PT = 10.5
SHEET = Path(__file__).with_suffix(".qss")
OFF_SCREEN_FONT = "Open Sans"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme; every text colour holds 4.5 : 1 on each ground it is used on."""

    ink: str
    quiet: str
    page: str
    card: str
    hover: str
    field: str
    faint: str
    line: str
    control: str
    scroll: str
    track: str
    accent: str
    accent_ink: str
    accent_soft: str
    att: str
    att_soft: str
    att_line: str
    danger: str
    danger_soft: str
    danger_line: str
    good: str
    right: str
    right_soft: str
    left: str
    left_soft: str
    side_ink: str


LIGHT = Tokens(
    ink="#1F2933",
    quiet="#52606D",
    page="#F5F7FA",
    card="#FFFFFF",
    hover="#EEF2F6",
    field="#FFFFFF",
    faint="#F0F3F7",
    line="#D9E2EC",
    control="#74889C",
    scroll="#B3C0CD",
    track="#E4EAF0",
    accent="#0F766E",
    accent_ink="#FFFFFF",
    accent_soft="#E6F4F2",
    att="#B45309",
    att_soft="#FEF6E7",
    att_line="#F0C987",
    danger="#B91C1C",
    danger_soft="#FDF0F0",
    danger_line="#F0B4B4",
    good="#166534",
    right="#1E40AF",
    right_soft="#EEF3FE",
    left="#9333EA",
    left_soft="#F8F2FF",
    side_ink="#FFFFFF",
)

DARK = Tokens(
    ink="#E6EBF0",
    quiet="#A3B1BF",
    page="#12181F",
    card="#1B232C",
    hover="#242E39",
    field="#141B22",
    faint="#202933",
    line="#313C48",
    control="#6B7C8D",
    scroll="#46535F",
    track="#2A3541",
    accent="#3FC1B0",
    accent_ink="#06201D",
    accent_soft="#17332F",
    att="#F2B35E",
    att_soft="#33270F",
    att_line="#6B4E1B",
    danger="#F58C8C",
    danger_soft="#3A1B1E",
    danger_line="#7A3338",
    good="#7BD59A",
    right="#7AA2FF",
    right_soft="#1A2741",
    left="#E6BDFF",
    left_soft="#2A1D3C",
    side_ink="#0F1620",
)


@dataclass(slots=True)
class _Look:
    tokens: Tokens = LIGHT
    scale: float = 1.0
    touch: bool = False
    fonts: dict[tuple[float, int], QFont] = field(default_factory=dict)
    """Those that were asked for: copies of one font share what it is drawn with, which takes time to find."""


L = TypeVar("L", bound=QLayout)

_look = _Look()


def tokens() -> Tokens:
    """The colours in force now."""
    return _look.tokens


def scale() -> float:
    """The text scale in force now: 1.0 is 100 %."""
    return _look.scale


def colour(token: str) -> QColor:
    """The colour a token names, for painting."""
    return QColor(getattr(_look.tokens, token))


def px(size: float) -> int:
    """A length given for 100 % text, in pixels at the text scale in force."""
    return round(size * _look.scale)


def thin() -> int:
    """The width of an ordinary edge."""
    return max(1, round(_look.scale))


def thick() -> int:
    """The width of the edge that means chosen or focused: always plainly more than `thin`."""
    return thin() + max(1, round(_look.scale * 0.75))


def control_height() -> int:
    """How high a field, button or segment is: 32, or 40 where fingers are expected."""
    return px(40 if _look.touch else 32)


def segment_width() -> int:
    """The least width of a segment: wide enough for a finger where fingers are expected."""
    return px(44 if _look.touch else 32)


def link_height() -> int:
    """How high the line of a reason or source is, which takes the click over its whole length."""
    return px(32 if _look.touch else 20)


def font(pt: float = BASE_PT, weight: int = 400) -> QFont:
    """The interface's font at a size given for 100 % text; the text scale is already in it."""
    made = _look.fonts.get((pt, weight))
    if made is None:
        made = _look.fonts[pt, weight] = QFont(QApplication.font())
        made.setPointSizeF(pt * _look.scale)
        made.setWeight(QFont.Weight(weight))
    return QFont(made)


def scaled(layout: L, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 0) -> L:
    """The layout with margins and spacing given for 100 % text."""
    left, top, right, bottom = margins
    layout.setContentsMargins(px(left), px(top), px(right), px(bottom))
    layout.setSpacing(px(spacing))
    return layout


def row(
    parent: QWidget | None = None, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QHBoxLayout:
    """A line of widgets, left to right."""
    return scaled(QHBoxLayout(parent) if parent else QHBoxLayout(), margins, spacing)


def column(
    parent: QWidget | None = None, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QVBoxLayout:
    """A stack of widgets, top to bottom."""
    return scaled(QVBoxLayout(parent) if parent else QVBoxLayout(), margins, spacing)


class Words(QLabel):
    """Words that know how high they are in a width: a layout asks again and again, and to break lines takes time."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._heights: dict[int, int] = {}

    def heightForWidth(self, width: int) -> int:
        found = self._heights.get(width)
        if found is None:
            found = self._heights[width] = super().heightForWidth(width)
        return found

    def setText(self, words: str) -> None:
        self._heights.clear()
        super().setText(words)

    def changeEvent(self, event: QEvent) -> None:
        self._heights.clear()  # another font, say
        super().changeEvent(event)


def label(kind: str = "", words: str = "", *, wrap: bool = False) -> QLabel:
    """Words in one of the sheet's text styles, shown as they are: what a person typed is never read as markup."""
    made = Words(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("t", kind)
    made.setWordWrap(wrap)
    return made


def tip(words: str) -> str:
    """Words for a tooltip, shown as they are: read as markup they could fetch pictures from anywhere."""
    if "<" not in words and "&lt;" not in words:
        return words
    return f"<qt>{escape(words)}</qt>".replace("\n", "<br>")


def at_least(widget: QWidget, width: float) -> None:
    """As wide as this at 100 % text, and wider where its words are longer."""
    widget.setMinimumWidth(max(px(width), widget.sizeHint().width()))


_TOLD = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
"""It was shown or hidden by its own name, and not with its page."""


def show_where_hidden(part: QWidget, wanted: bool) -> None:
    """Show or hide a part; one that was never hidden comes with its page, and is not laid out before it."""
    if not wanted or part.testAttribute(_TOLD):
        part.setVisible(wanted)


def settle() -> None:
    """Lay out now what waits to be laid out, level after level; else it is painted crushed in between."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


@contextmanager
def at_once(*parts: QWidget) -> Iterator[None]:
    """What comes into these parts meanwhile is shown and laid out together.

    Qt shows each new widget with an event of its own, and lays out all around it, up to the window, each time.
    """
    held = {part: layout for part in parts if part.isVisible() and (layout := part.layout()) is not None}
    for layout in held.values():
        layout.setEnabled(False)
    try:
        yield
    finally:
        for part, layout in held.items():
            for child in part.children():
                if isinstance(child, QWidget) and not child.testAttribute(_TOLD) and not child.isWindow():
                    child.show()
            layout.setEnabled(True)
            # one that was to lay out meanwhile did not, and says nothing of it again
            QCoreApplication.postEvent(part, QEvent(QEvent.Type.LayoutRequest))


def paint_once() -> None:
    """Know now all that is to be painted: what is shown page by page would be painted a second time else."""
    settle()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateLater)


def say(widget: QWidget, **properties: object) -> None:
    """Set the properties the sheet picks styles by (`t`, `c`, `kind`, `card` …)."""
    changed = False
    for name, value in properties.items():
        if (widget.property(name) or "") != (value or ""):  # never said is as good as empty
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def system_is_dark() -> bool:
    """Whether the system asks for a dark theme."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def apply_style(app: QApplication, scale: float = 1.0, dark: bool = False, touch: bool = False) -> None:
    """Dress the whole application; `scale` is the text scale (1.0 to 2.0), `touch` makes targets 40 high."""
    _look.tokens = DARK if dark else LIGHT
    _look.scale = scale
    _look.touch = touch
    wanted = sheet()
    if app.styleSheet() == wanted:  # else every widget would be dressed anew, and look the same
        return
    ui_font = QFont(_family())
    ui_font.setPointSizeF(BASE_PT * scale)
    with collector.at_rest(app):  # Qt goes through all widgets, and none may be freed under its hands
        if app.style().name().lower() != "fusion":
            app.setStyle("Fusion")
        _look.fonts.clear()
        app.setFont(ui_font)
        app.setPalette(_palette(_look.tokens))
        app.setStyleSheet(wanted)


def sheet() -> str:
    """The style sheet with colours, sizes and drawn signs filled in."""
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text("utf-8"), flags=re.DOTALL)
    edge = thick() - thin()
    # A 2 px edge on focus must not move the text or the widget: the padding and height give way.
    text = re.sub(r"@inset\((\d+)\)", lambda found: f"{max(0, px(float(found[1])) - edge)}px", text)
    text = re.sub(r"\b(\d+(?:\.\d+)?)rpx", lambda found: f"{px(float(found[1]))}px", text)
    text = re.sub(r"\b(\d+(?:\.\d+)?)pt", lambda found: f"{float(found[1]) * _look.scale:.2f}pt", text)
    text = re.sub(r"@sign\(([a-z]+), ([a-z_]+)\)", lambda found: _sign(found[1], found[2]), text)
    values = asdict(_look.tokens) | {
        "thin": f"{thin()}px",
        "thick": f"{thick()}px",
        "inner": f"{control_height() - 2 * thin()}px",
        "step": f"{px(36 if _look.touch else 26)}px",
        "step_focus": f"{px(36 if _look.touch else 26) - 2 * edge}px",
        "line_high": f"{px(36 if _look.touch else 24)}px",
        "inner_focus": f"{control_height() - 2 * thick()}px",
    }
    return re.sub(r"@([a-z_]+)", lambda found: values[found[1]], text)


def _family() -> str:
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    drawn_off_screen = QGuiApplication.platformName() == "offscreen"
    missing = not QFontInfo(QFont(system)).exactMatch()
    if (drawn_off_screen or missing) and OFF_SCREEN_FONT in QFontDatabase.families():
        return OFF_SCREEN_FONT
    return system


def _palette(theme: Tokens) -> QPalette:
    roles = {
        "Window": theme.page,
        "Base": theme.field,
        "AlternateBase": theme.faint,
        "Text": theme.ink,
        "WindowText": theme.ink,
        "ButtonText": theme.ink,
        "Button": theme.card,
        "Highlight": theme.accent,
        "HighlightedText": theme.accent_ink,
        "Link": theme.accent,
        "LinkVisited": theme.accent,
        "PlaceholderText": theme.quiet,
        "Accent": theme.accent,
        "Mid": theme.control,
        "Dark": theme.control,
        "Light": theme.card,
        "ToolTipBase": theme.card,
        "ToolTipText": theme.ink,
    }
    palette = QPalette()
    for role, value in roles.items():
        palette.setColor(QPalette.ColorRole[role], QColor(value))
    for role in ("Text", "WindowText", "ButtonText"):
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], QColor(theme.quiet))
    return palette


# The sheet can show a picture only from a file, so the two signs it needs are written when first used.
_SIGNS = {
    "tick": "M3.5 8.4 6.7 11.6 12.5 4.8",
    "chevron": "M4 6.2 8 10.2 12 6.2",
}


@cache
def _sign_folder() -> Path:
    folder = mkdtemp(prefix="evalassist-signs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _sign(shape: str, token: str) -> str:
    stroke = getattr(_look.tokens, token)
    file = _sign_folder() / f"{shape}-{stroke.lstrip('#')}.svg"
    if not file.exists():
        file.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16">'
            f'<path d="{_SIGNS[shape]}" fill="none" stroke="{stroke}" stroke-width="2.2" '
            'stroke-linecap="round" stroke-linejoin="round"/></svg>',
            "utf-8",
        )
    return f'url("{file.as_posix()}")'
