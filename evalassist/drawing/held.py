"""What a person wears or holds: bands, straps and cuffs; and what follows the body."""

import math

import numpy as np

from . import outlines as o
from .body import widths
from .figure import Body
from .poses import XY
from .props import Draw
from .shapes import Points, along, angle_of, direction, line, points, rectangle, spline, strip, union
from .svg import DARK, INK, INNER_PT, TINT, WHITE, Canvas


def _ribbon(c: Canvas, path: Points, half: float = 0.8) -> None:
    """An ink strip with a white edge, so that it is seen on dark cloth too."""
    c.line(path, WHITE, half * 2 * 1.25 + 1.5)
    c.line(path, INK, half * 2 * 1.25)


def _rim(b: Body, leg: str, share: float, part: str) -> tuple[Points, Points]:
    """The two edges of a thigh or shank at a share of its length."""
    limb = b.working if leg == "working" else b.other
    start, end = (limb.hip, limb.knee) if part == "thigh" else (limb.knee, limb.ankle)
    tables = {
        ("thigh", True): o.THIGH_SIDE,
        ("shank", True): o.SHANK_SIDE,
        ("thigh", False): o.THIGH_FRONT,
        ("shank", False): o.SHANK_FRONT,
    }
    table = tables[part, b.view == "side"]
    length = float(np.linalg.norm(end - start))
    rows = [(share * length, widths(table, share, 0) + 0.4), (share * length, -widths(table, share, 1) - 0.4)]
    first, second = along(start, angle_of(end - start), rows, limb.outer)
    return first, second


def band(c: Canvas, b: Body, part: str = "thigh", share: float = 0.8, sag: float = 0.9) -> None:
    """A loop band round both legs, seen from the front."""
    left, right = _rim(b, "other", share, part)[0], _rim(b, "working", share, part)[0]
    across = right - left
    dip = direction(angle_of(across) - 90) * sag
    _ribbon(c, spline([left, (left + right) / 2 + dip, right], closed=False))


def cuff(
    c: Canvas, b: Body, part: str = "shank", share: float = 0.84, half: float = 1.6, leg: str = "working"
) -> None:
    """A weight, belt or cuff round one leg."""
    first, second = _rim(b, leg, share, part)
    sort = TINT if half > 1.2 else INK
    c.fill(strip([first, second], half).buffer(0.25), sort, INK, INNER_PT)


def pad(c: Canvas, b: Body, part: str, share: float, edge: str, leg: str = "working") -> None:
    """A dynamometer held against one edge of a leg: front or outer, back or inner."""
    first, second = _rim(b, leg, share, part)
    at, across = (first, second) if edge in ("front", "outer") else (second, first)
    out = (at - across) / np.linalg.norm(at - across)
    dynamometer(c, at + out * 0.5, out)


def dynamometer(c: Canvas, at: Points, out: Points) -> None:
    """Its pad lies against the skin at this point, its body points outwards."""
    side = points([-out[1], out[0]])
    middle = at + out * 0.9
    c.fill(strip([middle, middle + out * 4.2], 1.7).buffer(0.4), TINT, INK, INNER_PT)
    c.fill(strip([middle - side * 2.6, middle + side * 2.6], 0.9).buffer(0.3), DARK, INK, INNER_PT)


def side_band(c: Canvas, b: Body, share: float = 0.82, part: str = "thigh") -> None:
    """A loop band round both thighs, seen from the side: one edge runs from the near to the far leg."""
    first, second = _rim(b, "working", share, part)
    far_first, far_second = _rim(b, "other", share, part)
    ring = union([line([first, second]), line([far_first, far_second])]).convex_hull
    if ring.geom_type == "Polygon" and ring.area > 12:
        _ribbon(c, points([first, far_first]), 0.5)
        _ribbon(c, points([second, far_second]), 0.5)
    _ribbon(c, points([first, second]))


def _way(b: Body, path: list[XY | str]) -> Points:
    """A path through named points of the body and points on the page."""
    return np.vstack([b.joint(place) if isinstance(place, str) else points(place) for place in path])


def strap(c: Canvas, b: Body, path: list[XY | str], loop: bool = True) -> None:
    """A strap along named points of the body or points on the page, with a loop round the foot at its end."""
    way = _way(b, path)
    c.line(way, WHITE, 3.0)
    c.line(way, INK, 1.7)
    if loop:
        first, second = _rim(b, "working", 0.92, "shank")
        c.line([first, second], WHITE, 3.4)
        c.line([first, second], INK, 2.2)


def foot_strap(c: Canvas, b: Body, hand: str = "near-hand") -> None:
    """A strap from the hand round the instep."""
    foot = b.working
    instep = along(foot.ankle, foot.foot.angle, [(4.6, -0.5), (4.2, -4.4)])
    way = points([b.joint(hand), instep[1] * 0.25 + instep[0] * 0.75])
    c.line(way, WHITE, 3.0)
    c.line(way, INK, 1.7)
    c.line(instep, WHITE, 3.4)
    c.line(instep, INK, 2.2)


def elastic(c: Canvas, b: Body, path: list[XY | str]) -> None:
    """A band under tension between points of the body or the page."""
    _ribbon(c, _way(b, path), 0.7)


def level(c: Canvas, b: Body, left: float, right: float, above_hip: float, tilt: float = 0.0) -> None:
    """The dashed line that shows whether the hips are level; tilted where they are not."""
    middle = float(b.pelvis[0])
    y = float(b.pelvis[1]) + above_hip
    rise = math.tan(math.radians(tilt))
    c.line([(x, y + (x - middle) * rise) for x in (left, right)], INK, 0.9, "3 2")


def slider(c: Canvas, b: Body, leg: str = "working", width: float = 9.0) -> None:
    x = float(b.joint(f"{leg}-ankle")[0])
    c.fill(rectangle(x - 4.5, 0.2, x - 4.5 + width, 0.9).buffer(0.2), WHITE, INK, INNER_PT)


HELD: dict[str, Draw] = {
    "band": band,
    "cuff": cuff,
    "pad": pad,
    "side-band": side_band,
    "strap": strap,
    "foot-strap": foot_strap,
    "elastic": elastic,
    "level": level,
    "slider": slider,
}
