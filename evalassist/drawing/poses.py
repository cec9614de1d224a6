"""Reads the poses of the exercises: how a person stands, sits or lies at the start and the end of a move."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from evalassist import resources

from .body import Turn

XY = tuple[float, float]


def _as_turn(value: object) -> object:
    """A bare angle, or an angle with its foreshortening as a pair."""
    if isinstance(value, int | float):
        return Turn(float(value))
    if isinstance(value, list) and len(value) == 2:
        return Turn(float(value[0]), float(value[1]))
    return value


Segment = Annotated[Turn, BeforeValidator(_as_turn)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class ArmPose(_Data):
    """Two angles, or the point at which the wrist is."""

    turns: tuple[Segment, Segment] | None = None
    to: XY | None = None
    bend: Literal[1, -1] = 1
    hand: Literal["open", "fist", "flat"] = "open"
    hand_angle: float | None = None
    thumb: Literal[1, -1] = 1


class Arrow(_Data):
    """The way something moves: a path on the page, or one that begins at a named point of the body."""

    path: list[XY] = Field(min_length=2)
    of: str | None = None
    size: float = 1.0


class Prop(BaseModel):
    """A thing beside or on the person; its further fields are the arguments of its drawing."""

    model_config = ConfigDict(frozen=True, extra="allow")
    kind: str
    layer: str | None = None

    @property
    def details(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class _Pose(_Data):
    trunk: float
    head: float | None = None  # the trunk's angle unless said
    near_arm: ArmPose
    far_arm: ArmPose | None = None  # as the near one unless said
    hip_height: float | None = None
    rests_on: Literal["working-foot", "other-foot", "working-knee", "other-knee"] | None = None
    ground: float = 0.0  # height of what that part rests on
    x: float = 0.0  # of the resting ankle or knee, else of the hips
    props: list[Prop] = []
    arrows: list[Arrow] = []


class SidePose(_Pose):
    """Seen from the side, facing right; legs as thigh, shank, foot and, where the toes bend, toes."""

    working: list[float] = Field(min_length=3, max_length=4)
    other: list[float] = Field(min_length=3, max_length=4)
    plant: list[Literal["working", "other"]] = []  # legs turned about the hip until they touch the floor
    far_shift: XY = (1.5, 0.7)  # moves the far leg, or the two would print as one
    head_height: float | None = None


class FrontPose(_Pose):
    """Seen from the front or from behind; the working leg is on the right of the page."""

    working: tuple[Segment, Segment, Segment]
    other: tuple[Segment, Segment, Segment]
    pelvic_drop: float = 0.0  # degrees by which the other side of the pelvis hangs
    trunk_scale: float = 1.0
    head_at: XY | None = None  # from the pelvis
    arms_in_front: list[Literal["near", "far"]] = []
    working_first: bool = False
    on_all_fours: bool = False  # seen from behind, from a little above


class LyingLeg(_Data):
    """Joint angles of a leg of a person lying on the side, in degrees."""

    flexion: float
    knee: float
    abduction: float = 0.0
    opened: float | None = None  # the knee turned outwards about the line from hip to foot, feet together
    foot: float = -8.0  # of the shoe against the shank, on the page


class LyingPose(_Pose):
    """Lying on the side, the working leg on top, the head on the left; tilt raises the head end."""

    trunk: float = 180.0
    working: LyingLeg
    other: LyingLeg
    tilt: float = 0.0
    head_at: XY = (-38.6, -0.6)
    trunk_bend: float = 0.0  # the trunk against the legs: a side plank that sags
    arms_in_front: list[Literal["near", "far"]] = ["near"]


class _Exercise(_Data):
    id: str
    muscle: str = "none"
    props: list[Prop] = []
    both_legs: bool = False


class SideExercise(_Exercise):
    view: Literal["side"]
    start: SidePose
    end: SidePose


class FrontExercise(_Exercise):
    view: Literal["front"]
    behind: bool = False
    start: FrontPose
    end: FrontPose


class LyingExercise(_Exercise):
    view: Literal["lying"]
    behind: bool = False
    start: LyingPose
    end: LyingPose


Exercise = SideExercise | FrontExercise | LyingExercise
_EXERCISE: TypeAdapter[Exercise] = TypeAdapter(Annotated[Exercise, Field(discriminator="view")])


def read_exercises() -> dict[str, Exercise]:
    """Every posed exercise by its id; an end pose holds only what differs from the start."""
    found: dict[str, Exercise] = {}
    for file in sorted(resources.path("poses").glob("*.toml")):
        for name, table in resources.read_toml(f"poses/{file.name}").items():
            if name in found:
                raise ValueError(f"{name} is posed twice")
            moved = {**table, "id": name, "end": _changed(table["start"], table["end"])}
            found[name] = _EXERCISE.validate_python(moved)
    return found


def read_tests() -> dict[str, Exercise]:
    """Every posed strength test by its muscle group; nothing moves in it."""
    found: dict[str, Exercise] = {}
    for name, table in resources.read_toml("poses/tests/strength.toml").items():
        still = {key: value for key, value in table.items() if key != "pose"}
        found[name] = _EXERCISE.validate_python(
            {**still, "id": name, "start": table["pose"], "end": table["pose"]}
        )
    return found


def _changed(start: dict[str, Any], end: dict[str, Any]) -> dict[str, Any]:
    """The start with the end's changes; what rests where is never half inherited."""
    kept = {key: value for key, value in start.items() if key not in ("props", "arrows")}
    if {"hip_height", "rests_on"} & end.keys():
        kept = {
            key: value for key, value in kept.items() if key not in ("hip_height", "rests_on", "ground", "x")
        }
    return {**kept, **end}
