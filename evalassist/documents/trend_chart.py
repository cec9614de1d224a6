"""The drawing of a trend: one for screen and paper, readable in gray.

Right is a square on a thick line, left a circle on a thin one, each named with its last value. The gray band is the
error of measurement of the first value, the dashed line the goal. What is not signed is an open mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, PolyLine, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor

from evalassist.clinical.facts import shown
from evalassist.clinical.trends import Curve, Trend
from evalassist.documents import look
from evalassist.documents.blocks import fitted
from evalassist.documents.look import INK, REGULAR, SECOND, SEMIBOLD, TINT, WHITE
from evalassist.evaluation import Side

WIDTH, HEIGHT = 164.0, 118.0
"""In points, as on paper."""
_SIZE, _TITLE_SIZE = 9.0, 10.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 24.0, 9.0, 30.0, 37.0
"""Room around the plot: numbers, the last mark, title and legend, days and what the shades mean."""
_MARK, _DASH = 2.6, 4.0
_THICK: dict[Side | None, float] = {None: 1.3, "right": 1.6, "left": 0.8}
KEY = "Square: right. Circle: left. Open mark: not signed yet. A gap: not tested or not comparable."
"""What the marks mean, told once beside the drawings."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Tones:
    """The inks of the drawing; on screen those of the theme, and the two sides may have their own."""

    ink: Color = INK
    quiet: Color = SECOND
    band: Color = TINT
    ground: Color = WHITE
    right: Color = INK
    left: Color = INK

    def of(self, side: Side | None) -> Color:
        return self.right if side == "right" else self.left if side == "left" else self.ink


def screen_tones(ink: str, quiet: str, band: str, ground: str, right: str, left: str) -> Tones:
    """Tones from colours as a theme writes them: #1F2933."""
    return Tones(*(HexColor(each) for each in (ink, quiet, band, ground, right, left)))


def trend_drawing(trend: Trend, tones: Tones | None = None) -> Drawing:
    """The trend with its title, in the size it has on paper."""
    look.register_fonts()
    inks = tones or Tones()
    drawing = Drawing(WIDTH, HEIGHT)
    for shape in _Plot(trend, inks).shapes():
        drawing.add(shape)
    return drawing


def trend_svg(trend: Trend, tones: Tones, family: str) -> bytes:
    """The same drawing for the screen, in a typeface of this name."""
    from reportlab.graphics import renderSVG

    svg = renderSVG.drawToString(trend_drawing(trend, tones))
    svg = svg.replace(f"font-family: {SEMIBOLD};", f"font-family: '{family}'; font-weight: 600;")
    svg = svg.replace(f"font-family: {REGULAR};", f"font-family: '{family}';")
    svg = re.sub(
        "<clipPath.*</clipPath>|clip-path: url.#clip.;?", "", svg, flags=re.DOTALL
    )  # Qt would paint it
    return svg.replace("fill: None", "fill: none").encode()


