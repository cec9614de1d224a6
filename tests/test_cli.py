"""The command line as a script uses it: files, exit codes, sentences; nothing half written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from evalassist import cli, resources
from evalassist.documents import fitted_logo
from evalassist.settings import Settings, keep_logo, save_settings

CASES = Path(__file__).parent / "cases"


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALASSIST_HOME", str(tmp_path / "home"))


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def written(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def changed(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A worked case with one line changed."""
    text = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "case.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_a_case_becomes_an_assessment_a_plan_and_papers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("evaluate", CASES / "ex1.toml", "--out", out) == cli.DONE
    assert written(out) == {
        *("assessment.json", "plan.json"),
        *("handout.pdf", "evaluation.pdf", "plan-of-care.pdf"),
    }
    assessment = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    assert assessment["action"] == "NONE"
    assert assessment["subcategories"] == ["MPD"]
    assert assessment["strength"]["habd"]["symmetry"] == 82.0
    assert assessment["not_decided"] == []
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert [exercise["id"] for exercise in plan["exercises"]] == ["HA01", "QC01", "HE01", "HX01"]
    assert all(exercise["because"] for exercise in plan["exercises"])
    assert (out / "handout.pdf").read_bytes().startswith(b"%PDF")
    assert "HA01, QC01, HE01, HX01" in capsys.readouterr().out


def test_a_discharge_gives_its_summary_and_no_plan_to_be_signed(tmp_path: Path) -> None:
    first = CASES / "ex1.toml"
    then = 'date = 2026-03-02\nkind = "initial"'
    last = changed(tmp_path, "ex1", then, 'date = 2026-05-25\nkind = "discharge"')
    out = tmp_path / "out"
    assert run("evaluate", last, "--since", first, "--out", out) == cli.DONE
    assert {"discharge-summary.pdf", "evaluation.pdf", "plan.json"} <= written(out)
    assert "plan-of-care.pdf" not in written(out)


@pytest.mark.parametrize("said", ["--language", "settings"])
def test_the_handout_is_spanish_where_it_is_asked_for(tmp_path: Path, said: str) -> None:
    if said == "settings":
        save_settings(Settings(handout_language="es"))
    asked = ("--language", "es") if said == "--language" else ()
    assert run("evaluate", CASES / "ex1.toml", "--out", tmp_path, *asked) == cli.DONE
    pdf = (tmp_path / "handout.pdf").read_bytes()
    assert b"es-US" in pdf
    assert "¿Por qué trabajar la cadera?" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def test_both_json_files_have_every_key_a_script_may_read(tmp_path: Path) -> None:
    run("evaluate", CASES / "ex2.toml", "--out", tmp_path)
    assessment = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))
    assert {
        *("action", "red_flags", "diagnostic_criteria_met", "pfp", "irritability", "subcategories"),
        *(
            "muscle_performance",
            "scores",
            "strength",
            "flags",
            "not_decided",
            "reasons",
            "primary",
            "modifiers",
        ),
    } <= set(assessment)
    assert {"max", "cv", "torque", "reliable"} <= set(assessment["strength"]["habd"]["right"])
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert {
        *("phase", "pain_cap", "exercises", "next_phase", "education", "running", "certification"),
        *("adjuncts", "not_advised", "goals", "schedule", "codes", "refused"),
    } <= set(plan)
    dose = {"id", "side", "sets", "reps", "hold_s", "rest_s", "days_per_week", "load", "because"}
    assert dose <= set(plan["exercises"][0])
    assert len(plan["refused"]) + len(plan["exercises"]) == 64


