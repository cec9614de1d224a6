"""One trend on screen: the very drawing of the paper, in the inks of the theme, read aloud in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QFontDatabase, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalassist.clinical.trends import Trend, trend_words
from ui import style
from ui.spoken import Role

WIDTH, HEIGHT = 256, 186
"""In px at 100 % text: the drawing of the paper at 1.6 px a point, its smallest words at 10.8 pt."""


def drawn(trends: Sequence[Trend], family: str, inks: Sequence[str]) -> list[tuple[Trend, bytes]]:
    """Each trend with its drawing as SVG. It needs ReportLab, so it is called beside the window's own work."""
    from evalassist.documents.trend_chart import screen_tones, trend_svg

    tones = screen_tones(*inks)
    return [(trend, trend_svg(trend, tones, family)) for trend in trends]


def inks() -> tuple[str, ...]:
    """The colours of the theme for a drawing on a card."""
    now = style.tokens()
    return now.ink, now.quiet, now.line, now.card, now.right, now.left


@cache
def family() -> str:
    """The papers' typeface, made known to the window; where it is missing the window's own."""
    try:
        import font_source_sans_pro
    except ImportError:
        return style.font().family()
    folder = Path(font_source_sans_pro.font_directory)
    known = [
        QFontDatabase.addApplicationFont(str(folder / f"SourceSansPro-{cut}.ttf"))
        for cut in ("Semibold", "Regular")
    ]
    return QFontDatabase.applicationFontFamilies(known[-1])[0] if min(known) >= 0 else style.font().family()


class TrendView(QWidget):
    """A drawing that can be reached with Tab; its accessible name says every number."""

    spoken_role = Role.Graphic

    def __init__(self, trend: Trend, svg: bytes) -> None:
        super().__init__()
        from PySide6.QtSvg import QSvgRenderer  # at first use: a page is open before

        self._renderer = QSvgRenderer(QByteArray(svg), self)
        self.setAccessibleName(trend_words(trend))
        self.setToolTip(style.tip(trend_words(trend)))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(style.px(WIDTH), style.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4))
        if self.hasFocus():
            painter.setPen(QPen(style.colour("accent"), style.thick()))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
