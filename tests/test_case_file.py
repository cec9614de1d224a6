"""Bad input in a case file: each a clear sentence that names the key and what is allowed; nothing half read."""

import os
from pathlib import Path

import pytest

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Evaluation, Quantity, StrengthTest

HEAD = """
[patient]
name = "Example One"
birth_date = 2002-01-15
sex = "F"
[visit]
date = 2026-03-02
sore_knee = "right"
[answers]
"""


def read(tmp_path: Path, text: str) -> Evaluation:
    file = tmp_path / "case.toml"
    file.write_text(text, encoding="utf-8")
    return read_case(file, load_content())


def fault(tmp_path: Path, text: str) -> str:
    with pytest.raises(EvalAssistError) as caught:
        read(tmp_path, text)
    assert "case.toml" in str(caught.value)
    return str(caught.value)


def test_a_case_is_read_with_units_as_typed(tmp_path: Path) -> None:
    evaluation = read(
        tmp_path,
        HEAD
        + """
nprs-worst = 6
mass = { value = 136.7, unit = "lb" }
"habd.right" = { unit = "kgf", trials = [9.1, 9.4], lever_arm_m = 0.78, pain = 1 }
"hflx.right" = { grade = "5" }
""",
    )
    assert evaluation.answers["nprs-worst"] == 6
    assert evaluation.answers["mass"] == Quantity(136.7, "lb")
    assert evaluation.answers["habd.right"] == StrengthTest((9.1, 9.4), "kgf", 0.78, 1)
    assert evaluation.answers["hflx.right"] == StrengthTest(grade="5")
    assert "habd.left" not in evaluation.answers


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nprs-wurst = 6", "Did you mean nprs-worst?"),
        ("habd = 6", "say which side: habd.right or habd.left"),
        ("nprs-worst = 11", "must be a whole number from 0 to 10"),
        ("nprs-worst = 6.5", "must be a whole number from 0 to 10"),
        ('wakes = "maybe"', "must be yes, no or not-assessed"),
        ('onset = "slow"', "allowed: gradual, sudden, traumatic"),
        ("mass = 0", "outside 15 to 250 kg"),
        ('mass = { value = 62.0, unit = "stone" }', "allowed: kg, lb"),
        ("mass = nan", "must be a number"),
        ('mass = "62"', "must be a number"),
        ('"habd.right" = { trials = [82, 82, 82] }', "the force has no unit; allowed: N, kgf, lbf"),
        ('"habd.right" = { unit = "kg", trials = [82] }', "the force has the unit 'kg'"),
        ('"habd.right" = { unit = "N", trials = ["4+"] }', 'a hand grade is written grade = "4+"'),
        ('"habd.right" = { unit = "N", trials = [82], lever_arm_m = 78 }', "78 cm is written 0.78"),
        ('"habd.right" = { unit = "N", trials = [2] }', "outside 5 to 1000 N"),
        ('"habd.right" = { unit = "kgf", trials = [200] }', "outside 5 to 1000 N"),
        (
            '"habd.right" = { unit = "N", trials = [82], grade = "4" }',
            "either trials by dynamometer or a hand grade",
        ),
        ('"habd.right" = { grade = "4.5" }', "is not a grade"),
        ('"habd.right" = { unit = "Nm", trials = [82] }', "allowed: N, kgf, lbf"),
        ('"habd.right" = 82', "trials = [82, 85, 84]"),
        ('"habd.right" = { unit = "N", force = [82] }', "force is not known here"),
        (
            '"habd.right" = { unit = "N", trials = [82], position = "upside-down" }',
            "allowed: short-lever, supine",
        ),
        ('"habd.right" = { unit = "N", trials = [82], contraction = "make" }', "allowed: break"),
        ('"habd.right" = { unit = "N", trials = [82], discarded = [60] }', "discarded is written"),
        (
            '"habd.right" = { unit = "N", trials = [82], discarded = [{ value = 60, reason = "" }] }',
            "the reason",
        ),
        (
            '"habd.right" = { trials = [82], discarded = [{ value = 60, reason = "slipped" }] }',
            "need the unit",
        ),
        (
            '"habd.right" = { unit = "N", trials = [82], discarded = [{ value = -60, reason = "slipped" }] }',
            "cannot have been read",
        ),
        (
            '"habd.right" = { grade = "4", unit = "banana", discarded = [{ value = 60, reason = "x" }] }',
            "has the unit 'banana'",
        ),
        (
            '"habd.right" = { unit = "N", trials = [82], device = "' + "x" * 500 + '" }',
            "characters are too many",
        ),
        ('nprs-worst = { not_tested = "\u200b" }', "the reason is missing"),
        ('"habd.right" = {}', "give trials, a grade, or not_tested"),
        ('pain-location = "retropatellar"', "must be a list of options"),
        ('pain-location = ["elbow"]', "is not an option"),
        ('pain-location = ["diffuse", "diffuse"]', "stands in the list twice"),
        ('"habd.right" = { not_tested = true }', "not_tested must be text"),
        ('"habd.right" = { unit = "N", trials = [82], not_tested = "pain" }', "not both"),
        ('nprs-worst = { not_tested = "" }', "the reason is missing"),
        ("load-old = " + "9" * 400, "must be a number"),
        ("nprs-worst = " + "9" * 5000, "not TOML"),
        ('footwear = "' + "long " * 1000 + '"', "characters are too many"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_told_with_what_is_allowed(
    tmp_path: Path, line: str, says: str
) -> None:
    assert says in fault(tmp_path, HEAD + line + "\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "this file is empty"),
        ("   \n", "this file is empty"),
        ("patient = [", "not TOML"),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("[answers]\n", "the table [patient] is missing"),
        (HEAD.replace('sex = "F"', 'sex = "female"'), "allowed: F, M, X"),
        (HEAD.replace("2002-01-15", '"15 Jan 2002"'), "must be a date such as 2026-03-02"),
        (HEAD.replace("2002-01-15", "2026-01-15"), "gives an age of 0"),
        (HEAD.replace("2002-01-15", "2026-05-01"), "lies after the visit"),
        (HEAD.replace("2026-03-02", "9999-12-31"), "the year must lie from 1900 to 2100"),
        (HEAD.replace("2002-01-15", "2002-01-15T10:00:00Z"), "without a time"),
        (HEAD.replace("Example One", "\u00a0\u200b"), "patient.name: is empty"),
        (HEAD.replace("Example One", "word " * 100), "longer than 200 characters"),
        ("patient = [1]\n[answers]\n", "must be written as one table"),
        (HEAD.replace('"right"', '"the right one"'), "allowed: right, left, both"),
        (HEAD.replace("sex", "gender"), "patient.gender is not known here"),
        (HEAD.replace("date = 2026-03-02\n", ""), "visit.date: is missing"),
        (HEAD.replace("[answers]", "[anwsers]"), "Did you mean answers?"),
        (HEAD.replace('"Example One"', '""'), "patient.name: is empty"),
    ],
)
def test_a_file_that_is_no_case_is_told_plainly(tmp_path: Path, text: str, says: str) -> None:
    assert says in fault(tmp_path, text)


def test_a_file_of_fifty_megabytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    with file.open("wb") as big:
        big.truncate(50_000_000)
    with pytest.raises(EvalAssistError, match="larger than 1000 kB"):
        read_case(file, load_content())


def test_a_file_that_is_not_text_is_told_plainly(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_bytes(b"\xff\xfe\x00case")
    with pytest.raises(EvalAssistError, match="not text"):
        read_case(file, load_content())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "case.toml"
    os.mkfifo(pipe)
    with pytest.raises(EvalAssistError, match="not a file"):
        read_case(pipe, load_content())


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + HEAD + "nprs-worst = 6\n").answers["nprs-worst"] == 6


def test_a_file_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(EvalAssistError, match="cannot be read: No such file"):
        read_case(tmp_path / "none.toml", load_content())