def test_the_same_case_gives_the_same_papers(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("evaluate", CASES / "ex1.toml", "--out", tmp_path / name)
    for paper in ("handout.pdf", "assessment.json", "plan.json"):
        assert (tmp_path / "one" / paper).read_bytes() == (tmp_path / "two" / paper).read_bytes()


def test_a_stop_gives_a_referral_and_no_plan_and_no_handout(tmp_path: Path) -> None:
    case = changed(tmp_path, "ex1", 'hot-joint = "no"', 'hot-joint = "yes"')
    out = tmp_path / "out"
    assert run("evaluate", case, "--out", out) == cli.STOPPED
    assert written(out) == {"assessment.json", "evaluation.pdf", "referral.pdf"}


def test_the_note_is_printed_as_text_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("evaluate", CASES / "ex1.toml", "--text") == cli.DONE
    printed = capsys.readouterr()
    assert printed.out.startswith("PHYSICAL THERAPY INITIAL EVALUATION - DRAFT, not signed\n")
    assert printed.out.endswith("evidence checked 2026-11\n")
    assert "HA01, QC01, HE01, HX01" in printed.err
    stops = changed(tmp_path, "ex1", 'hot-joint = "no"', 'hot-joint = "yes"')
    assert run("evaluate", stops, "--text") == cli.STOPPED
    assert "EMERGENCY: Emergency department now." in capsys.readouterr().out
    assert written(tmp_path) == {"case.toml"}


def test_the_text_stands_beside_the_papers_when_it_is_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", CASES / "ex1.toml", "--out", out, "--text")
    assert written(out) == {
        *("assessment.json", "plan.json", "evaluation.txt"),
        *("handout.pdf", "evaluation.pdf", "plan-of-care.pdf"),
    }
    assert "Patient: Example One\n" in (out / "evaluation.txt").read_text(encoding="utf-8")
    run("evaluate", CASES / "ex1.toml", "--out", out)
    assert "evaluation.txt" not in written(out)


def test_a_case_that_cannot_be_read_prints_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = changed(tmp_path, "ex1", 'hot-joint = "no"', 'hot-joint = "perhaps"')
    assert run("evaluate", broken, "--text") == cli.BAD_INPUT
    assert capsys.readouterr().out == ""


def test_without_a_folder_or_text_it_asks_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", CASES / "ex1.toml") == cli.BAD_INPUT
    assert "--out, or --text" in capsys.readouterr().err


def test_a_case_that_is_stopped_today_leaves_no_handout_of_yesterday(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", CASES / "ex1.toml", "--out", out)
    (out / "my notes.txt").write_text("kept", encoding="utf-8")
    run("evaluate", changed(tmp_path, "ex1", 'hot-joint = "no"', 'hot-joint = "yes"'), "--out", out)
    assert written(out) == {"assessment.json", "evaluation.pdf", "referral.pdf", "my notes.txt"}


def test_an_unfinished_screen_gives_the_assessment_and_the_note_only(tmp_path: Path) -> None:
    case = changed(tmp_path, "ex1", 'hot-joint = "no"\n', "")
    out = tmp_path / "out"
    assert run("evaluate", case, "--out", out) == cli.UNFINISHED
    assert written(out) == {"assessment.json", "evaluation.pdf"}
    assert json.loads((out / "assessment.json").read_text(encoding="utf-8"))["action"] is None


def test_pain_that_is_not_patellofemoral_gets_no_automatic_plan(tmp_path: Path) -> None:
    case = changed(tmp_path, "ex1", 'ddx-itb = "unlikely"', 'ddx-itb = "likely"')
    out = tmp_path / "out"
    assert run("evaluate", case, "--out", out) == cli.UNFINISHED
    assert written(out) == {"assessment.json", "evaluation.pdf"}


def test_bad_input_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = changed(tmp_path, "ex1", "lever_arm_m = 0.78", "lever_arm_m = 78")
    out = tmp_path / "out"
    assert run("evaluate", case, "--out", out) == cli.BAD_INPUT
    assert not out.exists()
    told = capsys.readouterr().err
    assert "habd.right" in told
    assert "78 cm is written 0.78" in told
    assert told.count("\n") == 1


def test_a_missing_akps_item_leaves_the_score_open_and_says_so(tmp_path: Path) -> None:
    case = changed(tmp_path, "patient-a", 'akps-7 = "7"\n', "")
    run("evaluate", case, "--out", tmp_path / "out")
    assessment = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    assert assessment["scores"]["akps"] is None
    assert assessment["reasons"]["akps-lt-70"]["missing"] == ["akps-7"]


def test_both_knees_sore_get_no_symmetry(tmp_path: Path) -> None:
    run("evaluate", CASES / "patient-b.toml", "--out", tmp_path)
    strength = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))["strength"]
    assert {group["symmetry"] for group in strength.values()} == {None}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert run("evaluate", CASES / "ex1.toml", "--out", tmp_path / "file" / "out") == cli.BAD_INPUT
    assert "could not be written" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "plan.json").write_text("the plan of last time", encoding="utf-8")
    kept, count = os.fsync, iter(range(100))

    def full_at_the_third(handle: int) -> None:
        if next(count) == 2:
            raise OSError(28, "No space left on device")
        kept(handle)

    monkeypatch.setattr(os, "fsync", full_at_the_third)
    assert run("evaluate", CASES / "ex1.toml", "--out", out) == cli.BAD_INPUT
    assert written(out) == {"plan.json"}
    assert (out / "plan.json").read_text(encoding="utf-8") == "the plan of last time"


