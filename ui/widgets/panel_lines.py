"""The lines of the reasoning panel: what the findings say, what is still needed, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evalassist.clinical.assessment import CAUTION_REASON, CODES, caution_unexplained
from evalassist.clinical.differentials import Cause
from evalassist.clinical.result import Assessment, Conclusion, Contradiction, Reason, Verdict
from evalassist.content.accuracy_words import accuracy_of_tests
from evalassist.content.cause_schema import PFP
from evalassist.content.entries import TRUST
from evalassist.content.schema import Reference
from evalassist.evaluation import ItemId
from evalassist.translate import tr
from evalassist.wording.assessment import gap_words, level_words
from evalassist.words import lower_first, upper_first
from ui.session import EvaluationSession
from ui.widgets.dates import date_text
from ui.widgets.glyph import State

MOST_REASONS = 4
MOST_GAPS = 6
DOUBT = tr("Does not fit")
MOST_CAUSES, MOST_SIGNS = 3, 2
OPEN_WHEN_STOPPED = ("history", "questionnaires", "knee", "assessment", "sign")
ACTIONS = {
    "EMERGENCY": tr("Emergency: act now"),
    "URGENT": tr("Urgent: refer now"),
    "REFER": tr("Refer before treatment"),
    "CAUTION": tr("Go on with caution"),
}

LineKind = Literal["caption", "title", "reason", "words", "rule"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the panel."""

    kind: LineKind
    text: str = ""
    state: State = "empty"
    tone: str = ""
    item: ItemId = ""
    rules: tuple[str, ...] = ()
    """The rules whose source its mark opens."""


