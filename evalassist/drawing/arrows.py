"""The solid arrow that shows which way something moves."""

import numpy as np

from .figure import Body
from .poses import Arrow
from .shapes import Points, line, points, polygon, spline, strip, union
from .svg import INK, WHITE, Canvas


def arrow(c: Canvas, b: Body, move: Arrow) -> None:
    """A solid arrow with a white halo; it follows the real path of what moves."""
    origin = b.joint(move.of) if move.of else points([0, 0])
    block_arrow(c, origin + points(move.path), move.size)


def block_arrow(c: Canvas, knots: Points, size: float = 1.0, halo_pt: float = 3.2) -> None:
    way = line(spline(knots, closed=False, steps=12) if len(knots) > 2 else knots)
    tip = knots[-1]
    base = points(way.interpolate(way.length - 3.0 * size).coords[0])
    along_tip = (tip - base) / np.linalg.norm(tip - base)
    across = points([-along_tip[1], along_tip[0]]) * 2.3 * size
    notch = along_tip * 0.25
    head = polygon([tip, base + across - notch, base + notch, base - across - notch])
    reach = np.linspace(0, max(way.length - 2.4 * size, 0.1), 20)
    shaft = strip([way.interpolate(r).coords[0] for r in reach], 0.62 * size)
    shape = union([shaft, head])
    c.fill(shape, WHITE, WHITE, halo_pt)
    c.fill(shape, INK)
