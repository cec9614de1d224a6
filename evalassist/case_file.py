"""A case written by hand: patient, visit and answers by item id, in TOML; refused whole when one thing is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from evalassist.answers import ImplausibleError, parse_answer
from evalassist.content.loader import Content
from evalassist.errors import CaseFileError, CaseValueError
from evalassist.evaluation import Answer, Evaluation, ItemId, Patient

MOST_BYTES = 1_000_000
TABLES = {
    "patient": ("name", "birth_date", "sex", "language", "record_number"),
    "visit": ("date", "kind", "sore_knee"),
}
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
        if table not in (*TABLES, "answers", "defaults", "expect"):
            raise CaseFileError(path, table, (*TABLES, "answers", "defaults"))
    patient = _table(path, data, "patient", required=("name", "birth_date", "sex"))
    visit = _table(path, data, "visit", required=("date", "sore_knee"))
    evaluation = Evaluation.begin(
        Patient(**patient),
        visit["sore_knee"],
        visit["date"],
        kind=visit.get("kind", "initial"),
        defaults=_defaults(path, data.get("defaults", {}), content),
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


def _defaults(path: Path, raw: Any, content: Content) -> dict[str, float]:
    """Clinical defaults this case sets otherwise, each within what is allowed."""
    if not isinstance(raw, dict):
        raise CaseValueError(path, "defaults", "must be a table of ids and numbers")
    for default_id, value in raw.items():
        if default_id not in content.defaults:
            raise CaseFileError(path, default_id, content.defaults)
        wrong = "must be a number" if type(value) not in (int, float) else ""
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
