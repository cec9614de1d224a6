"""The pictures: they match the poses, every exercise has two, and they stand on the floor."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from reportlab.graphics import renderPDF
from svglib.svglib import svg2rlg

from evalassist import resources
from evalassist.content import load_content
from evalassist.drawing.__main__ import differing, main, pictures
from evalassist.drawing.body import Turn, reaching
from evalassist.drawing.figure import pelvic_tilt
from evalassist.drawing.hip_knee import (
    DRIFTS_FROM,
    DROPS,
    SHARES_FROM,
    STEADY,
    STEPS,
    TURNS_FROM,
    inset_shapes,
    skeleton,
)
from evalassist.drawing.poses import Exercise, SideExercise, read_exercises
from evalassist.drawing.posing import posed
from evalassist.drawing.shapes import line
from evalassist.drawing.svg import Canvas, Frame, svg
from evalassist.explaining import DRIFTS, PICTURES, SHARES, TURNS
from evalassist.explaining import DROPS as DROPS_STEP

FOLDER = resources.path("pictures")
EXERCISES = read_exercises()
LIBRARY = load_content().exercises
STORED = sorted(FOLDER.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
PAINT = {"d", "fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-linecap", "stroke-dasharray"}
TONES = {"#1a1a1a", "#595959", "#d2d2d2", "#ffffff", "none"}


def by_id(path: Path) -> str:
    return path.stem


def test_every_stored_picture_is_what_its_pose_draws() -> None:
    assert differing(pictures(), FOLDER) == [], "run python -m evalassist.drawing"


def test_a_picture_that_differs_or_is_missing_or_belongs_to_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "HA01-start.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "ZZ99-start.svg").write_text("<svg/>", encoding="utf-8")
    drawn = pictures(["HA01"])
    assert differing(drawn, tmp_path) == ["HA01-start.svg", "HA01-end.svg", "ZZ99-start.svg"]
    (tmp_path / "ZZ99-start.svg").unlink()
    for name, text in drawn.items():
        number = re.search(r"\d+\.\d", text)
        assert number is not None
        by = 0.2 if name == "HA01-start.svg" else 2.0
        moved = f"{float(number[0]) + by:.1f}"
        (tmp_path / name).write_text(text.replace(number[0], moved, 1), encoding="utf-8")
    assert differing(drawn, tmp_path) == ["HA01-end.svg"], "what a processor rounds otherwise is no change"


def test_drawing_twice_gives_the_same_text() -> None:
    assert pictures(["HE01", "QC05"]) == pictures(["HE01", "QC05"])


def test_an_unknown_exercise_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["HA99"])
    assert "HA99" in capsys.readouterr().err


NAMED = {
    **dict.fromkeys(("band", "side-band", "elastic"), ("band",)),
    **dict.fromkeys(("strap", "foot-strap"), ("strap",)),
    **{
        "towel-roll": ("towel",),
        "slider": ("towel",),
        "cushion": ("pillow", "pad"),
        "ball": ("ball", "light weight"),
    },
    **{"step": ("step",), "counter": ("counter",), "wall": ("wall",), "box": ("box",), "bench": ("bench",)},
}


@pytest.mark.parametrize("name", EXERCISES)
def test_what_a_picture_shows_the_steps_name(name: str) -> None:
    exercise = EXERCISES[name]
    kinds = {prop.kind for part in (exercise, exercise.start, exercise.end) for prop in part.props}
    steps = " ".join(LIBRARY[name].steps.en).lower()
    for kind in kinds & NAMED.keys():
        assert any(word in steps for word in NAMED[kind]), kind


def test_every_exercise_of_the_library_is_posed() -> None:
    assert len(EXERCISES) == 64


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_has_a_start_and_an_end_of_equal_size(name: str) -> None:
    sizes = [ElementTree.parse(FOLDER / f"{name}-{frame}.svg").getroot().attrib for frame in ("start", "end")]
    assert sizes[0] == sizes[1]
    width, height = (float(sizes[0][side].removesuffix("pt")) for side in ("width", "height"))
    assert (width <= 67.1 and height <= 161.1) or (width <= 134.1 and height <= 80.1)


@pytest.mark.parametrize("path", STORED, ids=by_id)
def test_a_picture_uses_only_the_svg_that_screen_and_paper_draw_alike(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.tag == SVG + "svg"
    assert set(root.attrib) == {"width", "height", "viewBox"}
    for element in root:
        assert element.tag == SVG + "path"
        assert set(element.attrib) <= PAINT
        assert {element.attrib["fill"], element.attrib.get("stroke", "none")} <= TONES
        assert re.fullmatch(r"[MLCZ0-9. -]+", element.attrib["d"])


@pytest.mark.parametrize("path", STORED, ids=by_id)
def test_a_picture_stays_small(path: Path) -> None:
    assert path.stat().st_size < 26_000


STANDING = [
    pytest.param(exercise, frame, id=f"{name}-{frame}")
    for name, exercise in EXERCISES.items()
    for frame in ("start", "end")
    if isinstance(exercise, SideExercise) and (getattr(exercise, frame).rests_on or "").endswith("foot")
]


@pytest.mark.parametrize(("exercise", "frame"), STANDING)
def test_a_standing_foot_rests_on_its_ground(exercise: SideExercise, frame: str) -> None:
    pose = getattr(exercise, frame)
    body = posed(exercise, pose)
    leg = body.working if pose.rests_on == "working-foot" else body.other
    raised = pose.far_shift[1] if leg is body.other else 0.0  # the far leg is drawn a little higher
    assert leg.shoe.bounds[1] == pytest.approx(pose.ground + raised, abs=0.05)
    for other in (body.working, body.other):
        assert other.shoe.bounds[1] > -0.3


FROM_THE_SIDE = [exercise for exercise in EXERCISES.values() if isinstance(exercise, SideExercise)]


@pytest.mark.parametrize("exercise", FROM_THE_SIDE, ids=lambda exercise: str(exercise.id))
def test_no_knee_bends_the_wrong_way(exercise: SideExercise) -> None:
    for pose in (exercise.start, exercise.end):
        for leg in (pose.working, pose.other):
            assert -1 <= leg[0] - leg[1] <= 150


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: str(exercise.id))
def test_an_arrow_covers_neither_limb_nor_shoe(exercise: Exercise) -> None:
    for pose in (exercise.start, exercise.end):
        body = posed(exercise, pose)
        for move in pose.arrows:
            origin = body.joint(move.of) if move.of else np.zeros(2)
            shaft = line(origin + np.array(move.path)).buffer(1.9)  # with its white edge
            for leg in (body.working, body.other):
                for shape in (leg.skin, leg.shoe, leg.shorts):
                    assert shaft.intersection(shape).area < 0.4
            for arm in (body.near, body.far):
                assert shaft.intersection(arm.skin).area < 0.4


def test_the_hips_of_a_person_who_lets_one_side_drop_are_drawn_tilted() -> None:
    hike = EXERCISES["HA07"]
    dropped, level = (posed(hike, pose) for pose in (hike.start, hike.end))
    assert dropped.working.hip[1] - dropped.other.hip[1] > 1.5
    assert level.working.hip[1] == pytest.approx(level.other.hip[1])
    assert pelvic_tilt(dropped) == pytest.approx(12)
    assert pelvic_tilt(level) == pytest.approx(0)


def test_the_hip_that_lets_go_drops_and_the_knee_moves_inside_the_foot() -> None:
    steady, drops = skeleton(STEADY), skeleton(DROPS)
    assert steady.other_hip[1] == pytest.approx(steady.hip[1])
    assert drops.other_hip[1] < drops.hip[1] - 1
    assert abs(steady.knee[0] - steady.ankle[0]) < 1
    assert drops.ankle[0] - drops.knee[0] > 3  # the midline lies at smaller x


def test_arrows_and_marks_come_with_the_step_whose_words_name_them() -> None:
    for share, first in ((TURNS_FROM, TURNS), (DRIFTS_FROM, DRIFTS), (SHARES_FROM, SHARES)):
        assert (first - 1) / STEPS < share <= first / STEPS
    assert (STEPS, len(PICTURES)) == (DROPS_STEP, STEPS + 1)
    assert all((FOLDER / f"{name}.svg").is_file() for name in PICTURES)


def test_from_step_to_step_the_hip_drops_and_the_knee_drifts_evenly() -> None:
    steps = [skeleton(STEADY.towards(DROPS, step / STEPS)) for step in range(STEPS + 1)]
    drops = np.diff([float(step.hip[1] - step.other_hip[1]) for step in steps])
    drifts = np.diff([float(step.ankle[0] - step.knee[0]) for step in steps])
    for moved in (drops, drifts):
        assert moved.min() > 0
        assert moved.max() < 1.1 * moved.min()


def test_in_the_inset_the_thigh_bone_turns_inwards_under_the_kneecap() -> None:
    """Seen by the viewer, the inner side of a right knee lies at larger x: there the groove must point."""
    straight, _ = inset_shapes(STEADY)
    turned, kneecap = inset_shapes(DROPS)

    def turned_place(x: float, y: float) -> list[float]:
        nearest = int(np.argmin(np.linalg.norm(straight - [x, y], axis=1)))
        return [float(value) for value in turned[nearest]]

    bottom, outer_ridge, inner_ridge = turned_place(0, -2.6), turned_place(-6.5, 1.5), turned_place(6.5, 1.5)
    assert (outer_ridge[0] + inner_ridge[0]) / 2 > bottom[0] + 0.3
    assert outer_ridge[1] > inner_ridge[1]
    assert kneecap[:, 0].mean() < 0


def test_a_hand_reaches_where_it_is_told() -> None:
    upper, fore = reaching(np.array([0.0, 0.0]), np.array([20.0, -10.0]))
    assert isinstance(upper, Turn)
    wrist = [
        18.6 * np.cos(np.radians(upper.angle)) + 14.6 * np.cos(np.radians(fore.angle)),
        18.6 * np.sin(np.radians(upper.angle)) + 14.6 * np.sin(np.radians(fore.angle)),
    ]
    assert wrist == pytest.approx([20, -10])
    with pytest.raises(ValueError, match="cannot reach"):
        reaching(np.array([0.0, 0.0]), np.array([40.0, 0.0]))


def test_a_straight_side_stays_straight() -> None:
    canvas = Canvas()
    canvas.line([(0, 0), (5, 0), (10, 0), (10, 10)])
    assert 'd="M0 10L10 10L10 0"' in svg(canvas, Frame(0, 0, 10, 10), 1.0, 0.0)


@pytest.mark.parametrize("name", ["HA01-end", "QC03-start", "hip-drops"])
def test_paper_can_draw_a_picture(name: str, tmp_path: Path) -> None:
    drawing = svg2rlg(str(FOLDER / f"{name}.svg"))
    assert drawing is not None
    renderPDF.drawToFile(drawing, str(tmp_path / "picture.pdf"))
    assert (tmp_path / "picture.pdf").read_bytes().startswith(b"%PDF")
