"""The exercises, their codes, the evidence and the sources as a therapist and a patient will meet them."""

import re
from typing import Any

import pytest

from evalassist import resources
from evalassist.content.schema import CodedRule, Evidence, Exercise, Precaution, Recommendation, Reference
from evalassist.documents import look

FILES = {
    "hip": ("HA", "HE", "HX", "HF", "HD"),
    "knee": ("QO", "QC", "KF", "CA"),
    "control": ("MC", "BA", "FT", "RN"),
    "core": ("CO", "FL"),
}
BODY_POSITIONS = {
    *("supine", "prone", "side-lying", "sitting", "standing", "kneeling", "quadruped", "plank", "machine")
}
EQUIPMENT = {
    *("mat", "band", "step", "chair", "wall", "ankle-weight", "strap", "belt", "dumbbell", "towel", "ball"),
    *("pillow", "bench", "counter", "machine", "bfr", "sliders", "treadmill", "box"),
}
ROOM = 332.0
"""Points for a step on one line of a card, on Letter paper."""
CLOSED_CHAIN_BUT_NOT_STANDING = {"QC03", "QC04", "HX08"}
RAW: list[dict[str, Any]] = [
    row for name in FILES for row in resources.read_toml(f"content/exercises/{name}.toml")["exercises"]
]
EXERCISES = {row["id"]: Exercise(**row) for row in RAW}
RULES = resources.read_toml("content/exercises/rules.toml")
LOADS = {row["id"]: CodedRule(**row) for row in RULES["load_rules"]}
PROGRESSIONS = {row["id"]: CodedRule(**row) for row in RULES["progressions"]}
PRECAUTIONS = {row["id"]: Precaution(**row) for row in RULES["precautions"]}
STUDIES = resources.read_toml("content/evidence.toml")
EVIDENCE = {row["id"]: Evidence(**row) for row in STUDIES["evidence"]}
RECOMMENDATIONS = {row["id"]: Recommendation(**row) for row in STUDIES["recommendations"]}
REFERENCES = {
    row["id"]: Reference(**row) for row in resources.read_toml("content/references.toml")["references"]
}
every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def filled(exercise: Exercise, step: str) -> str:
    """A step as it is printed, with the starting dose in its slots."""
    return step.format(hold=exercise.dose.hold_s, times=exercise.dose.reps)


