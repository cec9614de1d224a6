"""A case written by hand: patient, visit and answers by item id, in TOML; refused whole when one thing is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from evalassist.answers import ImplausibleError, is_number, parse_answer
from evalassist.content.loader import Content
from evalassist.errors import CaseFileError, CaseValueError
from evalassist.evaluation import (
    Answer,
    Evaluation,
    ExerciseLog,
    ItemId,
    Patient,
    Settled,
    out_of_place,
    place_in_care,
)

MOST_BYTES = 1_000_000
TABLES = {
    "patient": ("name", "birth_date", "sex", "language", "record_number"),
    "visit": ("date", "kind", "sore_knee"),
}
OTHERS = ("answers", "defaults", "exercise_log")
LOG_NUMBERS = {"pain": 10, "sets": 20, "reps": 200, "hold_s": 600, "effort": 10}
"""The numbers a log may hold, and the largest of each [P]."""
LOG_SETTLED: tuple[Settled, ...] = ("hour", "day", "longer")
WORDS: Mapping[str, tuple[str, ...]] = {
    "sex": ("F", "M", "X"),
    "language": ("en", "es"),
    "kind": ("initial", "re-evaluation", "discharge"),
    "sore_knee": ("right", "left", "both"),
}
AGES = (5, 105)
YEARS = (1900, 2100)
LONGEST_NAME = 200


def read_case(path: Path, content: Content) -> Evaluation:
    """The evaluation a case file describes. Raises `CaseFileError` or `CaseValueError` naming file and key."""
    data = _toml(path)
    for table in data:
        if table not in (*OTHERS, *TABLES, "expect"):
            raise CaseFileError(path, table, (*TABLES, *OTHERS))
    patient = _table(path, data, "patient", required=("name", "birth_date", "sex"))
    visit = _table(path, data, "visit", required=("date", "sore_knee"))
    evaluation = Evaluation.begin(
        Patient(**patient),
        visit["sore_knee"],
        visit["date"],
        kind=visit.get("kind", "initial"),
        defaults=_defaults(path, data.get("defaults", {}), content),
        exercise_log=read_log(path, data.get("exercise_log", []), content),
    )
    if patient["birth_date"] > visit["date"]:
        raise CaseValueError(path, "patient.birth_date", "lies after the visit.")
    if not AGES[0] <= evaluation.age_years <= AGES[1]:
        raise CaseValueError(
            path,
            "patient.birth_date",
            f"gives an age of {evaluation.age_years}; from {AGES[0]} to {AGES[1]} is allowed",
        )
    return evaluation.with_answers(read_answers(path, data.get("answers", {}), content))


def read_answers(path: Path, raw_answers: Any, content: Content) -> dict[ItemId, Answer]:
    """Answers by item id, each checked against its item."""
    if not isinstance(raw_answers, dict):
        raise CaseValueError(path, "answers", "must be a table of item ids and values")
    answers: dict[ItemId, Answer] = {}
    for item_id, raw in raw_answers.items():
        if item_id not in content.asked:
            if item_id in content.items:
                raise CaseValueError(
                    path, f"answers.{item_id}", f"say which side: {item_id}.right or {item_id}.left"
                )
            raise CaseFileError(path, item_id, content.asked)
        try:
            answers[item_id] = parse_answer(content.asked[item_id][0], raw, content)
        except ImplausibleError as wrong:
            raise CaseValueError(path, f"answers.{item_id}", f"{wrong}.") from None
    return answers


def read_log(path: Path, raw: Any, content: Content) -> tuple[ExerciseLog, ...]:
    """How the exercises of the last plan went: `[[exercise_log]]` tables, each with `exercise` and what was asked."""
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise CaseValueError(path, "exercise_log", "is written as [[exercise_log]] tables.")
    for entry in raw:
        exercise = entry.get("exercise")
        where = f"exercise_log.{exercise}"
        if exercise not in content.exercises:
            raise CaseFileError(path, where, content.exercises)
        if sum(other.get("exercise") == exercise for other in raw) > 1:
            raise CaseValueError(path, where, "stands here twice.")
        for key, value in entry.items():
            if wrong := _wrong_log(key, value):
                raise CaseValueError(path, f"{where}.{key}", wrong)
    return tuple(ExerciseLog(**entry) for entry in raw)


def _wrong_log(key: str, value: Any) -> str:
    """What is wrong with one entry of a log; empty when it is fine."""
    if key == "exercise":
        return ""
    if key in LOG_NUMBERS:
        fits = type(value) is int and 0 <= value <= LOG_NUMBERS[key]
        return "" if fits else f"must be a whole number from 0 to {LOG_NUMBERS[key]}."
    if key == "settled":
        return "" if value in LOG_SETTLED else f"is one of {', '.join(LOG_SETTLED)}."
    if key in ("form", "twice"):
        return "" if isinstance(value, bool) else "must be true or false."
    return f"is not known here; allowed: exercise, settled, form, twice, {', '.join(LOG_NUMBERS)}."


def read_earlier(paths: Iterable[Path], evaluation: Evaluation, content: Content) -> tuple[Evaluation, ...]:
    """Earlier case files as the earlier visits of the same episode, put in the order of their days."""
    found: list[Evaluation] = []
    for path in paths:
        earlier = read_case(path, content)
        same = (earlier.patient.name, earlier.patient.birth_date)
        if same != (evaluation.patient.name, evaluation.patient.birth_date):
            raise CaseValueError(path, "patient", "is another patient than that of the visit evaluated.")
        if out_of_place(evaluation.kind, evaluation.visit_date, (earlier,)) is not None:
            raise CaseValueError(path, "visit.date", "does not lie before the visit evaluated.")
        found.append(earlier)
    return tuple(sorted(found, key=lambda visit: place_in_care(visit.kind, visit.visit_date)))


def _defaults(path: Path, raw: Any, content: Content) -> dict[str, float]:
    """Clinical defaults this case sets otherwise, each within what is allowed."""
    if not isinstance(raw, dict):
        raise CaseValueError(path, "defaults", "must be a table of ids and numbers")
    for default_id, value in raw.items():
        if default_id not in content.defaults:
            raise CaseFileError(path, default_id, content.defaults)
        wrong = "" if is_number(value) else "must be a number"
        if wrong := wrong or content.defaults[default_id].refuses(value):
            raise CaseValueError(path, f"defaults.{default_id}", wrong)
    return {default_id: float(value) for default_id, value in raw.items()}


def _toml(path: Path) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():
            raise CaseValueError(path, "", "this is not a file.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CaseValueError(path, "", "this file is not text (UTF-8).") from None
    except (OSError, ValueError) as error:
        raise CaseValueError(path, "", f"cannot be read: {getattr(error, 'strerror', error)}.") from None
    if len(data) > MOST_BYTES:
        raise CaseValueError(
            path, "", f"this file is larger than {MOST_BYTES // 1000} kB, so it is not a case."
        )
    if not text.strip():
        raise CaseValueError(path, "", "this file is empty; see `evalassist items` for what a case can hold.")
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a number of thousands of digits is a plain ValueError
        raise CaseValueError(path, "", f"this file is not TOML: {error}.") from None
    except RecursionError:
        raise CaseValueError(path, "", "this file is nested too deeply to be a case.") from None


def _table(path: Path, data: Mapping[str, Any], name: str, required: tuple[str, ...]) -> dict[str, Any]:
    table = data.get(name)
    if not isinstance(table, dict):
        state = "is missing" if table is None else "must be written as one table"
        raise CaseValueError(path, name, f"the table [{name}] {state}; it needs {', '.join(required)}.")
    for key in table:
        if key not in TABLES[name]:
            raise CaseFileError(path, f"{name}.{key}", TABLES[name])
    for key in required:
        if key not in table:
            raise CaseValueError(path, f"{name}.{key}", "is missing.")
    for key, value in table.items():
        _check_value(path, f"{name}.{key}", key, value)
    return table


def _check_value(path: Path, where: str, key: str, value: Any) -> None:
    if key in ("birth_date", "date"):
        if type(value) is not date:
            raise CaseValueError(
                path, where, "must be a date such as 2026-03-02, without quotes and without a time."
            )
        if not YEARS[0] <= value.year <= YEARS[1]:
            raise CaseValueError(path, where, f"the year must lie from {YEARS[0]} to {YEARS[1]}.")
    elif not isinstance(value, str):
        raise CaseValueError(path, where, "must be text in quotes.")
    elif key in WORDS and value not in WORDS[key]:
        raise CaseValueError(path, where, f"{value[:40]!r} is not allowed; allowed: {', '.join(WORDS[key])}.")
    elif key == "name" and not any(sign.isalnum() for sign in value):
        raise CaseValueError(path, where, "is empty.")
    elif len(value) > LONGEST_NAME:
        raise CaseValueError(path, where, f"is longer than {LONGEST_NAME} characters.")