def test_a_place_that_is_taken_leaves_the_earlier_papers_as_they_were(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("evaluate", CASES / "ex1.toml", "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "referral.pdf").mkdir()
    case = changed(tmp_path, "ex1", 'hot-joint = "no"', 'hot-joint = "yes"')
    assert run("evaluate", case, "--out", out) == cli.BAD_INPUT
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before


def test_the_demonstration_evaluates_all_worked_cases(tmp_path: Path) -> None:
    assert run("demo", "--out", tmp_path) == cli.DONE
    assert written(tmp_path) == {"patient-a", "patient-b", "patient-c", "ex1", "ex2", "ex3"}
    for case in tmp_path.iterdir():
        assert "handout.pdf" in written(case)


def test_every_item_is_listed_with_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("items") == cli.DONE
    lines = capsys.readouterr().out.splitlines()
    by_id = {line.split()[0]: line for line in lines}
    assert "habd.right" in by_id
    assert "kg/lb" in by_id["mass"]
    assert "0-10" in by_id["nprs-worst"]


def test_a_typo_in_the_content_is_told_with_file_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    from evalassist.content import load_content

    copy = tmp_path / "resources"
    shutil.copytree(resources.ROOT, copy)
    rules = copy / "content" / "rules" / "assessment.toml"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("nprs-worst", "nprs-wurst", 1), encoding="utf-8"
    )
    monkeypatch.setattr(resources, "ROOT", copy)
    load_content.cache_clear()
    try:
        assert run("check-content") == cli.BAD_INPUT
    finally:
        load_content.cache_clear()
    told = capsys.readouterr().err
    assert "rules/assessment.toml" in told
    assert "nprs-wurst" in told


def test_sound_content_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check-content") == cli.DONE
    assert "64 exercises" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("case", "minutes", "units", "evaluation"),
    [
        ("ex1", 42, {"97110": 2, "97112": 1, "97535": 0}, "97161"),
        ("ex2", 38, {"97112": 2, "97116": 1}, "97161"),
        ("ex3", 0, {}, "97162"),
    ],
)
def test_the_examples_get_the_units_and_the_evaluation_code_of_the_sheet(
    tmp_path: Path, case: str, minutes: int, units: dict[str, int], evaluation: str
) -> None:
    run("evaluate", CASES / f"{case}.toml", "--out", tmp_path)
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert plan["session"]["timed_minutes"] == minutes
    assert {c["code"]: c["units"] for c in plan["codes"] if c["minutes"]} == units
    assert plan["session"]["units"] == sum(units.values())
    assert plan["complexity"]["code"] == evaluation


@pytest.mark.parametrize("typed", ["0", "600", "-5", "7.5", '"ten"'])
def test_minutes_that_cannot_be_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    case = changed(tmp_path, "ex1", "minutes-97110 = 24", f"minutes-97110 = {typed}")
    assert run("evaluate", case, "--out", tmp_path / "out") == cli.BAD_INPUT
    said = capsys.readouterr().err
    assert "answers.minutes-97110" in said
    assert len(said.splitlines()) == 1


def test_codes_written_into_the_case_are_the_chosen_ones(tmp_path: Path) -> None:
    case = changed(tmp_path, "ex1", "minutes-97110 = 24", 'codes-used = ["M22.2X1", "97161"]')
    run("evaluate", case, "--out", tmp_path / "out")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert [c["code"] for c in plan["codes"] if c["chosen"]] == ["M22.2X1", "97161"]


def test_a_folder_of_cases_becomes_a_folder_of_handouts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, out = tmp_path / "cases", tmp_path / "out"
    cases.mkdir()
    for name in ("ex1", "ex3"):
        (cases / f"{name}.toml").write_bytes((CASES / f"{name}.toml").read_bytes())
    assert run("handouts", cases, "--out", out) == cli.DONE
    assert written(out) == {"ex1.pdf", "ex3.pdf"}
    assert "2 of 2 handouts" in capsys.readouterr().out
    run("evaluate", cases / "ex1.toml", "--out", tmp_path / "one")
    assert (out / "ex1.pdf").read_bytes() == (tmp_path / "one" / "handout.pdf").read_bytes()