@dataclass(frozen=True, slots=True)
class PanelLines:
    """Reads the session; the step shown says what is still needed here."""

    session: EvaluationSession
    step_id: str = ""

    def reasoning(self) -> Iterator[Line]:
        assessment = self.session.assessment
        yield from self._safety(assessment)
        yield from self._contradictions()
        if assessment.stopped:
            yield from self._blocked()
            return
        if assessment.hip_first is not None:
            yield Line("rule")
            yield Line("title", assessment.hip_first.words, "partly", "att")
            yield from self._links(assessment.hip_first.open, most=MOST_GAPS)
            return
        yield Line("rule")
        yield from self._criteria(assessment)
        yield Line("rule")
        yield from self._irritability(assessment)
        yield Line("rule")
        yield Line("caption", tr("SUBCATEGORIES"))
        for conclusion in assessment.conclusions.values():
            if conclusion.rule.kind == "subcategory" and conclusion.id != "none":
                yield from self._subcategory(conclusion)
        yield from self._causes()
        yield from self._still_needed()

    def found(self) -> list[str]:
        """What the findings say, a few words each, without what is still needed."""
        needed, doubts = set(self._still_needed()), self._doubts()
        titles = [line.text for line in self.reasoning() if line.kind == "title" and line not in needed]
        told = {DOUBT: f"{DOUBT}: {'; '.join(doubt.text for doubt in doubts)}"}
        return [told.get(title, title) for title in titles]

    def _safety(self, assessment: Assessment) -> Iterator[Line]:
        for flag in assessment.red_flags:
            level = flag.rule.level or tr("CAUTION")
            state: State = "look" if level == "CAUTION" else "danger"
            tone = "att" if level == "CAUTION" else "danger"
            if flag is assessment.red_flags[0]:
                yield Line("title", ACTIONS[level], state, tone, rules=(flag.id,))
            yield from self._reasons(flag, first=flag.rule.title)
        if caution_unexplained(assessment):
            yield from self._links((CAUTION_REASON,), most=1, before=tr("missing: "))
        if assessment.open_flags:
            open_items = tuple(dict.fromkeys(item for flag in assessment.open_flags for item in flag.missing))
            begun = self.session.progress["safety"].state != "empty"
            yield Line("title", tr("Safety: still open"), "partly" if begun else "empty")
            yield from self._links(open_items, most=3)
        elif not assessment.red_flags:
            asked = self.session.progress["safety"].left
            yield Line("title", tr("Safe to go on"), "good")
            yield Line(
                "reason",
                tr("all answered, none positive") if not asked else tr("none positive"),
                item="safety",
            )

    def _doubts(self) -> list[Contradiction]:
        """What does not fit, without what the order of the step at work still leads through; where no step is told,
        it may be that one."""
        return [
            found
            for found in self.session.contradictions
            if not found.entered_in or self.step_id not in ("", found.entered_in)
        ]

    def _contradictions(self) -> Iterator[Line]:
        doubts = self._doubts()
        if not doubts:
            return
        yield Line("rule")
        yield Line("title", DOUBT, "look", "att")
        for found in doubts:
            yield Line("reason", found.text, item=found.items[0] if found.items else "assessment")

    def _criteria(self, assessment: Assessment) -> Iterator[Line]:
        met = sum(criterion.met for criterion in assessment.criteria)
        states: dict[Verdict, State] = {
            Verdict.MET: "good",
            Verdict.NOT_MET: "not-met",
            Verdict.UNDECIDED: "partly" if met else "empty",
        }
        rules = tuple(criterion.id for criterion in assessment.criteria)
        title = tr("Patellofemoral pain {met}/{count}").format(met=met, count=len(assessment.criteria))
        if assessment.disagrees("pfp"):
            decided = assessment.decided("pfp", assessment.pfp)
            yield from self._your_decision(tr("Patellofemoral pain"), decided, "pfp", rules)
            return
        found = self.session.follow_up
        since = found.diagnosed if found else None
        if since is not None:
            yield Line(
                "title",
                tr("Patellofemoral pain since {since}").format(since=date_text(since)),
                "good",
                rules=rules,
            )
        else:
            yield Line("title", title, states[assessment.pfp], rules=rules)
        for criterion in assessment.criteria:
            if since is not None and criterion.verdict is Verdict.UNDECIDED:
                continue  # it stands, and is not asked again
            what = lower_first(criterion.rule.title)
            if criterion.met:
                items = [item for reason in criterion.reasons for item in reason.items]
                yield Line("reason", what, item=items[0] if items else "")
            elif criterion.verdict is Verdict.NOT_MET:
                items = [item for reason in criterion.reasons for item in reason.items]
                yield Line(
                    "reason",
                    tr("not met: {what}").format(what=what),
                    item=items[0] if items else "",
                    tone="att",
                )
            else:
                missing = criterion.missing[0] if criterion.missing else ""
                yield Line("reason", tr("open: {what}").format(what=what), item=missing)

    def _irritability(self, assessment: Assessment) -> Iterator[Line]:
        if assessment.irritability is None:
            yield Line("title", tr("Irritability: open"), "empty", "quiet")
        else:
            taken = assessment.irritability_taken
            word = level_words(assessment.irritability, taken=taken)
            found = (assessment.irritability_found or "").lower()
            title = tr("Irritability: {word}").format(word=word) + (
                tr(", your word") if assessment.irritability_by_hand else ""
            )
            yield Line("title", title, "partly" if taken else "complete", rules=(f"irritability-{found}",))
            if assessment.irritability_by_hand:
                yield Line("words", tr("The findings say {found}:").format(found=found))
            for reason in assessment.irritability_reasons[:MOST_REASONS]:
                yield Line("reason", reason.text, item=reason.items[0] if reason.items else "")
        yield from self._links(assessment.irritability_missing, most=3, before=tr("missing: "))

    def _subcategory(self, conclusion: Conclusion) -> Iterator[Line]:
        assessment, code = self.session.assessment, CODES.get(conclusion.id, "")
        decided = assessment.decided(code, conclusion.verdict)
        if decided is not conclusion.verdict:
            yield from self._your_decision(conclusion.rule.title, decided, code, (conclusion.id,))
        elif conclusion.met:
            yield Line("title", conclusion.rule.title, "complete", rules=(conclusion.id,))
            yield from self._reasons(conclusion)
        elif conclusion.verdict is Verdict.NOT_MET:
            yield Line(
                "title",
                tr("{title}: not met").format(title=conclusion.rule.title),
                "not-met",
                "quiet",
                rules=(conclusion.id,),
            )
        elif (found := self.session.follow_up) and found.not_again.issuperset(conclusion.missing):
            said = tr("{title}: not decided again").format(title=conclusion.rule.title)
            yield Line("title", said, "empty", "quiet", rules=(conclusion.id,))
        else:
            yield Line(
                "title",
                tr("{title}: undecided").format(title=conclusion.rule.title),
                "empty",
                "quiet",
                rules=(conclusion.id,),
            )
            yield from self._links(conclusion.missing, most=3, before=tr("missing: "))

    def _causes(self) -> Iterator[Line]:
        """The other causes to think of: held possible or likely, or with a sign for them and no word yet."""
        found = self.session.causes.values()
        open_ones = [cause for cause in found if cause.near or (not cause.word and cause.speaks_for)]
        if not open_ones:
            return
        yield Line("rule")
        yield Line("caption", tr("OTHER CAUSES"))
        for cause in sorted(open_ones, key=lambda each: (not each.near, -len(each.speaks_for)))[:MOST_CAUSES]:
            yield from _cause(cause)
        yield Line("reason", tr("all {count} other causes").format(count=len(found)), item="assessment")

    def _your_decision(
        self, title: str, decided: Verdict, key: str, rules: tuple[str, ...]
    ) -> Iterator[Line]:
        """What stands by the therapist's word, and why."""
        met, because = decided is Verdict.MET, self.session.assessment.opinions[key].reason
        verdict = tr("met") if met else tr("not met")
        yield Line("title", f"{title}: {verdict}", "complete" if met else "not-met", rules=rules)
        yield Line(
            "reason",
            tr("your decision, because {because}").format(because=because or tr("(write the reason)")),
            item=key,
        )

    def _blocked(self) -> Iterator[Line]:
        blocked = [key for key, step in self.session.progress.items() if step.state == "blocked"]
        yield Line("rule")
        yield Line("caption", tr("BLOCKED"))
        for step_id in blocked:
            yield Line("title", self.session.content.steps[step_id].short, "blocked")
        yield Line("rule")
        yield Line("caption", tr("STILL OPEN TO YOU"))
        for step_id in OPEN_WHEN_STOPPED:
            if self.session.progress[step_id].state == "blocked":
                continue
            state = self.session.progress[step_id]
            left = tr(", {left} left").format(left=state.left) if state.left else ""
            glyph: State = "complete" if state.state == "complete" else "partly" if left else "empty"
            yield Line("title", f"{self.session.content.steps[step_id].title}{left}", glyph, "quiet")
        yield Line("title", tr("Referral letter"), "empty", "quiet")

    def _still_needed(self) -> Iterator[Line]:
        progress = self.session.progress.get(self.step_id)
        if progress is None or not progress.gaps or self.step_id == "safety":
            return
        yield Line("rule")
        yield Line("caption", tr("STILL NEEDED HERE"))
        yield from self._links(progress.gaps, most=MOST_GAPS)

    def _links(self, items: tuple[ItemId, ...], most: int, before: str = "") -> Iterator[Line]:
        for item_id in items[:most]:
            yield Line("reason", upper_first(f"{before}{self._label(item_id)}"), item=item_id)
        if len(items) > most:
            yield Line("words", tr("and {count} more").format(count=len(items) - most))

    def _reasons(self, conclusion: Conclusion, first: str = "") -> Iterator[Line]:
        reasons = conclusion.reasons
        if first:
            items = [item for reason in reasons for item in reason.items]
            yield Line("reason", lower_first(first), item=items[0] if items else "safety")
            return
        for reason in reasons[:MOST_REASONS]:
            yield Line("reason", lower_first(reason.text), item=reason.items[0] if reason.items else "")
        if len(reasons) > MOST_REASONS:
            yield Line("words", tr("and {count} more").format(count=len(reasons) - MOST_REASONS))

    def _label(self, item_id: str) -> str:
        return gap_words(item_id, self.session.assessment, self.session.content)

    # ------------------------------------------------------------ sources

    def source(self, rule_ids: tuple[str, ...]) -> Iterator[Line]:
        content = self.session.content
        rules = [content.rules[rule_id] for rule_id in rule_ids]
        cites = tuple(dict.fromkeys(cite for rule in rules for cite in rule.cites))
        for number, cite in enumerate(cites):
            if number:
                yield Line("rule")
            yield from _reference_lines(content.references[cite])
        if cites:
            yield Line("rule")
        yield Line("caption", tr("HOW SURE"))
        grades = " ".join(sorted({rule.grade for rule in rules if rule.grade}))
        if grades:
            yield Line("words", tr("Grade {grades} of the guideline.").format(grades=grades), tone="ink")
        read = [content.references[cite] for cite in cites if content.references[cite].read]
        for mark in sorted({rule.mark for rule in rules}):
            yield Line("words", tr("Read as far as said above.") if mark == "V" and read else TRUST[mark])
        yield from self._used_for(frozenset(cites))
        yield Line("rule")
        yield Line("caption", tr("THE RULE"))
        for rule in rules:
            yield Line("words", rule.says, tone="ink")
            if rule.note:
                yield Line("words", rule.note)
        if any(rule.kind == "criterion" for rule in rules):
            yield Line("rule")
            yield Line("caption", tr("HOW ACCURATE THE TESTS ARE"))
            for test in accuracy_of_tests(PFP, content):
                yield Line("words", test)

    def _used_for(self, cites: frozenset[str]) -> Iterator[Line]:
        """What is concluded on this patient by the same source."""
        assessment = self.session.assessment
        if assessment.stopped or assessment.hip_first is not None:
            return
        met = [one for one in assessment.conclusions.values() if one.met and cites & set(one.rule.cites)]
        used = [Line("reason", one.rule.title, item=CODES[one.id]) for one in met if one.id in CODES]
        if assessment.pfp is Verdict.MET and any(one.rule.kind == "criterion" for one in met):
            used.insert(0, Line("reason", tr("Patellofemoral pain"), item="pfp"))
        if used:
            yield Line("rule")
            yield Line("caption", tr("USED HERE FOR"))
            yield from used


