"""The one thing that changes: the evaluation that is open, kept as it is typed, with undo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from evalassist.clinical.assessment import assess, disagreed_before, what_is_said
from evalassist.clinical.change import Change, Visit, last_answers
from evalassist.clinical.derived import DerivedFinding, derived
from evalassist.clinical.differentials import Cause, causes
from evalassist.clinical.discharge import contradictions_with
from evalassist.clinical.facts import shown
from evalassist.clinical.follow_up import FollowUp, episode_of, follow_up, visits_of
from evalassist.clinical.given import Given, SoFar
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progress import StepProgress, counted, progress
from evalassist.clinical.progression import log_of
from evalassist.clinical.result import Assessment, Contradiction, NoPlan, PlanOfCare
from evalassist.clinical.same_as import Same, is_measured, same_offered
from evalassist.content import Content, content_for
from evalassist.content.schema import Item
from evalassist.errors import EvalAssistError, SignedRecordError
from evalassist.evaluation import (
    Addendum,
    AddendumKind,
    Answer,
    Evaluation,
    ExerciseLog,
    ItemId,
    Opinion,
    Patient,
    PlanEdit,
    Signature,
    SoreKnee,
    StrengthTest,
    VisitKind,
)
from evalassist.findings import brief_words
from evalassist.follow_up_noting import given_at
from evalassist.note import Language, Note, SheetForm, read_note
from evalassist.noting import clinic_of, note_of
from evalassist.records.rows import StoreConflictError, sheet_replaced
from evalassist.settings import Settings
from evalassist.translate import tr
from evalassist.two_versions import Difference, Key, chosen, differences
from evalassist.units import from_si
from ui.widgets.dates import date_text, day_of_month

if TYPE_CHECKING:
    from evalassist.documents.look import PaperName
    from evalassist.records.rows import DocumentRow, DocumentUse
    from evalassist.records.store import Store

WHILE_TYPING_MS = 250
LONGEST_S = 1.0
"""So long an answer waits for the hand to rest, and no longer."""
AGAIN_MS = 2000
UNDO_STEPS = 200


@dataclass(frozen=True, slots=True)
class LastTold:
    """What stands below a field at a later visit; empty where it was not asked before."""

    words: str = ""
    judged: bool = False
    """There is an answer now, and the words say what it means beside the last one."""
    limits: str = ""
    same: str = ""
    """What "the same" would say."""


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """How one patient gets the handout."""

    language: Language
    form: SheetForm
    paper: PaperName


class EvaluationSession(QObject):
    """Holds the evaluation that is open and tells the pages when it changes.

    Pages call `answer`, `edit_plan`, `say`; each makes a new value, keeps it in the store and emits `changed`.
    Nothing else in the window has state.
    """

    changed = Signal()
    kept = Signal(datetime)
    not_kept = Signal(str)
    """A plain sentence; what was typed stays on screen and is tried again."""
    side_changed = Signal(str)
    """Another knee is the sore one now, and answers of both or either side stand: the one that was sore before."""
    moved = Signal()
    """The visit has another date or kind: other visits come before it, so all is read `anew`."""

    def __init__(
        self,
        evaluation: Evaluation,
        content: Content,
        store: Store,
        settings: Settings,
        parent: QObject | None = None,
        *,
        confirm: Callable[[str], None] | None = None,
        sheets: dict[str, SheetChoice] | None = None,
    ) -> None:
        super().__init__(parent)
        self._sheets = {} if sheets is None else sheets
        """What was chosen for the handout, by episode: it outlives this session, as long as the window is open."""
        self.confirm = confirm
        """Asks for the signer's password again and raises when it is wrong; None where nobody signed in."""
        self.content, self.store, self.settings = content, store, settings
        self._evaluation = evaluation
        if evaluation.signature is None:
            self._evaluation = evaluation.with_defaults(store.clinic_defaults())
        if self._evaluation.defaults:
            self.content = content_for(self._evaluation)
        self.earlier = store.earlier_visits(evaluation)
        """The visits of this episode before this one, the earliest first; read once."""
        self._given = {visit.id: self._plan_of(visit.id) for visit in self.earlier if visit.signature}
        """The plans of the signed ones among them, as they were signed."""
        self.last_answers = last_answers(self.earlier, self.content)
        """For every item the latest earlier answer and its day: shown beside the field, never copied into it."""
        self._visits: tuple[Visit, ...] | None = None
        self._follow_up: FollowUp | None = None
        self._note: Note | None = None
        self._kept = evaluation
        """The version both windows began with, should another one change it too."""
        self._undo: list[Evaluation] = []
        self._redo: list[Evaluation] = []
        self._unsaved = False
        self._unsaved_since = 0.0
        self._left = False
        self.conflict = False
        """Another window changed, signed or discarded this evaluation: `keep_mine` or open it anew."""
        self._causes: tuple[Assessment, Mapping[str, Cause]] | None = None
        self._derived: tuple[Assessment, tuple[DerivedFinding, ...]] | None = None
        self._results: tuple[Assessment, PlanOfCare | NoPlan, Mapping[str, StepProgress]] | None = None
        self.documents: tuple[DocumentRow, ...] = store.documents_of_episode(evaluation.episode_id)
        """The papers kept in this episode of care, the earliest first."""
        self._autosave = QTimer(self, singleShot=True, interval=WHILE_TYPING_MS)
        self._autosave.timeout.connect(self.keep)

    # ------------------------------------------------------------ reading

    @property
    def sheet_choice(self) -> SheetChoice:
        """How the patient gets the handout: as chosen before, else in the language given last, else the settings'."""
        chosen_before = self._sheets.get(self._evaluation.episode_id)
        if chosen_before is not None:
            return chosen_before
        given = [row.language for row in self.documents if row.is_given_sheet]
        language = given[-1] if given else self.settings.handout_language
        return SheetChoice("es" if language == "es" else "en", "standard", self.settings.paper)

    def choose_sheet(self, choice: SheetChoice) -> None:
        """Keep it for when this patient is opened again."""
        self._sheets[self._evaluation.episode_id] = choice

    @property
    def evaluation(self) -> Evaluation:
        return self._evaluation

    @property
    def signed(self) -> bool:
        return self._evaluation.signature is not None

    @property
    def is_student(self) -> bool:
        """Who is signed in is a student: a therapist signs below."""
        return self.store.account.needs_cosignature

    @property
    def code(self) -> str:
        """The code on the papers of a signed note; empty before."""
        counts = self.signed and not self._evaluation.is_practice  # no record, so nothing to check it against
        return self.store.code_of(self._evaluation.id) if counts else ""

    @property
    def assessment(self) -> Assessment:
        return self._result()[0]

    @property
    def causes(self) -> Mapping[str, Cause]:
        """The other causes, with what speaks for and against each."""
        if self._causes is None or self._causes[0] is not self.assessment:
            self._causes = (
                self.assessment,
                causes(self._evaluation, self.assessment.known, self.content),
            )
        return self._causes[1]

    @property
    def derived(self) -> tuple[DerivedFinding, ...]:
        """What the answers come to; every group of questions asks for it after every answer."""
        if self._derived is None or self._derived[0] is not self.assessment:
            self._derived = self.assessment, derived(self._evaluation, self.assessment, self.content)
        return self._derived[1]

    @property
    def plan(self) -> PlanOfCare | NoPlan:
        return self._result()[1]

    @property
    def progress(self) -> Mapping[str, StepProgress]:
        return self._result()[2]

    def counts(self, item: Item) -> bool:
        """Whether the item counts at this visit: its label is dark then."""
        return counted(item, self._evaluation, self.progress.values(), later=bool(self.earlier))

    @property
    def letter_waits(self) -> bool:
        """The visit ends with a referral letter, and none is printed or saved yet."""
        own = (row for row in self.documents if row.evaluation_id == self._evaluation.id)
        return self.assessment.stopped and all(row.kind != "referral" for row in own)

    def last_words(self, item_id: ItemId) -> str:
        """What was answered last time, in a few words: `last: 3/10, Mar 2`; empty when it was not asked."""
        if item_id not in self.last_answers:
            return ""
        answer, day = self.last_answers[item_id]
        item, _ = self.content.asked[item_id]
        words = brief_words(item, answer, self.content.strength_groups.get(item.id))
        return (
            tr("last: {words}, {short_day}").format(words=words, short_day=self._short_day(day))
            if words
            else ""
        )

    def _short_day(self, day: date) -> str:
        return day_of_month(day) if day.year == self._evaluation.visit_date.year else date_text(day)

    def last_told(self, item_id: ItemId) -> LastTold:
        """The last answer beside its field: alone, judged once there is one now, or as what it is the same as."""
        last = self.last_words(item_id)
        if not last:
            return LastTold()
        day = self.last_answers[item_id][1]
        same = tr("same as {short_day}").format(short_day=self._short_day(day))
        if item_id in self._evaluation.same_as:
            measured = is_measured(self.content.asked[item_id][0], self.content)
            return LastTold(
                tr("{same}, taken again").format(same=same) if measured else same, judged=True, same=same
            )
        if item_id not in self._evaluation.answers:
            return LastTold(last, same=same)
        change = self._change_since(item_id, day)
        if change is None:
            return LastTold(last, same=same)
        by = f"{self._difference(change, item_id)}: " if change.by and change.direction != "same" else ""
        return LastTold(f"{last} · {by}{change.in_short}", judged=True, limits=change.limits, same=same)

    def _difference(self, change: Change, item_id: ItemId) -> str:
        """By how much, as it is read; of a force or torque in the unit in which the last one is told beside it."""
        test = self.last_answers[item_id][0]
        if change.gain is None or not isinstance(test, StrengthTest) or test.unit is None:
            return change.by
        unit = "Nm" if change.now.endswith("Nm") else "N"
        if test.unit != "Nm" and unit == "N":
            unit = test.unit
        sign = "+" if change.gain > 0 else "−"
        return f"{sign}{shown(abs(from_si(change.gain, unit)), 1)} {unit}"

    def _change_since(self, item_id: ItemId, day: date) -> Change | None:
        """How this value changed since that day; None where it is not compared one by one."""
        found = self.follow_up
        for then, told in ((found.last, found.since_last), (found.first, found.since_first)) if found else ():
            for change in told if then == day else ():
                if change.items == (item_id,) and change.now:
                    return change
        return None

    def same_offered(self, item_id: ItemId) -> Same | None:
        """The last answer, where the therapist may say that it is still the same."""
        if not self.last_answers:
            return None
        return same_offered(item_id, self._evaluation, self.last_answers, self.content)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The earlier visits with what was concluded and given at each."""
        if self._visits is None:
            self._visits = visits_of(self.earlier, self._given)
        return self._visits

    @property
    def follow_up(self) -> FollowUp | None:
        """What this visit says beside the earlier ones; None at a first visit."""
        self._result()
        return self._follow_up

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """What does not fit together, also with the goals of the episode."""
        return contradictions_with(
            self.visits, self._evaluation, self.assessment, self.follow_up, self.content
        )

    @property
    def episode(self) -> SoFar | None:
        """What the earlier visits leave to this one; None at a first visit."""
        return episode_of(self.visits)

    def note(self) -> Note:
        """The note as it would be signed now; the stored one once it is signed."""
        if self.signed:
            return read_note(self.store.note_of(self._evaluation.id))
        if self._note is None:
            self._note = self._note_of(self._evaluation)
        return self._note

    # ------------------------------------------------------------ changing

    def answer(self, item_id: ItemId, value: Answer | None, *, typing: bool = False) -> None:
        """Keep one answer; None makes the item untouched again. `typing` waits for the hand to rest."""
        if value == self._evaluation.answers.get(item_id):
            return
        if value is None:
            self._change(self._evaluation.without_answer(item_id), typing=typing)
        else:
            self._change(self._evaluation.with_answer(item_id, value), typing=typing)

    def answer_all(self, answers: Mapping[ItemId, Answer | None]) -> None:
        """Several answers as one act, undone as one; None makes an item untouched again."""
        given = {item_id: answer for item_id, answer in answers.items() if answer is not None}
        untouched = [item_id for item_id in answers if item_id not in given]
        self._change(self._evaluation.without_answer(*untouched).with_answers(given))

    def say_same(self, answers: Mapping[ItemId, tuple[Answer, date]]) -> None:
        """What the therapist says is the same as at an earlier visit: one act, marked, undone as one."""
        if answers:
            self._change(self._evaluation.with_same(answers))

    def edit_plan(self, *edits: PlanEdit) -> None:
        self._change(self._evaluation.with_plan_edit(*edits))

    def log_exercise(self, log: ExerciseLog) -> None:
        """Keep how one exercise of the last plan went; an empty log takes it away."""
        if log != log_of(self._evaluation.exercise_log, log.exercise):
            self._change(self._evaluation.with_exercise_log(log))

    def back_to_proposal(self) -> None:
        self._change(self._evaluation.with_plan_edits(()))

    def back_to_proposed_goal(self, goal: str) -> None:
        self._change(self._evaluation.without_goal_edits(goal))

    def back_to_proposed_visits(self) -> None:
        self._change(self._evaluation.without_visit_edits())

    def say(self, conclusion_id: str, opinion: Opinion | None) -> None:
        """Keep the therapist's word on a conclusion, with what the findings said when it was given."""
        given = None if opinion is None else replace(opinion, of=self._said_of(conclusion_id))
        if given != self._evaluation.opinions.get(conclusion_id):
            self._change(self._evaluation.with_opinion(conclusion_id, given))

    def disagreed_last(self, conclusion_id: str) -> Opinion | None:
        """The word against what the findings say again now, or leave open; None where there was none, or one today."""
        before = self.earlier[-1].opinions if self.earlier else {}
        return disagreed_before(before, self.assessment).get(conclusion_id)

    def _said_of(self, conclusion_id: str) -> str:
        found = self.assessment
        return what_is_said(conclusion_id, found.pfp, found.irritability_found, found.conclusions) or ""

    def write_impression(self, text: str) -> None:
        self._change(self._evaluation.with_impression(text), typing=True)

    def change_side(self, sore_knee: SoreKnee) -> None:
        former = self._evaluation
        self._change(former.with_sore_knee(sore_knee))
        if former.sore_knee != sore_knee and any(
            each.endswith((".right", ".left")) for each in former.answers
        ):
            self.side_changed.emit(former.sore_knee)

    def correct(self, patient: Patient, kind: VisitKind, day: date) -> None:
        """Correct who the patient is, and of which kind and on which day the visit was: one act, undone as one."""
        self._change(replace(self._evaluation.with_visit(kind, day), patient=patient))

    def undo(self) -> None:
        if self._undo and not self.signed:
            self._redo.append(self._evaluation)
            self._take(self._as_judged_now(self._undo.pop()))

    def redo(self) -> None:
        if self._redo and not self.signed:
            self._undo.append(self._evaluation)
            self._take(self._as_judged_now(self._redo.pop()))

    def _as_judged_now(self, former: Evaluation) -> Evaluation:
        """What the clinic set otherwise meanwhile is not undone with an answer."""
        return former.with_defaults(self._evaluation.defaults)

    def sign(self) -> None:
        """Freeze the note and lock the record, in the value and in the database."""
        name = self._name_to_sign(tr("A note is signed with a name."))
        if not self.keep():
            raise EvalAssistError(
                tr("The last changes are not kept yet; the header says why. Try again then.")
            )
        if dict(self._evaluation.defaults) != dict(self.store.clinic_defaults()):
            self.use_clinic_defaults()
            raise EvalAssistError(
                tr(
                    "A limit of the clinic was changed meanwhile, and this note is judged anew. Look at it, then sign."
                )
            )
        licence, now = self.settings.licence.strip(), datetime.now().astimezone()
        signature = Signature(name, licence, now, self.is_student)
        signed = self._evaluation.signed_by(signature)
        note = self._note_of(signed)
        self.store.sign(signed, note.model_dump_json())
        self._undo.clear()
        self._redo.clear()
        self._unsaved = False
        self._set(signed)

    def add_addendum(self, text: str, kind: AddendumKind = "addendum") -> None:
        """Write below the signed note."""
        name = self._name_to_sign(tr("An addendum stands below the note with a name."))
        addendum = Addendum(text, name, datetime.now(UTC), kind, self.settings.licence.strip())
        with_it = self._evaluation.with_addendum(addendum)
        self.store.add_addendum(self._evaluation.id, addendum)
        self._set(with_it)

    def _plan_of(self, evaluation_id: str) -> Given | None:
        return given_at(self.store.note_of(evaluation_id, shown=False), self.content.exercises)

    def _note_of(self, evaluation: Evaluation) -> Note:
        clinic = clinic_of(self.settings)
        return note_of(
            evaluation, self.content, self.assessment, self.plan, clinic, self.follow_up, self.visits
        )

    def _name_to_sign(self, why: str) -> str:
        name = self.settings.therapist_name.strip()
        if not name:
            raise EvalAssistError(
                tr("{why} Write yours in the settings, once for all notes.").format(why=why)
            )
        return name

    def sheet_replaced(self, content_sha256: str) -> date | None:
        """The date on the sheet whose place one of this content takes."""
        row = sheet_replaced(self.documents, self._evaluation.visit_date, content_sha256)
        return None if row is None else row.visit_date

    def keep_document(
        self,
        kind: str,
        language: str,
        paper: str,
        pdf: bytes,
        use: DocumentUse | None = "saved",
        content_sha256: str = "",
    ) -> str:
        """Keep exactly these bytes and return their id; without a use, `note_use` follows."""
        by = self.settings.therapist_name
        kept = self.store.keep_document(
            self._evaluation.id, kind, language, paper, pdf, by, use, content_sha256
        )
        self.read_documents()
        return kept

    def note_use(self, document_id: str, use: DocumentUse) -> None:
        """A kept paper was printed or saved."""
        self.store.note_use(document_id, use, self.settings.therapist_name)
        self.read_documents()

    def read_documents(self) -> None:
        """Papers were kept or printed: look again."""
        self.documents = self.store.documents_of_episode(self._evaluation.episode_id)
        self._results = None
        self.changed.emit()

    def use_settings(self, settings: Settings) -> None:
        self.settings = settings
        self._results = self._note = None
        self.changed.emit()

    def use_clinic_defaults(self) -> None:
        """The clinic set a clinical default otherwise: a draft is judged anew, a signed note stays as it is."""
        if self.signed:
            return
        self._unsaved = True
        changed = self._evaluation.with_defaults(self.store.clinic_defaults())
        self.content = content_for(changed)
        self._set(changed)
        self.keep()

    # ------------------------------------------------------------ keeping

    def keep(self) -> bool:
        """Write what is not yet on disk. True when everything is kept."""
        self._autosave.stop()
        if not self._unsaved or self._left:
            return True
        try:
            moment = self.store.save(self._evaluation)
        except EvalAssistError as fault:
            self.conflict = isinstance(fault, StoreConflictError | SignedRecordError)
            self.not_kept.emit(str(fault))
            self._autosave.start(AGAIN_MS)
            return False
        self._unsaved = self.conflict = False
        self._unsaved_since = 0.0
        self._kept = self._evaluation
        self._autosave.setInterval(WHILE_TYPING_MS)
        self.kept.emit(moment)
        return True

    def keep_mine(self) -> bool:
        """After a conflict: what stands here is kept, over the other version; as a new note if that is gone."""
        self._unsaved = True
        try:
            self.store.load(self._evaluation.id)
        except EvalAssistError:
            gone = all(row.id != self._evaluation.id for row in self.store.drafts())
            if gone:
                self._undo.clear()
                self._redo.clear()
                self._set(replace(self._evaluation, id=str(uuid4()), episode_id=str(uuid4())))
        return self.keep()

    def differences(self) -> tuple[Difference, ...]:
        """After a conflict: every field that reads otherwise here and in the version another window kept."""
        theirs = self.store.load(self._evaluation.id, to_edit=False)
        return differences(self._kept, self._evaluation, theirs, self.content)

    def keep_chosen(self, from_theirs: Collection[Key]) -> bool:
        """After a conflict: what stands here with these fields from the other version; one change, undone as one."""
        theirs = self.store.load(self._evaluation.id)
        self._undo.append(self._evaluation)
        self._redo.clear()
        self._unsaved = True
        self._set(chosen(self._evaluation, theirs, from_theirs))
        return self.keep()

    def anew(self) -> EvaluationSession:
        """The same work with its undo, and with what comes before it read again; this session is then left."""
        fresh = EvaluationSession(
            self._evaluation,
            self.content,
            self.store,
            self.settings,
            confirm=self.confirm,
            sheets=self._sheets,
        )
        fresh._kept, fresh._unsaved, fresh.conflict = self._kept, self._unsaved, self.conflict
        fresh._undo, fresh._redo = self._undo, self._redo
        return fresh

    def leave(self) -> None:
        """The window is done with this evaluation: nothing is written for it any more."""
        self._autosave.stop()
        self._left = True

    def _change(self, evaluation: Evaluation, *, typing: bool = False) -> None:
        if self._left:
            return
        self._undo.append(self._evaluation)
        del self._undo[:-UNDO_STEPS]
        self._redo.clear()
        self._take(evaluation, typing=typing)

    def _take(self, evaluation: Evaluation, *, typing: bool = False) -> None:
        self._unsaved = True
        self._set(evaluation)
        now = monotonic()
        self._unsaved_since = self._unsaved_since or now
        if (typing and now - self._unsaved_since < LONGEST_S) or (typing and self.conflict):
            self._autosave.start()
        else:
            self.keep()

    def _set(self, evaluation: Evaluation) -> None:
        before, self._evaluation = self._evaluation, evaluation
        self._results = self._follow_up = self._note = None
        self.changed.emit()
        if (before.kind, before.visit_date) != (evaluation.kind, evaluation.visit_date):
            self.moved.emit()

    def _result(self) -> tuple[Assessment, PlanOfCare | NoPlan, Mapping[str, StepProgress]]:
        if self._results is None:
            assessment = assess(self._evaluation, self.content)
            if self.earlier:
                self._follow_up = follow_up(self.visits, self._evaluation, assessment, self.content)
            courses = self._follow_up.exercises if self._follow_up else ()
            plan = plan_of_care(self._evaluation, assessment, self.content, self.episode, courses)
            handed_out = any(
                row.is_given_sheet and row.evaluation_id == self._evaluation.id for row in self.documents
            )
            steps = progress(
                self._evaluation,
                assessment,
                plan,
                self.content,
                handed_out=handed_out,
                earlier=self.visits,
            )
            self._results = (assessment, plan, steps)
        return self._results
