"""From a pose to a person: finds where the hips are, plants feet and knees, and lets hands reach."""

import math
from collections.abc import Callable

import numpy as np

from . import outlines as o
from .body import Arm, Leg, Turn, arm, front_leg, reaching, side_leg, side_low_point
from .figure import Body
from .poses import ArmPose, Exercise, FrontPose, LyingLeg, LyingPose, SidePose
from .shapes import Points, angle_of, direction, points, upright

CAMERA = math.radians(24)  # the lying view looks down by this much
KNEE_RADIUS = 3.1
PLANT_LIMIT = 20.0  # degrees


def posed(exercise: Exercise, pose: SidePose | FrontPose | LyingPose) -> Body:
    """The person in this pose, standing or lying where the pose says."""
    if isinstance(pose, SidePose):
        return _side(pose)
    if isinstance(pose, FrontPose):
        return _front(pose, getattr(exercise, "behind", False), exercise.both_legs)
    return _lying(pose, getattr(exercise, "behind", False))


def _arm(pose: ArmPose, shoulder: Points, side: int = 1) -> Arm:
    if pose.turns:
        upper, fore = pose.turns
    elif pose.to:
        upper, fore = reaching(shoulder, points(pose.to), pose.bend * side)
    else:
        raise ValueError("an arm needs turns or a point to reach")
    return arm(shoulder, upper, fore, pose.hand, pose.hand_angle, side, pose.thumb)


def _foot_low(leg: Leg) -> float:
    return float(leg.shoe.bounds[1])


def _resting(rests_on: str, working: Leg, other: Leg) -> tuple[float, float]:
    """The x and the lowest y of the part that carries the body."""
    side, _, part = rests_on.partition("-")
    leg = working if side == "working" else other
    if part == "foot":
        return float(leg.ankle[0]), _foot_low(leg)
    return float(leg.knee[0]), float(leg.knee[1]) - KNEE_RADIUS


def _side(pose: SidePose) -> Body:
    hip = np.zeros(2)
    shift = points(pose.far_shift)
    if pose.hip_height is not None:
        hip = points([pose.x, pose.hip_height])
    elif pose.rests_on:
        x, low = _resting(pose.rests_on, side_leg(hip, *pose.working), side_leg(hip, *pose.other))
        hip = points([pose.x - x, pose.ground - low])
    working = _planted(hip, pose.working) if "working" in pose.plant else side_leg(hip, *pose.working)
    if "other" in pose.plant:
        far = _planted(hip + points([shift[0], 0]), pose.other)
        other = side_leg(hip + shift, far.thigh.angle, far.shank.angle, *pose.other[2:])
    else:
        other = side_leg(hip + shift, *pose.other)
    shoulder = hip + o.TRUNK * direction(pose.trunk)
    head_angle = pose.trunk if pose.head is None else pose.head
    head = shoulder + upright([0, 0], pose.trunk, [(0.6, 0)])[0] + o.NECK * direction(head_angle)
    if pose.head_height is not None:
        head[1] = pose.head_height
    near = _arm(pose.near_arm, shoulder + upright([0, 0], pose.trunk, [(-0.6, -2.0)])[0])
    far_root = shoulder + 0.4 * shift + upright([0, 0], pose.trunk, [(-0.3, -2.2)])[0]
    return Body(
        "side",
        hip,
        pose.trunk,
        head,
        head_angle,
        working,
        other,
        near,
        _arm(pose.far_arm or pose.near_arm, far_root),
    )


def _planted(hip: Points, angles: list[float]) -> Leg:
    """Turns thigh and shank together about the hip until sole, heel or knee touches the floor."""
    thigh, shank, *foot = angles

    def height(turn: float) -> float:
        knee = float((hip + o.THIGH * direction(thigh + turn))[1]) - KNEE_RADIUS
        return min(side_low_point(hip, thigh + turn, shank + turn, *foot), knee)

    turn = _root(height)
    return side_leg(hip, thigh + turn, shank + turn, *foot)


def _root(height: Callable[[float], float]) -> float:
    """The smallest turn at which the height is zero."""
    for size in np.arange(0, PLANT_LIMIT, 1.0):
        for low, high in ((size, size + 1), (-size - 1, -size)):
            if height(low) * height(high) <= 0:
                return _bisected(height, float(low), float(high))
    raise ValueError("this leg does not reach the floor")


def _bisected(height: Callable[[float], float], low: float, high: float) -> float:
    rising = height(high) > height(low)
    for _ in range(12):
        middle = (low + high) / 2
        if (height(middle) > 0) == rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def _front(pose: FrontPose, behind: bool, both_legs: bool) -> Body:
    across = upright([0, 0], pose.trunk + pose.pelvic_drop, [(o.HIP_HALF, 0)])[0]

    def legs(pelvis: Points) -> tuple[Leg, Leg]:
        return (
            front_leg(pelvis + across, *pose.working, outer=1, behind=behind),
            front_leg(pelvis - across, *pose.other, outer=-1, behind=behind),
        )

    pelvis = np.zeros(2)
    if pose.hip_height is not None:
        pelvis = points([pose.x, pose.hip_height])
    elif pose.rests_on:
        x, low = _resting(pose.rests_on, *legs(pelvis))
        pelvis = points([pose.x - x, pose.ground - low])
    working, other = legs(pelvis)
    return _upper_body(
        "front",
        pelvis,
        pose.trunk,
        pose,
        working,
        other,
        pose.trunk_scale,
        behind,
        both_legs=both_legs,
        working_first=pose.working_first,
        on_all_fours=pose.on_all_fours,
    )