def _cause(cause: Cause) -> Iterator[Line]:
    title = cause.differential.title
    if cause.near:
        yield Line("title", f"{title}: {cause.word}", "look", "att")
    else:
        yield Line("title", tr("{title}: to be judged").format(title=title), "empty", "quiet")
    for reason in cause.speaks_for[:MOST_SIGNS]:
        yield Line("reason", tr("for: {text}").format(text=lower_first(reason.text)), item=_leads_to(reason))
    for reason in cause.speaks_against[:MOST_SIGNS]:
        yield Line(
            "reason", tr("against: {text}").format(text=lower_first(reason.text)), item=_leads_to(reason)
        )


def _leads_to(reason: Reason) -> ItemId:
    return reason.items[0] if reason.items else "assessment"


def _reference_lines(reference: Reference) -> Iterator[Line]:
    yield Line("words", reference.citation, tone="ink")
    if reference.doi:
        said = tr(" (from memory)") if reference.doi_from_memory else ""
        yield Line("words", tr("doi {doi}{said}").format(doi=reference.doi, said=said))
    if reference.read:
        yield Line("words", tr("What was read: {read}.").format(read=reference.read))
    if reference.mark != "V" or not reference.read:  # how far it was read says more than that it was
        yield Line("words", TRUST[reference.mark])
