"""The two pictures of an exercise: same floor line, same height, same width, same scale."""

from .arrows import arrow
from .figure import Body, Paint, draw_front, draw_side
from .held import HELD
from .insets import INSETS
from .muscles import MUSCLES
from .poses import Exercise, FrontPose, LyingPose, SidePose
from .posing import posed
from .props import PROPS
from .svg import Canvas, Frame, size_pt, svg

SCALE_PT, MARGIN_PT = 1.25, 1.5
BESIDE_PT, STACKED_PT = (67.0, 161.0), (134.0, 80.0)  # the two places a card has for a picture: width, height
FRAMES = ("start", "end")

_BETWEEN_LEGS, _BEFORE_ALL = {"ball", "towel-roll"}, {"level", "dashes", *INSETS}
_WORN = {*HELD, "kettlebell", "weight-plate"} - {"slider"}
_LOOSE = {**PROPS, **INSETS}  # drawn where they are told; what is in HELD follows the body


def draw_exercise(exercise: Exercise) -> dict[str, str]:
    """The SVG text of the start and of the end picture."""
    canvases = [_canvas(exercise, pose) for pose in (exercise.start, exercise.end)]
    frame = canvases[0].frame().joined(canvases[1].frame())
    scale = fitting_scale(frame)
    return {name: svg(canvas, frame, scale, MARGIN_PT) for name, canvas in zip(FRAMES, canvases, strict=True)}


def fitting_scale(frame: Frame) -> float:
    """Points per unit: the usual scale, or less where a picture would outgrow both places on a card."""
    width, height = size_pt(frame, 1.0, 0.0)
    fits = [
        min((box[0] - 2 * MARGIN_PT) / width, (box[1] - 2 * MARGIN_PT) / height)
        for box in (BESIDE_PT, STACKED_PT)
    ]
    return min(SCALE_PT, max(fits))


def _canvas(exercise: Exercise, pose: SidePose | FrontPose | LyingPose) -> Canvas:
    canvas, body = Canvas(), posed(exercise, pose)
    things = [*exercise.props, *pose.props]

    def layer(name: str) -> Paint:
        chosen = [thing for thing in things if (thing.layer or _usual_layer(thing.kind)) == name]

        def paint(c: Canvas, b: Body) -> None:
            for thing in chosen:
                if thing.kind in HELD:
                    HELD[thing.kind](c, b, **thing.details)
                else:
                    _LOOSE[thing.kind](c, **thing.details)

        return paint

    layer("back")(canvas, body)
    draw = draw_side if body.view == "side" else draw_front
    draw(canvas, body, MUSCLES[exercise.muscle], layer("between"), layer("held"))
    layer("front")(canvas, body)
    for move in pose.arrows:
        arrow(canvas, body, move)
    return canvas


def _usual_layer(kind: str) -> str:
    """Furniture stands behind, what is held or worn lies before the legs, marks and insets before all."""
    if kind in _BEFORE_ALL:
        return "front"
    if kind in _BETWEEN_LEGS:
        return "between"
    return "held" if kind in _WORN else "back"