def _upper_body(
    view: str,
    pelvis: Points,
    trunk: float,
    pose: FrontPose | LyingPose,
    working: Leg,
    other: Leg,
    trunk_scale: float,
    behind: bool,
    both_legs: bool = False,
    working_first: bool = False,
    on_all_fours: bool = False,
) -> Body:
    head_angle = trunk if pose.head is None else pose.head
    if pose.head_at is not None:
        head = pelvis + points(pose.head_at)
    else:
        head = upright(pelvis, trunk, [(0, 30.2)], trunk_scale)[0] + (o.NECK - 1.2) * direction(head_angle)
    near_root, far_root = upright(
        pelvis, trunk, [(o.SHOULDER_HALF, o.SHOULDER_UP), (-o.SHOULDER_HALF, o.SHOULDER_UP)], trunk_scale
    )
    return Body(
        view,
        pelvis,
        trunk,
        head,
        head_angle,
        working,
        other,
        _arm(pose.near_arm, near_root),
        _arm(pose.far_arm or pose.near_arm, far_root, -1),
        trunk_scale,
        behind,
        tuple(pose.arms_in_front),
        on_all_fours,
        working_first,
        both_legs,
    )


def _lying(pose: LyingPose, behind: bool) -> Body:
    """Real space: x to the feet, y to the viewer, z up; the camera looks down a little."""
    facing = -1.0 if behind else 1.0
    height = pose.hip_height if pose.hip_height is not None else 9.4
    tilt = math.radians(-pose.tilt)
    pelvis = np.array([pose.x, 0.0, height])
    hip_gap = np.array([-math.sin(tilt), 0.0, math.cos(tilt)]) * o.HIP_HALF
    lower = _joints(pelvis - hip_gap, pose.other, tilt, facing)
    upper = _joints(pelvis + hip_gap, pose.working, tilt, facing)
    if pose.working.opened is not None:
        upper = _opened(pelvis + hip_gap, lower[2] + np.array([0.3, 0.0, 4.6]), pose.working.opened, facing)
    on_page = _on_page(pelvis)
    working, other = (
        front_leg(
            _on_page(hip),
            *_turns(hip, knee, ankle),
            Turn(_turns(hip, knee, ankle)[1].angle + leg.foot, 0.45),
            side,
            behind,
        )
        for (hip, knee, ankle), leg, side in ((upper, pose.working, 1), (lower, pose.other, -1))
    )
    trunk = (
        180 - math.degrees(math.atan2(math.sin(-tilt) * math.cos(CAMERA), math.cos(tilt))) + pose.trunk_bend
    )
    return _upper_body("lying", on_page, trunk, pose, working, other, 1.0, behind)


Joints = tuple[Points, Points, Points]


def _joints(hip: Points, leg: LyingLeg, tilt: float, facing: float) -> Joints:
    bends = (math.radians(leg.flexion), math.radians(leg.flexion - leg.knee))
    across = math.radians(leg.abduction)
    turn = np.array([[math.cos(tilt), 0, -math.sin(tilt)], [0, 1, 0], [math.sin(tilt), 0, math.cos(tilt)]])
    thigh, shank = (
        turn @ [math.cos(b) * math.cos(across), facing * math.sin(b) * math.cos(across), math.sin(across)]
        for b in bends
    )
    knee = hip + o.THIGH * thigh
    return hip, points(knee), points(knee + o.SHANK * shank)


def _opened(hip: Points, ankle: Points, opened: float, facing: float) -> Joints:
    """The clam: the knee moves on a circle about the line from hip to ankle."""
    axis = ankle - hip
    distance = float(np.linalg.norm(axis))
    axis = axis / distance
    along_axis = (o.THIGH**2 - o.SHANK**2 + distance**2) / (2 * distance)
    radius = math.sqrt(max(o.THIGH**2 - along_axis**2, 0))
    forward = np.array([0, facing, 0]) - axis * axis[1] * facing
    forward /= np.linalg.norm(forward)
    upward = np.cross(forward, axis)
    upward *= np.sign(upward[2])
    angle = math.radians(opened)
    knee = hip + axis * along_axis + radius * (math.cos(angle) * forward + math.sin(angle) * upward)
    return hip, points(knee), ankle


def _on_page(place: Points) -> Points:
    return points([place[0], place[2] * math.cos(CAMERA) - place[1] * math.sin(CAMERA)])


def _turns(hip: Points, knee: Points, ankle: Points) -> tuple[Turn, Turn]:
    def turn(start: Points, end: Points, length: float) -> Turn:
        seen = _on_page(end) - _on_page(start)
        return Turn(angle_of(seen), float(np.linalg.norm(seen)) / length)

    return turn(hip, knee, o.THIGH), turn(knee, ankle, o.SHANK)
