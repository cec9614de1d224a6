"""An evaluation as the columns of its row, and back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, cast

from evalassist.errors import EvalAssistError
from evalassist.evaluation import (
    Addendum,
    AddendumKind,
    Evaluation,
    ExerciseLog,
    Opinion,
    Patient,
    PlanEdit,
    Signature,
    SoreKnee,
    VisitKind,
    answer_from_plain,
    answer_to_plain,
)
from evalassist.records.accounts import Account
from evalassist.records.faults import changed_outside
from evalassist.records.models import StoredAddendum, StoredEvaluation, StoredPatient, utc_text
from evalassist.records.search import name_key
from evalassist.translate import tr

SAME_AS = "same-as"
"""In the kept form of an answer: the day of the visit it is the same as."""


def patient_columns(patient: Patient) -> dict[str, Any]:
    return asdict(patient) | {"name_key": name_key(patient.name)}


def patient_value(row: StoredPatient) -> Patient:
    return Patient(
        name=row.name,
        birth_date=row.birth_date,
        sex=cast(Any, row.sex),
        language=row.language,
        record_number=row.record_number,
        id=row.id,
    )


def evaluation_columns(evaluation: Evaluation) -> dict[str, Any]:
    """What a draft keeps; the patient, the signature and the addenda have their own columns and rows."""
    return {
        "id": evaluation.id,
        "episode_id": evaluation.episode_id,
        "kind": evaluation.kind,
        "sore_knee": evaluation.sore_knee,
        "visit_date": evaluation.visit_date,
        "content_release": evaluation.content_release,
        "impression": evaluation.impression,
        "opinions": {key: asdict(opinion) for key, opinion in evaluation.opinions.items()},
        "defaults": dict(evaluation.defaults),
        "plan_edits": [asdict(edit) for edit in evaluation.plan_edits],
        "exercise_log": [asdict(log) for log in evaluation.exercise_log],
        "answers": {item_id: _kept_answer(evaluation, item_id) for item_id in evaluation.answers},
    }


def _kept_answer(evaluation: Evaluation, item_id: str) -> Any:
    """An answer with the day it was said to be the same as; all others stand alone."""
    plain, day = answer_to_plain(evaluation.answers[item_id]), evaluation.same_as.get(item_id)
    return plain if day is None else {SAME_AS: day.isoformat(), "answer": plain}


def signed_columns(signature: Signature) -> dict[str, Any]:
    """What a signature keeps, in the row of the evaluation."""
    return {
        "clinician": signature.clinician,
        "licence": signature.licence,
        "signed_at": signature.signed_at,
        "student": signature.student,
    }


def record_sha256(columns: Mapping[str, Any]) -> str:
    """The seal of a signed row: what a draft keeps, and the signature."""
    plain = dict(columns) | {"signed_at": utc_text(columns["signed_at"]), "student": bool(columns["student"])}
    return sha256_of(json.dumps(plain, sort_keys=True, default=str))


def evaluation_value(
    row: StoredEvaluation, patient: Patient, addenda: Iterable[StoredAddendum]
) -> Evaluation:
    signature = None
    if not isinstance(row.answers, dict):
        raise changed_outside("This evaluation")
    same = {key: kept for key, kept in row.answers.items() if isinstance(kept, dict) and SAME_AS in kept}
    plain = row.answers | {key: kept["answer"] for key, kept in same.items()}
    if row.signed_at is not None:
        signature = Signature(row.clinician or "", row.licence or "", row.signed_at, row.student)
    return Evaluation(
        patient=patient,
        sore_knee=cast(SoreKnee, row.sore_knee),
        visit_date=row.visit_date,
        kind=cast(VisitKind, row.kind),
        answers=MappingProxyType({item_id: answer_from_plain(answer) for item_id, answer in plain.items()}),
        same_as=MappingProxyType({key: date.fromisoformat(kept[SAME_AS]) for key, kept in same.items()}),
        plan_edits=tuple(PlanEdit(**edit) for edit in row.plan_edits),
        exercise_log=tuple(ExerciseLog(**log) for log in row.exercise_log),
        opinions=MappingProxyType({key: Opinion(**plain) for key, plain in row.opinions.items()}),
        impression=row.impression,
        signature=signature,
        addenda=tuple(
            Addendum(each.text, each.clinician, each.written_at, cast(AddendumKind, each.kind), each.licence)
            for each in addenda
        ),
        content_release=row.content_release,
        defaults=MappingProxyType(row.defaults),
        id=row.id,
        episode_id=row.episode_id,
    )


def account_sha256(account: Account) -> str:
    """The seal of who an account is; what it may do stands beside it."""
    return sha256_of(json.dumps([account.id, account.sign_in, account.name, account.licence]))


def document_sha256(columns: Mapping[str, Any]) -> str:
    """The seal of a kept paper's row: whose it is, what it is, and who kept it when."""
    told = ("id", "evaluation_id", "kind", "language", "paper", "content_sha256", "kept_by", "sha256")
    return sha256_of(json.dumps([columns["kept_at"].isoformat(), *(columns[name] for name in told)]))


def uses_sha256(uses: Iterable[tuple[str, datetime, str]]) -> str:
    """The seal of how a kept paper was used, when and by whom, the earliest first."""
    return sha256_of(json.dumps([(use, at.astimezone(UTC).isoformat(), by) for use, at, by in uses]))


def sha256_of(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


CODE_SIGNS = 10


def short_code(digest: str) -> str:
    """The beginning of a SHA-256 as it stands on paper, in two groups: ABCDE-FGHIJ."""
    signs = base64.b32encode(bytes.fromhex(digest)).decode()[:CODE_SIGNS]
    return f"{signs[:5]}-{signs[5:]}"


def typed_code(typed: str) -> str:
    """A code as typed from a paper, as it is printed there."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(str.maketrans("018", "OIB"))
    if len(signs) != CODE_SIGNS or set(signs) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        raise EvalAssistError(
            tr(
                "A code has {code_signs} letters and digits, like ABCDE-FGHIJ. Type it as it stands on the paper."
            ).format(code_signs=CODE_SIGNS)
        )
    return f"{signs[:5]}-{signs[5:]}"


def code_begins(code: str) -> str:
    """The hexadecimal digits with which the SHA-256 of a code begins."""
    return base64.b32decode(code.replace("-", "") + "A" * 6).hex()[: CODE_SIGNS * 5 // 4]


def addendum_sha256(before: str, addendum: Addendum) -> str:
    """The seal of an addendum: over its words and over the seal of what came before it."""
    parts = [before, addendum.text, addendum.clinician, addendum.written_at.timestamp()]
    if (addendum.kind, addendum.licence) != ("addendum", ""):  # what was written before there were kinds
        parts += [addendum.kind, addendum.licence]
    return sha256_of(json.dumps(parts))
