"""The examination sheet is asked in full, and its values are computed and told as it prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.derived import APP_DEFAULT, derived, sentences
from evalassist.content import load_content
from evalassist.evaluation import Evaluation
from evalassist.findings import sections

CASES = Path(__file__).parent / "cases"

SHEET = (
    *(f"RF{n:02}" for n in range(1, 26)),
    *(f"1.3-{n}" for n in range(1, 6)),  # the hip screen under 18
    *(f"O{n}" for n in range(1, 6)),  # Ottawa
    *(f"W{n}" for n in range(1, 11)),  # Wells
    *(f"H{n:02}" for n in range(1, 37)),  # history
    *("D2", "D3"),
    *(f"L{n}" for n in range(1, 6)),  # step-down
    *(f"S{n}" for n in range(1, 6)),  # single-leg squat
    *("HABD", "HER", "HIR", "HEXT", "HFLX", "HADD", "KEXT", "KFLX"),
    *("6.9.1", "6.9.2", "6.9.3", "6.9.4", "6.9.5", "6.9.6", "6.9.7"),
    *(f"M{n:02}" for n in range(1, 20)),
    *(f"F{n}" for n in range(1, 7)),  # foot posture
    *(f"B{n}" for n in range(1, 6)),  # Beighton
    *("3.2", "4", "7.2", "7.3", "7.5", "7.6", "8.1"),
    *(f"AKPS {n}" for n in range(1, 14)),
    *(f"PF{n}" for n in range(1, 12)),
    *(f"LEFS {n}" for n in range(1, 21)),
)
ELSEWHERE = {
    "H01": "the birth date stands in the patient dialog",
    "H02": "the sex for norms stands in the patient dialog",
    "O1": "the age follows from the birth date",
    "RF13": "a limp and a lost range of the hip are asked once, in the screen under 18",
    "M19": "the error of the length tests is information, not a question",
}
"""What no step asks, and where it stands."""


def asked_codes() -> Iterator[str]:
    for item in load_content().items.values():
        first, _, last = item.code.partition("-")
        if last and first.startswith("W"):
            for n in range(int(first[1:]), int(last[1:]) + 1):
                yield f"W{n}"
        yield item.code


@pytest.mark.parametrize("code", SHEET)
def test_each_code_of_the_sheet_is_asked_by_some_item(code: str) -> None:
    assert (code in set(asked_codes())) is not (code in ELSEWHERE)


def test_the_ten_points_of_wells_are_ten_choices() -> None:
    wells = load_content().items["wells"]
    assert [option.points for option in wells.options] == [1] * 9 + [-2]


def test_the_points_of_palpation_are_all_there() -> None:
    asked = {item.id for item in load_content().items.values() if item.code == "7.6"}
    points = (
        "medial-facet lateral-facet medial-retinaculum lateral-retinaculum inferior-pole patellar-tendon "
    )
    points += "superior-pole quadriceps-tendon tibial-tubercle fat-pad fat-pad-where plica medial-joint-line "
    points += "lateral-joint-line lateral-epicondyle pes-anserine fibular-head adductor-canal"
    assert asked == {f"palp-{point}" for point in points.split()}


# ---------------------------------------------------------------- norms

MCKAY = """
habd M 52.3 (23.1) 143.4 (47.2) 170.7 (43.9) 124.8 (32.8)
habd F 52.4 (21.9) 116.6 (31.9) 113.1 (32.4) 83.8 (23.5)
her M 49.7 (22.7) 141.7 (53.7) 169.4 (45.8) 125.5 (33.9)
her F 43.8 (16.8) 104.0 (28.7) 100.7 (29.1) 76.3 (23.7)
hir M 63.3 (31.7) 178.5 (67.2) 217.7 (62.4) 169.7 (55.0)
hir F 61.1 (25.8) 143.2 (45.0) 136.1 (44.6) 108.4 (33.8)
kext M 34.9 (18.1) 152.8 (71.1) 202.1 (56.1) 136.2 (35.6)
kext F 34.2 (14.9) 116.9 (36.6) 122.6 (33.6) 81.9 (26.8)
kflx M 27.0 (13.9) 89.8 (34.6) 106.3 (28.6) 76.3 (20.1)
kflx F 25.2 (11.5) 65.9 (19.7) 64.4 (18.9) 45.8 (13.3)
"""
BANDS = ((3, 9), (10, 19), (20, 59), (60, 120))


def printed_norms() -> dict[tuple[Any, ...], tuple[float, ...]]:
    cells: dict[tuple[Any, ...], tuple[float, ...]] = {}
    for line in MCKAY.strip().splitlines():
        group, sex = line.split()[:2]
        pairs = re.findall(r"([\d.]+) \(([\d.]+)\)", line)
        for band, (mean, sd) in zip(BANDS, pairs, strict=True):
            cells[group, sex, *band] = (float(mean), float(sd))
    return cells


def test_every_printed_norm_is_in_the_content_and_no_other() -> None:
    norms = load_content().norms
    assert {(n.group, n.sex, n.age_from, n.age_to): (n.mean, n.sd) for n in norms} == printed_norms()
    assert all(norm.unit == ("Nm" if norm.group in ("kext", "kflx") else "N") for norm in norms)


def test_norms_of_the_hip_and_of_the_young_are_off() -> None:
    on = {(norm.group, norm.age_from) for norm in load_content().norms if norm.enabled}
    assert on == {(group, age) for group in ("kext", "kflx") for age in (20, 60)}


@pytest.mark.parametrize(
    ("entry", "value", "mark"),
    [
        ("kext-men-mid", "2.92 to 3.45 Nm/kg", "V"),
        ("kflx-older-women", "0.46 to 0.81 Nm/kg", "V"),
        ("habd-pfp", "23.3 (SD 6.9) % of body weight", "K"),
        ("break-men", "1.62 (SD 0.38) Nm/kg", "V"),
        ("break-women", "1.41 (SD 0.33) Nm/kg", "V"),
        ("break-expected", "1.600 − 0.005 × age + 0.215 in men, Nm/kg; one SD is 0.354", "V"),
        ("acl-abduction", "35.4 % of body weight or less", "K"),
        ("outlook-short", "unfavourable in 55 % at 3 months and in 40 % at 12 months", "V"),
    ],
)
def test_a_reference_value_is_told_as_the_sheet_prints_it(entry: str, value: str, mark: str) -> None:
    found = load_content().information[entry]
    assert (found.value, found.mark) == (value, mark)


def test_what_is_no_limit_for_this_pain_says_so() -> None:
    information = load_content().information
    for entry in ("acl-abduction", "acl-rotation"):
        assert "information only" in information[entry].note
    assert "not from" not in information["no-guideline-cut-off"].value


# ---------------------------------------------------------------- what the answers come to


def seen(case: str = "patient-a", **answers: Any) -> list[str]:
    """Every computed sentence of a worked case with these answers besides."""
    evaluation = with_answers(case, answers)
    content = load_content()
    return list(sentences(derived(evaluation, assess(evaluation, content), content)))


def with_answers(case: str, answers: dict[str, Any]) -> Evaluation:
    return read_case(CASES / f"{case}.toml", load_content()).with_answers(answers)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Load changed by 90 %"),
        ({}, "Step-down right 3 of 6: medium; left 1 of 6: good"),
        ({}, "Foot Posture Index right 4: normal; left 0: normal"),
        ({}, "HipSIT right 0.229 kgf/kg; left 0.276 kgf/kg; right side 83 % of the left, 17 % lower"),
        (
            {"fpi6-typed-total.right": 0.0, "hip-ir.right": 29.0, "hip-ir.left": 30.0},
            "Hip internal rotation right 29°: below 30° (app default, information only)",
        ),
        (
            {"hip-ir.right": 45.0, "hip-ir.left": 34.0},
            "Hip internal rotation right more by 11°: above 10° (app default, information only)",
        ),
        (
            {"knee-flexion.right": 130.0, "knee-flexion.left": 140.0},
            "Knee flexion left more by 10°: 10° or more (app default, information only)",
        ),
        (
            {"knee-extension.right": -5.0, "knee-extension.left": 11.0},
            "Knee extension right −5°: 5° or more short of straight (app default); "
            "left 11°: knee bends backward (app default)",
        ),
        ({"ober.right": -23.0}, "Modified Ober, leg angle right −23°: tight iliotibial band"),
        (
            {"df-straight.right": 9.0},
            "Dorsiflexion, knee straight right 9°: tight gastrocnemius (app default)",
        ),
        (
            {"df-straight.right": 9.0, "df-bent.right": 9.0},
            "Dorsiflexion gain with the knee bent, right 0°: speaks for the soleus or the joint",
        ),
        (
            {"wblt-cm.right": 9.0, "wblt-cm.left": 11.0},
            "Lunge test, toe to wall left more by 2 cm: above 1.5 cm (information only)",
        ),
        (
            {"wblt-cm.right": 10.0, "wblt-cm.left": 11.5},
            "Lunge test, toe to wall left more by 1.5 cm (information only)",
        ),
        (
            {"glide-medial.right": 1.0},
            "Kneecap glide, inward right 1 quadrants: 1 quadrant or less, tight lateral retinaculum "
            "(information only)",
        ),
        (
            {"yb-anterior.right": 66.0, "leg-length.right": 88.0},
            "Y-balance forward reach right 75 % (information only)",
        ),
        (
            {
                "yb-anterior.right": 60.0,
                "yb-posteromedial.right": 90.0,
                "yb-posterolateral.right": 95.0,
                "leg-length.right": 88.0,
            },
            "Y-balance, all three reaches right 92.8 % (information only)",
        ),
        (
            {"yb-anterior.right": 60.0, "yb-anterior.left": 64.0},
            "Y-balance forward reach left more by 4 cm (information only)",
        ),
        (
            {"yb-anterior.right": 60.0, "yb-anterior.left": 64.1},
            "Y-balance forward reach left more by 4.1 cm: above 4 cm, an injury-risk remark from basketball "
            "players, not for this pain (information only)",
        ),
        (
            {"bridge-reps.right": 12.0, "bridge-reps.left": 20.0},
            "Single-leg bridges right side 60 % of the left",
        ),
        (
            {"sls-overall.right": "failed", "sls-knee.right": "passed"},
            "Single-leg squat right 1 of 2 signs poor",
        ),
        ({"q-angle.right": 15.0, "q-angle.left": 18.0}, "Q-angle left more by 3° (information only)"),
        ({"effusion.right": "1+", "effusion.left": "trace"}, "Stroke test more on the right: 1+, left Trace"),
        (
            {"leg-length-difference": 2.0},
            "Leg length difference 2 cm: 2 cm or more (app default, information only)",
        ),
        ({"groc": 4.0}, "Global change 4: counts as success (app default)"),
        ({"navicular-drop.right": 10.0}, "Navicular drop right 10 mm: 10 mm or more (information only)"),
    ],
)
def test_an_answer_is_told_with_what_it_comes_to(answers: dict[str, Any], sentence: str) -> None:
    assert sentence in seen(**answers)


@pytest.mark.parametrize(
    "answers",
    [
        {"hip-ir.right": 30.0},
        {"wblt-angle.right": 35.0},
        {"hip-er.left": 35.0},
        {"leg-length-difference": 1.9},
        {"yb-anterior.right": 60.0},
        {"bridge-reps.right": 12.0},
        {"sls-overall.right": "failed"},
        {"effusion.right": "0", "effusion.left": "0"},
    ],
)
def test_at_its_limit_or_alone_a_value_is_not_remarked_on(answers: dict[str, Any]) -> None:
    assert seen(**answers) == seen()


def test_with_both_knees_sore_the_weaker_is_compared_with_the_stronger() -> None:
    bridges: dict[str, Any] = {"bridge-reps.right": 20.0, "bridge-reps.left": 15.0}
    said = seen("patient-b", **bridges)
    assert "Single-leg bridges left side 75 % of the right, asymmetry only" in said


def test_each_total_of_the_foot_posture_is_named_by_its_band() -> None:
    names = {10: "highly pronated", 9: "pronated", 6: "pronated", 5: "normal", 0: "normal"}
    names |= {-1: "supinated", -4: "supinated", -5: "highly supinated", -12: "highly supinated"}
    for total, name in names.items():
        typed: dict[str, Any] = {"fpi6-typed-total.right": float(total)}
        said = seen("patient-b", **typed)
        assert any(
            text.startswith(f"Foot Posture Index right {total}: {name};".replace("-", "−")) for text in said
        ), total


def test_app_defaults_are_named_once() -> None:
    stiff: dict[str, Any] = {"hip-ir.right": 20.0, "hip-er.right": 20.0}
    said = seen(**stiff)
    assert said.count(APP_DEFAULT) == 1
    assert seen().count(APP_DEFAULT) == 0


def test_information_never_makes_a_subcategory_positive() -> None:
    content = load_content()
    plain = with_answers("patient-b", {"new-task": "no"})
    odd: dict[str, Any] = {
        "hip-ir.right": 16.0,
        "knee-flexion.right": 100.0,
        "wblt-cm.right": 2.0,
        "wblt-cm.left": 12.0,
        "glide-medial.right": 0.0,
        "q-angle.right": 25.0,
        "yb-anterior.right": 50.0,
        "yb-anterior.left": 80.0,
        "navicular-drop.right": 15.0,
        "fppa.right": 25.0,
        "leg-length-difference": 3.0,
    }
    assert assess(plain, content).subcategories == ("NONE",)
    assert assess(plain.with_answers(odd), content).subcategories == ("NONE",)


def test_the_note_tells_the_computed_values() -> None:
    content = load_content()
    evaluation = with_answers(
        "patient-a", {"hip-ir.right": 25.0, "yb-anterior.right": 66.0, "leg-length.right": 88.0}
    )
    lines = {
        line.label: line.value
        for section in sections(evaluation, assess(evaluation, content), content)
        for line in section.lines
    }
    assert "hip internal rotation right 25°: below 30° (app default, information only)" in lines["Range"]
    assert lines["Range"].endswith("app default: not from a guideline")
    assert "forward reach right 75 % (information only)" in lines["Y-balance"]
    assert "from 20 to 38 km a week (90 % more) in 4 weeks" in lines["Load"]
    assert lines["Lateral step-down"].startswith("Right 3 of 6, medium (")
    assert lines["HipSIT, top knee raised"].startswith(
        "right 14.2 kgf, 0.229 kgf/kg; left 17.1 kgf, 0.276 kgf/kg;"
    )


def test_the_note_tells_a_total_also_where_a_rule_concludes_on_it() -> None:
    content = load_content()
    beighton: dict[str, Any] = {
        f"beighton-{part}.{side}": "yes"
        for part in ("finger", "thumb", "elbow", "knee")
        for side in ("right", "left")
    }
    evaluation = with_answers("patient-a", {**beighton, "beighton-floor": "no", "ober.right": -10.0})
    lines = {
        line.label: line.value
        for section in sections(evaluation, assess(evaluation, content), content)
        for line in section.lines
    }
    assert "8 of 9: generalized hypermobility" in lines["Beighton"]
    assert "tight" not in lines["Muscle length"], "the assessment tells it"


def test_the_note_tells_what_earlier_treatment_did() -> None:
    content = load_content()
    told = {
        "earlier-treatments": ("tape", "hip-exercise"),
        "treated-tape": "helped",
        "treated-hip-exercise": "no",
    }
    evaluation = with_answers("patient-a", told)
    texts = [
        line.value
        for section in sections(evaluation, assess(evaluation, content), content)
        for line in section.lines
    ]
    assert any("treated before with tape helped, hip exercises no effect" in text.lower() for text in texts)


# ---------------------------------------------------------------- outcome measures


@pytest.mark.parametrize(
    ("measure", "mdc", "mcid", "better", "needed"),
    [
        ("akps", 9, 10, "higher", 13),
        ("koos-pf", 16, 16.4, "higher", 6),
        ("lefs", 9, 9, "higher", 20),
        ("psfs", 2, 2, "higher", 3),
        ("tsk-11", 7, 4, "lower", 11),
        ("vas-activity", None, None, "lower", 4),
    ],
)
def test_a_measure_knows_its_error_and_what_matters(
    measure: str, mdc: float | None, mcid: float | None, better: str, needed: int
) -> None:
    found = load_content().measures[measure]
    assert (found.mdc, found.mcid, found.better, found.min_answered) == (mdc, mcid, better, needed)
    assert found.licence
    assert found.missing


def test_single_ratings_know_it_too() -> None:
    ratings = load_content().ratings
    assert (ratings["nprs"].mdc, ratings["nprs"].mcid, ratings["nprs"].better) == (2, 1.16, "lower")
    assert ratings["vas"].mcid == 2
    assert (ratings["groc"].low, ratings["groc"].high) == (-7, 7)
    assert "13" in load_content().measures["akps"].change_note  # README 30: another published value


# ---------------------------------------------------------------- what a stress fracture forbids


def test_no_fulcrum_test_while_a_stress_fracture_is_suspected_or_open() -> None:
    from evalassist.clinical.progress import shown

    content = load_content()
    fulcrum = content.items["fulcrum"]
    clear = with_answers("patient-a", {"energy-low": "no"})
    assert shown(fulcrum, assess(clear, content), "right")
    suspected = clear.with_answers({"femoral-neck": "yes"})
    assert not shown(fulcrum, assess(suspected, content), "right")
    assert not shown(fulcrum, assess(clear.without_answer("femoral-neck"), content), "right")
