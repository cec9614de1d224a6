"""Other causes: each sign fires in one case and stays silent in another; the therapist's word alone decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest

from evalassist.clinical.assessment import assess
from evalassist.clinical.conditions import judge
from evalassist.clinical.differentials import Cause, causes, in_short
from evalassist.clinical.result import Fact, FactValue, Knowledge, Verdict
from evalassist.content import load_content
from evalassist.content.accuracy_words import accuracy_of, accuracy_of_tests
from evalassist.content.cause_schema import Accuracy, Differential, Figure, Sign
from evalassist.content.schema import Condition
from evalassist.evaluation import Answer, Evaluation, Patient, SoreKnee

CONTENT = load_content()
VISIT = date(2026, 3, 2)
SIGNS = [
    pytest.param(cause, sign, id=f"{cause.id}-{number}")
    for cause in CONTENT.differentials.values()
    for number, sign in enumerate(cause.signs, start=1)
]


def candidates(condition: Condition, name: str) -> list[FactValue]:
    """Values of a fact that decide this condition one way or the other."""
    found: list[FactValue] = []
    for part in condition.walk():
        if (part.fact or "").replace("{side}", "right") != name:
            continue
        limits = (part.below, part.above, part.at_least, part.at_most)
        found += [limit + step for limit in limits if limit is not None for step in (0.0, 1.0, -1.0)]
        if part.includes is not None:
            found += [(part.includes,), ()]
        if part.is_ is not None or part.one_of is not None or part.answered is not None:
            item = CONTENT.asked[name][0] if name in CONTENT.asked else None
            words = [o.id for o in item.options if o.id != "not-assessed"] if item else []
            found += words or (["F", "M", "X"] if name == "sex" else ["yes", "no"])
    return list(dict.fromkeys(found))


def values(condition: Condition, wanted: Verdict) -> dict[str, FactValue]:
    """Facts with which the condition has this verdict."""
    names = sorted({(p.fact or "").replace("{side}", "right") for p in condition.walk()} - {""})
    for tried in product(*(candidates(condition, name) for name in names)):
        facts = {name: Fact(name, value, name, (name,)) for name, value in zip(names, tried, strict=True)}
        if judge(condition, Knowledge(facts, {}, {}), "right").verdict is wanted:
            return dict(zip(names, tried, strict=True))
    return {}


def asked_too(names: dict[str, FactValue]) -> Iterator[tuple[str, FactValue]]:
    """What must be answered so that these items are asked at all."""
    for name in names:
        item = CONTENT.asked[name][0] if name in CONTENT.asked else None
        if item is not None and item.shown_when is not None:
            needed = values(item.shown_when, Verdict.MET)
            yield from needed.items()


def patient_with(facts: dict[str, FactValue]) -> Evaluation:
    """A visit in which these facts hold."""
    facts = {**dict(asked_too(facts)), **facts}
    years = int(float(str(facts.pop("age", 30))))
    sex: Any = facts.pop("sex", "F")
    if (reproduced := facts.pop("reproduced-now", None)) is not None:
        loads = ("familiar-squat", "familiar-stairs", "familiar-sitting")
        facts |= dict.fromkeys(loads, str(reproduced))
    patient = Patient("Case", date(VISIT.year - years, 1, 1), sex)
    answers: dict[str, Answer] = {key: value for key, value in facts.items() if not isinstance(value, bool)}
    return Evaluation.begin(patient, "right", VISIT).with_answers(answers)


def cause_of(evaluation: Evaluation, cause_id: str) -> Cause:
    return causes(evaluation, assess(evaluation, CONTENT).known, CONTENT)[cause_id]


def told(cause: Cause, sign: Sign) -> bool:
    """Whether this sign is among what is told of the cause."""
    reasons = cause.speaks_for if sign.speaks == "for" else cause.speaks_against
    if sign.says:
        return (f"{sign.says}, right" if sign.each_side else sign.says) in [r.text for r in reasons]
    name = (sign.when.fact or "").replace("{side}", "right")
    return any(reason.items == (name,) for reason in reasons)


@pytest.mark.parametrize(("cause", "sign"), SIGNS)
def test_each_sign_fires_in_one_case_and_stays_silent_in_another(cause: Differential, sign: Sign) -> None:
    fires = values(sign.when, Verdict.MET)
    assert fires, "nothing fulfils it"
    assert told(cause_of(patient_with(fires), cause.id), sign)
    silent = values(sign.when, Verdict.NOT_MET)
    if all(part.answered is None for part in sign.when.walk()):
        assert silent, "nothing contradicts it"
    assert not told(cause_of(patient_with(silent), cause.id), sign)


def test_every_cause_has_a_sign_for_it_and_words_that_fit_a_sentence() -> None:
    for cause in CONTENT.differentials.values():
        assert any(sign.speaks == "for" for sign in cause.signs), cause.id
        for sign in cause.signs:
            assert not sign.says.endswith("."), sign.says
            assert sign.says[:1].islower() or not sign.says, sign.says


def test_what_was_not_tested_is_neither_for_nor_against() -> None:
    cause = cause_of(patient_with({}), "acl")
    assert not cause.speaks_for
    assert not cause.speaks_against
    assert {"lachman.right", "pivot-shift.right", "lever-sign.right"} <= set(cause.not_tested)
    assert "lachman.left" not in cause.not_tested, "the sore side counts"
    assert "crepitus" not in cause_of(patient_with({"age": 30.0}), "tfoa").not_tested, (
        "not asked of the young"
    )


def test_tests_of_the_knee_count_on_the_sore_side() -> None:
    positive = {"lachman.left": "positive", "lachman.right": "normal"}
    for sore, speaks_for in (("right", 0), ("left", 1), ("both", 1)):
        knee: SoreKnee = sore  # type: ignore[assignment]  # three words, and mypy sees only a str
        evaluation = patient_with({}).with_answers(positive).with_sore_knee(knee)
        assert len(cause_of(evaluation, "acl").speaks_for) == speaks_for, sore


def test_osgood_in_a_jumping_boy_reads_as_a_therapist_would_say_it() -> None:
    boy: dict[str, FactValue] = {"age": 12.0, "sex": "M", "pain-location": ("tibial-tubercle",)}
    tests: dict[str, FactValue] = {"palp-tibial-tubercle.right": "familiar", "resisted-ext-pain": 4.0}
    assert in_short(cause_of(patient_with(boy | tests), "osgood")) == (
        "For: the age for it: girls 8 to 13, boys 10 to 15; pain at the tibial tubercle; "
        "tibial tubercle tender, right; resisted extension hurts."
    )


def test_pain_beside_the_kneecap_is_not_denied_at_the_lateral_side() -> None:
    """What speaks against names the places that were asked: pain around the kneecap is at the lateral side too."""
    found = cause_of(patient_with({"pain-location": ("peripatellar-lateral",)}), "itb")
    assert [reason.text for reason in found.speaks_against] == [
        "no pain at the lateral epicondyle or joint line"
    ]


@pytest.mark.parametrize("word", ["excluded", "unlikely", "likely"])
def test_the_signs_decide_nothing_the_word_does(word: str) -> None:
    """Strong signs and the word unlikely, or no sign and the word likely: the criterion follows the word."""
    strong = {"lachman.right": "positive", "pivot-shift.right": "positive", "mechanism": "pivot"}
    words = {cause.item_id: "excluded" for cause in CONTENT.differentials.values()} | {"ddx-acl": word}
    evaluation = patient_with({}).with_answers(words)
    before, after = assess(evaluation, CONTENT), assess(evaluation.with_answers(strong), CONTENT)
    wanted = Verdict.NOT_MET if word == "likely" else Verdict.MET
    assert before.conclusions["d3"].verdict is after.conclusions["d3"].verdict is wanted
    assert cause_of(evaluation, "acl").word == word


# ---------------------------------------------------------------- how accurate the tests are


def test_each_figure_has_its_own_mark_and_a_source_where_it_was_read() -> None:
    figures = [figure for row in CONTENT.accuracy.values() for _, figure in row.figures()]
    assert len(figures) > 100
    for figure in figures:
        assert bool(figure.cites) == (figure.mark in ("V", "V2"))
        assert all(cite in CONTENT.references for cite in figure.cites)
    squat = CONTENT.accuracy["squat"]
    assert [(name, f.value, f.mark) for name, f in squat.figures()] == [
        ("sensitivity", 91, "V"),
        ("specificity", 50, "V2"),
        ("LR+", 1.8, "D"),
        ("LR−", 0.2, "D"),
    ]
    assert squat.lr_plus is not None
    assert squat.lr_plus.formula == "0.91/0.50"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value": 91, "mark": "V"}, "needs its source"),
        ({"value": 91, "mark": "K", "cites": ["Nunes13"]}, "only a figure marked V or V2"),
        ({"mark": "K"}, "one value or one range"),
        ({"value": 91, "range": [80, 90], "mark": "K"}, "one value or one range"),
        ({"range": [90, 80], "mark": "K"}, "90 is above 80"),
        ({"value": 91, "interval": [95, 80], "mark": "K"}, "95 is above 80"),
    ],
)
def test_a_figure_that_cannot_be_trusted_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Figure.model_validate(wrong)


def test_a_test_without_any_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        Accuracy.model_validate({"id": "x", "test": "X", "condition": "pfp"})


def test_the_accuracy_of_a_test_tells_for_what_it_holds_and_how_far_to_trust_it() -> None:
    items = CONTENT.items
    assert accuracy_of(items["familiar-squat"], CONTENT) == (
        "Patellofemoral pain: sensitivity 91 % (Nunes 2013); specificity 50 % (reported in a secondary source); "
        "LR+ 1.8 (calculated, 0.91/0.50); LR− 0.2 (calculated, 0.09/0.50)."
    )
    assert accuracy_of(items["plica-test"], CONTENT) == (
        "Medial plica: sensitivity 89.5 %, specificity 88.7 % (not checked against a source)."
    )
    assert accuracy_of(items["anterior-drawer"], CONTENT) == (
        "Anterior cruciate ligament, long-standing: sensitivity 92 %, specificity 91 % (reported in a secondary "
        "source).\nAnterior cruciate ligament, acute: sensitivity 38 % (reported in a secondary source)."
    )
    assert accuracy_of(items["familiar-sitting"], CONTENT).startswith(
        "Patellofemoral pain: sensitivity 73 % [62 to 82] (Physiother Theory Pract 2024);"
    )
    assert not accuracy_of(items["footwear"], CONTENT)


def test_the_figures_stand_in_one_place() -> None:
    figure = re.compile(r"[Ss]ensitivity|[Ss]pecificity|LR[+−-]")
    for item in CONTENT.items.values():
        assert not figure.search(item.help), item.id
    for cause in CONTENT.differentials.values():
        assert not figure.search(cause.tests + cause.history), cause.id
    for rule in (rule for rule in CONTENT.rules.values() if rule.kind != "red-flag"):
        assert not figure.search(rule.note), rule.id


def test_a_test_that_is_advised_against_is_not_offered() -> None:
    offered = " ".join([item.label for item in CONTENT.items.values()]).lower()
    assert "clarke" not in offered
    assert all("clarke" not in row.test.lower() for row in CONTENT.accuracy.values())


def test_the_tests_of_a_cause_are_told_together() -> None:
    told_of_meniscus = accuracy_of_tests("meniscus", CONTENT)
    assert (
        "McMurray: Sensitivity 61 %, specificity 84 % (reported in a secondary source)." in told_of_meniscus
    )
    assert len(told_of_meniscus) == 6
