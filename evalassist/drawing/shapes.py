"""Plane geometry for the drawings: smooth outlines, local frames, and fillets that make joints look like skin.

Lengths are in hundredths of standing height, y up; angles are degrees counter-clockwise from the right.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union

Points = NDArray[np.float64]
Shape = Any  # a shapely geometry: the library carries no types


def points(values: ArrayLike) -> Points:
    return np.asarray(values, dtype=np.float64)


def direction(angle: float) -> Points:
    return points([math.cos(math.radians(angle)), math.sin(math.radians(angle))])


def angle_of(vector: Points) -> float:
    return math.degrees(math.atan2(vector[1], vector[0]))


def spline(knots: ArrayLike, closed: bool = True, steps: int = 8) -> Points:
    """A centripetal Catmull-Rom curve through the knots."""
    p = points(knots)
    open_ends = (2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1])
    q = np.vstack([p[-1:], p, p[:2]] if closed else open_ends)
    curve = _spans(q[:-3], q[1:-2], q[2:-1], q[3:], steps)
    return curve if closed else np.vstack([curve, p[-1:]])


def _spans(a: Points, b: Points, c: Points, d: Points, steps: int) -> Points:
    """The parts of the curve between each b and its c, one after the other."""
    t1 = _gaps(a, b)
    t2 = t1 + _gaps(b, c)
    t3 = t2 + _gaps(c, d)
    t = t1 + (t2 - t1) / steps * np.arange(steps)[:, None]
    a, b, c, d = a[:, None], b[:, None], c[:, None], d[:, None]
    ab = (t1 - t) / t1 * a + t / t1 * b
    bc = (t2 - t) / (t2 - t1) * b + (t - t1) / (t2 - t1) * c
    cd = (t3 - t) / (t3 - t2) * c + (t - t2) / (t3 - t2) * d
    abc = (t2 - t) / t2 * ab + t / t2 * bc
    bcd = (t3 - t) / (t3 - t1) * bc + (t - t1) / (t3 - t1) * cd
    return points((t2 - t) / (t2 - t1) * abc + (t - t1) / (t2 - t1) * bcd).reshape(-1, 2)


def _gaps(a: Points, b: Points) -> Points:
    return points(np.sqrt(np.maximum(np.linalg.norm(b - a, axis=1), 1e-6)))[:, None, None]


def along(origin: ArrayLike, angle: float, local: ArrayLike, side: int = 1) -> Points:
    """Local (along the direction, to its left) to the page; side -1 turns left into right."""
    d = direction(angle)
    normal = points([-d[1], d[0]]) * side
    p = points(local)
    return points(origin) + np.outer(p[:, 0], d) + np.outer(p[:, 1], normal)


def upright(origin: ArrayLike, angle: float, local: ArrayLike, stretch: float = 1.0) -> Points:
    """Local (forward, up) to the page, where up points along the angle and forward lies to its right."""
    d = direction(angle)
    p = points(local)
    return points(origin) + np.outer(p[:, 0], points([d[1], -d[0]])) + np.outer(p[:, 1] * stretch, d)


def polygon(outline: ArrayLike) -> Shape:
    return Polygon(points(outline)).buffer(0)


def line(path: ArrayLike) -> Shape:
    return LineString(points(path))


def disc(centre: ArrayLike, radius: float) -> Shape:
    return Point(*points(centre)).buffer(radius, 16)


def ellipse(centre: ArrayLike, half_width: float, half_height: float, turn: float = 0.0) -> Shape:
    shape = affinity.scale(Point(*points(centre)).buffer(1, 16), half_width, half_height)
    return affinity.rotate(shape, turn, origin="centroid")


def turned(shape: Shape, angle: float, centre: Points) -> Shape:
    return affinity.rotate(shape, angle, origin=tuple(centre))


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Shape:
    return Polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def strip(path: ArrayLike, half_width: float) -> Shape:
    """A ribbon of even width with flat ends."""
    return line(path).buffer(half_width, cap_style="flat")


def union(shapes: Iterable[Shape]) -> Shape:
    return unary_union(list(shapes))


def creases_filled(shape: Shape, radius: float) -> Shape:
    """Rounds the inner corners (a closing)."""
    return shape.buffer(radius, 12).buffer(-radius, 12)


def bumps_rounded(shape: Shape, radius: float) -> Shape:
    """Rounds the outer corners (an opening)."""
    return shape.buffer(-radius, 12).buffer(radius, 12)


def largest(shape: Shape) -> Shape:
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    return max(parts, key=lambda part: part.area, default=Polygon())


def mirrored(outline: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A half outline (x >= 0, first and last point on the axis) completed on the other side."""
    return [*outline, *[(-x, y) for x, y in reversed(outline) if x > 0]]
