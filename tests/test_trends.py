"""How pain, scores and strength went: what is a value, what is a gap, where the band and the goal lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from reportlab.graphics.shapes import Circle, Drawing, Group, Line, PolyLine, Rect, String

from evalassist.case_file import read_case
from evalassist.clinical.follow_up import episode_of, follow_up, visits_of
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.result import PlanOfCare
from evalassist.clinical.trends import Trend, trend_words, trends
from evalassist.content import Content
from evalassist.documents import evaluation_note_pdf
from evalassist.documents.trend_chart import KEY, Tones, trend_drawing, trend_svg
from evalassist.evaluation import Answer, Evaluation, Signature, StrengthTest
from evalassist.note import Clinic, Note, read_note
from evalassist.noting import note_of

EX1 = Path(__file__).parent / "cases" / "ex1.toml"
Found = Callable[..., dict[str, Trend]]


def force(newtons: float, arm_m: float | None = 0.78, position: str | None = None) -> StrengthTest:
    return StrengthTest(trials=(newtons,) * 3, unit="N", lever_arm_m=arm_m, position=position)


@pytest.fixture
def first(content: Content) -> Evaluation:
    made = read_case(EX1, content)
    return made.signed_by(Signature("A. Chen, PT", "40-12345", datetime(2026, 3, 2, tzinfo=UTC)))


def later(first: Evaluation, weeks: int = 4, **answers: Answer) -> Evaluation:
    """A visit some weeks on at which only this was asked; the names are those of the items."""
    made = replace(
        first,
        id=f"week {weeks}",
        kind="re-evaluation",
        visit_date=first.visit_date + timedelta(weeks=weeks),
        signature=None,
        answers={},
    )
    return made.with_answers({key.replace("__", ".").replace("_", "-"): one for key, one in answers.items()})


@pytest.fixture
def found(first: Evaluation, content: Content) -> Found:
    def over(*visits: Evaluation, start: Evaluation = first) -> dict[str, Trend]:
        return {trend.id: trend for trend in trends(visits_of((start, *visits)), content)}

    return over


def values(trend: Trend, side: int = 0) -> list[float | None]:
    return [point.value for point in trend.curves[side].points]


def test_a_value_stands_at_each_visit_with_the_error_of_the_first_and_the_goal(
    found: Found, first: Evaluation
) -> None:
    akps = found(later(first, 2, akps_total=75.0), later(first, 4, akps_total=82.0))["akps"]
    assert values(akps) == [71, 75, 82]
    assert akps.curves[0].band == (62.0, 80.0)
    assert akps.limits == "MDC 9, MCID 10"
    assert akps.aim is not None
    assert (akps.aim.text, akps.aim.value, akps.aim.set_on) == ("86/100", 86, first.visit_date)
    assert [point.signed for point in akps.curves[0].points] == [True, False, False]


def test_what_was_not_tested_is_a_gap_and_never_zero(found: Found, first: Evaluation) -> None:
    trend = found(later(first, 2), later(first, 4, nprs_worst=4.0))["nprs-worst"]
    assert values(trend) == [6, None, 4]
    assert "March 16, 2026: not tested" in trend_words(trend)
    assert "koos-pf" not in found(later(first, 2))


def test_the_sore_side_has_a_band_and_the_other_none(found: Found, first: Evaluation) -> None:
    trend = found(later(first, 4, habd__right=force(112.0), habd__left=force(118.0)))["habd"]
    right, left = trend.curves
    assert (values(trend), values(trend, 1)) == ([82, 112], [100, 118])
    assert right.error == pytest.approx(5.0 * 9.80665)
    assert left.band is None
    assert trend.limits == "MDC 49 N between testers"


def test_a_goal_in_percent_of_the_other_leg_is_told_and_not_drawn(found: Found, first: Evaluation) -> None:
    aim = found(later(first, 4, habd__right=force(112.0)))["habd"].aim
    assert aim is not None
    assert (aim.text, aim.value) == ("90 % of the other leg", None)


def test_a_hand_grade_and_a_force_never_share_a_line(found: Found, first: Evaluation) -> None:
    graded = found(
        later(first, 2, habd__right=StrengthTest(grade="4+")), later(first, 4, habd__right=force(90.0))
    )
    assert values(graded["habd"]) == [82, None, 90]
    assert "grade 4+ by hand" in trend_words(graded["habd"])
    assert graded["habd-grade"].marks[int(values(graded["habd-grade"])[1] or 0)] == "4+"
    assert values(graded["habd-grade"])[::2] == [None, None]
    assert graded["habd-grade"].curves[0].band is None


def test_a_force_in_another_position_leaves_a_gap(found: Found, first: Evaluation) -> None:
    trend = found(later(first, 4, habd__right=force(120.0, position="supine")))["habd"]
    assert values(trend) == [82, None]
    assert "120 N, tested in another way" in trend_words(trend)


def test_with_another_lever_arm_torque_is_drawn_and_its_unit_said(found: Found, first: Evaluation) -> None:
    trend = found(later(first, 4, habd__right=force(82.0, 0.5)))["habd"]
    assert trend.unit == "Nm"
    assert values(trend) == [pytest.approx(82 * 0.78), pytest.approx(41.0)]
    without = found(later(first, 4, habd__right=force(82.0, None)))["habd"]
    assert values(without)[1] is None
    assert "82 N, the lever arm is not known" in trend_words(without)


def test_other_activities_than_then_are_not_joined(found: Found, first: Evaluation) -> None:
    start = first.__class__.begin(
        first.patient, "right", first.visit_date, answers=first.answers, episode_id=first.episode_id
    ).with_answers({"psfs-name-1": "stairs"})
    trend = found(later(first, 4, psfs_mean=6.0, psfs_name_1="running"), start=start)["psfs"]
    assert values(trend) == [4, None]
    assert "6/10, other activities than then" in trend_words(trend)


def test_one_visit_is_no_course_and_equal_values_have_not_moved(found: Found, first: Evaluation) -> None:
    assert not any(trend.is_course for trend in found().values())
    trend = found(later(first, 4, nprs_worst=6.0))["nprs-worst"]
    assert trend.is_course
    assert not trend.moved


# ---------------------------------------------------------------- drawn


def parts(drawing: Drawing, kind: type) -> list:  # type: ignore[type-arg]
    inside = [each for group in drawing.contents if isinstance(group, Group) for each in group.contents]
    return [shape for shape in (*drawing.contents, *inside) if isinstance(shape, kind)]


def said(drawing: Drawing) -> list[str]:
    return [each.text for each in parts(drawing, String)]


def test_sides_are_told_by_word_and_shape_and_a_gap_breaks_the_line(found: Found, first: Evaluation) -> None:
    visits = (
        later(first, 2, habd__right=force(90.0), habd__left=force(101.0)),
        later(first, 4, habd__right=force(95.0)),
        later(first, 6, habd__right=force(99.0), habd__left=force(104.0)),
        later(first, 8, habd__right=force(104.0), habd__left=force(106.0)),
    )
    drawing = trend_drawing(found(*visits)["habd"])
    assert {"Hip abduction, N", "RIGHT 104 N", "LEFT 106 N", "Mar 2", "Apr 27"} <= set(said(drawing))
    assert [len(line.points) // 2 for line in parts(drawing, PolyLine)] == [5, 2, 2]
    assert len(parts(drawing, Circle)) == 4 + 1  # each value, and the legend


def test_the_goal_is_dashed_and_what_is_not_signed_is_an_open_mark(found: Found, first: Evaluation) -> None:
    drawing = trend_drawing(found(later(first, 4, akps_total=82.0))["akps"])
    dashes = [line for line in parts(drawing, Line) if line.strokeWidth == 1.5]
    assert len(dashes) > 10
    assert all(before.x2 < after.x1 for before, after in pairwise(dashes))
    assert "dashed: goal 86/100" in said(drawing)
    assert "gray: MDC 9; MCID 10" in said(drawing)
    fills = [mark.fillColor for mark in parts(drawing, Rect) if mark.strokeColor is not None]
    assert fills == [Tones().ink, Tones().ink, Tones().ground]  # legend, signed, not signed


def test_the_gray_says_whose_error_of_measurement_it_is_where_one_side_has_one(
    found: Found, first: Evaluation
) -> None:
    trend = found(later(first, 4, habd__right=force(112.0), habd__left=force(118.0)))["habd"]
    assert "gray, RIGHT: MDC 49 N between testers" in said(trend_drawing(trend))
    assert "Limits, RIGHT: MDC 49 N between testers." in trend_words(trend)


def test_everything_drawn_is_a_gray(found: Found, first: Evaluation) -> None:
    drawing = trend_drawing(found(later(first, 4, habd__right=force(112.0)))["habd"])
    names = ("fillColor", "strokeColor")
    inks = {ink.rgb() for s in drawing.contents for name in names if (ink := getattr(s, name, None))}
    assert inks
    assert all(max(ink) - min(ink) < 0.01 for ink in inks)


def test_nothing_is_drawn_outside_of_the_picture(found: Found, first: Evaluation) -> None:
    for trend in found(later(first, 4, nprs_worst=10.0, akps_total=100.0, kext__right=force(999.0))).values():
        drawing = trend_drawing(trend)
        for words in parts(drawing, String):
            assert words.getBounds()[0] >= 0
            assert words.getBounds()[2] <= drawing.width + 0.5
            assert words.getBounds()[1] >= -1
        for line in parts(drawing, PolyLine):
            assert all(0 <= y <= drawing.height for y in line.points[1::2])


def test_the_screen_gets_the_same_drawing_as_svg(found: Found, first: Evaluation) -> None:
    trend = found(later(first, 4, akps_total=82.0))["akps"]
    svg = trend_svg(trend, Tones(), "Source Sans Pro")
    read = ElementTree.fromstring(svg)
    shown = [each.text for each in read.iter() if each.tag.endswith("text")]
    assert shown == said(trend_drawing(trend))
    assert b"SourceSans;" not in svg


# ---------------------------------------------------------------- in the note


def noted(content: Content, first: Evaluation, *rest: Evaluation) -> Note:
    *between, now = visits_of((first, *rest))
    earlier = tuple(between)
    plan = plan_of_care(now.evaluation, now.assessment, content, episode_of(earlier))
    seen = follow_up(earlier, now.evaluation, now.assessment, content)
    return note_of(now.evaluation, content, now.assessment, plan, Clinic(), seen)


def test_the_note_of_a_later_visit_keeps_and_prints_the_drawings_of_what_moved(
    content: Content, first: Evaluation, tmp_path: Path
) -> None:
    import pypdfium2

    visit = replace(later(first, 4), answers=first.answers).with_answers(
        {"nprs-worst": 4.0, "akps-total": 82}
    )
    note = noted(content, first, visit)
    assert note.follow_up is not None
    assert read_note(note.model_dump_json()) == note
    assert {"nprs-worst", "nprs-usual", "akps", "habd"} <= {trend.id for trend in note.follow_up.trends}
    pages = pypdfium2.PdfDocument(evaluation_note_pdf(note))
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    assert "last 4/10" in text
    assert "dashed: goal" in text
    assert KEY.split(". ")[0] in text
    assert "RIGHT 82 N" not in text  # it did not move: the line above says so


def test_on_a_signed_note_the_mark_of_its_own_visit_is_filled(content: Content, first: Evaluation) -> None:
    visit = replace(later(first, 4), answers=first.answers).with_answers({"nprs-worst": 4.0})
    earlier = visits_of((first,))
    now = visits_of((first, visit))[-1]
    seen = follow_up(earlier, visit, now.assessment, content)
    plan = plan_of_care(visit, now.assessment, content, episode_of(earlier))
    assert isinstance(plan, PlanOfCare)
    signed = visit.signed_by(Signature("A. Chen, PT", "1", datetime(2026, 3, 30, tzinfo=UTC)))
    note = note_of(signed, content, now.assessment, plan, Clinic(), seen)
    assert note.follow_up is not None
    assert all(point.signed for trend in note.follow_up.trends for point in trend.curves[0].points)


def test_the_note_of_a_first_visit_has_no_trend(content: Content, first: Evaluation) -> None:
    assert noted(content, first).follow_up is None
