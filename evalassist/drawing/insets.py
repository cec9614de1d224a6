"""Round insets: a closer look at what a whole figure hides."""

from .arrows import block_arrow
from .held import dynamometer
from .poses import XY
from .props import Draw
from .shapes import Points, along, direction, disc, ellipse, line, points, polygon, spline, strip
from .svg import CONTOUR_PT, DARK, INK, INNER_PT, TINT, WHITE, Canvas


def _lens(c: Canvas, at: XY, radius: float) -> None:
    c.fill(disc(at, radius), WHITE, INK, INNER_PT)


def knees_from_the_feet(
    c: Canvas, at: XY, radius: float, held: str, apart: float = 0.0, push: int = 0
) -> None:
    """Both bent knees seen from the feet, with a belt or a ball; push 1 is outwards, -1 inwards."""
    _lens(c, at, radius)
    x0, y0 = at
    lens = disc(at, radius - 0.4)
    gap = (5.2 if held == "ball" else 3.5) + apart
    low = -radius - 1
    for side in (1, -1):
        shin = [
            (side * (gap - 2.0), low),
            (side * (gap - 2.4), 0),
            (side * (gap - 2.7), 2.4),
            (side * (gap - 1.6), 4.6),
            (side * gap, 5.1),
            (side * (gap + 1.7), 4.5),
            (side * (gap + 2.7), 2.2),
            (side * (gap + 2.5), 0),
            (side * (gap + 2.3), low),
        ]
        leg = polygon(points(at) + spline(shin)).intersection(lens)
        c.fill(leg, WHITE, INK, CONTOUR_PT)
        cap = (
            points(at)
            + points([(side * gap, 0)])
            + spline([(-1.5, 2.6), (-1.2, 1.2), (0, 0.6), (1.2, 1.2), (1.5, 2.6)], closed=False)
        )
        c.line(cap, INK, INNER_PT)
    if held == "belt":
        reach = gap + 2.7
        c.fill(strip([(x0 - reach, y0 - 1.6), (x0 + reach, y0 - 1.6)], 1.0).buffer(0.2), TINT, INK, INNER_PT)
    else:
        c.fill(disc((x0, y0 + 1.6), gap - 2.3), TINT, INK, INNER_PT)
    if push:
        tip, tail = (gap + 5.4, gap + 2.2) if push > 0 else (gap + 2.9, gap + 6.4)
        for side in (1, -1):
            block_arrow(c, points([(x0 + side * tail, y0 + 2.6), (x0 + side * tip, y0 + 2.6)]), 0.7, 2.0)


def heels_from_behind(c: Canvas, at: XY, radius: float, apart: float = 0.0, push: bool = False) -> None:
    """Both lower legs pointing up, seen from behind, heel against heel."""
    _lens(c, at, radius)
    x0, y0 = at
    lens = disc(at, radius - 0.4)
    for side in (1, -1):
        middle = points([x0 + side * (2.7 + apart), y0])
        shank = spline(
            [(-1.9, -12), (-2.4, -6), (-1.7, -1), (-1.8, 2), (1.8, 2), (1.7, -1), (2.4, -6), (1.9, -12)]
        )
        c.fill(polygon(middle + shank).intersection(lens), WHITE, INK, CONTOUR_PT)
        shoe = spline(
            [(-2.3, 0.4), (-2.7, 3), (-2.4, 5.2), (0, 5.9), (2.4, 5.2), (2.7, 3), (2.3, 0.4), (0, 1.1)]
        )
        c.fill(polygon(middle + shoe), DARK, INK, CONTOUR_PT)
        if push:
            block_arrow(c, points([(x0 + side * 9.4, y0 + 3), (x0 + side * 5.9, y0 + 3)]), 0.7, 2.0)


def shank_from_the_feet(c: Canvas, at: XY, radius: float, edge: str) -> None:
    """A prone person's right lower leg pointing up, seen from the feet: the pad on its inner or outer side."""
    _lens(c, at, radius)
    x0, y0 = at
    lens = disc(at, radius - 0.4)
    out = -1 if edge == "inner" else 1
    middle = points([x0 - out * 2.2, y0])
    flat = ellipse((middle[0] - 6.6, y0 - 8.4), 2.3, 3.0)  # the sole of the other foot
    c.fill(flat.intersection(lens), WHITE, DARK, CONTOUR_PT)
    shank = [
        (-2.4, -14),
        (-2.9, -7),
        (-2.1, -1.2),
        (-1.9, 3.4),
        (1.9, 3.4),
        (2.1, -1.2),
        (2.9, -7),
        (2.4, -14),
    ]
    c.fill(polygon(middle + spline(shank)).intersection(lens), WHITE, INK, CONTOUR_PT)
    shoe = [(-2.3, 2.2), (-2.8, 5), (-2.5, 7.4), (0, 8.2), (2.5, 7.4), (2.8, 5), (2.3, 2.2), (0, 2.9)]
    c.fill(polygon(middle + spline(shoe)), DARK, INK, CONTOUR_PT)
    dynamometer(c, middle + points([out * 2.3, -1.6]), points([out, 0]))
    block_arrow(c, middle + points([(out * 1.5, 10.2), (out * 7.5, 9.2)]), 0.8, 2.0)


