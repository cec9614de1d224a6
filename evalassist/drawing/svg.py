"""Collects fills and lines and writes them as the small part of SVG that screen and paper draw alike."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from .shapes import Points, Shape, line, points

INK, DARK, TINT, WHITE = "#1a1a1a", "#595959", "#d2d2d2", "#ffffff"
CONTOUR_PT, INNER_PT, FAR_PT, FLOOR_PT = 0.95, 0.75, 0.75, 1.2

_SIMPLIFY_PT = 0.1  # no change can be seen at print size
_CORNER_DEG = 30.0
_STRAIGHT_PT = 2.5  # an edge this long among short ones is a straight side, and stays one


@dataclass(frozen=True)
class Stroke:
    """One path with its paint; widths are in points at print size."""

    rings: tuple[Points, ...]
    closed: bool
    fill: str | None
    ink: str | None
    width_pt: float
    dash: str | None = None


@dataclass(frozen=True)
class Frame:
    """The part of the drawing plane that a picture shows."""

    left: float
    bottom: float
    right: float
    top: float

    def joined(self, other: "Frame") -> "Frame":
        return Frame(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


@dataclass
class Canvas:
    """A drawing in progress, back to front."""

    strokes: list[Stroke] = field(default_factory=list)

    def fill(self, shape: Shape, fill: str, ink: str | None = None, width_pt: float = CONTOUR_PT) -> None:
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type == "Polygon" and not part.is_empty:
                rings = (points(part.exterior.coords), *(points(hole.coords) for hole in part.interiors))
                self.strokes.append(Stroke(rings, True, fill, ink, width_pt))

    def line(
        self, path: ArrayLike, ink: str = INK, width_pt: float = INNER_PT, dash: str | None = None
    ) -> None:
        self.strokes.append(Stroke((points(path),), False, None, ink, width_pt, dash))

    def edge(self, shape: Shape, ink: str = INK, width_pt: float = INNER_PT) -> None:
        """Draws the lines of a shapely line or boundary, leaving out crumbs."""
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type == "LineString" and part.length > 0.3:
                self.line(part.coords, ink, width_pt)

    def frame(self) -> Frame:
        every = np.vstack([ring for stroke in self.strokes for ring in stroke.rings])
        (left, bottom), (right, top) = every.min(axis=0), every.max(axis=0)
        return Frame(float(left), float(bottom), float(right), float(top))


def size_pt(frame: Frame, scale: float, margin_pt: float) -> tuple[float, float]:
    width = (frame.right - frame.left) * scale + 2 * margin_pt
    return width, (frame.top - frame.bottom) * scale + 2 * margin_pt


def svg(canvas: Canvas, frame: Frame, scale: float, margin_pt: float = 1.5) -> str:
    """The finished picture; scale is points per unit."""
    width, height = size_pt(frame, scale, margin_pt)
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}pt" height="{height:.1f}pt" '
        f'viewBox="0 0 {width:.1f} {height:.1f}">'
    ]
    for stroke in canvas.strokes:
        rings = [
            np.c_[(ring[:, 0] - frame.left) * scale + margin_pt, (frame.top - ring[:, 1]) * scale + margin_pt]
            for ring in stroke.rings
        ]
        d = "".join(_path(ring, stroke.closed) for ring in rings)
        rows.append(f'<path d="{d}" {_paint(stroke)}/>')
    return "\n".join([*rows, "</svg>", ""])


def _paint(stroke: Stroke) -> str:
    paint = f'fill="{stroke.fill or "none"}"'
    if stroke.ink:
        paint += f' stroke="{stroke.ink}" stroke-width="{stroke.width_pt:g}"'
        paint += ' stroke-linejoin="round" stroke-linecap="round"'
    if stroke.dash:
        paint += f' stroke-dasharray="{stroke.dash}"'
    return paint


def _path(ring: Points, closed: bool) -> str:
    """A dense polyline as few cubic curves; tangents come from the dense line: straight runs stay straight."""
    dense = ring[np.r_[True, np.linalg.norm(np.diff(ring, axis=0), axis=1) > 1e-6]]
    if closed and len(dense) > 1 and np.allclose(dense[0], dense[-1]):
        dense = dense[:-1]
    if len(dense) < 3:
        return "M" + "L".join(_pair(p) for p in dense)
    curve = _Curve(dense, closed)
    knots = curve.knots()
    ends = [*knots[1:], knots[0]] if closed else knots[1:]
    text = "M" + _pair(dense[knots[0]])
    text += "".join(curve.piece(i, j) for i, j in zip(knots, ends, strict=False))
    return text + ("Z" if closed else "")


def _pair(point: Points) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


class _Curve:
    """A dense polyline with its tangents and corners."""

    def __init__(self, dense: Points, closed: bool) -> None:
        self.dense, self.closed = dense, closed
        edges = np.diff(np.vstack([dense, dense[:1]]), axis=0)
        self.lengths = np.linalg.norm(edges, axis=1)
        self.units = edges / np.maximum(self.lengths, 1e-9)[:, None]
        cosines = np.clip(np.sum(np.roll(self.units, 1, axis=0) * self.units, axis=1), -1, 1)
        before = np.roll(self.lengths, 1)
        shorter, longer = np.minimum(before, self.lengths), np.maximum(before, self.lengths)
        straight_ends = (longer > 3 * shorter) & (longer > _STRAIGHT_PT)
        self.corner = (np.degrees(np.arccos(cosines)) > _CORNER_DEG) | straight_ends
        if not closed:
            self.corner[0] = self.corner[-1] = True

    def knots(self) -> list[int]:
        """Indices that must be kept: corners, and what the tolerance asks for between them."""
        count = len(self.dense)
        cuts = [int(i) for i in np.flatnonzero(self.corner)] or [0]
        ends = [*cuts[1:], cuts[0] + count] if self.closed else cuts[1:]
        kept: list[int] = []
        for start, end in zip(cuts, ends, strict=False):
            run = [k % count for k in range(start, end + 1)]
            kept += self._simplified(run)
        return kept if self.closed else [*kept, count - 1]

    def _simplified(self, run: list[int]) -> list[int]:
        if len(run) < 3:
            return run[:1]
        kept, rest = [], iter(run)
        for point in list(line(self.dense[run]).simplify(_SIMPLIFY_PT).coords)[:-1]:
            kept.append(next(i for i in rest if tuple(self.dense[i]) == point))
        return kept

    def _tangent(self, i: int, leaving: bool) -> Points:
        before, after = self.units[i - 1], self.units[i]
        if self.corner[i]:
            return points(after if leaving else before)
        mixed = before * self.lengths[i] + after * self.lengths[i - 1]
        return points(mixed / max(float(np.linalg.norm(mixed)), 1e-9))

    def piece(self, i: int, j: int) -> str:
        a, b = self.dense[i], self.dense[j]
        length = math.dist(a, b)
        heading = (b - a) / max(length, 1e-9)
        leaving, arriving = self._tangent(i, True), self._tangent(j, False)
        if min(float(leaving @ heading), float(arriving @ heading)) > 0.9995:
            return "L" + _pair(b)
        controls = (a + leaving * length / 3, b - arriving * length / 3, b)
        return "C" + " ".join(_pair(p) for p in controls)
