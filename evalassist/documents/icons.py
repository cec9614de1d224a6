"""Icons drawn by us in a box of 24 units; each stands beside its word and never alone."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents.blocks import kept
from evalassist.documents.look import BOLD, INK, TINT, WHITE

_Points = tuple[tuple[float, float], ...]


def icon(canvas: Canvas, name: str, x: float, y: float, size: float) -> None:
    """Draw an icon with its lower left corner at (x, y)."""
    with kept(canvas):
        canvas.translate(x, y)
        canvas.scale(size / 24, size / 24)
        canvas.setStrokeColor(INK)
        canvas.setFillColor(INK)
        canvas.setLineWidth(1.9)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        _ICONS[name](canvas)


def _polyline(canvas: Canvas, points: _Points, closed: bool = False, fill: bool = False) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if closed:
        path.close()
    canvas.drawPath(path, stroke=1, fill=int(fill))


def _person(canvas: Canvas) -> None:
    canvas.circle(12, 20, 2.4, stroke=1, fill=1)
    _polyline(canvas, ((2.5, 13), (12, 15), (21.5, 13)))
    _polyline(canvas, ((12, 15), (12, 9), (6.5, 1.5)))
    _polyline(canvas, ((12, 9), (17.5, 1.5)))


def _calendar(canvas: Canvas) -> None:
    canvas.roundRect(2, 2, 20, 18, 1.6, stroke=1, fill=0)
    canvas.line(2, 15, 22, 15)
    for x in (7, 17):
        canvas.line(x, 18.5, x, 22.5)
    for x in (7, 12, 17):
        for y in (6, 10.5):
            canvas.circle(x, y, 1, stroke=0, fill=1)


def _clock(canvas: Canvas) -> None:
    canvas.circle(12, 12, 10, stroke=1, fill=0)
    _polyline(canvas, ((12, 18), (12, 12), (16, 9)))


def _weeks(canvas: Canvas) -> None:
    for x in (1, 9, 17):
        for y in (5, 13):
            canvas.roundRect(x, y, 6, 6, 1, stroke=1, fill=0)


def _flag(canvas: Canvas) -> None:
    canvas.line(4, 1, 4, 23)
    _polyline(canvas, ((4, 22), (21, 17), (4, 11)), closed=True, fill=True)


def _house(canvas: Canvas) -> None:
    _polyline(canvas, ((1.5, 11.5), (12, 22), (22.5, 11.5)))
    _polyline(canvas, ((4.5, 10), (4.5, 2), (19.5, 2), (19.5, 10)))
    _polyline(canvas, ((9.5, 2), (9.5, 9), (14.5, 9), (14.5, 2)))


def _again(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.arc(3, 2, 21, 20, startAng=115, extent=-320)
    canvas.drawPath(path, stroke=1, fill=0)
    _polyline(canvas, ((8, 22.5), (8.4, 18.5), (4.4, 17.6)), closed=True, fill=True)


def _pencil(canvas: Canvas) -> None:
    _polyline(canvas, ((2, 2), (4, 8.5), (17, 21.5), (21.5, 17), (8.5, 4)), closed=True)
    canvas.line(13.5, 18, 18, 13.5)


def _phone(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(6.6, 21.6)
    path.curveTo(4.2, 21.6, 2.4, 19.8, 2.6, 17.4)
    path.curveTo(3.2, 9.4, 9.4, 3.2, 17.4, 2.6)
    path.curveTo(19.8, 2.4, 21.6, 4.2, 21.6, 6.6)
    path.lineTo(21.6, 8.2)
    path.curveTo(21.6, 9, 21, 9.6, 20.2, 9.8)
    path.lineTo(16.6, 10.7)
    path.curveTo(15.9, 10.9, 15.2, 10.6, 14.8, 10)
    path.lineTo(13.6, 8.2)
    path.curveTo(11.2, 9.4, 9.4, 11.2, 8.2, 13.6)
    path.lineTo(10, 14.8)
    path.curveTo(10.6, 15.2, 10.9, 15.9, 10.7, 16.6)
    path.lineTo(9.8, 20.2)
    path.curveTo(9.6, 21, 9, 21.6, 8.2, 21.6)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _ladder(canvas: Canvas) -> None:
    for x in (6, 18):
        canvas.line(x, 1, x, 23)
    for y in (4.5, 9.5, 14.5, 19.5):
        canvas.line(6, y, 18, y)


_ICONS: dict[str, Callable[[Canvas], None]] = {
    "person": _person,
    "calendar": _calendar,
    "clock": _clock,
    "weeks": _weeks,
    "flag": _flag,
    "house": _house,
    "again": _again,
    "pencil": _pencil,
    "phone": _phone,
    "ladder": _ladder,
}


def go_sign(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A circle with a tick; (x, y) is the middle."""
    radius = size / 2
    with kept(canvas):
        canvas.setStrokeColor(INK)
        canvas.setFillColor(WHITE)
        canvas.setLineWidth(1.8)
        canvas.circle(x, y, radius, stroke=1, fill=1)
        canvas.setLineWidth(3)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        tick = ((-0.42, 0.0), (-0.1, -0.34), (0.46, 0.36))
        _polyline(canvas, tuple((x + dx * radius, y + dy * radius) for dx, dy in tick))


def slow_sign(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A triangle with an exclamation mark."""
    half = size / 2
    with kept(canvas):
        canvas.setStrokeColor(INK)
        canvas.setFillColor(TINT)
        canvas.setLineWidth(1.8)
        canvas.setLineJoin(1)
        corners = ((x - half, y - half * 0.82), (x + half, y - half * 0.82), (x, y + half * 0.92))
        _polyline(canvas, corners, closed=True, fill=True)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, size * 0.62)
        canvas.drawCentredString(x, y - half * 0.68, "!")


def stop_sign(canvas: Canvas, x: float, y: float, size: float) -> None:
    """An eight-cornered sign with a cross."""
    radius = size / 2
    with kept(canvas):
        canvas.setFillColor(INK)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        corners = tuple(
            (x + radius * cos(pi / 8 + turn * pi / 4), y + radius * sin(pi / 8 + turn * pi / 4))
            for turn in range(8)
        )
        _polyline(canvas, corners, closed=True, fill=True)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(3.2)
        canvas.setLineCap(1)
        arm = radius * 0.36
        canvas.line(x - arm, y - arm, x + arm, y + arm)
        canvas.line(x - arm, y + arm, x + arm, y - arm)