def foot_arch(c: Canvas, at: XY, radius: float, lifted: float = 0.0) -> None:
    """A bare foot from its inner side, flat or with the arch lifted."""
    _lens(c, at, radius)
    lens = disc(at, radius - 0.4)
    arch = 0.5 + lifted
    foot = [
        (-3.4, 12),
        (-3.5, 4),
        (-4.8, -0.5),
        (-5.4, -3.6),
        (-4.6, -4.9),
        (-2.6, -5),
        (-0.8, -5 + arch * 0.8),
        (1.2, -5 + arch),
        (3.4, -5 + arch * 0.5),
        (5.2, -5),
        (8.4, -5),
        (9.2, -4.2),
        (8.6, -3.1),
        (6.2, -2.4),
        (3.4, -0.4 + lifted * 0.4),
        (1.2, 2.2),
        (0.6, 5),
        (0.7, 12),
    ]
    c.fill(polygon(points(at) + spline(foot)).intersection(lens), WHITE, INK, CONTOUR_PT)
    c.edge(
        line([(at[0] - radius, at[1] - 5.4), (at[0] + radius, at[1] - 5.4)]).intersection(lens),
        INK,
        CONTOUR_PT,
    )
    toe = points(at) + spline([(6.6, -3.1), (7.4, -2.9), (8.2, -3.3)], closed=False)
    c.line(toe, INK, INNER_PT)
    if lifted:
        block_arrow(c, points([(at[0] + 1.2, at[1] - 9.8), (at[0] + 1.2, at[1] - 5.9)]), 0.7, 2.0)


def kneecap(c: Canvas, at: XY, radius: float, shift: float = 0.0) -> None:
    """The knee from the front; a thumb pushes the kneecap to the inner side, the left of the inset."""
    _lens(c, at, radius)
    lens = disc(at, radius - 0.4)
    x0, y0 = at
    leg = [
        (-4.6, 13),
        (-4.3, 6),
        (-4.5, 1),
        (-3.8, -4),
        (-4.4, -9),
        (-4.2, -13),
        (4.0, -13),
        (4.4, -9),
        (3.7, -4),
        (4.2, 1),
        (4.2, 6),
        (4.8, 13),
    ]
    c.fill(polygon(points(at) + spline(leg)).intersection(lens), WHITE, INK, CONTOUR_PT)
    if shift:
        c.line(ellipse((x0, y0), 2.4, 2.8).exterior.coords, INK, INNER_PT, "1.4 1.4")
    c.fill(ellipse((x0 - shift, y0), 2.4, 2.8), TINT, INK, CONTOUR_PT)
    thumb = [(13, -2.2), (6.4, -2), (3.4, -1.5), (2.6, 0), (3.4, 1.4), (6.4, 1.8), (13, 2.2)]
    c.fill(polygon(points(at) - [shift, 0] + spline(thumb)).intersection(lens), WHITE, INK, CONTOUR_PT)
    if shift:
        block_arrow(c, points([(x0 + 8, y0 - 6.4), (x0 + 1.4, y0 - 6.4)]), 0.8, 2.0)


def hips_from_above(c: Canvas, at: XY, radius: float, turn: float = 0.0) -> None:
    """The hips from above, facing right, over the foot they turn on; the turn is in degrees, clockwise."""
    _lens(c, at, radius)
    hip = points(at) - [0, 6]  # of the standing leg, at the bottom as in the side view

    def placed(local: list[XY]) -> Points:
        return along(hip, -turn, spline(local) * 1.2)

    foot = [(-3.6, 0), (-3, 1.9), (1, 2), (5, 2.5), (8.4, 1.4), (8.6, -0.8), (5, -2.1), (1, -1.7), (-3, -1.8)]
    c.fill(polygon(hip + spline(foot) * 1.2), DARK, INK, INNER_PT)
    seat = [
        (3.6, -1.6),
        (4.1, 4.6),
        (3.6, 10.8),
        (0, 13.6),
        (-4.4, 10.4),
        (-3.8, 4.6),
        (-4.4, -1.2),
        (0, -4.4),
    ]
    c.fill(polygon(placed(seat)), WHITE, INK, CONTOUR_PT)
    waist = [(3.0, 0.6), (3.2, 4.6), (3.0, 8.6), (0, 9.8), (-2.6, 8.2), (-2.4, 4.6), (-2.6, 1.0), (0, -0.6)]
    c.fill(polygon(placed(waist)), TINT, INK, INNER_PT)
    if turn:
        path = [hip + 17.6 * direction(angle) for angle in (108, 94, 80, 66)]
        block_arrow(c, points(path), 0.7, 2.0)


INSETS: dict[str, Draw] = {
    "knees-from-the-feet": knees_from_the_feet,
    "heels-from-behind": heels_from_behind,
    "shank-from-the-feet": shank_from_the_feet,
    "foot-arch": foot_arch,
    "kneecap": kneecap,
    "hips-from-above": hips_from_above,
}