def printed_steps(exercise: Exercise) -> list[tuple[str, ...]]:
    """Each form of the steps (one sore knee, both sore) in each language it exists in."""
    forms = [exercise.steps] + ([exercise.steps_both] if exercise.steps_both else [])
    steps = [text for form in forms for text in (form.en, form.es) if text]
    return [tuple(filled(exercise, step) for step in text) for text in steps]


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade, a syllable being a group of vowels, without a silent e."""
    words = re.findall(r"[a-z]+", text.lower())
    sentences = len(re.findall(r"[.!?]", text))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$", "", w)))) for w in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def empty_values(value: Any, where: str) -> list[str]:
    if isinstance(value, dict):
        return [w for key, inner in value.items() for w in empty_values(inner, f"{where}.{key}")]
    if isinstance(value, list):
        if not value and not where.endswith(".needs"):
            return [where]
        return [w for i, inner in enumerate(value) for w in empty_values(inner, f"{where}[{i}]")]
    return [where] if isinstance(value, str) and not value.strip() else []


def test_there_are_64_exercises_and_no_id_comes_twice() -> None:
    assert len(RAW) == len(EXERCISES) == 64


def test_each_exercise_lies_in_the_file_of_its_family() -> None:
    for name, families in FILES.items():
        rows = resources.read_toml(f"content/exercises/{name}.toml")["exercises"]
        assert {row["id"][:2] for row in rows} == set(families)


def test_nothing_in_the_content_is_empty() -> None:
    found = [w for row in RAW for w in empty_values(row, row["id"])]
    for table in (*RULES.values(), *STUDIES.values()):
        found += [w for row in table for w in empty_values(row, row["id"])]
    assert found == []


@every_exercise
def test_an_easier_and_a_harder_exercise_exist(exercise: Exercise) -> None:
    for other in (exercise.easier, exercise.harder):
        assert other is None or (other in EXERCISES and other != exercise.id)


@every_exercise
def test_phases_follow_each_other_within_one_to_four(exercise: Exercise) -> None:
    first, last = exercise.phases[0], exercise.phases[-1]
    assert exercise.phases == tuple(range(first, last + 1))
    assert 1 <= first <= last <= 4


@every_exercise
def test_a_card_has_two_to_four_steps_that_each_fit_on_one_line(exercise: Exercise) -> None:
    for steps in printed_steps(exercise):
        assert 2 <= len(steps) <= 4
        assert [step for step in steps if look.text_width(step, look.REGULAR, 13) > ROOM] == []


@every_exercise
def test_the_form_for_both_legs_and_the_spanish_text_have_as_many_steps(exercise: Exercise) -> None:
    assert {len(steps) for steps in printed_steps(exercise)} == {len(exercise.steps.en)}


@every_exercise
def test_a_child_of_twelve_can_read_the_steps(exercise: Exercise) -> None:
    for form in (exercise.steps, exercise.steps_both):
        if form:
            assert reading_grade(" ".join(filled(exercise, step) for step in form.en)) < 6


def test_the_reading_grade_tells_plain_words_from_learned_ones() -> None:
    assert reading_grade("Lie on your back. Bend your knees.") < 1
    assert reading_grade("Maintain isometric gluteal contraction throughout the repetition.") > 12


@every_exercise
def test_a_step_never_repeats_a_number_of_the_dose(exercise: Exercise) -> None:
    """Only numbers that the dose does not hold may stand in a step: a warm-up walk, a step rate, where pain stops."""
    for form in (exercise.steps, exercise.steps_both):
        if form and exercise.region != "running":
            for told in (form.en, form.es or ()):
                assert not re.search(r"\d", re.sub(r"(goes over|pasa de) 5\b", "", " ".join(told)))


@every_exercise
def test_a_hold_is_in_the_steps_only_when_the_dose_has_one(exercise: Exercise) -> None:
    """A hold of one second is stored but not printed as a number (it would read "1 seconds")."""
    if "{hold}" in " ".join(exercise.steps.en):
        assert exercise.dose.hold_s >= 2
    if "{times}" in " ".join(exercise.steps.en):
        assert exercise.dose.reps >= 2


@every_exercise
def test_every_code_of_an_exercise_is_explained(exercise: Exercise) -> None:
    assert exercise.dose.load in LOADS
    assert exercise.dose.progress_when in PROGRESSIONS
    assert set(exercise.precautions) <= set(PRECAUTIONS)
    assert len(set(exercise.precautions)) == len(exercise.precautions)


def test_the_codes_are_those_of_the_plan_of_care() -> None:
    assert list(LOADS) == [f"LR{n}" for n in range(8)]
    assert list(PROGRESSIONS) == [f"PC{n}" for n in range(1, 8)]
    assert list(PRECAUTIONS) == [f"P{n:02}" for n in range(1, 20) if n not in (9, 15)]


@every_exercise
def test_position_and_equipment_use_the_words_the_engine_knows(exercise: Exercise) -> None:
    assert exercise.body_position in BODY_POSITIONS
    assert set(exercise.needs) <= EQUIPMENT


@every_exercise
def test_an_exercise_needs_only_what_its_equipment_line_names(exercise: Exercise) -> None:
    printed = f"{exercise.equipment_text} {exercise.position}".lower()
    words = {"ankle-weight": "ankle weight", "machine": "press"}
    for thing in exercise.needs:
        assert words.get(thing, thing) in printed


@every_exercise
def test_the_chip_says_hip_or_knee_by_family(exercise: Exercise) -> None:
    family = exercise.id[:2]
    if family in ("HA", "HE", "HX", "HF", "HD"):
        assert exercise.chip == "HIP"
    elif family in ("MC", "QC", "QO", "KF"):
        assert exercise.chip == "KNEE"
    else:
        assert exercise.chip == "OTHER"


@every_exercise
def test_an_exercise_is_never_called_more_certain_than_clinical_practice(exercise: Exercise) -> None:
    assert exercise.mark == "K"


# ------------------------------------------------------------- decisions that changed the sheet


def test_heel_raises_and_the_full_side_plank_begin_later() -> None:
    assert EXERCISES["CA01"].phases == (2, 3, 4)
    assert EXERCISES["CO05"].phases == (3, 4)


@pytest.mark.parametrize("exercise_id", ["HE05", "HX04", "KF01", "FL01"])
def test_exercises_on_the_belly_ask_for_confirmation_in_pregnancy(exercise_id: str) -> None:
    assert "P08" in EXERCISES[exercise_id].precautions


def test_every_exercise_on_the_belly_is_known_as_prone_and_carries_the_pregnancy_precaution() -> None:
    prone = {e.id for e in EXERCISES.values() if e.body_position == "prone"}
    assert prone == {"HE05", "HX04", "KF01"}
    assert all("P08" in EXERCISES[one].precautions for one in prone)


@every_exercise
def test_closed_chain_exercises_wait_until_an_effusion_is_gone(exercise: Exercise) -> None:
    standing = exercise.body_position == "standing" and exercise.region != "mobility"
    if standing or exercise.id in CLOSED_CHAIN_BUT_NOT_STANDING:
        assert "P16" in exercise.precautions


@pytest.mark.parametrize("exercise_id", ["QO01", "QO02", "HA01", "HA04", "HE01", "HX01"])
def test_work_without_weight_on_the_leg_stays_possible_with_an_effusion(exercise_id: str) -> None:
    assert "P16" not in EXERCISES[exercise_id].precautions


def test_knee_extension_is_done_with_an_ankle_weight_and_the_machine_stands_on_its_own_line() -> None:
    extension = EXERCISES["QO03"]
    first, second = extension.equipment_text.split("\n")
    assert "ankle weight" in first
    assert "machine or cable" in second
    assert extension.needs == ("chair", "ankle-weight")


def test_the_isometric_push_says_nothing_about_joint_stress() -> None:
    push = EXERCISES["QO04"]
    assert not re.search(r"stress|POW14", f"{push.evidence} {push.dose.arc} {push.name}")


@every_exercise
def test_words_that_need_a_good_side_have_a_form_for_both_knees_sore(exercise: Exercise) -> None:
    if "good side" in " ".join(exercise.steps.en):
        assert exercise.steps_both is not None
    if exercise.steps_both:
        assert "good side" not in " ".join(exercise.steps_both.en)
        assert exercise.steps_both.en != exercise.steps.en


def test_a_card_for_one_leg_says_which_foot_is_lifted_where_one_stands_on_that_leg() -> None:
    stand = EXERCISES["BA01"].steps
    assert stand.es is not None
    assert stand.en[:2] == (
        "Stand on this leg, near a counter.",
        "Lift the other foot. Keep your hips level.",
    )
    assert "esta pierna" in stand.es[0]
    assert "otro pie" in stand.es[1]


@every_exercise
def test_a_card_for_the_sore_leg_does_not_ask_for_the_other_leg(exercise: Exercise) -> None:
    if exercise.sides == "one":
        assert not re.search(r"(?i)both legs|both sides|switch legs", " ".join(exercise.steps.en))


def test_the_step_down_touches_with_the_heel() -> None:
    assert "Tap the floor with your heel" in " ".join(EXERCISES["MC03"].steps.en)


def test_the_doses_are_those_of_the_sheet() -> None:
    """A sample of rows copied by hand, one for each way in which a dose is written."""
    hold = EXERCISES["QO04"].dose
    assert (hold.sets, hold.reps, hold.hold_s, hold.rest_s, hold.days_per_week) == (4, 5, 10, 60, 4)
    walk = EXERCISES["HA05"].dose
    assert (walk.sets, walk.reps, walk.reps_text, walk.hold_s) == (3, 10, "10 steps each way", 0)
    cuff = EXERCISES["QO05"].dose
    assert (cuff.sets, cuff.reps_text, cuff.rest_s, cuff.days_per_week) == (4, "30-15-15-15", 30, 2)
    stretch = EXERCISES["FL03"].dose
    assert (stretch.sets, stretch.reps, stretch.hold_s, stretch.rest_s) == (3, 1, 30, 15)
    assert (stretch.days_per_week, stretch.load, stretch.progress_when) == (6, "LR0", "PC7")
    lift = EXERCISES["HA01"].dose
    assert (lift.sets, lift.reps, lift.hold_s, lift.days_per_week) == (3, 10, 2, 3)


# ------------------------------------------------------------- evidence and sources


def test_all_statements_and_recommendations_are_there() -> None:
    assert list(EVIDENCE) == [f"EV{n:02}" for n in range(1, 34)] + [f"HOME0{n}" for n in range(1, 6)]
    assert list(RECOMMENDATIONS) == [f"REC{n:02}" for n in range(1, 18)]


def test_every_cited_source_is_listed_once() -> None:
    rows = resources.read_toml("content/references.toml")["references"]
    assert len(rows) == len(REFERENCES)
    for statement in EVIDENCE.values():
        assert set(statement.cites) <= set(REFERENCES), statement.id
    for recommendation in RECOMMENDATIONS.values():
        assert set(recommendation.cites) <= set(REFERENCES), recommendation.id
    for exercise in EXERCISES.values():
        cited = re.findall(r"\[(?:V2|V|K):([\w-]+)\]", exercise.evidence)
        assert set(cited) <= set(REFERENCES), exercise.id


@every_exercise
def test_the_evidence_line_of_an_exercise_shows_how_far_it_may_be_trusted(exercise: Exercise) -> None:
    marks = re.findall(r"\[[^\]]*\]", exercise.evidence)
    assert marks
    assert all(re.fullmatch(r"\[(K|(V|V2|K):[\w-]+)\]", mark) for mark in marks)


def test_a_statement_is_never_marked_higher_than_its_best_source() -> None:
    order = ("K", "V2", "V")
    for row in EVIDENCE.values():
        best = max(order.index(REFERENCES[key].mark) for key in row.cites)
        assert order.index(row.mark) <= best, row.id


def test_the_claim_that_a_weak_hip_comes_first_has_evidence_against_it() -> None:
    assert (EVIDENCE["EV32"].direction, EVIDENCE["EV32"].cites) == ("AGAINST", ("NEA19",))
    assert "association" in EVIDENCE["EV33"].claim
    assert {EVIDENCE[one].direction for one in ("EV01", "EV02", "EV03", "EV04")} == {"FOR"}
    assert {EVIDENCE[one].direction for one in ("EV08", "EV09", "EV10")} == {"AGAINST"}


def test_braces_needles_and_machines_are_advised_against() -> None:
    against = {row.id for row in RECOMMENDATIONS.values() if row.action == "DO-NOT"}
    assert against == {"REC05", "REC07", "REC08", "REC11", "REC13", "REC14"}


def test_a_doi_from_memory_is_a_doi() -> None:
    for row in REFERENCES.values():
        assert not row.doi or row.doi.startswith("10.")
        assert row.doi or not row.doi_from_memory
    assert REFERENCES["FUK10"].doi_from_memory
    assert not REFERENCES["NAS18"].doi_from_memory


def test_each_guideline_copy_keeps_its_own_key() -> None:
    assert {"CPG19", "CPG-GC", "CPG-CN", "CPGSEC"} <= set(REFERENCES)
