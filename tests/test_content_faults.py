"""Content that does not fit together does not start: each slip of the pen is told by file and key."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalassist import resources
from evalassist.content import load_content
from evalassist.content.checks import faults
from evalassist.content.loader import Content
from evalassist.content.patient_texts import load_patient_texts
from evalassist.content.plan_schema import PlanRules
from evalassist.content.schema import Condition, FactName, Rule
from evalassist.errors import ContentError
from evalassist.sheet_checks import MANY_MOVES_BECAUSE
from ui.pages.assessment import CLASSIFIES


def told(content: Content) -> list[str]:
    return [str(fault) for fault in faults(content)]


def with_rule(when: dict[str, Any]) -> Content:
    """The content with one more rule at the end."""
    content = load_content()
    rule = Rule.model_validate(
        {"id": "slip", "kind": "flag", "title": "Slip", "says": "A slip.", "when": when, "mark": "P"}
    )
    return replace(content, rules={**content.rules, "slip": rule})


def with_plan(**changes: Any) -> Content:
    content = load_content()
    fields = {name: getattr(content.plan, name) for name in PlanRules.model_fields}
    return replace(content, plan=PlanRules.model_construct(**{**fields, **changes}))


def test_the_content_has_no_fault() -> None:
    assert told(load_content()) == []


def with_item(item_id: str, **changes: Any) -> Content:
    """The content with one item told otherwise."""
    content = load_content()
    step = content.steps[content.step_of[item_id]]
    groups = tuple(
        group.model_copy(
            update={
                "items": tuple(
                    one.model_copy(update=changes) if one.id == item_id else one for one in group.items
                )
            }
        )
        for group in step.groups
    )
    return replace(content, steps={**content.steps, step.id: step.model_copy(update={"groups": groups})})


def test_a_statement_that_a_page_shows_by_its_id_has_to_exist() -> None:
    content = load_content()
    shown = content.recommendations[CLASSIFIES], content.evidence[MANY_MOVES_BECAUSE]
    for missing in shown:
        left = replace(
            content,
            recommendations={k: v for k, v in content.recommendations.items() if v is not missing},
            evidence={k: v for k, v in content.evidence.items() if v is not missing},
        )
        wanted = f"content/evidence.toml: {missing.id}: a page shows this by its id, and it is missing"
        assert wanted in told(left)


def test_a_number_says_what_it_counts() -> None:
    (fault,) = told(with_item("akps-total", beside=""))
    assert fault.endswith("akps-total: a number needs `unit`, `unit-from` or `beside`")
    (fault,) = told(with_item("load-old", unit_from="mass"))
    assert fault.endswith("load-old: mass is no item of words")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mark": "V", "cites": ()}, "marked V, and no cited source is read as well as that"),
        ({"mark": "V", "cites": ("RK-ES",)}, "marked V, and no cited source is read as well as that"),
        ({"mark": "V2", "cites": ("BOR11",)}, "marked V2, and no cited source is read as well as that"),
        ({"mark": "K", "cites": ("CPG-GC",)}, "marked K, which is never cited: leave the citation out"),
        ({"mark": "P", "cites": ("CPG-GC",)}, "marked P, which is never cited: leave the citation out"),
    ],
)
def test_a_mark_that_its_source_does_not_bear_out_is_a_fault(changes: dict[str, Any], words: str) -> None:
    (fault,) = told(with_item("onset", **changes))
    assert fault == f"content/steps/history.toml: onset: {words}"


def test_whatever_is_cited_exists_and_is_read_as_well_as_the_mark_says() -> None:
    content = load_content()
    marked: list[Any] = [*content.items.values(), *content.rules.values(), *content.measures.values()]
    marked += [*content.ratings.values(), *content.strength_groups.values(), *content.norms]
    marked += [*content.differentials.values(), *content.evidence.values(), *content.information.values()]
    marked += [*content.recommendations.values(), *content.derived.values()]
    read = {"V": ("V",), "V2": ("V", "V2")}
    for entry in marked:
        assert entry.mark in ("V", "V2", "K", "D", "P")
        if entry.mark in read:
            marks = [content.references[cite].mark for cite in entry.cites]
            assert set(marks).intersection(read[entry.mark]), entry


@pytest.mark.parametrize(
    ("entry", "changes", "words"),
    [
        ("hip-ir-low", {"of": ("hip-x",)}, "no item or fact is called hip-x"),
        ("hip-ir-low", {"of": ("mass",)}, "mass does not have the sides that each-side needs"),
        ("load-change", {"of": ("ober",)}, "ober does not have the sides that number needs"),
        ("reach", {"by": ""}, "percent-of and `by` do not go together"),
        ("dorsiflexion-gain", {"of": ("df-bent",)}, "a gain compares two measures"),
        ("ober-tight", {"rules": ("tight-shoe",)}, "no rule is called tight-shoe"),
    ],
)
def test_a_computed_value_over_nothing_is_a_fault(entry: str, changes: dict[str, Any], words: str) -> None:
    content = load_content()
    slip = content.derived[entry].model_copy(update=changes)
    (fault,) = told(replace(content, derived={**content.derived, entry: slip}))
    assert fault == f"content/derived.toml: {entry}: {words}"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"fact": "no-such-thing", "is": "yes"}, "no fact or earlier rule is called no-such-thing"),
        ({"fact": "age", "is": "old"}, "age is a number"),
        ({"fact": "habd-grade.right", "below": 4}, "habd-grade.right is a word"),
        ({"fact": "reproduced-now", "is": "maybe"}, "reproduced-now has no option maybe"),
        ({"fact": "mpd", "at-least": 1}, "mpd is a word"),
        ({"fact": "mpd", "is": "met"}, "mpd has no option met"),
        ({"fact": "nprs-worst", "is": "7"}, "nprs-worst is a number"),
        ({"fact": "pain-location", "is": "back"}, "pain-location is a choices"),
        ({"fact": "pain-location", "includes": "elbow"}, "pain-location has no option elbow"),
        ({"fact": "onset", "includes": "gradual"}, "onset is a word"),
        ({"fact": "goal-text", "is": "run"}, "goal-text is a text"),
        ({"fact": "habd.right", "below": 100}, "habd.right is a strength test"),
    ],
)
def test_a_comparison_that_can_never_hold_is_a_fault(when: dict[str, Any], words: str) -> None:
    (fault,) = told(with_rule(when))
    assert fault.startswith("content/rules/assessment.toml: slip: ")
    assert words in fault


def test_a_question_may_wait_for_any_rule_but_not_for_one_that_does_not_exist() -> None:
    content = load_content()
    step = content.steps["strength"]
    item = next(item for item in step.items if item.id == "habd")
    assert item.shown_when is not None
    assert item.shown_when.fact in content.rules
    slip = item.model_copy(
        update={"shown_when": Condition.model_validate({"fact": "no-such-rule", "is": "no"})}
    )
    groups = tuple(
        group.model_copy(update={"items": tuple(slip if one.id == "habd" else one for one in group.items)})
        for group in step.groups
    )
    changed = replace(
        content, steps={**content.steps, "strength": step.model_copy(update={"groups": groups})}
    )
    assert any("habd: no fact or earlier rule is called no-such-rule" in fault for fault in told(changed))


def test_a_computed_fact_that_nothing_looks_at_is_a_fault() -> None:
    content = load_content()
    idle = FactName(id="shoe-size", kind="number", says="shoe {value}")
    (fault,) = told(replace(content, facts={**content.facts, "shoe-size": idle}))
    assert fault == "content/facts.toml: shoe-size: nothing looks at this fact"


def test_names_of_the_plan_outside_its_conditions_are_checked_too() -> None:
    plan = load_content().plan
    rows = tuple(
        row.model_copy(
            update={"values": {name: s.model_copy(update={"fact": "x1"}) for name, s in row.values.items()}}
        )
        for row in plan.advice
    )
    assert any("no fact is called x1" in fault for fault in told(with_plan(advice=rows)))

    tests = (plan.pain_tests[0].model_copy(update={"item": "x2"}), *plan.pain_tests[1:])
    assert any("no fact is called x2" in fault for fault in told(with_plan(pain_tests=tests)))

    needs = (plan.needs[0].model_copy(update={"deficit": "x3"}), *plan.needs[1:])
    assert any("no rule is called x3" in fault for fault in told(with_plan(needs=needs)))

    by_fact = next(goal for goal in plan.goals.goals if goal.long and goal.long.fact)
    for update, name in (
        ({"fact": "x4"}, "x4"),
        ({"fact": "nprs-worst", "sides": True}, "nprs-worst.right"),
        ({"long": by_fact.long.model_copy(update={"fact": "x5"})} if by_fact.long else {}, "x5"),
    ):
        goals = plan.goals.model_copy(update={"goals": (by_fact.model_copy(update=update),)})
        assert any(f"no fact is called {name}" in fault for fault in told(with_plan(goals=goals))), name

    groups = (plan.goals.groups[0].model_copy(update={"group": "x6", "deficit": "x7"}),)
    faulty = told(with_plan(goals=plan.goals.model_copy(update={"groups": groups})))
    assert any("x6: no such group" in fault for fault in faulty)
    assert any("x6: no rule is called x7" in fault for fault in faulty)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("differentials.toml", 'id = "itb"', 'id = "itbs"', "no item ddx-itbs"),
        ("exercises/hip.toml", 'body_position = "supine"', 'body_position = "soupine"', "body_position"),
        ("exercises/hip.toml", "level = 0", "level = -1", "level"),
        ("exercises/hip.toml", "Hold for {hold} seconds", "Hold for {hol} seconds", "not with hol"),
        ("exercises/hip.toml", "Sostenga {hold} segundos", "Sostenga 5 segundos", "fill other slots"),
        ("exercises/hip.toml", '    "Afloje. Luego hágalo otra vez.",\n', "", "not as many"),
        ("exercises/hip.toml", '"La almeja"', '"La almeja {hold}"', "without slots"),
        ("exercises/hip.toml", 'harder = "HA01"', 'harder = "HA99"', "no exercise HA99"),
        ("exercises/hip.toml", 'load = "LR5"', 'load = "LR9"', "no load rule LR9"),
        ("steps/history.toml", "usual = { low = 140", "usual = { low = 1400", "above high"),
        ("steps/history.toml", 'mark = "P"\n', "", "mark"),
        ("derived.toml", "below = 130", "under = 130", "under"),
        ("derived.toml", "below = 130", "below = 130, above = 1", "a limit is one of"),
        ("evidence.toml", 'against = ["EV03"]', 'against = ["EV99"]', "no statement is called EV99"),
        ("information.toml", 'mark = "V"', 'mark = "X"', "mark"),
        ("measures/measures.toml", 'mdc_mark = "V"\n', "", "MDC and MCID each need a mark"),
        ("steps/history.toml", 'id = "mass"', 'id = "maas"', "mass"),
        ("rules/assessment.toml", 'is = "tight"', 'is = "tihgt"', "has no option tihgt"),
        ("rules/red_flags.toml", 'level = "URGENT"', 'level = "URGNET"', "level"),
        ("rules/plan.toml", '"HA01"', '"HA77"', "HA77"),
        ("release.toml", 'evidence_checked = "2026-11"', 'evidence_checked = "soon"', "evidence_checked"),
        ("handout/texts.toml", "{page}", "{page", "page"),
        ("references.toml", 'id = "CPG19"', 'id = "CPG20"', "no reference CPG19"),
        ("measures/measures.toml", '"akps-1"', '"akps-one"', "no item akps-one"),
        ("facts.toml", 'kind = "number"', 'kind = "nmuber"', "kind"),
        ("strength_groups.toml", "sd = ", "sdd = ", "sd"),
    ],
)
def test_one_slip_in_a_content_file_is_told_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, words: str
) -> None:
    shutil.copytree(resources.ROOT / "content", tmp_path / "content")
    (tmp_path / "pictures").symlink_to(resources.ROOT / "pictures")
    wrong = tmp_path / "content" / file
    text = wrong.read_text(encoding="utf-8")
    assert old in text
    wrong.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(resources, "ROOT", tmp_path)
    for cached in (load_content, load_patient_texts):
        getattr(cached, "cache_clear", lambda: None)()
    try:
        with pytest.raises(ContentError) as caught:
            load_content()
    finally:
        for cached in (load_content, load_patient_texts):
            getattr(cached, "cache_clear", lambda: None)()
    assert "content/" in str(caught.value)
    assert words in str(caught.value)
