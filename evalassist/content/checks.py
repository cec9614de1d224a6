"""Content that is well-formed by itself may still not fit together: a rule over a fact nobody asks, a missing picture.

Wrong content does not start, so every fault names its file and key.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import TYPE_CHECKING

from evalassist import resources
from evalassist.content.cause_schema import PFP
from evalassist.content.defaults import named_in
from evalassist.content.plan_schema import PLAN_FACTS
from evalassist.content.schema import ACTION, LEVELS, Condition, Item
from evalassist.content.sources import citation_faults
from evalassist.errors import ContentError

if TYPE_CHECKING:
    from evalassist.content.loader import Content


ITEM_KINDS = {
    "yes-no": "word",
    "choice": "word",
    "choices": "choices",
    "number": "number",
    "scale": "number",
    "text": "text",
    "strength": "strength test",
}
"""What an answered item is to a rule; a text and a strength test can only be answered or not."""


def faults(content: Content) -> Iterator[ContentError]:
    """Every fault of content that is well-formed by itself but does not fit together."""
    yield from _default_faults(content)
    yield from _item_faults(content)
    yield from _rule_faults(content)
    yield from _cause_faults(content)
    yield from _exercise_faults(content)
    yield from _plan_faults(content)
    yield from _follow_up_faults(content)
    yield from _derived_faults(content)
    yield from _unused_facts(content)
    yield from _statement_faults(content)
    yield from citation_faults(content)


COUNTED_IN_PYTHON = (
    "repeat-cv",
    "pain-in-test",
    "pain-above-rest",
    "rest-pain",
    "hip-norms",
    "strength-change",
)
"""Defaults that no rule names, because the computing of facts looks at them."""
FILES_WITH_DEFAULTS = (
    "rules/red_flags.toml",
    "rules/assessment.toml",
    "rules/plan.toml",
    "rules/follow_up.toml",
)


def _default_faults(content: Content) -> Iterator[ContentError]:
    """A default that decides nothing, a rule that names one nobody defined."""
    named: set[str] = set(COUNTED_IN_PYTHON)
    for file in FILES_WITH_DEFAULTS:
        named |= named_in(resources.read_toml(f"content/{file}"))
    for default_id in content.defaults:
        if default_id not in named:
            yield ContentError("content/defaults.toml", default_id, "nothing looks at this default")
    for default_id in COUNTED_IN_PYTHON:
        if default_id not in content.defaults:
            yield ContentError(
                "content/defaults.toml", default_id, "this default is missing, and facts look at it"
            )
    for rule in content.rules.values():
        for unknown in named_in([rule.title, rule.says, rule.do_now, rule.note]):
            yield ContentError("content/rules", rule.id, f"no default is called {unknown}")
    for item in content.items.values():
        for unknown in named_in([item.label, item.help]):
            yield ContentError("content/steps", item.id, f"no default is called {unknown}")


def _item_faults(content: Content) -> Iterator[ContentError]:
    seen: dict[str, str] = {}
    for step in content.steps.values():
        for group in step.groups:
            if group.rest and not any(
                group.rest == option.id for item in group.items for option in item.options
            ):
                yield ContentError(
                    f"content/steps/{step.id}.toml", group.id, f"no item has the option {group.rest}"
                )
        for item in step.items:
            file = f"content/steps/{step.id}.toml"
            if item.id in seen:
                yield ContentError(file, item.id, f"this id stands in {seen[item.id]} too")
            seen[item.id] = file
            if item.kind in ("choice", "choices") and not item.options:
                yield ContentError(file, item.id, "a choice needs options")
            if item.kind == "number" and (item.allowed is None or (item.usual is None and not item.optional)):
                yield ContentError(
                    file, item.id, "a number needs `allowed`, and `usual` unless it is optional"
                )
            if item.kind == "number" and not (item.unit or item.unit_from or item.beside):
                yield ContentError(file, item.id, "a number needs `unit`, `unit-from` or `beside`")
            if item.unit_from and getattr(content.items.get(item.unit_from), "kind", "") != "text":
                yield ContentError(file, item.id, f"{item.unit_from} is no item of words")
            if item.kind == "strength" and item.id not in content.strength_groups:
                yield ContentError(file, item.id, "no such group in strength_groups.toml")
            if item.shown_when is not None:
                yield from _unknown_facts(content, file, item.id, item.shown_when, {*content.rules, ACTION})
    for item_id in ASKED_FOR_BY_NAME:
        if item_id not in content.items:
            yield ContentError(
                "content/steps", item_id, "no step asks this, and the reasoning looks for it by its id"
            )
    totals = [(measure.id, measure.total_item) for measure in content.measures.values() if measure.total_item]
    rated = [
        (one.id, i) for one in (*content.measures.values(), *content.ratings.values()) for i in one.items
    ]
    for key, item_id in (*rated, *totals):
        if item_id not in content.items:
            yield ContentError("content/measures/measures.toml", key, f"no item {item_id}")


def _rule_faults(content: Content) -> Iterator[ContentError]:
    concluded: set[str] = set()
    last_flag = max(place for place, rule in enumerate(content.rules.values()) if rule.kind == "red-flag")
    for place, rule in enumerate(content.rules.values()):
        file = f"content/rules/{'red_flags' if place <= last_flag else 'assessment'}.toml"
        yield from _unknown_facts(content, file, rule.id, rule.when, concluded)
        if rule.kind == "red-flag" and (rule.level is None or not rule.flag):
            yield ContentError(file, rule.id, "a red flag needs its level and its flag (RF01 to RF25)")
        concluded.add(rule.id)


def _cause_faults(content: Content) -> Iterator[ContentError]:
    file = "content/differentials.toml"
    for differential in content.differentials.values():
        if differential.item_id not in content.items:
            yield ContentError(file, differential.id, f"no item {differential.item_id} asks it")
        for sign in differential.signs:
            yield from _unknown_facts(content, file, differential.id, sign.when, set(content.rules))
    for row in content.accuracy.values():
        if row.condition not in {PFP, *content.differentials}:
            yield ContentError("content/accuracy.toml", row.id, f"no cause is called {row.condition}")
        for item_id in row.items:
            if item_id not in content.items:
                yield ContentError("content/accuracy.toml", row.id, f"no item {item_id}")


def _unknown_facts(
    content: Content, file: str, key: str, condition: Condition, concluded: set[str]
) -> Iterator[ContentError]:
    known = _answered_or_computed(content) | concluded
    for part in condition.walk():
        if part.fact is None:
            continue
        for name in _both_sides(part.fact):
            if name not in known:
                yield ContentError(file, key, f"no fact or earlier rule is called {name}")
        yield from _wrong_comparison(content, file, key, part)


def _answered_or_computed(content: Content) -> set[str]:
    computed = {
        name
        for fact in content.facts.values()
        for name in ((f"{fact.id}.right", f"{fact.id}.left") if fact.sides else (fact.id,))
    }
    return set(content.asked) | computed


def _both_sides(name: str) -> set[str]:
    return {name.replace("{side}", side) for side in ("right", "left")}


def _wrong_comparison(content: Content, file: str, key: str, part: Condition) -> Iterator[ContentError]:
    """A comparison that cannot hold whatever is answered: an option that does not exist, a word below a number."""
    if part.answered is not None:
        return
    name = (part.fact or "").replace("{side}", "right")
    kind, words = _kind_of(content, name)
    said = [word for word in (part.is_, part.includes, *(part.one_of or ())) if word is not None]
    wanted = "choices" if part.includes is not None else "word" if said else "number"
    if kind != wanted:
        yield ContentError(file, key, f"{name} is a {kind} and cannot be compared as a {wanted}")
    elif words and (strange := [word for word in said if word not in words]):
        yield ContentError(file, key, f"{name} has no option {strange[0]}; it has {', '.join(sorted(words))}")


def _kind_of(content: Content, name: str) -> tuple[str, set[str]]:
    """Whether a fact is a number, a word, several choices or a text, and the words it may be (none: any)."""
    if name == ACTION:
        return "word", {*LEVELS, "NONE"}
    if name in content.asked:
        item = content.asked[name][0]
        return ITEM_KINDS[item.kind], _options(item)
    fact = content.facts.get(name) or content.facts.get(name.rpartition(".")[0])
    fact = fact or content.follow_up.fact_of.get(name)
    kind = fact.kind if fact is not None else PLAN_FACTS.get(name, "yes-no")
    return ("word", {"yes", "no"}) if kind == "yes-no" else (kind, set())


def _options(item: Item) -> set[str]:
    return {"yes", "no"} if item.kind == "yes-no" else {option.id for option in item.options}


ASKED_FOR_BY_NAME = (
    *(
        "mass",
        "duration",
        "load-old",
        "load-new",
        "load-unit",
        "load-weeks",
        "nprs-worst",
        "nprs-rest",
        "nprs-usual",
    ),
    *("nprs-now", "nprs-best", "wakes", "settle-h", "wells", "hipsit", "familiar-squat", "familiar-stairs"),
    *(
        "familiar-sitting",
        "lsd-knee",
        "strength-score",
        "strength-unit",
        "primary-subcategory",
        "hips-both-normal",
        "hips-both-low",
    ),
    *(
        "runner",
        "running-now",
        "goal-text",
        "goal-function",
        "aggravating",
        "home-equipment",
        "medicare",
        "payer-rule",
    ),
    *("personal-factors", "exam-elements", "presentation", "surgeon-cleared", "surgeon-restrictions"),
    *("caution-reason", "test-anyway-reason", "low-symmetry-reason"),
    *(f"psfs-name-{number}" for number in range(1, 6)),
    *("ask-first", "note-to-patient", "child-sheet"),
)
"""Items that Python looks at by their id; without them a fact would be silently missing for ever."""
SHOWN_BY_NAME = {"HOME03": "evidence", "REC17": "recommendations"}
"""Statements that a page shows by their id, and the table they stand in."""

SLOTS_OF_STEPS = {"hold", "times"}


def _slots(step: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(step) if name}


def _exercise_faults(content: Content) -> Iterator[ContentError]:
    for exercise in content.exercises.values():
        key, file = exercise.id, "content/exercises"
        for form in filter(None, (exercise.steps, exercise.steps_both)):
            for step in (*form.en, *(form.es or ())):
                if strange := _slots(step) - SLOTS_OF_STEPS:
                    yield ContentError(
                        file, key, f"a step can be filled with hold and times, not with {min(strange)}"
                    )
            if form.es is not None and [*map(_slots, form.es)] != [*map(_slots, form.en)]:
                yield ContentError(file, key, "the Spanish steps are not as many, or fill other slots")
        name, feel = exercise.patient_name, exercise.feel
        if any("{" in (words or "") for words in (name.en, name.es, feel.en, feel.es)):
            yield ContentError(
                file, key, "its name and what is felt are printed as they stand, without slots"
            )
        for other in (exercise.easier, exercise.harder):
            if other is not None and other not in content.exercises:
                yield ContentError(file, key, f"no exercise {other}")
        for code in exercise.precautions:
            if code not in content.precautions:
                yield ContentError(file, key, f"no precaution {code} in exercises/rules.toml")
        if exercise.dose.load not in content.load_rules:
            yield ContentError(file, key, f"no load rule {exercise.dose.load} in exercises/rules.toml")
        if exercise.dose.progress_when not in content.progressions:
            yield ContentError(
                file, key, f"no progression {exercise.dose.progress_when} in exercises/rules.toml"
            )
        for pose in ("start", "end"):
            if not resources.path(f"pictures/{key}-{pose}.svg").exists():
                yield ContentError(f"pictures/{key}-{pose}.svg", "", "this picture is missing")


def _plan_faults(content: Content) -> Iterator[ContentError]:
    file = "content/rules/plan.toml"
    for exercise_id in sorted(content.plan.exercise_ids() - set(content.exercises)):
        yield ContentError(file, exercise_id, "no such exercise")
    known = (
        set(content.rules)
        | set(PLAN_FACTS)
        | set(content.follow_up.fact_of)
        | {rule.flag for rule in content.rules.values() if rule.flag}
    )
    for entry, condition in content.plan.conditions():
        yield from _unknown_facts(content, file, entry, condition, known)
    named = _answered_or_computed(content) | set(PLAN_FACTS)
    for entry, fact in content.plan.facts_named():
        for name in sorted(_both_sides(fact) - named):
            yield ContentError(file, entry, f"no fact is called {name}")
    for level in content.plan.irritability:
        for name in sorted(set(level.too_much) - set(content.load_rules)):
            yield ContentError(file, level.id, f"no load rule {name} in exercises/rules.toml")
    for entry, rule_id in content.plan.deficits_named():
        if rule_id not in content.rules:
            yield ContentError(file, entry, f"no rule is called {rule_id}")
    for group in content.plan.goals.groups:
        if group.group not in content.strength_groups:
            yield ContentError(file, group.group, "no such group in strength_groups.toml")
    for entry, cites in content.plan.citations():
        for reference in cites:
            if reference not in content.references:
                yield ContentError(file, entry, f"no reference {reference} in references.toml")
    for row in content.plan.advice:
        if row.recommendation not in {"", *content.recommendations}:
            yield ContentError(file, row.id, f"no recommendation {row.recommendation} in evidence.toml")
    seen = [(entry.id, name) for entry in content.plan.slot_lists for name in entry.see]
    for entry, name in (*seen, *(("see-beside", name) for name in content.plan.see_beside)):
        if name not in {*content.recommendations, *(() if entry == "see-beside" else content.evidence)}:
            yield ContentError(file, entry, f"no statement {name} in evidence.toml")
    for block in content.plan.blocks:
        for code in block.codes:
            if code not in content.precautions:
                yield ContentError(file, block.id, f"no precaution {code} in exercises/rules.toml")


def _statement_faults(content: Content) -> Iterator[ContentError]:
    for name, table in SHOWN_BY_NAME.items():
        if name not in getattr(content, table):
            yield ContentError(
                "content/evidence.toml", name, "a page shows this by its id, and it is missing"
            )
    known = {*content.evidence, *content.recommendations}
    for one in content.disagreements.values():
        for name in sorted(set(one.against) - known):
            yield ContentError("content/evidence.toml", one.id, f"no statement is called {name}")


def _derived_faults(content: Content) -> Iterator[ContentError]:
    """A computed value over something nobody asks, or without the sides or the divisor it needs."""
    file = "content/derived.toml"
    without_sides = ("number",)
    for entry in content.derived.values():
        for name in entry.of:
            asked = content.items.get(name) or content.facts.get(name)
            if asked is None:
                yield ContentError(file, entry.id, f"no item or fact is called {name}")
            elif asked.sides is (entry.how in without_sides):
                yield ContentError(file, entry.id, f"{name} does not have the sides that {entry.how} needs")
        if (entry.how in ("per-mass", "percent-of", "composite")) != (entry.by in content.items):
            yield ContentError(file, entry.id, f"{entry.how} and `by` do not go together")
        if entry.how == "gain" and len(entry.of) != 2:
            yield ContentError(file, entry.id, "a gain compares two measures")
        for rule_id in entry.rules:
            if rule_id not in content.rules:
                yield ContentError(file, entry.id, f"no rule is called {rule_id}")
        if entry.otherwise and not entry.rules:
            yield ContentError(file, entry.id, "`otherwise` needs a rule that can fail")


def _follow_up_faults(content: Content) -> Iterator[ContentError]:
    file, rules = "content/rules/follow_up.toml", content.follow_up
    known = set(content.rules) | set(rules.fact_of)
    for entry, condition in rules.conditions():
        yield from _unknown_facts(content, file, entry, condition, known)
    named = _answered_or_computed(content)
    for row in rules.comparisons:
        wanted = {f"{row.fact}.right", f"{row.fact}.left"} if row.sides else {row.fact}
        for name in sorted(wanted - named):
            yield ContentError(file, row.fact, f"no fact is called {name}")
        if row.rating not in {"", *content.ratings}:
            yield ContentError(file, row.fact, f"no rating is called {row.rating}")
    for measure, items in rules.same.items():
        for name in ({measure} - set(content.measures)) | (set(items) - set(content.items)):
            yield ContentError(file, measure, f"no measure or item is called {name}")
    listed = [
        ("same-as-last", rules.same_as_last.steps, (*rules.same_as_last.anew, *rules.same_as_last.scored))
    ]
    listed += [(row.title, row.steps, row.items) for row in rules.again]
    listed.append(("holds", (), (*content.plan.holds.stops, *content.plan.holds.asks)))
    for entry, steps, names in listed:
        for name in sorted((set(steps) - set(content.steps)) | (set(names) - set(content.items))):
            yield ContentError(file, entry, f"no step or item is called {name}")
    for code in sorted(set(content.progressions) ^ set(rules.criterion_of)):
        yield ContentError(file, code, "each progression criterion of exercises/rules.toml stands here once")
    for step in rules.steps:
        if step.load not in content.load_rules:
            yield ContentError(file, step.title, f"no load rule is called {step.load}")
    everywhere = (*rules.conditions(), *content.plan.conditions())
    looked_at = {part.fact for _, condition in everywhere for part in condition.walk()}
    for fact_id in sorted(set(rules.fact_of) - looked_at):
        yield ContentError(file, fact_id, "nothing looks at this fact")


def _unused_facts(content: Content) -> Iterator[ContentError]:
    """A computed fact that no rule, question, plan or measure looks at decides nothing: a slip of the pen."""
    named = {part.fact for condition in content.conditions() for part in condition.walk() if part.fact}
    named |= {fact for _, fact in content.plan.facts_named()} | set(content.measures)
    used = named | {name.rpartition(".")[0] for name in named}
    for fact_id in content.facts:
        if fact_id not in used:
            yield ContentError("content/facts.toml", fact_id, "nothing looks at this fact")