def test_both_commands_print_the_same_sheet_with_the_name_and_the_logo_of_the_settings(
    tmp_path: Path,
) -> None:
    plain, cases = tmp_path / "plain", tmp_path / "cases"
    cases.mkdir()
    (cases / "ex1.toml").write_bytes((CASES / "ex1.toml").read_bytes())
    run("evaluate", cases / "ex1.toml", "--out", plain)
    picture = tmp_path / "logo.png"
    Image.new("L", (200, 100), 80).save(picture)
    save_settings(Settings(name_on_sheet="first"))
    keep_logo(fitted_logo(picture))
    run("evaluate", cases / "ex1.toml", "--out", tmp_path / "one")
    run("handouts", cases, "--out", tmp_path / "many")
    made = (tmp_path / "one" / "handout.pdf").read_bytes()
    assert made == (tmp_path / "many" / "ex1.pdf").read_bytes()
    first, before = (pypdfium2.PdfDocument(pdf)[0] for pdf in (made, (plain / "handout.pdf").read_bytes()))
    assert "Name (optional) Example" in " ".join(first.get_textpage().get_text_range().split())
    pictures = [
        sum(each.type == FPDF_PAGEOBJ_IMAGE for each in side.get_objects()) for side in (before, first)
    ]
    assert pictures == [0, 1]


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_commands_tell_what_wants_a_look_and_that_the_spanish_is_a_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    for name in ("ex1", "ex3"):
        (cases / f"{name}.toml").write_bytes((CASES / f"{name}.toml").read_bytes())
    run("evaluate", cases / "ex1.toml", "--out", tmp_path / "one", "--language", language)
    one = capsys.readouterr().out
    run("handouts", cases, "--out", tmp_path / "many", "--language", language)
    many = capsys.readouterr().out
    looks = [line for line in one.splitlines() if line.startswith("Handout, look: ")]
    assert any("No phone for “Call your clinic”" in line for line in looks)
    assert [line for line in many.splitlines() if line.startswith("ex1.toml: ")] == [
        f"ex1.toml: {line}" for line in looks
    ]
    assert "ex3.toml: Handout, look: No phone" in many
    drafts = [
        line for line in looks if "The Spanish is a draft. No qualified translator has reviewed" in line
    ]
    assert len(drafts) == (language == "es")


def test_a_patient_who_is_stopped_gets_no_handout_while_the_others_get_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, out = tmp_path / "cases", tmp_path / "out"
    cases.mkdir()
    (cases / "a.toml").write_bytes((CASES / "ex1.toml").read_bytes())
    (cases / "b.toml").write_bytes((CASES / "ex3.toml").read_bytes())
    assert run("handouts", cases, "--out", out) == cli.DONE
    changed(tmp_path, "ex1", 'hot-joint = "no"', 'hot-joint = "yes"').replace(cases / "a.toml")
    (cases / "c.toml").write_text("not a case", encoding="utf-8")
    assert run("handouts", cases, "--out", out) == cli.BAD_INPUT
    assert written(out) == {"b.pdf"}
    said = capsys.readouterr()
    assert "1 of 3 handouts" in said.out
    assert "a.toml: There is no patient sheet" in said.err
    assert "c.toml" in said.err


def test_the_line_that_tells_how_far_it_is_is_written_over_on_any_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    for name in ("a-long-name-of-a-case", "b"):
        (cases / f"{name}.toml").write_text("not a case", encoding="utf-8")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    run("handouts", cases, "--out", tmp_path / "out")
    line, _, _ = capsys.readouterr().err.partition("\n")
    assert line.replace("\r", "").isprintable(), "an old Windows console shows other signs as they are"
    _, first, second = line.split("\r")
    assert first.rstrip() == "1 of 2: a-long-name-of-a-case.toml"
    assert second.rstrip() == "2 of 2: b.toml"
    assert len(first) == len(second) < 60, "nothing of the longer name is left, and no line is broken"


def test_a_run_that_is_stopped_by_hand_leaves_whole_sheets_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, out = tmp_path / "cases", tmp_path / "out"
    cases.mkdir()
    for name in ("ex1", "ex2", "ex3"):
        (cases / f"{name}.toml").write_bytes((CASES / f"{name}.toml").read_bytes())
    made = cli.sheet_pdf

    def stopped_at_the_second(case: cli.Case, wanted: cli.SheetWanted) -> bytes:
        if written(out):
            raise KeyboardInterrupt
        return made(case, wanted)

    monkeypatch.setattr(cli, "sheet_pdf", stopped_at_the_second)
    assert run("handouts", cases, "--out", out) == cli.LEFT
    assert written(out) == {"ex1.pdf"}
    assert capsys.readouterr().err == "\nevalassist: stopped. What was written until now is whole.\n"


def test_a_password_that_nobody_can_type_ends_with_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setattr(cli, "getpass", nobody)
    assert run("postgres-setup", "postgresql://clinic@localhost/records") == cli.BAD_INPUT
    assert "nothing was typed" in capsys.readouterr().err


def test_a_folder_without_cases_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("handouts", tmp_path, "--out", tmp_path / "out") == cli.BAD_INPUT
    assert "no case file" in capsys.readouterr().err
    assert run("handouts", tmp_path / "gone", "--out", tmp_path / "out") == cli.BAD_INPUT
    assert "is not a folder" in capsys.readouterr().err