class _Plot:
    """Where days and values lie, and what is drawn there."""

    def __init__(self, trend: Trend, tones: Tones) -> None:
        self._trend, self._tones = trend, tones
        self._days = sorted({point.day for curve in trend.curves for point in curve.points})
        self._top = trend.high if trend.high is not None else _round_up(max(self._reached()))

    def _reached(self) -> Iterator[float]:
        yield 1.0
        for curve in self._trend.curves:
            yield from (point.value for point in curve.points if point.value is not None)
        if self._trend.aim and self._trend.aim.value is not None:
            yield self._trend.aim.value

    def shapes(self) -> Iterator[Shape]:
        yield from self._head()
        for curve in self._trend.curves:
            yield from self._band(curve)
        yield from self._axes()
        yield from self._goal()
        for curve in self._trend.curves:
            yield from self._curve(curve)
        yield from self._foot()

    def _x(self, day: date) -> float:
        span = (self._days[-1] - self._days[0]).days
        part = (day - self._days[0]).days / span if span else 0.5
        return _LEFT + 6 + part * (WIDTH - _LEFT - _RIGHT - 6)

    def _y(self, value: float) -> float:
        low = self._trend.low
        part = (min(max(value, low), self._top) - low) / (self._top - low)
        return _BOTTOM + part * (HEIGHT - _TOP - _BOTTOM)

    def _head(self) -> Iterator[Shape]:
        trend = self._trend
        unit = f", {trend.unit}" if trend.kind == "strength" else ""
        better = f"{trend.better} is better"
        room = WIDTH - look.text_width(better, REGULAR, _SIZE) - 6
        title, size = fitted(f"{trend.title}{unit}", SEMIBOLD, _TITLE_SIZE, room, _SIZE)
        yield self._words(0, HEIGHT - 10, title, size, SEMIBOLD)
        yield self._words(WIDTH, HEIGHT - 10, better, color=self._tones.quiet, anchor="end")
        at = 0.0
        for curve in trend.curves:
            if not curve.measured:
                continue
            last = curve.measured[-1].text
            words = f"{curve.side.upper()} {last}" if curve.side else f"last {last}"
            yield from self._mark(curve.side, at + _MARK, HEIGHT - 19.4, signed=True)
            yield self._words(at + 9, HEIGHT - 22.5, words, font=SEMIBOLD, color=self._tones.of(curve.side))
            at += 9 + look.text_width(words, SEMIBOLD, _SIZE) + 10

    def _axes(self) -> Iterator[Shape]:
        low, middle = self._trend.low, (self._trend.low + self._top) / 2
        whole = middle if self._trend.kind != "grade" else float(round(middle))
        for value in (low, whole, self._top):
            name = self._trend.marks[int(value)] if self._trend.marks else shown(value, 1)
            thick = 0.6 if value == low else 0.25
            yield self._line(_LEFT, self._y(value), WIDTH, self._y(value), thick, self._tones.quiet)
            yield self._words(_LEFT - 3, self._y(value) - 3, name, color=self._tones.quiet, anchor="end")
        yield from self._day_names()

    def _day_names(self) -> Iterator[Shape]:
        """The two ends, and between them what has room."""
        years = self._days[0].year != self._days[-1].year
        named = [
            (day, f"{_MONTHS[day.month - 1]} {day.day}{f' ’{day.year % 100:02}' if years else ''}")
            for day in self._days
        ]
        taken: list[tuple[float, float]] = []
        for day, words in (*named[:1], *named[:0:-1]):
            wide = look.text_width(words, REGULAR, _SIZE)
            at = min(max(self._x(day) - wide / 2, 0.0), WIDTH - wide)
            yield self._line(self._x(day), _BOTTOM - 2.5, self._x(day), _BOTTOM, 0.6, self._tones.quiet)
            if all(at + wide + 5 < begins or at > ends + 5 for begins, ends in taken):
                yield self._words(at, _BOTTOM - 11.5, words, color=self._tones.quiet)
                taken.append((at, at + wide))

    def _band(self, curve: Curve) -> Iterator[Shape]:
        if curve.band is None:
            return
        low, high = (self._y(edge) for edge in curve.band)
        left = self._x(curve.measured[0].day)
        yield Rect(left, low, WIDTH - left, high - low, fillColor=self._tones.band, strokeColor=None)

    def _goal(self) -> Iterator[Shape]:
        aim = self._trend.aim
        if aim is not None and aim.value is not None:
            at = _LEFT
            while at < WIDTH:  # dash by dash: the screen and the printer cut dashes differently
                end = min(at + _DASH, WIDTH)
                yield self._line(at, self._y(aim.value), end, self._y(aim.value), 1.5, self._tones.ink)
                at += 1.7 * _DASH

    def _curve(self, curve: Curve) -> Iterator[Shape]:
        for measured, run in groupby(curve.points, lambda point: point.value is not None):
            points = [(self._x(p.day), self._y(p.value), p.signed) for p in run if p.value is not None]
            if not measured:
                continue
            if len(points) > 1:
                flat = [number for x, y, _ in points for number in (x, y)]
                yield PolyLine(
                    flat,
                    strokeColor=self._tones.of(curve.side),
                    strokeWidth=_THICK[curve.side],
                    fillColor=None,
                )
            for x, y, signed in points:
                yield from self._mark(curve.side, x, y, signed=signed)

    def _mark(self, side: Side | None, x: float, y: float, *, signed: bool) -> Iterator[Shape]:
        ink = self._tones.of(side)
        look_of = {"strokeColor": ink, "strokeWidth": 1.0, "fillColor": ink if signed else self._tones.ground}
        if side == "left":
            yield Circle(x, y, _MARK, **look_of)
        elif side == "right":
            yield Rect(x - _MARK, y - _MARK, 2 * _MARK, 2 * _MARK, **look_of)
        else:
            turned = Group(Rect(-_MARK, -_MARK, 2 * _MARK, 2 * _MARK, **look_of))
            turned.translate(x, y)
            turned.rotate(45)
            yield turned

    def _foot(self) -> Iterator[Shape]:
        """What the gray and the dashes mean."""
        aim, banded = self._trend.aim, any(curve.band for curve in self._trend.curves)
        of = f", {self._trend.limits_side.upper()}" if self._trend.limits_side else ""
        lines = [f"gray{of}: {self._trend.limits.replace(', ', '; ')}"] if banded else []
        if aim is not None:
            lines.append(f"{'dashed: goal' if aim.value is not None else 'goal:'} {aim.text}")
        for place, words in enumerate(lines):
            told, size = fitted(words, REGULAR, _SIZE, WIDTH, 7.5)
            yield self._words(0, _BOTTOM - 23 - 10 * place, told, size, color=self._tones.quiet)

    def _line(self, x1: float, y1: float, x2: float, y2: float, width: float, color: Color) -> Line:
        return Line(x1, y1, x2, y2, strokeWidth=width, strokeColor=color)

    def _words(
        self,
        x: float,
        y: float,
        words: str,
        size: float = _SIZE,
        font: str = REGULAR,
        color: Color | None = None,
        anchor: str = "start",
    ) -> String:
        told = look.printable(words)
        return String(
            x, y, told, fontName=font, fontSize=size, fillColor=color or self._tones.ink, textAnchor=anchor
        )


def _round_up(value: float) -> float:
    """The end of a scale that begins at zero, with some air above: 82 gives 100, 412 gives 500."""
    step = 10.0 ** (len(str(int(value))) - 1)
    return next(
        step * part for part in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10, 12) if step * part >= 1.04 * value
    )
